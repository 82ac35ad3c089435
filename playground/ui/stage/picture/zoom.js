// Looking closer: wheel, pinch, the keys + − 0; dragging moves the view, a double click shows the whole stage again.
/** @import { Handlers } from "../common/dom.js" */
/** @import { Placing, View } from "./view.js" */
/** @typedef {[number, number]} Place  in device pixels */

import { placeIn, ratioOf } from "../common/axes.js";
import { isShortcut, listen } from "../common/dom.js";

const WHEEL = 0.0016; // how much one unit of the wheel zooms
const KEY = 1.4;
const STILL = 4; // CSS pixels: less is a click, not a drag

/**
 * `place()` is the painter's placing or null; `onMove()` is called after every move.
 * @param {HTMLCanvasElement} canvas
 * @param {{view: View, place(): Placing | null, enabled(): boolean, onMove(): void}} options
 */
export function createZoom(canvas, { view, place, enabled, onMove }) {
  /** @type {Map<number, Place>} */
  const pointers = new Map(); // those that are down, by id
  let dragging = false;

  /** @param {MouseEvent} event */
  const at = (event) => placeIn(canvas, event);

  /** @param {number} factor @param {Place} at */
  function zoom(factor, [x, y]) {
    const placing = place();
    if (!placing) return;
    view.zoom(factor, placing.fromX(x), placing.fromY(y));
    settle();
    onMove();
  }

  // A finger scrolls the page until there is something to move here.
  function settle() {
    canvas.style.touchAction = !enabled() ? "" : view.zoomed ? "none" : "pan-x pan-y";
    canvas.style.cursor = !enabled() ? "" : view.zoomed ? (dragging ? "grabbing" : "grab") : "crosshair";
  }

  /** @param {PointerEvent} event @param {Place} was */
  function drag(event, was) {
    const now = at(event);
    const others = [...pointers].filter(([id]) => id !== event.pointerId);
    if (others.length) {
      const [, other] = others[0];
      /** @param {Place} point */
      const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      /** @type {Place} */
      const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
      pointers.set(event.pointerId, now);
      return zoom(apart(now) / Math.max(apart(was), 1), middle);
    }
    const placing = place();
    if (!view.zoomed || !placing) return;
    if (!dragging && Math.hypot(now[0] - was[0], now[1] - was[1]) < STILL * ratioOf(canvas)) return;
    dragging = true;
    view.pan(placing.fromX(was[0]) - placing.fromX(now[0]), placing.fromY(was[1]) - placing.fromY(now[1]));
    pointers.set(event.pointerId, now);
    settle();
    onMove();
  }

  /** @param {PointerEvent} event */
  function release(event) {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) dragging = false;
    settle();
  }

  function whole() {
    view.reset();
    settle();
    onMove();
  }

  /** @type {Handlers} */
  const handlers = {
    wheel: (event) => {
      const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 30 : 1) * WHEEL);
      if (factor < 1 && !view.zoomed) return; // nothing left to see: the page scrolls
      event.preventDefault();
      zoom(factor, at(event));
    },
    dblclick: whole,
    pointerdown: (event) => {
      pointers.set(event.pointerId, at(event));
      if (view.zoomed || pointers.size > 1) canvas.setPointerCapture(event.pointerId);
    },
    pointermove: (event) => {
      const was = pointers.get(event.pointerId);
      if (was) drag(event, was);
    },
    pointerup: release,
    pointercancel: release,
    keydown: (event) => {
      if (isShortcut(event)) return;
      /** @type {Place} */
      const middle = [canvas.width / 2, canvas.height / 2];
      if (event.key === "+" || event.key === "=") zoom(KEY, middle);
      else if (event.key === "-") zoom(1 / KEY, middle);
      else if (event.key === "0") whole();
      else return;
      event.preventDefault();
    },
  };

  return { settle, close: listen(canvas, handlers, enabled) };
}
