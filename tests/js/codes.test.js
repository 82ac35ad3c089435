import assert from "node:assert/strict";
import { test } from "node:test";
import { ellipseOf, nearest, reachOf } from "../../playground/ui/stage/images/codes.js";

test("a covariance is an ellipse whose long side lies where it spreads most", () => {
  const { long, short, turn } = ellipseOf([2.5, 1.5, 2.5]);
  assert.deepEqual(
    [long, short].map((radius) => Number(radius.toFixed(6))),
    [2, 1],
  );
  assert.ok(Math.abs(turn - Math.PI / 4) < 1e-12);
  assert.deepEqual(ellipseOf([4, 0, 0]), { long: 2, short: 0, turn: 0 }); // a code of one number
});

test("the nearest of some places", () => {
  assert.deepEqual(nearest([0, 0, 3, 4, 1, 1], 3, 3), { index: 1, distance: 1 });
  assert.equal(nearest([], 0, 0).index, -1);
});

test("axes reach as far as the prior and nearly all codes, in round numbers", () => {
  assert.equal(reachOf(Float32Array.of(0.1, -0.2), [0, 0]), 3);
  assert.equal(reachOf(Float32Array.of(0.1, -5), [0, 0]), 3); // one far code is no reason
  assert.equal(reachOf(new Float32Array(400).fill(7), [0, 0]), 10);
});
