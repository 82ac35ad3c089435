// Lines of equal height on a grid: marching squares (Lorensen & Cline 1987, in the plane).

// Which edges of a cell a line joins, by which corners are high: bit 1 low-left, 2 low-right, 4 high-right, 8 high-left.
// Edges: 0 bottom, 1 right, 2 top, 3 left. The two saddles are told apart by the middle of the cell.
/** @typedef {[number, number]} Join  the two edges that a line joins */
/** @typedef {[number, number, number, number]} Corners */

/** @type {Join[][]} */
const JOINS = [[], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [], [[0, 2]], [[3, 2]], [[2, 3]], [[2, 0]], [], [[2, 1]], [[1, 3]], [[1, 0]], [[0, 3]], []];
/** @type {Record<number, {high: Join[], low: Join[]}>} */
const SADDLES = {
  5: {
    high: [
      [3, 2],
      [1, 0],
    ],
    low: [
      [3, 0],
      [1, 2],
    ],
  },
  10: {
    high: [
      [0, 3],
      [2, 1],
    ],
    low: [
      [0, 1],
      [2, 3],
    ],
  },
};

/**
 * Line segments where `values` (rows from low y, shape [rows, columns]) cross `level`: a flat Float32Array of x0, y0,
 * x1, y1 in cells, so (0, 0) is the first value and (columns − 1, rows − 1) the last. Cells with NaN have none.
 * @param {ArrayLike<number>} values
 * @param {number[]} shape
 * @param {number} level
 */
export function contour(values, [rows, columns], level) {
  /** @type {number[]} */
  const found = [];
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const at = row * columns + column;
      /** @type {Corners} */
      const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      let kind = 0;
      for (let i = 0; i < 4; i += 1) if (corners[i] >= level) kind |= 1 << i;
      if (kind === 0 || kind === 15) continue;
      const middle = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
      if (Number.isNaN(middle)) continue;
      const joins = SADDLES[kind] ? SADDLES[kind][middle >= level ? "high" : "low"] : JOINS[kind];
      for (const [from, to] of joins) found.push(...crossing(from, corners, level, column, row), ...crossing(to, corners, level, column, row));
    }
  }
  return Float32Array.from(found);
}

// Where the level is crossed on one edge of a cell.
/**
 * @param {number} edge
 * @param {Corners} corners
 * @param {number} level
 * @param {number} x
 * @param {number} y
 */
function crossing(edge, [a, b, c, d], level, x, y) {
  /** @param {number} from @param {number} to */
  const part = (from, to) => (level - from) / (to - from);
  if (edge === 0) return [x + part(a, b), y];
  if (edge === 1) return [x + 1, y + part(b, c)];
  if (edge === 2) return [x + part(d, c), y + 1];
  return [x, y + part(a, d)];
}
