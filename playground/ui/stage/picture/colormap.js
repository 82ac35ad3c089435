// Maps over the stage. D's: fake colour at 0, the page's background at one half, real colour at 1.
import { penOf } from "../common/dom.js";
import { rgb } from "../common/theme.js";

/** @import { Theme } from "../common/theme.js" */
/** @typedef {number[]} Color  r, g, b: 0 to 255 */

const LEVELS = 256;

/**
 * 256 packed colours (as an ImageData's 32-bit words on a little-endian machine).
 * @param {Theme} theme
 */
export function colormap(theme) {
  const [low, middle, high] = [theme.fakeField, theme.background, theme.realField].map(rgb);
  return tableOf((share) => between(middle, share < 0.5 ? low : high, Math.abs(2 * share - 1)));
}

/**
 * 256 colours from the page's background at 0 to one colour at 1.
 * @param {Theme} theme
 * @param {string} color
 */
export function ramp(theme, color) {
  const [from, to] = [theme.background, color].map(rgb);
  return tableOf((share) => between(from, to, share));
}

/** @param {Color} from @param {Color} to @param {number} share */
const between = (from, to, share) => from.map((value, c) => Math.round(value + (to[c] - value) * share));

/** @param {(share: number) => Color} colorAt */
function tableOf(colorAt) {
  const table = new Uint32Array(LEVELS);
  for (let i = 0; i < LEVELS; i += 1) {
    const [r, g, b] = colorAt(i / (LEVELS - 1));
    table[i] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  return table;
}

/** Values to 0..1: the sigmoid of log-odds, or a critic's values between its own low and high, smoothed over frames. */
export function createScale() {
  /** @type {[number, number] | null} */
  let range = null;
  return {
    forget() {
      range = null;
    },
    /** Where another value of the same critic stands, between the low and the high of its last values. @param {number} value */
    share(value) {
      const [low, high] = range ?? [0, 1];
      return (value - low) / Math.max(high - low, 1e-12);
    },
    /** @param {Float32Array} values @param {boolean} logOdds @param {Float32Array} into */
    unit(values, logOdds, into) {
      if (logOdds) {
        for (let i = 0; i < values.length; i += 1) into[i] = 1 / (1 + Math.exp(-values[i]));
        return into;
      }
      let low = Infinity;
      let high = -Infinity;
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (!range || !Number.isFinite(range[0] + range[1])) range = [low, high];
      else range = [range[0] + 0.15 * (low - range[0]), range[1] + 0.15 * (high - range[1])];
      const span = Math.max(range[1] - range[0], 1e-12);
      for (let i = 0; i < values.length; i += 1) into[i] = Math.min(1, Math.max(0, (values[i] - range[0]) / span));
      return into;
    },
  };
}

/** Draws a field given as rows from low y to high y into an ImageData-backed canvas; NaN stays transparent. */
export function createField() {
  const canvas = document.createElement("canvas");
  const context = penOf(canvas);
  let image = context.createImageData(1, 1);
  let words = new Uint32Array(image.data.buffer);
  return {
    canvas,
    /** @param {Float32Array} unit @param {number} rows @param {number} columns @param {Uint32Array} table */
    paint(unit, rows, columns, table) {
      if (image.width !== columns || image.height !== rows) {
        canvas.width = columns;
        canvas.height = rows;
        image = context.createImageData(columns, rows);
        words = new Uint32Array(image.data.buffer);
      }
      for (let row = 0; row < rows; row += 1) {
        const from = row * columns;
        const to = (rows - 1 - row) * columns;
        for (let column = 0; column < columns; column += 1) {
          const value = unit[from + column];
          words[to + column] = Number.isNaN(value) ? 0 : table[(value * 255 + 0.5) | 0];
        }
      }
      context.putImageData(image, 0, 0);
    },
  };
}
