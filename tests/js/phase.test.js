// The phase portrait's pure parts: what a step adds at any place, which arrows are drawn, how a way fades.
import assert from "node:assert/strict";
import { test } from "node:test";
import { moverOf, movesIn, piecesOf } from "../../playground/ui/stage/picture/phase.js";

/** @import { Grid } from "../../playground/ui/stage/common/page.js" */
/** @import { Range } from "../../playground/ui/stage/picture/view.js" */

/** @type {Range} */
const EXTENT = [-2, 2];
const COUNT = 5;

/** Moves in the middles of cells: right as far as ψ, up as far as 2 θ + 1. @returns {Grid} */
function field() {
  const ticks = Array.from({ length: COUNT }, (_, i) => -2 + (4 * (i + 0.5)) / COUNT);
  const data = ticks.flatMap((psi) => ticks.flatMap((theta) => [psi, 2 * theta + 1]));
  return { data: Float32Array.from(data), shape: [COUNT, COUNT, 2] };
}

/** @param {number[]} found @param {number[]} wanted */
const near = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-5, `${found} is not ${wanted}`));

test("between the places a step adds what lies between, and nothing is known outside", () => {
  const at = moverOf(field(), EXTENT);
  for (const [theta, psi] of [
    [0, 0],
    [0.3, -1.1],
    [-1.6, 1.6],
  ])
    near(at(theta, psi), [psi, 2 * theta + 1]);
  near(at(2, -2), [-1.6, 2 * 1.6 + 1]); // at the border it is what it is in the outermost middles
  assert.deepEqual(at(2.01, 0), [NaN, NaN]);
  assert.deepEqual(at(0, Number.NaN), [NaN, NaN]);
});

test("the whole plane shows the field's own places", () => {
  const { apart, moves } = movesIn(field(), EXTENT, { x: EXTENT, y: EXTENT });
  assert.equal(apart, 4 / COUNT);
  assert.equal(moves.length, COUNT * COUNT);
  near([moves[0].x, moves[0].y, moves[0].right, moves[0].up], [-1.6, -1.6, -1.6, 2 * -1.6 + 1]);
});

test("looking closer shows places between them, which stay where they are as the view is moved", () => {
  const closer = movesIn(field(), EXTENT, { x: [-0.5, 0.5], y: [0, 1] });
  assert.equal(closer.apart, 4 / COUNT / 4);
  assert.ok(closer.moves.every(({ x, y }) => x >= -0.5 && x <= 0.5 && y >= 0 && y <= 1));
  for (const { x, y, right, up } of closer.moves) near([right, up], [y, 2 * x + 1]);
  const aside = movesIn(field(), EXTENT, { x: [-0.4, 0.6], y: [0, 1] });
  const places = new Set(closer.moves.map(({ x }) => x.toFixed(6)));
  assert.ok(aside.moves.filter(({ x }) => x < 0.5).every(({ x }) => places.has(x.toFixed(6))));
  assert.deepEqual(movesIn(field(), EXTENT, { x: [2.1, 2.6], y: [0, 0.5] }).moves, []); // beyond the plane
});

test("moves that are no numbers are not drawn", () => {
  const broken = field();
  broken.data.fill(NaN);
  assert.deepEqual(movesIn(broken, EXTENT, { x: EXTENT, y: EXTENT }).moves, []);
});

test("a way is cut into pieces that meet, all of it and nothing twice", () => {
  for (const count of [0, 1, 2, 3, 20, 1201]) {
    const pieces = piecesOf(count, 20);
    assert.ok(pieces.length <= 20);
    assert.equal(pieces[0]?.[0] ?? 0, 0);
    assert.equal(pieces.at(-1)?.[1] ?? 0, Math.max(0, count - 1));
    pieces.forEach(([from, to], i) => assert.ok(to > from && from === (i ? pieces[i - 1][1] : 0)));
  }
});
