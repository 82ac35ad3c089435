// What the networks and the densities say at one place: under the mouse, under a finger, or where the arrow keys went.
import { ratioOf } from "../common/axes.js";
import { ARROWS, find, isShortcut, listen } from "../common/dom.js";
import { readings } from "./grids.js";
import { short } from "./overlays.js";
import { moverOf } from "./phase.js";

/** @import { Handlers } from "../common/dom.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Grid } from "../common/page.js" */
/** @import { Placing } from "./view.js" */
/** @typedef {[number, number]} Place  in CSS pixels within the canvas */

const AWAY = 16; // CSS pixels between the place and its readout
const NOTHING = 1e-6; // a density below this is 0
const STRIDE = 12; // CSS pixels per arrow key

/**
 * `onActive()` is called when reading begins and ends, `onMove(at)` wherever it goes.
 * @param {HTMLElement} root
 * @param {object} options
 * @param {() => Placing | null} options.place
 * @param {() => {frame: Frame | null, scene: Scene | null, seen: Grid | null, bandwidth?: number}} options.read
 * @param {() => void} options.onActive
 * @param {(at: Place | null) => void} options.onMove
 */
export function createHover(root, { place, read, onActive, onMove }) {
  const frame = find(root, ".gp-frame");
  const canvas = find(root, ".gp-canvas", HTMLCanvasElement);
  const [across, along, box] = ["gp-cross gp-across", "gp-cross gp-along", "gp-readout-box"].map((name) => {
    const element = document.createElement("div");
    element.className = name;
    element.hidden = true;
    frame.append(element);
    return element;
  });
  box.setAttribute("role", "status");
  let enabled = false;
  /** @type {Place | null} */
  let at = null;

  /** @param {Placing} place @param {number} x @param {number} y */
  const inside = ({ area }, x, y) => x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height;

  /** @param {Place | null} next */
  function set(next) {
    const was = at !== null;
    at = next;
    onMove(at);
    if (was !== (at !== null)) onActive();
    refresh();
  }

  function refresh() {
    const spot = enabled ? at : null;
    const placing = spot && place();
    const { frame: picture, scene, seen, bandwidth } = read();
    const ratio = ratioOf(canvas);
    const shown = spot && placing && scene && inside(placing, spot[0] * ratio, spot[1] * ratio);
    for (const element of [across, along, box]) element.hidden = !shown;
    if (!shown) return;
    const [x, y] = [placing.fromX(spot[0] * ratio), placing.fromY(spot[1] * ratio)];
    across.style.top = `${spot[1]}px`;
    along.style.left = `${spot[0]}px`;
    const { area } = placing;
    Object.assign(across.style, { left: `${area.x / ratio}px`, width: `${area.width / ratio}px` });
    Object.assign(along.style, { top: `${area.y / ratio}px`, height: `${area.height / ratio}px` });
    across.hidden = scene.dim === 1;
    fill(scene, x, y, scene.kind === "phase" ? moves(picture, scene, x, y) : readings(picture, scene, seen, x, y), bandwidth);
    settle(spot);
  }

  /** @param {Frame | null} frame @param {Scene} scene @param {number} x @param {number} y */
  function moves(frame, scene, x, y) {
    if (!frame?.arrays.field) return [];
    const [right, up] = moverOf(frame.arrays.field, scene.extent)(x, y);
    return [
      { name: "a step adds to θ", value: right },
      { name: "and to ψ", value: up },
    ];
  }

  /** @param {Scene} scene @param {number} x @param {number} y @param {{name: string, value: number}[]} values @param {number} [bandwidth] */
  function fill(scene, x, y, values, bandwidth) {
    const [across, up] = scene.kind === "phase" ? ["θ", "ψ"] : ["x", "y"];
    const where = `${across} ${x.toFixed(2)}${scene.dim === 1 ? "" : `, ${up} ${y.toFixed(2)}`}`;
    const lines = values.map(
      ({ name, value }) =>
        `${name}\u2002${Number.isFinite(value) ? (name.startsWith("D") ? value.toFixed(3) : short(name.startsWith("p") && value < NOTHING ? 0 : value)).replace("-", "−") : "—"}`,
    );
    const note = bandwidth ? `densities through σ = ${short(bandwidth)}` : "";
    const key = [where.replaceAll("-", "−"), ...lines, note].join("\n");
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    box.replaceChildren(
      ...key
        .split("\n")
        .filter(Boolean)
        .map((text, i) => Object.assign(document.createElement(i === 0 ? "b" : text === note ? "i" : "span"), { textContent: text })),
    );
  }

  // Beside the place, on whichever side there is room: it never leaves the stage.
  /** @param {Place} at */
  function settle(at) {
    const [width, height] = [frame.clientWidth, frame.clientHeight];
    const [w, h] = [box.offsetWidth, box.offsetHeight];
    const x = at[0] + AWAY + w <= width ? at[0] + AWAY : at[0] - AWAY - w;
    const y = at[1] + AWAY + h <= height ? at[1] + AWAY : at[1] - AWAY - h;
    box.style.left = `${Math.max(0, Math.min(x, width - w))}px`;
    box.style.top = `${Math.max(0, Math.min(y, height - h))}px`;
  }

  /** @type {Handlers} */
  const handlers = {
    pointermove: (event) => set(placeOf(event)),
    pointerdown: (event) => set(placeOf(event)),
    pointerleave: (event) => {
      if (event.pointerType !== "touch") set(null); // a finger's reading stays until the next
    },
    blur: () => set(null),
    keydown: (event) => {
      if (isShortcut(event)) return;
      if (event.key === "Escape" && at) set(null);
      else if (ARROWS[event.key]) {
        const [dx, dy] = ARROWS[event.key];
        const placing = place();
        if (!placing) return;
        const [x, y] = at ?? [canvas.clientWidth / 2, canvas.clientHeight / 2];
        set([within(placing.area.x, placing.area.width, x + STRIDE * dx), within(placing.area.y, placing.area.height, y + STRIDE * dy)]);
      } else return;
      event.preventDefault();
    },
  };
  // CSS pixels kept within a stretch of device pixels.
  /** @param {number} from @param {number} length @param {number} value */
  const within = (from, length, value) => {
    const ratio = ratioOf(canvas);
    return Math.min((from + length) / ratio - 1, Math.max(from / ratio + 1, value));
  };
  /** @param {MouseEvent} event @returns {Place} */
  const placeOf = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const unlisten = listen(canvas, handlers, () => enabled);

  return {
    refresh,
    get active() {
      return enabled && at !== null;
    },
    /** @param {Scene | null} scene  null where there are no points */
    setScene(scene) {
      enabled = scene !== null;
      at = null;
      refresh();
    },
    close() {
      unlisten();
      for (const element of [across, along, box]) element.remove();
    },
  };
}
