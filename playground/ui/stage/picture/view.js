// Which part of the stage is seen: the whole of it, or a part that was zoomed to.
/** @import { Area } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Grid, HalfName } from "../common/page.js" */
/** @typedef {[number, number]} Range */
/** @typedef {ReturnType<typeof createView>} View */
/** @typedef {ReturnType<typeof placing>} Placing */
/** @typedef {{seen: Grid, contours: Float32Array[], version: number, shape: number[], bandwidth: number | null}} Density */
/**
 * How points are looked at: the layers that are on, the part that is seen, the borders between maps, the points of the
 * last pictures, how far the manifold is on its way, and what the microscope shows: {half, share of its move}.
 * @typedef {object} Look
 * @property {Set<string>} on
 * @property {View} view
 * @property {number[]} cuts
 * @property {Float32Array[]} past
 * @property {number} morph
 * @property {Density | null} density
 * @property {{half: HalfName, share: number} | null} insight
 * @property {[number, number] | null} pointer  in device pixels of the canvas, where codes are seen
 * @property {(frame: Frame | null) => Frame | null} asSeen  the picture as it is to be drawn
 */

const MOST_ZOOM = 60;
const ROOM = 1; // how far beyond the stage one may look, in stages

/**
 * A look at live pictures.
 * @param {string[]} on
 * @returns {Look}
 */
export function createLiveLook(on) {
  return { on: new Set(on), view: createView(), cuts: [], past: [], morph: 1, density: null, insight: null, pointer: null, asSeen: (frame) => frame };
}

/** The view of a scene: `x` and `y` are ranges in data units; on a line only `x` moves. */
function createView() {
  /** @type {Range} */
  let [low, high] = [0, 1];
  let dim = 2;
  const view = {
    x: /** @type {Range} */ ([0, 1]),
    y: /** @type {Range} */ ([0, 1]),
    /** Counts the changes. */
    version: 0,
    get zoomed() {
      return view.x[0] !== low || view.x[1] !== high || view.y[0] !== low || view.y[1] !== high;
    },
    /** @param {Scene} scene */
    setScene(scene) {
      dim = scene.dim;
      [low, high] = scene.extent;
      view.reset();
    },
    reset() {
      view.x = [low, high];
      view.y = [low, high];
      view.version += 1;
    },
    /**
     * Show `factor` times less, keeping the data point (x, y) where it is seen.
     * @param {number} factor
     * @param {number} x
     * @param {number} y
     */
    zoom(factor, x, y) {
      const span = view.x[1] - view.x[0];
      const next = Math.min(high - low, Math.max((high - low) / MOST_ZOOM, span / factor));
      if (next === high - low) return view.reset();
      view.x = around(view.x, x, next / span);
      if (dim === 2) view.y = around(view.y, y, next / span);
      settle();
    },
    /**
     * Move by a distance in data units.
     * @param {number} dx
     * @param {number} dy
     */
    pan(dx, dy) {
      view.x = [view.x[0] + dx, view.x[1] + dx];
      if (dim === 2) view.y = [view.y[0] + dy, view.y[1] + dy];
      settle();
    },
  };

  /** @type {(range: Range, at: number, share: number) => Range} */
  const around = ([from, to], at, share) => [at - (at - from) * share, at + (to - at) * share];

  function settle() {
    const room = ROOM * (view.x[1] - view.x[0]) * 0.5;
    for (const axis of /** @type {("x" | "y")[]} */ (dim === 2 ? ["x", "y"] : ["x"])) {
      const span = view[axis][1] - view[axis][0];
      const from = Math.min(high + room - span, Math.max(low - room, view[axis][0]));
      view[axis] = [from, from + span];
    }
    view.version += 1;
  }

  return view;
}

/**
 * Data to device pixels and back, for an area of a canvas.
 * @param {Area} area
 * @param {Pick<View, "x" | "y">} view
 */
export function placing(area, view) {
  const [x0, x1] = view.x;
  const [y0, y1] = view.y;
  const [right, up] = [area.width / (x1 - x0), area.height / (y1 - y0)];
  return {
    area,
    /** Device pixels per data unit along x. */
    scale: right,
    toX: (/** @type {number} */ x) => area.x + (x - x0) * right,
    toY: (/** @type {number} */ y) => area.y + (y1 - y) * up,
    fromX: (/** @type {number} */ at) => x0 + (at - area.x) / right,
    fromY: (/** @type {number} */ at) => y1 - (at - area.y) / up,
  };
}
