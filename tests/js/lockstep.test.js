import assert from "node:assert/strict";
import { test } from "node:test";
import { along, createPacer, createTrack } from "../../playground/ui/compare/lockstep.js";
import { createHistory } from "../../playground/ui/stage/common/history.js";

/** A track over rows at these steps, with k updates of D and a time of training for each. @param {number[]} steps @param {number} k @param {number} seconds */
function trackOf(steps, k, seconds) {
  const history = createHistory();
  history.add({ step: steps, d_updates: steps.map((at) => k * at), seconds: steps.map((at) => seconds * at) }, false);
  const track = createTrack(history);
  track.follow();
  return track;
}

test("a line through points is straight between them and goes on beyond them", () => {
  const [xs, ys] = [
    [0, 10, 20],
    [0, 100, 110],
  ];
  assert.deepEqual(
    [0, 5, 10, 15, 20, 30].map((x) => along(xs, ys, x)),
    [0, 50, 100, 105, 110, 120],
  );
  assert.equal(along([3], [7], 100), 7);
  assert.equal(along([0, 10, 10], [0, 1, 5], 10), 5); // two points at one place: the later one
});

test("a step's place on an axis, though the first row is not at step 0", () => {
  const history = createHistory();
  history.add({ step: [100, 200], d_updates: [300, 800], seconds: [1, 2] }, false); // k went from 3 to 5
  const track = createTrack(history);
  track.follow();
  assert.deepEqual(
    [0, 50, 150, 300].map((step) => track.placeOf(step, "d_updates")),
    [0, 150, 550, 1300],
  );
  assert.equal(track.placeOf(50, "step"), 50);
  assert.equal(track.stepAt(3.9, "step"), 3);
  assert.equal(track.stepAt(157, "d_updates"), 52); // the last whole step before it
});

test("every step is found again at its own place", () => {
  const track = trackOf([0, 700, 999], 5, 0.001);
  for (let step = 0; step < 1500; step += 1) {
    assert.equal(track.stepAt(track.placeOf(step, "d_updates") ?? NaN, "d_updates"), step);
    assert.equal(track.stepAt(track.placeOf(step, "seconds") ?? NaN, "seconds"), step);
  }
});

test("without rows only step 0 has a place, and a gap in a column keeps what was there", () => {
  const history = createHistory();
  const track = createTrack(history);
  track.follow();
  assert.equal(track.placeOf(10, "seconds"), null);
  assert.equal(track.placeOf(0, "seconds"), 0);
  assert.equal(track.stepAt(3, "seconds"), null);
  history.add({ step: [0, 1, 2, 3], d_updates: [0, 3, null, 9], seconds: [0, 0, 0, 0] }, false);
  track.follow();
  assert.equal(track.placeOf(2, "d_updates"), 3);
  assert.equal(track.placeOf(3, "d_updates"), 9);
  assert.equal(track.stepAt(3, "seconds"), null); // no time has been measured yet
});

/** Two or more runs at these steps per look, for many looks. @param {number[]} speeds @param {{k: number[], axis: "step" | "d_updates", looks?: number}} options */
function race(speeds, { k, axis, looks = 200 }) {
  const pacer = createPacer();
  const runs = speeds.map((_, i) => ({ step: 0, track: trackOf([0, 1_000_000], k[i], 0.001) }));
  const apart = [];
  for (let look = 0; look < looks; look += 1) {
    const limits = pacer.limits(runs, axis);
    runs.forEach((run, i) => {
      run.step = Math.min(run.step + speeds[i], limits[i] ?? Infinity);
    });
    const places = runs.map((run) => run.track.placeOf(run.step, axis) ?? NaN);
    apart.push(Math.max(...places) - Math.min(...places));
  }
  return { steps: runs.map((run) => run.step), apart: apart.slice(20) };
}

test("runs of unequal speed stay within a window, and the slowest is never held up", () => {
  const { steps, apart } = race([3, 50], { k: [1, 1], axis: "step" });
  assert.equal(steps[0], 3 * 200);
  assert.ok(steps[1] >= steps[0]);
  assert.ok(Math.max(...apart) <= 4 + 3 * 3 + 3, `${Math.max(...apart)} apart`); // a window, and a look's way
});

test("in lockstep by updates of D a run with k = 5 makes a fifth of the steps", () => {
  const { steps } = race([10, 10], { k: [1, 5], axis: "d_updates", looks: 400 });
  assert.ok(Math.abs(steps[0] / steps[1] - 5) < 0.2, `${steps[0]} and ${steps[1]}`);
});

test("a run that speeds up is let go: the window follows the pace", () => {
  const { steps } = race([400, 400], { k: [1, 1], axis: "step", looks: 100 });
  assert.ok(Math.min(...steps) > 400 * 90, `${Math.min(...steps)}`);
});

test("before the first rows there is nothing to go by", () => {
  const [early, late] = [createTrack(createHistory()), trackOf([0, 100], 1, 0.01)];
  early.follow();
  assert.deepEqual(
    createPacer().limits(
      [
        { step: 20, track: early },
        { step: 50, track: late },
      ],
      "seconds",
    ),
    [null, null],
  );
  assert.deepEqual(
    createPacer().limits(
      [
        { step: 0, track: early },
        { step: 50, track: late },
      ],
      "seconds",
    )[1],
    0,
  ); // it waits at the start
  assert.deepEqual(createPacer().limits([], "step"), []);
});
