// The handles between maps that stand side by side: drag one to see more of this map and less of the next.
import { scaleOf } from "../common/axes.js";
import { find } from "../common/dom.js";

const [LEFT, RIGHT] = [38, 8]; // the plane's margins, CSS pixels
const LEAST = 0.05;
const KEY = 0.02; // that an arrow key moves a border

/**
 * `onCuts(cuts)` gets the places, 0 to 1, whenever one is moved.
 * @param {HTMLElement} root
 * @param {{onCuts(cuts: number[]): void}} options
 */
export function createCuts(root, { onCuts }) {
  const frame = find(root, ".gp-frame");
  /** @type {number[]} */
  let cuts = [];
  /** @type {HTMLElement[]} */
  const handles = [];

  function show() {
    handles.forEach((handle, i) => {
      handle.style.left = `calc(${LEFT}px * var(--gp-scale, 1) + (100% - ${LEFT + RIGHT}px * var(--gp-scale, 1)) * ${cuts[i]})`;
      handle.setAttribute("aria-valuenow", String(Math.round(100 * cuts[i])));
    });
  }

  /** @param {number} i @param {number} to */
  function move(i, to) {
    const [low, high] = [(cuts[i - 1] ?? 0) + LEAST, (cuts[i + 1] ?? 1) - LEAST];
    cuts = cuts.map((cut, j) => (j === i ? Math.min(high, Math.max(low, to)) : cut));
    show();
    onCuts(cuts);
  }

  /** @param {number} i */
  function build(i) {
    const handle = document.createElement("div");
    handle.className = "gp-cut";
    handle.tabIndex = 0;
    handle.title = "Drag: more of this map, less of the next";
    for (const [name, value] of [
      ["role", "separator"],
      ["aria-orientation", "vertical"],
      ["aria-label", "Border between two maps"],
    ])
      handle.setAttribute(name, value);
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const { left, width } = frame.getBoundingClientRect();
      const scale = scaleOf(frame);
      move(i, (event.clientX - left - LEFT * scale) / (width - (LEFT + RIGHT) * scale));
    });
    handle.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      move(i, cuts[i] + (event.key === "ArrowLeft" ? -KEY : KEY));
    });
    frame.append(handle);
    return handle;
  }

  return {
    /**
     * As many handles as there are borders between maps.
     * @param {number[]} next
     */
    place(next) {
      cuts = [...next];
      while (handles.length > cuts.length) handles.pop()?.remove();
      while (handles.length < cuts.length) handles.push(build(handles.length));
      show();
    },
  };
}
