// Codes of fresh data as dots by class, in the plane that the picture names: where the prior of z is on it, and where the
// code of the example under the pointer may be. It fills the stage of images, and a corner of that of points.
import { areaOf, drawAxis, drawBorder, drawName, ticks } from "../common/axes.js";
import { alpha } from "../common/theme.js";

/** @import { Area, Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Header } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @typedef {NonNullable<Header["plane"]>} Plane */
/** @typedef {{scale: number, toX(x: number): number, toY(y: number): number}} Placing  codes to device pixels */

const MARGINS = [12, 8, 46, 50]; // top, right, bottom, left
const [CORNER, INSET] = [0.4, [22, 6, 22, 30]]; // share of the stage that a corner takes; its margins
const REACHES = [3, 4, 6, 10, 15, 25, 40, 60, 100, 150, 250, 400, 600, 1000]; // so that the axes rarely change
const SEEN = 0.99; // share of the codes that has to be within reach
const NINE_TENTHS = { line: 1.645, plane: 2.146 }; // standard deviations that hold 90 % of a normal
const CLOUDS = 40; // codes that are drawn with how far they may be off
const NEAR = 14; // CSS pixels from a dot within which it is pointed at

/**
 * How far the axes reach from 0.
 * @param {Float32Array} codes
 * @param {number[]} zero
 */
export function reachOf(codes, zero) {
  const sizes = [...codes]
    .map(Math.abs)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const far = Math.max(sizes[Math.floor(SEEN * (sizes.length - 1))] ?? 0, ...zero.map((part) => Math.abs(part) + NINE_TENTHS.plane));
  return REACHES.find((reach) => reach >= far) ?? far;
}

/**
 * The one of some places (x and y of each) that is nearest to another.
 * @param {ArrayLike<number>} places
 * @param {number} x
 * @param {number} y
 * @returns {{index: number, distance: number}}  index −1 where there are none
 */
export function nearest(places, x, y) {
  let [index, distance] = [-1, Infinity];
  for (let i = 0; 2 * i + 1 < places.length; i += 1) {
    const away = Math.hypot(places[2 * i] - x, places[2 * i + 1] - y);
    if (away < distance) [index, distance] = [i, away];
  }
  return { index, distance };
}

/**
 * The radii and the turn of an ellipse that a covariance [across, both, up] describes, at one standard deviation.
 * @param {ArrayLike<number>} covariance
 */
export function ellipseOf({ 0: across, 1: both, 2: up }) {
  const [middle, half] = [(across + up) / 2, Math.hypot((across - up) / 2, both)];
  return { long: Math.sqrt(middle + half), short: Math.sqrt(Math.max(0, middle - half)), turn: 0.5 * Math.atan2(2 * both, across - up) };
}

/**
 * @param {readonly string[]} names  of the classes
 * @param {Theme} theme
 * @param {Box} box
 * @param {Area} [stage]  of points, in a corner of which codes are seen; without it they fill the box
 */
export function createCodes(names, theme, box, stage) {
  const corner = stage && cornerOf(stage);
  const whole = corner ? inside(corner, INSET) : areaOf(box, MARGINS);
  const side = Math.min(whole.width, whole.height);
  const area = { x: whole.x + Math.floor((whole.width - side) / 2), y: whole.y, width: side, height: side };

  /** @param {Area} stage */
  function cornerOf({ x, y, width, height }) {
    const size = Math.floor(CORNER * Math.min(width, height));
    return { x: x + width - size, y, width: size, height: size };
  }

  /** @param {Area} outer @param {number[]} margins */
  function inside({ x, y, width, height }, margins) {
    const [top, right, bottom, left] = margins.map((margin) => Math.round(margin * box.ratio));
    return { x: x + left, y: y + top, width: width - left - right, height: height - top - bottom };
  }

  /** @param {number} index @param {number} count */
  const colour = (index, count) => `hsl(${Math.round((360 * index) / count)} 75% ${theme.dark ? 66 : 40}%)`;

  /** @param {Pen} context @param {Plane} plane @param {Placing} place */
  function drawPrior(context, { numbers, zero: [x, y], prior }, { toX, toY, scale }) {
    context.beginPath();
    if (prior === "normal" && numbers > 1) context.arc(toX(x), toY(y), NINE_TENTHS.plane * scale, 0, 2 * Math.PI);
    else if (numbers <= 2) {
      const half = prior === "normal" ? NINE_TENTHS.line : 1;
      context.rect(toX(-half), numbers === 1 ? area.y : toY(half), 2 * half * scale, numbers === 1 ? area.height : 2 * half * scale);
    }
    context.fillStyle = alpha(theme.text, 0.07);
    context.fill();
    context.strokeStyle = alpha(theme.text, 0.7);
    context.setLineDash([5 * box.ratio, 4 * box.ratio]);
    context.lineWidth = 1.4 * box.ratio;
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {Pen} context @param {Float32Array} codes @param {ArrayLike<number> | undefined} classes @param {Placing} place */
  function drawDots(context, codes, classes, { toX, toY }) {
    const radius = (corner ? 1.4 : 2.2) * box.ratio;
    for (let i = 0; 2 * i < codes.length; i += 1) {
      context.beginPath();
      context.arc(toX(codes[2 * i]), toY(codes[2 * i + 1]), radius, 0, 2 * Math.PI);
      context.fillStyle = classes ? colour(classes[i], names.length) : theme.real;
      context.fill();
    }
  }

  // Some of the codes with their standard deviation around them: a VAE's are clouds, an autoencoder's are points.
  /** @param {Pen} context @param {Float32Array} codes @param {Float32Array} posteriors @param {Placing} place */
  function drawClouds(context, codes, posteriors, { toX, toY, scale }) {
    const count = codes.length / 2;
    context.strokeStyle = alpha(theme.text, 0.3);
    context.lineWidth = 0.8 * box.ratio;
    for (let i = 0; i < count; i += Math.ceil(count / CLOUDS)) {
      const { long, short, turn } = ellipseOf(posteriors.subarray(3 * i, 3 * i + 3));
      context.beginPath();
      context.ellipse(toX(codes[2 * i]), toY(codes[2 * i + 1]), scale * long, scale * short, -turn, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  // A class's name stands in the middle of its codes: ten colours alone are too many to tell apart.
  /** @param {Pen} context @param {Float32Array} codes @param {ArrayLike<number>} classes @param {Placing} place */
  function drawNames(context, codes, classes, { toX, toY }) {
    context.font = `700 ${(corner ? 11 : 13) * box.ratio}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 4 * box.ratio;
    context.lineJoin = "round";
    const placed = names.flatMap((name, index) => {
      const own = Array.from({ length: codes.length / 2 }, (_, i) => i).filter((i) => classes[i] === index);
      const [x, y] = [0, 1].map((part) => median(own.map((i) => codes[2 * i + part])));
      return own.length ? [{ name, index, x: toX(x), y: toY(y) }] : [];
    });
    const apart = Math.max(...placed.map(({ x, y }) => Math.hypot(x - placed[0].x, y - placed[0].y)));
    if (apart < NEAR * box.ratio) return; // all codes are one: the last name would seem to be the only one
    for (const { name, index, x, y } of placed) {
      context.strokeStyle = theme.background;
      context.strokeText(name, x, y);
      context.fillStyle = colour(index, names.length);
      context.fillText(name, x, y);
    }
  }

  // The example under the pointer: its code, and 90 % of where that may be.
  /** @param {Pen} context @param {Frame["arrays"]} arrays @param {Plane} plane @param {number} index @param {Placing} place */
  function drawPosterior(context, { codes, posteriors }, { numbers }, index, { toX, toY, scale }) {
    if (!codes) return;
    const [x, y] = [toX(codes.data[2 * index]), toY(codes.data[2 * index + 1])];
    const { long, short, turn } = posteriors ? ellipseOf(posteriors.data.subarray(3 * index, 3 * index + 3)) : { long: 0, short: 0, turn: 0 };
    const wide = (numbers === 1 ? NINE_TENTHS.line : NINE_TENTHS.plane) * scale;
    const least = 3.5 * box.ratio; // a code that is certain is still seen
    for (const { color, width } of [
      { color: alpha(theme.background, 0.9), width: 4 },
      { color: theme.text, width: 1.8 },
    ]) {
      context.beginPath();
      context.ellipse(x, y, Math.max(least, wide * long), Math.max(least, wide * short), -turn, 0, 2 * Math.PI);
      context.strokeStyle = color;
      context.lineWidth = width * box.ratio;
      context.stroke();
    }
  }

  /** @param {Pen} context @param {Plane} plane @param {boolean} pointed  at an example with a posterior */
  function drawWords(context, { numbers, held, prior }, pointed) {
    const [x, y] =
      numbers > 2 ? ["first principal component of the codes", "second principal component"] : ["z₁", numbers === 1 ? "in the order of the data" : "z₂"];
    const region = prior === "normal" ? "dashed: 90 % of the prior" : numbers <= 2 ? "dashed: the prior" : "";
    const plane = numbers > 2 ? `${Math.round(100 * held)} % of the codes' variance is in this plane` : "";
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    context.font = `${11 * box.ratio}px ${theme.font}`;
    if (corner) {
      const told = pointed ? "line: 90 % of where the code is" : `codes by mode; ${region || "in a plane"}`;
      context.fillText(told, corner.x + 5 * box.ratio, corner.y + 5 * box.ratio, corner.width - 10 * box.ratio);
      return;
    }
    drawName(context, x, area.x + area.width / 2, area.y + area.height + 26 * box.ratio, 0, box, theme);
    drawName(context, y, area.x - 46 * box.ratio, area.y + area.height / 2, -Math.PI / 2, box, theme);
    context.font = `${11 * box.ratio}px ${theme.font}`;
    context.textAlign = "left";
    const line = pointed ? "line: 90 % of where this code may be" : "";
    for (const [i, text] of [region, plane, line].filter(Boolean).entries())
      context.fillText(text, area.x + 6 * box.ratio, area.y + (6 + 14 * i) * box.ratio, area.width - 12 * box.ratio);
  }

  return {
    /**
     * Draw a frame's codes. `at`: which example is pointed at, or where the pointer is in device pixels.
     * @param {Pen} context
     * @param {Frame} frame  with codes and their plane
     * @param {number | [number, number] | null} at
     */
    draw(context, { plane, arrays }, at) {
      const { codes, code_classes, posteriors } = arrays;
      if (!plane || !codes) return;
      const reach = reachOf(codes.data, plane.zero);
      const scale = side / (2 * reach);
      const place = { scale, toX: (/** @type {number} */ x) => area.x + (x + reach) * scale, toY: (/** @type {number} */ y) => area.y + (reach - y) * scale };
      let index = typeof at === "number" ? at : -1;
      if (Array.isArray(at)) {
        const found = nearest(codes.data, (at[0] - area.x) / scale - reach, reach - (at[1] - area.y) / scale);
        if (found.distance * scale < NEAR * box.ratio) index = found.index;
      }
      if (corner) {
        context.fillStyle = alpha(theme.background, 0.93);
        context.fillRect(corner.x, corner.y, corner.width, corner.height);
        drawBorder(context, corner, box, theme);
      }
      context.save();
      context.beginPath();
      context.rect(area.x, area.y, area.width, area.height);
      context.clip();
      drawPrior(context, plane, place);
      drawDots(context, codes.data, code_classes?.data, place);
      if (posteriors) drawClouds(context, codes.data, posteriors.data, place);
      if (code_classes) drawNames(context, codes.data, code_classes.data, place);
      if (index >= 0) drawPosterior(context, arrays, plane, index, place);
      context.restore();
      const marks = ticks(-reach, reach, corner ? 3 : 7);
      drawAxis(context, area, "bottom", marks, place.toX, box, theme);
      drawAxis(context, area, "left", marks, place.toY, box, theme);
      drawBorder(context, area, box, theme);
      drawWords(context, plane, index >= 0 && Boolean(posteriors));
    },
  };
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
