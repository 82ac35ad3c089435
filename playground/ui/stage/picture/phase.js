// The stage of a game of two numbers: its way through the plane of θ and ψ, over arrows that say where a step leads.
import { areaOf, drawAxis, drawBorder, drawName, layerOf, ticks } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { alpha } from "../common/theme.js";
import { number } from "./captions.js";
import { bilinear } from "./grids.js";
import { arrow } from "./overlays.js";
import { placing } from "./view.js";

/** @import { Box, Pen } from "../common/axes.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Grid } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Painter } from "./canvas.js" */
/** @import { Look, Placing, Range } from "./view.js" */
/** @typedef {{x: number, y: number, right: number, up: number}} Move  from a place, in data units */

const MARGINS = [12, 8, 44, 48]; // top, right, bottom, left: equal sums keep a square area square
const [SHORTEST, LONGEST] = [0.22, 0.86]; // of an arrow, in cells: its length is the root of the move's
const FADES = 20; // opacities of the way
const [OLDEST, NEWEST] = [0.1, 0.95];
const STRIDE = 7; // CSS pixels between two points of the way from which each is marked

/**
 * What a step adds to both numbers at a place, from moves (n, n, 2) in the middles of n × n cells over the extent;
 * NaN outside.
 * @param {Grid} field
 * @param {Range} extent
 * @returns {(x: number, y: number) => [number, number]}
 */
export function moverOf({ data, shape: [count] }, [low, high]) {
  const half = (high - low) / count / 2;
  const [first, last] = [low + half, high - half];
  const [right, up] = [0, 1].map((part) => ({ shape: [count, count], data: data.filter((_, i) => i % 2 === part) }));
  /** @param {number} value */
  const within = (value) => Math.min(last, Math.max(first, value)); // beyond the outer middles it stays as it is there
  return (x, y) => {
    if (!(x >= low && x <= high && y >= low && y <= high)) return [NaN, NaN];
    return [bilinear(right, [first, last], within(x), within(y)), bilinear(up, [first, last], within(x), within(y))];
  };
}

/**
 * The moves to be drawn in a part of the plane, and how far `apart` they stand: the field's own places, and where one
 * looks closer, places between them. They stay where they are as the view is moved.
 * @param {Grid} field
 * @param {Range} extent
 * @param {{x: Range, y: Range}} view
 * @returns {{apart: number, moves: Move[]}}
 */
export function movesIn(field, extent, view) {
  const [low, high] = extent;
  const closer = 2 ** Math.max(0, Math.floor(Math.log2((high - low) / (view.x[1] - view.x[0])) + 1e-9));
  const count = field.shape[0] * closer;
  const apart = (high - low) / count;
  const moveAt = moverOf(field, extent);
  /** @param {Range} range @returns {number[]} */
  const places = ([from, to]) => {
    const first = Math.max(0, Math.ceil((from - low) / apart - 0.5));
    const last = Math.min(count - 1, Math.floor((to - low) / apart - 0.5));
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => low + (first + i + 0.5) * apart);
  };
  const columns = places(view.x);
  const moves = places(view.y).flatMap((y) =>
    columns.map((x) => {
      const [right, up] = moveAt(x, y);
      return { x, y, right, up };
    }),
  );
  return { apart, moves: moves.filter(({ right, up }) => Number.isFinite(right) && Number.isFinite(up)) };
}

/**
 * The way in pieces of one opacity each, the oldest first: [from, to], indices of points; each begins where the last ends.
 * @param {number} count  of points
 * @param {number} pieces
 * @returns {[number, number][]}
 */
export function piecesOf(count, pieces) {
  const segments = Math.max(0, count - 1);
  const parts = Math.min(segments, pieces);
  return Array.from({ length: parts }, (_, i) => [Math.round((i * segments) / parts), Math.round(((i + 1) * segments) / parts)]);
}

/** The marks of the picture and what they mean, for the row above it. */
export function phaseLegend() {
  const marks = { fake: "where the run is, and its way", real: "at rest: θ = 0, ψ = 0", push: "where one plain step leads" };
  return Object.entries(marks).map(([name, text]) => {
    const mark = document.createElement("span");
    mark.className = `gp-layer gp-mark gp-layer-${name}`;
    mark.append(document.createElement("i"), text);
    return mark;
  });
}

/**
 * A way of points one after the other, the older the fainter.
 * @param {Pen} context
 * @param {ArrayLike<number>} points
 * @param {Pick<Placing, "toX" | "toY">} place
 * @param {Theme} theme
 * @param {number} ratio
 */
export function drawWay(context, points, { toX, toY }, theme, ratio) {
  const pieces = piecesOf(points.length / 2, FADES);
  context.lineJoin = "round";
  context.lineWidth = 1.8 * ratio;
  for (const [age, [from, to]] of pieces.entries()) {
    const path = new Path2D();
    for (let i = from; i <= to; i += 1) path[i === from ? "moveTo" : "lineTo"](toX(points[2 * i]), toY(points[2 * i + 1]));
    context.strokeStyle = alpha(theme.fake, OLDEST + ((NEWEST - OLDEST) * (age + 1)) / pieces.length);
    context.stroke(path);
  }
}

/**
 * @param {Scene} scene
 * @param {Theme} theme
 * @param {Box} box
 * @param {unknown} _marks
 * @param {Look} look
 * @returns {Painter}
 */
export function createPhase(scene, theme, box, _marks, look) {
  const { ratio } = box;
  const area = areaOf(box, MARGINS);
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  const still = { layer: layerOf(box), key: "", field: /** @type {Float32Array | null} */ (null) };
  let place = placing(area, look.view);

  /** @param {Pen} context @param {Grid} field */
  function drawMoves(context, field) {
    const { apart, moves } = movesIn(field, scene.extent, look.view);
    const most = Math.max(...moves.map((move) => Math.hypot(move.right, move.up)), 1e-30);
    const cell = apart * place.scale;
    const paths = [new Path2D(), new Path2D()]; // weak moves are fainter
    for (const move of moves) {
      const size = Math.hypot(move.right, move.up);
      if (size < 1e-6 * most) continue; // a place of rest has no direction
      const length = cell * (SHORTEST + (LONGEST - SHORTEST) * Math.sqrt(size / most));
      const [dx, dy] = [(move.right / size) * length, (-move.up / size) * length];
      arrow(paths[size > most / 9 ? 1 : 0], place.toX(move.x) - dx / 2, place.toY(move.y) - dy / 2, dx, dy, 4 * ratio);
    }
    context.lineWidth = 1.2 * ratio;
    for (const [i, path] of paths.entries()) {
      context.strokeStyle = alpha(theme.text, 0.34 + 0.24 * i);
      context.stroke(path);
    }
  }

  // All that stays as it is until a setting or the view changes.
  /** @param {Grid | undefined} field */
  function drawStill(field) {
    const key = [look.view.version, scene.extent].join();
    if (key === still.key && same(still.field, field?.data ?? null)) return;
    Object.assign(still, { key, field: field?.data ?? null, layer: layerOf(box) });
    place = placing(area, look.view);
    const context = penOf(still.layer);
    context.fillStyle = theme.background;
    context.fillRect(0, 0, box.width, box.height);
    clipped(context, () => {
      context.strokeStyle = theme.line;
      context.lineWidth = ratio;
      context.beginPath();
      context.moveTo(place.toX(0), area.y);
      context.lineTo(place.toX(0), bottom);
      context.moveTo(area.x, place.toY(0));
      context.lineTo(right, place.toY(0));
      context.stroke();
      if (field) drawMoves(context, field);
      for (const [x, y] of scene.real) drawRing(context, x, y, theme.real, 6);
    });
    drawAxis(context, area, "bottom", ticks(...look.view.x), place.toX, box, theme);
    drawAxis(context, area, "left", ticks(...look.view.y), place.toY, box, theme);
    drawName(context, "θ, where G puts its point", area.x + area.width / 2, box.height - 15 * ratio, 0, box, theme);
    drawName(context, "ψ, D's slope", 2 * ratio, area.y + area.height / 2, -Math.PI / 2, box, theme);
    drawBorder(context, area, box, theme);
  }

  /** @param {Pen} context @param {() => void} draw */
  function clipped(context, draw) {
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.width, area.height);
    context.clip();
    draw();
    context.restore();
  }

  /** @param {Pen} context @param {number} x @param {number} y @param {string} color @param {number} radius */
  function drawRing(context, x, y, color, radius) {
    context.beginPath();
    context.arc(place.toX(x), place.toY(y), radius * ratio, 0, 2 * Math.PI);
    context.lineWidth = 2.4 * ratio;
    context.strokeStyle = color;
    context.stroke();
  }

  // Steps that are far apart are marked one by one.
  /** @param {Pen} context @param {ArrayLike<number>} points */
  function drawSteps(context, points) {
    let length = 0;
    for (let i = 2; i < points.length; i += 2) length += Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]);
    if (!((length * place.scale) / (points.length / 2) >= STRIDE * ratio)) return;
    context.fillStyle = theme.fake;
    for (let i = 0; i < points.length; i += 2) {
      context.beginPath();
      context.arc(place.toX(points[i]), place.toY(points[i + 1]), 2.2 * ratio, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /** @param {Pen} context @param {number} x @param {number} y */
  function drawStand(context, x, y) {
    context.beginPath();
    context.arc(place.toX(x), place.toY(y), 6.5 * ratio, 0, 2 * Math.PI);
    context.fillStyle = theme.fake;
    context.fill();
    context.lineWidth = 2 * ratio;
    context.strokeStyle = theme.background;
    context.stroke();
  }

  // Where the run is in numbers, in a corner; also when it has left the picture.
  /** @param {Pen} context @param {number} x @param {number} y */
  function drawNumbers(context, x, y) {
    const outside = !look.view.zoomed && !(Math.max(Math.abs(x), Math.abs(y)) <= scene.extent[1]);
    const text = `θ ${number(x)}   ψ ${number(y)}   radius ${number(Math.hypot(x, y))}${outside ? "   outside the picture" : ""}`;
    context.font = `600 ${12 * ratio}px ${theme.font}`;
    context.textAlign = "left";
    context.textBaseline = "top";
    const [left, top, pad] = [area.x + 8 * ratio, area.y + 8 * ratio, 4 * ratio];
    context.fillStyle = alpha(theme.background, 0.82);
    context.fillRect(left - pad, top - pad, context.measureText(text).width + 2 * pad, 12 * ratio + 2 * pad);
    context.fillStyle = theme.text;
    context.fillText(text, left, top);
  }

  return {
    /** Data to device pixels and back. */
    get place() {
      return placing(area, look.view);
    },
    draw(context, frame) {
      const { field, path, average } = frame?.arrays ?? {};
      drawStill(field);
      context.drawImage(still.layer, 0, 0);
      if (!path) return;
      const points = path.data;
      const [x, y] = points.slice(-2);
      clipped(context, () => {
        drawWay(context, points, place, theme, ratio);
        drawSteps(context, points);
        if (average) drawRing(context, average.data[0], average.data[1], theme.fake, 5);
        drawStand(context, x, y);
      });
      drawNumbers(context, x, y);
    },
  };
}

/** @param {Float32Array | null} one @param {Float32Array | null} other */
function same(one, other) {
  return one === other || (one !== null && other !== null && one.length === other.length && one.every((value, i) => value === other[i]));
}
