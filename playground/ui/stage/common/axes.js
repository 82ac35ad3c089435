// The drawing area of the stage, in device pixels, and its ticks.

/** @typedef {{width: number, height: number, ratio: number}} Box  of a canvas, in device pixels; `ratio` of them make what is a CSS pixel at the usual size */
/** @typedef {{x: number, y: number, width: number, height: number}} Area */
/** @typedef {CanvasRenderingContext2D} Pen */
/** @import { Theme } from "./theme.js" */

/** @type {{bottom: CanvasTextAlign, left: CanvasTextAlign, right: CanvasTextAlign}} */
const ALIGNED = { bottom: "center", left: "right", right: "left" };

/**
 * The box that a canvas has on the page. Its own size may be another until it is drawn on again. In a presentation type,
 * lines and points are larger.
 * @param {HTMLCanvasElement} canvas
 * @returns {Box}
 */
export function boxOf(canvas) {
  const pixels = window.devicePixelRatio || 1;
  return { ratio: pixels * scaleOf(canvas), width: Math.round(canvas.clientWidth * pixels), height: Math.round(canvas.clientHeight * pixels) };
}

/**
 * How much larger than usual everything is drawn.
 * @param {HTMLElement} element  of a stage
 */
export function scaleOf(element) {
  return Number(element.closest(".gp-root")?.getAttribute("data-scale") ?? 1);
}

/**
 * How many of a canvas's own pixels make a CSS pixel.
 * @param {HTMLCanvasElement} canvas
 */
export function ratioOf(canvas) {
  return canvas.width / Math.max(canvas.clientWidth, 1);
}

/**
 * Where an event is, in a canvas's own pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {MouseEvent} event
 * @returns {[number, number]}
 */
export function placeIn(canvas, { clientX, clientY }) {
  const { left, top } = canvas.getBoundingClientRect();
  return [(clientX - left) * ratioOf(canvas), (clientY - top) * ratioOf(canvas)];
}

/**
 * The area inside the margins (CSS pixels) of a canvas.
 * @param {Box} box
 * @param {number[]} margins  top, right, bottom, left
 * @returns {Area}
 */
export function areaOf(box, margins) {
  const [top, right, bottom, left] = margins.map((margin) => Math.round(margin * box.ratio));
  return { x: left, y: top, width: Math.max(1, box.width - left - right), height: Math.max(1, box.height - top - bottom) };
}

const LONG = 1e5; // numbers from there on

/**
 * Round values between low and high, about `count` of them.
 * @param {number} low
 * @param {number} high
 */
export function ticks(low, high, count = 7) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i += 1) values.push(i * step || 0); // never −0
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return values.map((value) => ({ value, text: value.toFixed(digits).replace("-", "−") }));
}

/**
 * A logarithmic axis's ticks between two numbers above 0: powers of ten over a wide range, else 1, 2, 5 of each, else
 * round numbers. Each is written in full.
 * @param {number} low
 * @param {number} high
 */
export function logTicks(low, high, count = 5) {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = Math.log10(high / low);
  if (decades < 0.5) return ticks(low, high, count).filter(({ value }) => value > 0);
  const stride = Math.max(1, Math.ceil(decades / count));
  const digits = decades < count / 3 ? [1, 2, 5] : [1];
  const values = [];
  for (let power = first; power <= last; power += 1) if (power % stride === 0) values.push(...digits.map((digit) => ({ digit, power })));
  return values
    .map(({ digit, power }) => ({ value: digit * 10 ** power, text: inFull(digit, power) }))
    .filter(({ value }) => value >= low * 0.999 && value <= high * 1.001);
}

/**
 * Ticks of an axis whose numbers are too long to be written out: 0, 5·10²³, 10²⁴, with Plotly's tags. Null where they are not.
 * @param {number} low
 * @param {number} high
 */
export function longTicks(low, high, count = 4) {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (!(largest >= LONG) || !(high > low) || !Number.isFinite(high - low)) return null;
  return ticks(low, high, count).map(({ value }) => {
    const [digits, power] = Math.abs(value).toExponential(1).split("e").map(Number);
    return { value, text: value ? `${value < 0 ? "−" : ""}${digits === 1 ? "" : `${digits}·`}10<sup>${power}</sup>` : "0" };
  });
}

/** @param {number} digit @param {number} power */
function inFull(digit, power) {
  if (power >= -3 && power <= 3) return power < 0 ? (digit * 10 ** power).toFixed(-power) : String(digit * 10 ** power);
  return `${digit === 1 ? "" : `${digit}·`}10<sup>${String(power).replace("-", "−")}</sup>`;
}

/**
 * Ticks and labels along one side ("bottom", "left" or "right") of an area; `place` maps a value to a pixel.
 * @param {Pen} context
 * @param {Area} area
 * @param {keyof typeof ALIGNED} side
 * @param {{value: number, text: string}[]} entries
 * @param {(value: number) => number} place
 * @param {Box} box
 * @param {Theme} theme
 */
export function drawAxis(context, area, side, entries, place, box, theme) {
  const tick = 4 * box.ratio;
  context.font = `${11 * box.ratio}px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.line;
  context.lineWidth = Math.max(1, Math.round(box.ratio));
  context.textAlign = ALIGNED[side];
  context.textBaseline = side === "bottom" ? "top" : "middle";
  context.beginPath();
  for (const { value, text } of entries) {
    const at = Math.round(place(value)) + 0.5;
    if (side === "bottom") {
      context.moveTo(at, area.y + area.height);
      context.lineTo(at, area.y + area.height + tick);
      context.fillText(text, at, area.y + area.height + 1.6 * tick);
    } else {
      const edge = side === "left" ? area.x : area.x + area.width;
      const out = side === "left" ? -1 : 1;
      context.moveTo(edge, at);
      context.lineTo(edge + out * tick, at);
      context.fillText(text, edge + out * 1.8 * tick, at);
    }
  }
  context.stroke();
}

/**
 * What an axis is, centred at a place and turned by an angle.
 * @param {Pen} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} turn
 * @param {Box} box
 * @param {Theme} theme
 */
export function drawName(context, text, x, y, turn, box, theme) {
  context.save();
  context.translate(x, y);
  context.rotate(turn);
  context.font = `${11 * box.ratio}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = theme.muted;
  context.fillText(text, 0, 0);
  context.restore();
}

/** @param {Pen} context @param {Area} area @param {Box} box @param {Theme} theme */
export function drawBorder(context, area, box, theme) {
  context.strokeStyle = theme.line;
  context.lineWidth = Math.max(1, Math.round(box.ratio));
  context.strokeRect(area.x + 0.5, area.y + 0.5, area.width - 1, area.height - 1);
}

/**
 * An off-screen canvas of a box's size.
 * @param {{width: number, height: number}} box
 */
export function layerOf(box) {
  const canvas = document.createElement("canvas");
  canvas.width = box.width;
  canvas.height = box.height;
  return canvas;
}
