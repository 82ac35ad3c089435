import assert from "node:assert/strict";
import { test } from "node:test";
import { createLiveLook, placing } from "../../playground/ui/stage/picture/view.js";
import { randomBy } from "./random.js";

/** @import { Scene } from "../../playground/ui/stage/common/messages.js" */

const AREA = { x: 40, y: 10, width: 300, height: 200 };

/** @param {number} dim */
function viewOf(dim) {
  const { view } = createLiveLook([]);
  view.setScene(/** @type {Scene} */ ({ dim, extent: [-2, 2] }));
  return view;
}

test("data to pixels and back, y upwards", () => {
  const place = placing(AREA, viewOf(2));
  assert.deepEqual([place.toX(-2), place.toX(2), place.toY(2), place.toY(-2)], [40, 340, 10, 210]);
  for (const value of [-2, -0.3, 0, 1.7]) {
    assert.ok(Math.abs(place.fromX(place.toX(value)) - value) < 1e-12);
    assert.ok(Math.abs(place.fromY(place.toY(value)) - value) < 1e-12);
  }
});

test("what is zoomed at stays where it is seen", () => {
  const view = viewOf(2);
  const before = placing(AREA, view);
  const [x, y] = [before.fromX(100), before.fromY(50)];
  view.zoom(3, x, y);
  const after = placing(AREA, view);
  assert.ok(Math.abs(after.toX(x) - 100) < 1e-9 && Math.abs(after.toY(y) - 50) < 1e-9);
  assert.ok(Math.abs((view.x[1] - view.x[0]) / (4 / 3) - 1) < 1e-12);
  assert.ok(view.zoomed);
});

test("no zooming and moving leads far away, and the way back is the whole stage", () => {
  const random = randomBy(11);
  const view = viewOf(2);
  for (let turn = 0; turn < 500; turn += 1) {
    if (random() < 0.5) view.zoom(Math.exp(4 * random() - 2), 8 * random() - 4, 8 * random() - 4);
    else view.pan(8 * random() - 4, 8 * random() - 4);
    for (const [low, high] of [view.x, view.y]) {
      const span = high - low;
      assert.ok(span <= 4 + 1e-9 && span >= 4 / 60 - 1e-9);
      assert.ok(low >= -2 - span / 2 - 1e-9 && high <= 2 + span / 2 + 1e-9, `${low} to ${high}`);
    }
  }
  view.zoom(1e-9, 0, 0);
  assert.deepEqual([view.x, view.y, view.zoomed], [[-2, 2], [-2, 2], false]);
});

test("on a line only x moves", () => {
  const view = viewOf(1);
  view.zoom(2, 0, 5);
  view.pan(0.1, 0.1);
  assert.deepEqual(view.y, [-2, 2]);
  assert.notDeepEqual(view.x, [-2, 2]);
});
