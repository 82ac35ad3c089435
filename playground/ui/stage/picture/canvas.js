// The canvas: keeps the newest picture only, draws it when the browser is ready, and says so.
import { decodeFrame } from "../common/frame.js";
import { createImages } from "../images/images.js";
import { createLine } from "./line.js";
import { createPlane } from "./plane.js";

const PAINTERS = { 1: createLine, 2: createPlane };
const painterOf = ({ kind, dim }) => (kind === "images" ? createImages : PAINTERS[dim]);

/**
 * `onMet(frame)` is called before each new frame is drawn, `onDrawn(frame)` after. `onDone()` is called once for each
 * that was shown, whatever became of it: the next may come. `onBroken(error)` for the first of a run that can't be read.
 * `marks` are drawn over images, `look` says how points are seen; who changes them calls `repaint`.
 */
export function createCanvas(element, { marks, look, onMet, onDrawn, onDone, onBroken }) {
  const context = element.getContext("2d", { alpha: false });
  let scene = null;
  let theme = null;
  let painter = null;
  let frame = null; // the one shown
  let waiting = null; // the newest one not yet drawn: {bytes, keyframe}
  let broken = false; // one could not be read, and that was told
  let request = 0;
  const sizes = new ResizeObserver(() => repaint());
  sizes.observe(element);

  function fit() {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(element.clientWidth * ratio);
    const height = Math.round(element.clientHeight * ratio);
    if (!scene || !theme || !width || !height) return false;
    if (painter && element.width === width && element.height === height) return true;
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
    painter = painterOf(scene)(scene, theme, { width, height, ratio }, marks, look);
    return true;
  }

  function tick() {
    request = 0;
    const next = waiting;
    waiting = null;
    try {
      if (!next || read(next)) draw(next !== null);
    } finally {
      if (next) onDone(); // even where reading or drawing fails: one bad frame must not stop the feed
    }
  }

  function read({ bytes, keyframe }) {
    try {
      frame = { ...decodeFrame(bytes), keyframe };
    } catch (error) {
      if (!broken) onBroken(error);
      broken = true;
      return false;
    }
    return true;
  }

  function draw(isNew) {
    try {
      if (isNew) onMet(frame);
      if (fit()) painter.draw(context, frame);
    } finally {
      if (isNew) onDrawn(frame);
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
    /** The index of the image at a place in device pixels; null where there is none. */
    cellAt(x, y) {
      return painter?.cellAt?.(x, y) ?? null;
    },
    /** Draw a frame's bytes; `keyframe` is the message that a recorded one comes with, null for a live one. */
    show(bytes, keyframe) {
      waiting = { bytes, keyframe };
      ask();
    },
    setScene(next) {
      if (waiting) onDone(); // of the old scene
      waiting = frame = null;
      broken = false;
      scene = next;
      painter = null;
      repaint();
    },
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
