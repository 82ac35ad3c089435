// What the microscope draws over the map: the very points that an update used.
import { alpha } from "../common/theme.js";

/** @import { Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Grid, HalfName } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Arrows } from "./overlays.js" */
/** @import { Placing } from "./view.js" */

const RADIUS = 2.8;

/**
 * `arrows`: the painter's arrows; `drawFake(context, grid)` its way of drawing generated points.
 * @param {Pen} context
 * @param {Frame} frame
 * @param {HalfName} half
 * @param {Placing} place
 * @param {Theme} theme
 * @param {Box} box
 * @param {{arrows: Arrows, drawFake: (context: Pen, grid: Grid) => void}} painter
 */
export function drawInsight(context, { arrays }, half, place, theme, box, { arrows, drawFake }) {
  if (half === "generator") {
    if (arrays.fake) drawFake(context, arrays.fake);
    if (arrays.pushed && arrays.pushes) arrows.draw(context, arrays.pushed.data, arrays.pushes.data, place);
    return;
  }
  if (arrays.interpolates) drawCrosses(context, arrays.interpolates.data, place, theme, box);
  const { seen_real, seen_fake, flipped } = arrays;
  if (!seen_real || !seen_fake) return;
  const isFlipped = (/** @type {number} */ at) => Boolean(flipped?.data[at]);
  const count = seen_real.shape[0];
  drawSeen(context, seen_fake.data, theme.fake, (i) => isFlipped(count + i), place, theme, box);
  drawSeen(context, seen_real.data, theme.real, isFlipped, place, theme, box);
}

/**
 * @param {Pen} context
 * @param {Float32Array} points
 * @param {string} color
 * @param {(i: number) => boolean} isFlipped
 * @param {Placing} place
 * @param {Theme} theme
 * @param {Box} box
 */
function drawSeen(context, points, color, isFlipped, { toX, toY }, theme, box) {
  for (let i = 0; 2 * i < points.length; i += 1) {
    const [x, y] = [toX(points[2 * i]), toY(points[2 * i + 1])];
    context.beginPath();
    context.arc(x, y, RADIUS * box.ratio, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.fill();
    context.lineWidth = 0.8 * box.ratio;
    context.strokeStyle = alpha(theme.background, 0.8);
    context.stroke();
    if (!isFlipped(i)) continue;
    context.beginPath();
    context.arc(x, y, 2.1 * RADIUS * box.ratio, 0, 2 * Math.PI);
    context.lineWidth = 1.6 * box.ratio;
    context.strokeStyle = theme.text;
    context.stroke();
  }
}

/** @param {Pen} context @param {Float32Array} points @param {Placing} place @param {Theme} theme @param {Box} box */
function drawCrosses(context, points, { toX, toY }, theme, box) {
  const arm = 3 * box.ratio;
  context.strokeStyle = alpha(theme.text, 0.75);
  context.lineWidth = box.ratio;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [toX(points[i]), toY(points[i + 1])];
    context.beginPath();
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
    context.stroke();
  }
}
