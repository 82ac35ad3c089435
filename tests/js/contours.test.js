import assert from "node:assert/strict";
import { test } from "node:test";
import { contour } from "../../playground/ui/stage/picture/contours.js";
import { randomBy } from "./random.js";

/** The segments as [[x0, y0], [x1, y1]]. @param {ArrayLike<number>} flat */
const segmentsOf = (flat) => Array.from({ length: flat.length / 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => flat[4 * i + j]));

/** @param {number} rows @param {number} columns @param {(x: number, y: number) => number} height */
const field = (rows, columns, height) => Float32Array.from({ length: rows * columns }, (_, i) => height(i % columns, Math.floor(i / columns)));

test("the line of a plane is straight, at its level, and crosses every row of cells once", () => {
  const segments = segmentsOf(
    contour(
      field(5, 4, (x) => x),
      [5, 4],
      1.25,
    ),
  ); // prettier than a loop
  assert.equal(segments.length, 4);
  for (const [x0, y0, x1, y1] of segments) {
    assert.deepEqual([x0, x1], [1.25, 1.25]);
    assert.equal(Math.abs(y1 - y0), 1);
  }
  assert.deepEqual(segments.map(([, y0, , y1]) => Math.min(y0, y1)).sort(), [0, 1, 2, 3]);
});

test("rows go upwards: a plane that rises with y has its line at that y", () => {
  for (const [x0, y0, x1, y1] of segmentsOf(
    contour(
      field(3, 6, (_, y) => 10 * y),
      [3, 6],
      5,
    ),
  )) {
    assert.deepEqual([y0, y1], [0.5, 0.5]);
    assert.equal(Math.abs(x1 - x0), 1);
  }
});

/** How often each end of a segment occurs. @param {number[][]} segments */
function endsOf(segments) {
  /** @type {Map<string, number>} */
  const ends = new Map();
  for (const [x0, y0, x1, y1] of segments) {
    for (const end of [`${x0},${y0}`, `${x1},${y1}`]) ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return ends;
}

test("the line of a cone is a closed circle of the right radius", () => {
  const [size, middle, radius] = [41, 20, 13.3];
  const segments = segmentsOf(
    contour(
      field(size, size, (x, y) => -Math.hypot(x - middle, y - middle)),
      [size, size],
      -radius,
    ),
  );
  assert.ok(
    [...endsOf(segments).values()].every((times) => times === 2),
    "every end is two segments' end",
  );
  let [around, turn] = [0, 0];
  for (const [x0, y0, x1, y1] of segments) {
    assert.ok(Math.abs(Math.hypot(x0 - middle, y0 - middle) - radius) < 0.02);
    around += Math.hypot(x1 - x0, y1 - y0);
    turn += Math.atan2((x0 - middle) * (y1 - middle) - (x1 - middle) * (y0 - middle), (x0 - middle) * (x1 - middle) + (y0 - middle) * (y1 - middle));
  }
  assert.ok(Math.abs(around - 2 * Math.PI * radius) < 0.5, `${around} around`);
  assert.ok(Math.abs(Math.abs(turn) - 2 * Math.PI) < 1e-3, "once around, all segments the same way");
});

test("over random heights every end lies on an edge at the level, and lines end only at the border", () => {
  const random = randomBy(7);
  const [rows, columns, level] = [12, 9, 0.47];
  const values = field(rows, columns, () => random());
  const segments = segmentsOf(contour(values, [rows, columns], level));
  assert.ok(segments.length > 50);
  for (const [x0, y0, x1, y1] of segments) {
    for (const [x, y] of [
      [x0, y0],
      [x1, y1],
    ]) {
      assert.ok(Number.isInteger(x) || Number.isInteger(y), "on an edge");
      const [c, r] = [Math.min(Math.floor(x), columns - 2), Math.min(Math.floor(y), rows - 2)];
      const [u, v] = [x - c, y - r];
      const at = (/** @type {number} */ i, /** @type {number} */ j) => values[(r + j) * columns + c + i];
      const height = (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1));
      assert.ok(Math.abs(height - level) < 1e-5, `${height} at ${x}, ${y}`);
    }
  }
  for (const [end, times] of endsOf(segments)) {
    const [x, y] = end.split(",").map(Number);
    const border = x === 0 || y === 0 || x === columns - 1 || y === rows - 1;
    assert.equal(times, border ? 1 : 2, `${times} at ${end}`);
  }
});

test("a saddle joins what the middle of its cell joins", () => {
  const low = segmentsOf(contour([1, 0, 0, 1], [2, 2], 0.6)); // the middle is 0.5: two high corners apart
  const high = segmentsOf(contour([1, 0, 0, 1], [2, 2], 0.4)); // joined through the middle
  assert.equal(low.length, 2);
  assert.equal(high.length, 2);
  /** Whether a segment cuts off the low-left corner. @param {number[]} segment */
  const cutsOrigin = ([x0, y0, x1, y1]) => Math.max(x0 + y0, x1 + y1) < 1;
  assert.equal(low.filter(cutsOrigin).length, 1); // the high corner at the origin stands alone
  assert.equal(high.filter(cutsOrigin).length, 0); // the low corners do
});

test("nothing where there is no number, and nothing where all is on one side", () => {
  assert.equal(contour([0, NaN, 0, 1], [2, 2], 0.5).length, 0);
  assert.equal(contour([0, 0, 0, 0.4], [2, 2], 0.5).length, 0);
  assert.equal(contour([1, 2, 3, 4], [2, 2], 0.5).length, 0);
});
