// What is drawn over the maps in the plane: contours of the data, G's manifold, trails, and where the loss pushes.

import { thousands } from "../common/format.js";
import { alpha } from "../common/theme.js";

/** @import { Area, Box, Pen } from "../common/axes.js" */
/** @import { Grid } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Placing, Range } from "./view.js" */
/** @typedef {ArrayLike<number>} Points  x and y of each */

const LEVELS = 8; // opacities of the manifold
const [FAINTEST, DENSEST] = [0.05, 0.62];
const LONGEST_ARROW = 24; // CSS pixels of an arrow at the 90 % quantile
const FOLLOW = 0.15; // how fast the arrows' scale follows
const HAIR = 1; // device pixels: thousands of wider lines take a browser eighty times as long to draw
const DUSK = 0.55; // opacity of a trail's newest piece

/**
 * Segments from contours.js, cell by cell, as a path in device pixels.
 * @param {Float32Array} segments
 * @param {number[]} shape
 * @param {Range} extent
 * @param {Placing} place
 */
export function contourPath(segments, [rows, columns], [low, high], { toX, toY }) {
  const path = new Path2D();
  const [dx, dy] = [(high - low) / (columns - 1), (high - low) / (rows - 1)];
  for (let i = 0; i < segments.length; i += 4) {
    path.moveTo(toX(low + segments[i] * dx), toY(low + segments[i + 1] * dy));
    path.lineTo(toX(low + segments[i + 2] * dx), toY(low + segments[i + 3] * dy));
  }
  return path;
}

/**
 * G's manifold: a grid of lines that enclose equal prior mass, so the smaller a cell the denser G is there.
 * `morph` 0 shows the latents themselves (stretched over the stage), 1 what G makes of them.
 * @param {Pen} context
 * @param {Grid} manifold
 * @param {Grid} latents
 * @param {number} morph
 * @param {Placing} place
 * @param {Range} extent
 * @param {Theme} theme
 * @param {Box} box
 */
export function drawManifold(context, manifold, latents, morph, place, [low, high], theme, box) {
  const [rows, columns] = manifold.shape;
  const [made, z] = [manifold.data, latents.data];
  const reach = Math.max(...z.map(Math.abs), 1e-9);
  const stretch = (0.4 * (high - low)) / reach;
  const middle = (low + high) / 2;
  const points = new Float32Array(made.length);
  for (let i = 0; i < made.length; i += 2) {
    points[i] = place.toX((1 - morph) * (middle + stretch * z[i]) + morph * made[i]);
    points[i + 1] = place.toY((1 - morph) * (middle + stretch * z[i + 1]) + morph * made[i + 1]);
  }
  if (rows === 1) drawLatentLine(context, points, theme, box);
  else drawLatentGrid(context, points, rows, columns, theme);
}

/** @param {Pen} context @param {Points} points @param {Theme} theme @param {Box} box */
function drawLatentLine(context, points, theme, box) {
  const sizes = [];
  for (let i = 0; i + 3 < points.length; i += 2) sizes.push(Math.hypot(points[i + 2] - points[i], points[i + 3] - points[i + 1]));
  byOpacity(sizes).forEach((members, level) => {
    const path = new Path2D();
    for (const i of members) {
      path.moveTo(points[2 * i], points[2 * i + 1]);
      path.lineTo(points[2 * i + 2], points[2 * i + 3]);
    }
    context.strokeStyle = alpha(theme.manifold, 0.25 + 0.75 * (level / (LEVELS - 1)));
    context.lineWidth = 3 * box.ratio;
    context.lineCap = "round";
    context.stroke(path);
  });
}

/** @param {Pen} context @param {Points} points @param {number} rows @param {number} columns @param {Theme} theme */
function drawLatentGrid(context, points, rows, columns, theme) {
  /** @param {number} row @param {number} column */
  const at = (row, column) => 2 * (row * columns + column);
  /** @param {number} cell */
  const corners = (cell) => {
    const [row, column] = [Math.floor(cell / (columns - 1)), cell % (columns - 1)];
    return [at(row, column), at(row, column + 1), at(row + 1, column + 1), at(row + 1, column)];
  };
  const sizes = Array.from({ length: (rows - 1) * (columns - 1) }, (_, cell) => {
    const [a, b, c, d] = corners(cell);
    return Math.abs((points[c] - points[a]) * (points[d + 1] - points[b + 1]) - (points[d] - points[b]) * (points[c + 1] - points[a + 1])) / 2;
  });
  byOpacity(sizes).forEach((members, level) => {
    context.fillStyle = alpha(theme.manifold, FAINTEST + (DENSEST - FAINTEST) * (level / (LEVELS - 1)));
    for (const cell of members) {
      // one by one: a path of them all takes twice as long
      const [first, ...others] = corners(cell);
      context.beginPath();
      context.moveTo(points[first], points[first + 1]);
      for (const corner of others) context.lineTo(points[corner], points[corner + 1]);
      context.fill();
    }
  });
  const lines = new Path2D();
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) lines[column ? "lineTo" : "moveTo"](points[at(row, column)], points[at(row, column) + 1]);
  for (let column = 0; column < columns; column += 1)
    for (let row = 0; row < rows; row += 1) lines[row ? "lineTo" : "moveTo"](points[at(row, column)], points[at(row, column) + 1]);
  context.strokeStyle = alpha(theme.manifold, 0.45);
  context.lineWidth = HAIR;
  context.stroke(lines);
}

// Indices by opacity: the dense ones (small for the mass that they hold) last. Density is compared by its square root,
// for it spans orders of magnitude.
/** @param {number[]} sizes */
function byOpacity(sizes) {
  const dense = sizes.map((size) => 1 / Math.sqrt(Math.max(size, 1e-3)));
  const sorted = dense.filter(Number.isFinite).sort((a, b) => a - b);
  const most = sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 1;
  const groups = Array.from({ length: LEVELS }, () => /** @type {number[]} */ ([]));
  dense.forEach((value, i) => {
    if (Number.isFinite(value)) groups[Math.min(LEVELS - 1, Math.floor((value / most) * LEVELS))].push(i);
  });
  return groups;
}

/**
 * Where each point was in the last pictures: `past` are the arrays of points, the newest last.
 * @param {Pen} context
 * @param {Points[]} past
 * @param {Placing} place
 * @param {Theme} theme
 */
export function drawTrails(context, past, { toX, toY }, theme) {
  for (let age = 1; age < past.length; age += 1) {
    const [from, to] = [past[age - 1], past[age]];
    const path = new Path2D();
    for (let i = 0; i < to.length; i += 2) {
      path.moveTo(toX(from[i]), toY(from[i + 1]));
      path.lineTo(toX(to[i]), toY(to[i + 1]));
    }
    context.strokeStyle = alpha(theme.fake, (DUSK * age) / past.length);
    context.lineWidth = HAIR;
    context.stroke(path);
  }
}

/**
 * Lines between points: x, y of the one and of the other for each, and a dot of this radius at the other.
 * @param {Pen} context
 * @param {Points} pairs
 * @param {Placing} place
 * @param {Theme} theme
 * @param {Box} box
 * @param {number} radius  in CSS pixels
 */
export function drawPairs(context, pairs, { toX, toY }, theme, box, radius) {
  const [lines, ends] = [new Path2D(), new Path2D()];
  for (let i = 0; i < pairs.length; i += 4) {
    const [x, y] = [toX(pairs[i + 2]), toY(pairs[i + 3])];
    lines.moveTo(toX(pairs[i]), toY(pairs[i + 1]));
    lines.lineTo(x, y);
    ends.moveTo(x + radius * box.ratio, y);
    ends.arc(x, y, radius * box.ratio, 0, 2 * Math.PI);
  }
  context.strokeStyle = alpha(theme.text, 0.6);
  context.lineWidth = HAIR;
  context.stroke(lines);
  context.fillStyle = theme.text;
  context.fill(ends);
}

/**
 * An arrow of (dx, dy) from (x, y) whose head is at most so large, as a part of a path.
 * @param {Path2D} path
 * @param {number} x
 * @param {number} y
 * @param {number} dx
 * @param {number} dy
 * @param {number} head
 */
export function arrow(path, x, y, dx, dy, head) {
  const length = Math.hypot(dx, dy);
  const size = Math.min(head, 0.45 * length) / Math.max(length, 1e-9);
  const [tipX, tipY] = [x + dx, y + dy];
  path.moveTo(x, y);
  path.lineTo(tipX, tipY);
  path.moveTo(tipX - size * (dx + 0.6 * dy), tipY - size * (dy - 0.6 * dx));
  path.lineTo(tipX, tipY);
  path.lineTo(tipX - size * (dx - 0.6 * dy), tipY - size * (dy + 0.6 * dx));
}

/** @typedef {ReturnType<typeof createArrows>} Arrows */
/**
 * Arrows from points along the push (x, y for each). Their scale follows the pictures; the reference in the corner states it.
 * @param {Theme} theme
 * @param {Box} box
 */
export function createArrows(theme, box) {
  let unit = NaN; // of the loss per unit of length, for one LONGEST_ARROW
  const head = 4 * box.ratio;

  /** @param {Points} push */
  function follow(push) {
    const lengths = [];
    for (let i = 0; i < push.length; i += 2) lengths.push(Math.hypot(push[i], push[i + 1]));
    const sorted = lengths.filter(Number.isFinite).sort((a, b) => a - b);
    const now = sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0;
    unit = Number.isFinite(unit) ? unit + FOLLOW * (now - unit) : now;
  }

  return {
    /** @param {Pen} context @param {Points} points @param {Points} push @param {Placing} place */
    draw(context, points, push, { toX, toY, area }) {
      follow(push);
      const longest = LONGEST_ARROW * box.ratio;
      const scale = longest / Math.max(unit, 1e-30);
      const paths = [];
      for (let i = 0; i < push.length; i += 2) {
        const [dx, dy] = [push[i] * scale, -push[i + 1] * scale];
        const cut = Math.min(1, (2.5 * longest) / Math.max(Math.hypot(dx, dy), 1e-9));
        if (!(dx * dx + dy * dy > 1)) continue; // shorter than a pixel, or not a number
        const path = new Path2D();
        arrow(path, toX(points[i]), toY(points[i + 1]), dx * cut, dy * cut, head);
        paths.push(path);
      }
      stroke(context, paths);
      drawReference(context, area, longest);
    },
  };

  // One by one: where arrows overlap, a single path of all takes many times as long.
  /** @param {Pen} context @param {Path2D[]} paths */
  function stroke(context, paths) {
    for (const { color, width } of [
      { color: alpha(theme.background, 0.75), width: 2.6 },
      { color: theme.text, width: 1.2 },
    ]) {
      context.strokeStyle = color;
      context.lineWidth = width * box.ratio;
      for (const path of paths) context.stroke(path);
    }
  }

  /** @param {Pen} context @param {Area} area @param {number} longest */
  function drawReference(context, area, longest) {
    const [x, y] = [area.x + 10 * box.ratio, area.y + area.height - 14 * box.ratio];
    const text = `= ${short(unit)} of G's loss per unit of length`;
    context.font = `${11 * box.ratio}px ${theme.font}`;
    const width = context.measureText(text).width;
    context.fillStyle = alpha(theme.background, 0.82);
    context.fillRect(x - 5 * box.ratio, y - 10 * box.ratio, longest + width + 20 * box.ratio, 20 * box.ratio);
    const path = new Path2D();
    arrow(path, x, y, longest, 0, head);
    stroke(context, [path]);
    context.fillStyle = theme.text;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, x + longest + 7 * box.ratio, y);
  }
}

/**
 * A small number in few characters: 1,200, 0.31, 4.2e−7.
 * @param {number} value
 */
export function short(value) {
  if (!Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace("e-", "e−").replace("e+", "e").replace("-", "−");
  return (size >= 1000 ? thousands(value) : String(Number(value.toPrecision(2)))).replace("-", "−");
}
