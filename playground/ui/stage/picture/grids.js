// Reading a picture's grids: any place between their points, and what follows from them.

/** @import { Frame } from "../common/frame.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Grid } from "../common/page.js" */

/**
 * Bilinear value of a grid {data, shape} over [low, high] on each axis at (x, y); on a line y is left out. NaN outside.
 * @param {Grid} grid
 * @param {[number, number]} extent
 * @param {number} x
 * @param {number} y
 */
export function bilinear({ data, shape }, [low, high], x, y) {
  const flat = shape.length === 1;
  const columns = shape[shape.length - 1];
  /** @param {number} value @param {number} count */
  const place = (value, count) => ((value - low) / (high - low)) * (count - 1);
  const [u, v] = [place(x, columns), flat ? 0 : place(y, shape[0])];
  if (!(u >= 0 && u <= columns - 1 && v >= 0 && v <= (flat ? 0 : shape[0] - 1))) return NaN;
  const [column, row] = [Math.min(Math.floor(u), columns - 2), flat ? 0 : Math.min(Math.floor(v), shape[0] - 2)];
  /** @param {number} at */
  const along = (at) => data[at] + (u - column) * (data[at + 1] - data[at]);
  const first = along(row * columns + column);
  return flat ? first : first + (v - row) * (along((row + 1) * columns + column) - first);
}

/** @param {number} logit */
export const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));

/**
 * What D says, to hold against D*: its probability, or for least squares the output that is trained towards D*.
 * @param {number} logit
 * @param {Frame} frame
 */
export function judged(logit, frame) {
  return frame.log_odds ? sigmoid(logit) : logit;
}

/**
 * |D − D*| on the grid, 0 to 1, into `into`; NaN where there is no D*.
 * @param {Frame} frame
 * @param {Float32Array} into
 */
export function gapOf(frame, into) {
  const { discriminator, optimal } = frame.arrays;
  if (!discriminator || !optimal) return into.fill(NaN);
  for (let i = 0; i < into.length; i += 1) {
    const off = Math.abs(judged(discriminator.data[i], frame) - optimal.data[i]);
    into[i] = off > 1 ? 1 : off; // NaN stays NaN
  }
  return into;
}

/**
 * What can be read at a place of the stage: [{name, value, note}]; values are numbers, NaN where there is none.
 * @param {Frame | null} frame
 * @param {Scene} scene
 * @param {Grid | null} seen  p_data
 * @param {number} x
 * @param {number} y
 */
export function readings(frame, scene, seen, x, y) {
  if (!frame) return [];
  /** @param {Grid | null | undefined} grid */
  const at = (grid) => (grid ? bilinear(grid, scene.extent, x, y) : NaN);
  const { discriminator, density, optimal, p_generated } = frame.arrays;
  if (density) return [{ name: "p̂", value: at(density) }, ...(seen ? [{ name: "p_data", value: at(seen) }] : [])];
  if (!discriminator) return seen ? [{ name: "p_data", value: at(seen) }] : [];
  const logit = at(discriminator);
  return [
    { name: frame.log_odds ? "D(x)" : "critic", value: frame.log_odds ? sigmoid(logit) : logit },
    ...(frame.without?.optimal || frame.optimal?.critic ? [] : [{ name: "D*(x)", value: at(optimal) }]),
    { name: "p_data", value: at(seen) },
    ...(p_generated || !frame.keyframe ? [{ name: "p_G", value: at(p_generated) }] : []), // recorded pictures never have it
  ];
}
