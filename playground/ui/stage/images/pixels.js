// Images as bytes, grey or with three colours: how they come off the wire and onto a canvas.
import { penOf } from "../common/dom.js";

/** @import { Scene } from "../common/messages.js" */
/** @import { Bytes, Packed } from "../common/page.js" */
/** @typedef {ReturnType<typeof createAtlas>} Atlas */

// Ink is what the data says, in every theme: 0 is black and 255 white, so MNIST's digits are light on dark.

const GREY = Uint32Array.from({ length: 256 }, (_, v) => ((255 << 24) | (v << 16) | (v << 8) | v) >>> 0); // little-endian RGBA
/** @param {ArrayLike<number>} data @param {number} at */
const rgb = (data, at) => ((255 << 24) | (data[at + 2] << 16) | (data[at + 1] << 8) | data[at]) >>> 0;
const BIG_PIXEL = 16; // device pixels: from here on pixels are meant to be seen; below, smoothing makes 8 × 8 digits readable

/**
 * The bytes of a base64 text.
 * @param {string} base64
 */
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * {data, shape: [count, h, w]} of a message that carries `images` (base64) and `shape`.
 * @param {Packed} message
 * @returns {Bytes}
 */
export function imagesOf({ images, shape }) {
  return { data: bytesOf(images), shape };
}

/**
 * An off-screen canvas that holds `columns` images beside each other at their own resolution, `gap` pixels apart.
 * @param {number} columns
 */
export function createAtlas(columns, gap = 0) {
  const canvas = document.createElement("canvas");
  const context = penOf(canvas, { willReadFrequently: true }); // stays in memory: it is rewritten at every picture
  let image = context.createImageData(1, 1);
  let words = new Uint32Array(image.data.buffer);
  let [height, width] = [0, 0];

  /** @param {number} count @param {number} h @param {number} w */
  function fit(count, h, w) {
    const rows = Math.ceil(count / columns);
    const [wide, high] = [columns * (w + gap) - gap, rows * (h + gap) - gap];
    if (image.width === wide && image.height === high && h === height) return;
    [canvas.width, canvas.height] = [wide, high];
    [height, width] = [h, w];
    image = context.createImageData(wide, high);
    words = new Uint32Array(image.data.buffer);
  }

  return {
    canvas,
    /** @param {{data: ArrayLike<number>, shape: number[]}} images */
    paint({ data, shape: [count, h, w] }) {
      fit(count, h, w);
      const colour = data.length === 3 * count * h * w; // else one byte is a grey
      for (let i = 0, from = 0; i < count; i += 1) {
        let to = Math.floor(i / columns) * (h + gap) * image.width + (i % columns) * (w + gap);
        for (let row = 0; row < h; row += 1, to += image.width) {
          if (colour) for (let column = 0; column < w; column += 1, from += 3) words[to + column] = rgb(data, from);
          else for (let column = 0; column < w; column += 1, from += 1) words[to + column] = GREY[data[from]];
        }
      }
      context.putImageData(image, 0, 0);
    },
    /**
     * Draws image `i` into a rectangle of another canvas.
     * @param {CanvasRenderingContext2D} target
     * @param {number} i
     * @param {number} x
     * @param {number} y
     * @param {number} toWidth
     * @param {number} toHeight
     */
    stamp(target, i, x, y, toWidth, toHeight) {
      target.imageSmoothingEnabled = toWidth < BIG_PIXEL * width;
      target.imageSmoothingQuality = "medium";
      const [left, top] = [(i % columns) * (width + gap), Math.floor(i / columns) * (height + gap)];
      target.drawImage(canvas, left, top, width, height, x, y, toWidth, toHeight);
    },
  };
}

/**
 * What one image of a run with these classes is called.
 * @param {Scene} scene
 */
export function nounOf({ classes }) {
  return classes.length && classes.every((name) => /^\d$/.test(name)) ? "digit" : "image";
}
