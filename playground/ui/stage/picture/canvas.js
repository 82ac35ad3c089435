// The canvas: keeps the newest picture only, draws it when the browser is ready, and says so.
import { boxOf } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { decodeFrame } from "../common/frame.js";
import { createImages } from "../images/images.js";
import { createLine } from "./line.js";
import { createPhase } from "./phase.js";
import { createPlane } from "./plane.js";

/** @import { Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { KeyframeMessage, Scene } from "../common/messages.js" */
/** @import { Marks } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Look, Placing } from "./view.js" */
/**
 * Draws a scene's pictures. `place`: data to device pixels and back; `cellAt`: the index of the image at a place.
 * @typedef {object} Painter
 * @property {(context: Pen, frame: Frame | null) => void} draw
 * @property {Placing} [place]
 * @property {(x: number, y: number) => number | null} [cellAt]
 */

/** @typedef {{bytes: ArrayBuffer, keyframe: KeyframeMessage | null}} Waiting */

/** @param {Scene} scene */
const painterOf = ({ kind, dim }) => ({ images: createImages, phase: createPhase, points: dim === 1 ? createLine : createPlane })[kind];

/**
 * `onMet(frame)` is called before each new frame is drawn, `onDrawn(frame)` after. `onDone()` is called once for each
 * that was shown, whatever became of it: the next may come. `onBroken(error)` for the first of a run that can't be read.
 * `marks` are drawn over images, `look` says how points are seen; who changes them calls `repaint`.
 * @param {HTMLCanvasElement} element
 * @param {object} options
 * @param {Marks} options.marks
 * @param {Look} options.look
 * @param {(frame: Frame) => void} options.onMet
 * @param {(frame: Frame) => void} options.onDrawn
 * @param {() => void} options.onDone
 * @param {(error: Error) => void} options.onBroken
 */
export function createCanvas(element, { marks, look, onMet, onDrawn, onDone, onBroken }) {
  const context = penOf(element, { alpha: false });
  /** @type {Scene | null} */
  let scene = null;
  /** @type {Theme | null} */
  let theme = null;
  /** @type {Painter | null} */
  let painter = null;
  /** @type {Frame | null} */
  let frame = null; // the one shown
  /** @type {Waiting | null} */
  let waiting = null; // the newest one not yet drawn
  let broken = false; // one could not be read, and that was told
  let request = 0;
  let ratio = 0; // that the painter draws at
  const sizes = new ResizeObserver(() => repaint());
  sizes.observe(element);

  function fit() {
    const box = boxOf(element);
    const { width, height } = box;
    if (!scene || !theme || !width || !height) return null;
    if (painter && ratio === box.ratio && element.width === width && element.height === height) return painter;
    ratio = box.ratio;
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
    painter = painterOf(scene)(scene, theme, box, marks, look);
    return painter;
  }

  function tick() {
    request = 0;
    const next = waiting;
    waiting = null;
    try {
      if (next) show(next);
      else fit()?.draw(context, frame);
    } finally {
      if (next) onDone(); // even where reading or drawing fails: one bad frame must not stop the feed
    }
  }

  /** @param {Waiting} next */
  function show(next) {
    const fresh = read(next);
    if (!fresh) return;
    frame = fresh;
    try {
      onMet(fresh);
      fit()?.draw(context, fresh);
    } finally {
      onDrawn(fresh);
    }
  }

  /** @param {Waiting} next @returns {Frame | null} */
  function read({ bytes, keyframe }) {
    try {
      return { ...decodeFrame(bytes), keyframe };
    } catch (error) {
      if (!broken) onBroken(/** @type {Error} */ (error));
      broken = true;
      return null;
    }
  }

  function ask() {
    request ||= requestAnimationFrame(tick);
  }

  function repaint() {
    if (scene && theme) ask();
  }

  return {
    repaint,
    /** The painter's placing of data in device pixels; null where there is none (yet). */
    place: () => painter?.place ?? null,
    /**
     * The index of the image at a place in device pixels; null where there is none.
     * @param {number} x
     * @param {number} y
     */
    cellAt(x, y) {
      return painter?.cellAt?.(x, y) ?? null;
    },
    /**
     * Draw a frame's bytes; `keyframe` is the message that a recorded one comes with, null for a live one.
     * @param {ArrayBuffer} bytes
     * @param {KeyframeMessage | null} keyframe
     */
    show(bytes, keyframe) {
      waiting = { bytes, keyframe };
      ask();
    },
    /** @param {Scene} next */
    setScene(next) {
      if (waiting) onDone(); // of the old scene
      waiting = frame = null;
      broken = false;
      scene = next;
      painter = null;
      repaint();
    },
    /** @param {Theme} next */
    setTheme(next) {
      theme = next;
      painter = null;
      repaint();
    },
    close() {
      cancelAnimationFrame(request);
      sizes.disconnect();
    },
  };
}
