import assert from "node:assert/strict";
import { test } from "node:test";
import { bilinear, gapOf, judged, readings, sigmoid } from "../../playground/ui/stage/picture/grids.js";

/** @import { Frame } from "../../playground/ui/stage/common/frame.js" */
/** @import { Scene } from "../../playground/ui/stage/common/messages.js" */

/** @type {[number, number]} */
const EXTENT = [-2, 2];
const scene = /** @type {Scene} */ ({ extent: EXTENT, dim: 2 });

/** @param {number[]} data @param {number[]} shape */
const grid = (data, shape) => ({ data: Float32Array.from(data), shape });
/** @param {Partial<Frame>} values @returns {Frame} */
const frameOf = (values) => ({ step: 1, d_updates: 1, lane: 0, noise_sigma: 0, log_odds: true, arrays: {}, ...values });

// x + 10 y on three rows of five, from −2 to 2.
const plane = grid([-22, -21, -20, -19, -18, -2, -1, 0, 1, 2, 18, 19, 20, 21, 22], [3, 5]);

test("between a grid's points a plane is met exactly", () => {
  for (const [x, y] of [
    [0, 0],
    [-2, -2],
    [2, 2],
    [2, -2],
    [0.3, 1.9],
    [-1.75, 0.125],
  ]) {
    assert.ok(Math.abs(bilinear(plane, EXTENT, x, y) - (x + 10 * y)) < 1e-5, `${x}, ${y}`);
  }
});

test("on a line y counts for nothing", () => {
  const line = grid([4, 2, 0], [3]);
  assert.equal(bilinear(line, EXTENT, -1, 99), 3);
  assert.equal(bilinear(line, EXTENT, 2, NaN), 0);
});

test("there is no number outside, and none beside a point without one", () => {
  for (const [x, y] of [
    [-2.001, 0],
    [2.001, 0],
    [0, 2.001],
    [0, -2.001],
    [NaN, 0],
  ])
    assert.ok(Number.isNaN(bilinear(plane, EXTENT, x, y)));
  assert.ok(Number.isNaN(bilinear(grid([1, NaN, 1], [3]), EXTENT, 1, 0)));
  assert.equal(bilinear(grid([1, 1, NaN], [3]), EXTENT, -1, 0), 1);
});

test("D is held against D* as a probability, or as least squares' own output", () => {
  assert.equal(sigmoid(0), 0.5);
  assert.equal(sigmoid(-800), 0);
  assert.equal(judged(0, frameOf({ log_odds: true })), 0.5);
  assert.equal(judged(0.7, frameOf({ log_odds: false })), 0.7);
});

test("|D − D*| ends at 1 and is none where there is no D*", () => {
  const arrays = { discriminator: grid([0, 0, 0.5, 9], [4]), optimal: grid([0.75, NaN, 0.25, 0], [4]) };
  assert.deepEqual([...gapOf(frameOf({ log_odds: false, arrays }), new Float32Array(4))], [0.75, NaN, 0.25, 1]);
  assert.deepEqual([...gapOf(frameOf({ arrays: { discriminator: arrays.discriminator } }), new Float32Array(2))], [NaN, NaN]);
});

test("what is read at a place: D, D*, and both densities", () => {
  const arrays = { discriminator: grid(new Array(4).fill(0), [2, 2]), optimal: grid([0, 0, 1, 1], [2, 2]), p_generated: grid([3, 3, 3, 3], [2, 2]) };
  assert.deepEqual(readings(frameOf({ arrays }), scene, grid([8, 8, 8, 8], [2, 2]), 0, 0), [
    { name: "D(x)", value: 0.5 },
    { name: "D*(x)", value: 0.5 },
    { name: "p_data", value: 8 },
    { name: "p_G", value: 3 },
  ]);
});

test("a critic has no probability and no D*, and what has not come yet is no number", () => {
  const arrays = { discriminator: grid([2, 2, 2, 2], [2, 2]) };
  const told = readings(frameOf({ log_odds: false, without: { optimal: "A critic says no probability." }, arrays }), scene, null, 0, 0);
  assert.deepEqual(told, [
    { name: "critic", value: 2 },
    { name: "p_data", value: NaN },
    { name: "p_G", value: NaN },
  ]);
  assert.deepEqual(readings(null, scene, null, 0, 0), []);
  assert.deepEqual(readings(frameOf({}), scene, null, 0, 0), []);
});
