// What the networks and the densities say at one place: under the mouse, under a finger, or where the arrow keys went.
import { readings } from "./grids.js";
import { short } from "./overlays.js";

const AWAY = 16; // CSS pixels between the place and its readout
const NOTHING = 1e-6; // a density below this is 0
const STRIDE = 12; // CSS pixels per arrow key
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `read()` gives {frame, scene, seen, bandwidth}; `onActive()` is called when reading begins and ends. */
export function createHover(root, { place, read, onActive }) {
  const frame = root.querySelector(".gp-frame");
  const canvas = root.querySelector(".gp-canvas");
  const [across, along, box] = ["gp-cross gp-across", "gp-cross gp-along", "gp-readout-box"].map((name) => {
    const element = document.createElement("div");
    element.className = name;
    element.hidden = true;
    frame.append(element);
    return element;
  });
  box.setAttribute("role", "status");
  let enabled = false;
  let at = null; // CSS pixels within the canvas

  const inside = ({ area }, x, y) => x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height;

  function set(next) {
    const was = at !== null;
    at = next;
    if (was !== (at !== null)) onActive();
    refresh();
  }

  function refresh() {
    const placing = enabled && at ? place() : null;
    const ratio = canvas.width / Math.max(canvas.clientWidth, 1);
    const shown = placing !== null && inside(placing, at[0] * ratio, at[1] * ratio);
    for (const element of [across, along, box]) element.hidden = !shown;
    if (!shown) return;
    const { frame: picture, scene, seen, bandwidth } = read();
    const [x, y] = [placing.fromX(at[0] * ratio), placing.fromY(at[1] * ratio)];
    across.style.top = `${at[1]}px`;
    along.style.left = `${at[0]}px`;
    const { area } = placing;
    Object.assign(across.style, { left: `${area.x / ratio}px`, width: `${area.width / ratio}px` });
    Object.assign(along.style, { top: `${area.y / ratio}px`, height: `${area.height / ratio}px` });
    across.hidden = scene.dim === 1;
    fill(scene, x, y, readings(picture, scene, seen, x, y), bandwidth);
    settle();
  }

  function fill(scene, x, y, values, bandwidth) {
    const where = scene.dim === 1 ? `x ${x.toFixed(2)}` : `x ${x.toFixed(2)}, y ${y.toFixed(2)}`;
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
  function settle() {
    const [width, height] = [frame.clientWidth, frame.clientHeight];
    const [w, h] = [box.offsetWidth, box.offsetHeight];
    const x = at[0] + AWAY + w <= width ? at[0] + AWAY : at[0] - AWAY - w;
    const y = at[1] + AWAY + h <= height ? at[1] + AWAY : at[1] - AWAY - h;
    box.style.left = `${Math.max(0, Math.min(x, width - w))}px`;
    box.style.top = `${Math.max(0, Math.min(y, height - h))}px`;
  }

  const handlers = {
    pointermove: (event) => set(placeOf(event)),
    pointerdown: (event) => set(placeOf(event)),
    pointerleave: (event) => {
      if (event.pointerType !== "touch") set(null); // a finger's reading stays until the next
    },
    blur: () => set(null),
    keydown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && at) set(null);
      else if (MOVES[event.key]) {
        const [dx, dy] = MOVES[event.key];
        const placing = place();
        if (!placing) return;
        const [x, y] = at ?? [canvas.clientWidth / 2, canvas.clientHeight / 2];
        set([within(placing.area.x, placing.area.width, x + STRIDE * dx), within(placing.area.y, placing.area.height, y + STRIDE * dy)]);
      } else return;
      event.preventDefault();
    },
  };
  // CSS pixels kept within a stretch of device pixels.
  const within = (from, length, value) => {
    const ratio = canvas.width / Math.max(canvas.clientWidth, 1);
    return Math.min((from + length) / ratio - 1, Math.max(from / ratio + 1, value));
  };
  const placeOf = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const listen = Object.entries(handlers).map(([name, handler]) => [name, (event) => enabled && handler(event)]);
  for (const [name, handler] of listen) canvas.addEventListener(name, handler);

  return {
    refresh,
    get active() {
      return enabled && at !== null;
    },
    /** `scene` is null where there are no points. */
    setScene(scene) {
      enabled = scene !== null;
      at = null;
      refresh();
    },
    close() {
      for (const [name, handler] of listen) canvas.removeEventListener(name, handler);
      for (const element of [across, along, box]) element.remove();
    },
  };
}
