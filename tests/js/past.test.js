// Asking for keyframes one at a time, and the slider over them.
// @ts-nocheck: what a browser has is played by parts of it
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createPastSlider, createWish } from "../../playground/ui/stage/common/past.js";

/** A wish on a clock that a test moves. */
function wishing(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1000;
  t.mock.method(performance, "now", () => now);
  const said = [];
  const wish = createWish((command) => said.push(command.step));
  return {
    said,
    wish,
    want: (at) => wish.want({ at }),
    pass(ms) {
      now += ms;
      t.mock.timers.tick(ms);
    },
  };
}

test("a slider that is dragged asks for one keyframe at a time, and then for the newest wish", (t) => {
  const { said, wish, want } = wishing(t);
  for (const step of [10, 20, 30]) want(step);
  assert.deepEqual(said, [10]);
  assert.equal(wish.drew({ asked: 10, step: 10 }), false);
  assert.deepEqual(said, [10, 30]);
  assert.equal(wish.drew({ asked: 30, step: 30 }), true);
});

test("a keyframe that does not come is given up for another after a moment", (t) => {
  const { said, want, pass } = wishing(t);
  want(10);
  want(20);
  pass(249);
  assert.deepEqual(said, [10]);
  pass(1);
  assert.deepEqual(said, [10, 20]);
});

test("live is asked for at once, and what is asked for already is not asked for again", (t) => {
  const { said, want } = wishing(t);
  want(10);
  want(null);
  want(null);
  want(10);
  assert.deepEqual(said, [10, null, 10]);
});

test("an answer to an older wish is not taken for the one to the last", (t) => {
  const { said, wish, want, pass } = wishing(t);
  want(10);
  want(20);
  pass(250);
  assert.equal(wish.drew({ asked: 10, step: 10 }), false);
  want(30);
  assert.deepEqual(said, [10, 20]);
  wish.drew({ asked: 20, step: 15 });
  assert.deepEqual(said, [10, 20, 30]);
});

test("whoever follows gets the newest keyframe while nobody looks back, and a new connection asks anew", (t) => {
  const { said, wish, want } = wishing(t);
  wish.want({ following: true });
  wish.want({ steps: [0, 10] });
  wish.drew({ asked: 10, step: 10 });
  want(0);
  wish.drew({ asked: 0, step: 0 });
  wish.want({ steps: [0, 10, 20] });
  want(null);
  assert.deepEqual(said, [10, 0, 20]);
  wish.forget();
  wish.want({ steps: [0, 10, 20] });
  wish.want({ following: false });
  assert.deepEqual(said, [10, 0, 20, 20, null]);
});

/** What of an input the slider's code touches. */
function input() {
  const element = new EventTarget();
  return Object.assign(element, { style: { setProperty: mock.fn() }, setAttribute: mock.fn(), max: "0", value: "0", disabled: true });
}

test("a slider's far end is the newest, and between two stops the earlier one is shown", () => {
  const thumb = input();
  const moved = [];
  const slider = createPastSlider(thumb, (place) => moved.push(place));
  assert.equal(slider.leaf(-1), false);
  slider.show([0, 10, 20], null, { ready: true, text: "newest" });
  assert.deepEqual([thumb.max, thumb.value, thumb.disabled], ["3", "3", false]);
  slider.show([0, 10, 20], 15, { ready: true, text: "step 15" });
  assert.equal(thumb.value, "1");
  assert.equal(slider.leaf(1), true);
  slider.leaf(-1);
  slider.leaf(-5);
  for (const value of ["3", "2"]) {
    thumb.value = value;
    thumb.dispatchEvent(new Event("input"));
  }
  assert.deepEqual(moved, [20, 0, 0, null, 20]);
});
