// The canvas: keeps the newest picture only, draws it when the browser is ready, and says so.
import { decodeFrame } from "../common/frame.js";
import { createImages } from "../images/images.js";
import { createLine } from "./line.js";
import { createPlane } from "./plane.js";

const PAINTERS = { 1: createLine, 2: createPlane };
const painterOf = ({ kind, dim }) => (kind === "images" ? createImages : PAINTERS[dim]);

/**
 * `onMet(frame)` is called before each new picture is drawn, `onDrawn(frame)` after, `onSkipped(frame)` for one that
 * never is. `marks` are drawn over images, `look` says how points are seen; who changes them calls `repaint`.
 */
export function createCanvas(element, { marks, look, onMet, onDrawn, onSkipped }) {
  const context = element.getContext("2d", { alpha: false });
  let scene = null;
  let theme = null;
  let painter = null;
  let frame = null; // the picture shown
  let waiting = null; // the bytes of the newest picture not yet drawn
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
    const bytes = waiting;
    waiting = null;
    if (bytes) frame = decodeFrame(bytes);
    try {
      if (bytes) onMet(frame);
      if (fit()) painter.draw(context, frame);
    } finally {
      if (bytes) onDrawn(frame); // acknowledged even when drawing fails: one bad picture must not stop the feed
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
    show(bytes) {
      waiting = bytes;
      ask();
    },
    setScene(next) {
      if (waiting) onSkipped(decodeFrame(waiting)); // of the old scene
      waiting = null;
      frame = null;
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
