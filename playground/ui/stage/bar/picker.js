// Choosing images on the canvas: pointer, or arrow keys and Enter.
import { placeIn } from "../common/axes.js";
import { ARROWS, isShortcut, listen } from "../common/dom.js";

/** @import { Handlers } from "../common/dom.js" */
/** @import { Marks } from "../common/page.js" */

/**
 * `marks` is drawn by images.js; `onChoose(i)` after a click or Enter, `onClear()` after Escape, `onMove(i)` by keys.
 * @param {HTMLCanvasElement} element
 * @param {object} options
 * @param {(x: number, y: number) => number | null} options.cellAt
 * @param {() => void} options.repaint
 * @param {(index: number) => void} options.onChoose
 * @param {() => void} options.onClear
 * @param {(index: number) => void} options.onMove
 */
export function createPicker(element, { cellAt, repaint, onChoose, onClear, onMove }) {
  /** @type {Marks} */
  const marks = { hover: null, cursor: null, chosen: [] };
  let side = 0; // 0: there are no images to choose from
  let place = 0; // where the keys were last
  let pressed = false; // a pointer's focus shows no cursor

  /** @param {MouseEvent} event */
  function indexOf(event) {
    return cellAt(...placeIn(element, event));
  }

  /** @param {"hover" | "cursor"} name @param {number | null} value */
  function set(name, value) {
    if (marks[name] === value) return;
    marks[name] = value;
    repaint();
  }

  /** @type {Handlers} */
  const handlers = {
    pointermove: (event) => {
      if (event.pointerType !== "touch") set("hover", indexOf(event));
    },
    pointerleave: () => set("hover", null),
    pointerdown: () => {
      pressed = true;
    },
    click: (event) => {
      pressed = false;
      const index = indexOf(event);
      if (index === null) return;
      place = index;
      set("cursor", null);
      onChoose(index);
    },
    focus: () => {
      if (!pressed) set("cursor", place);
    },
    blur: () => {
      pressed = false;
      set("cursor", null);
    },
    keydown: (event) => {
      if (isShortcut(event)) return;
      const move = ARROWS[event.key];
      if (move) {
        const column = Math.min(side - 1, Math.max(0, (place % side) + move[0]));
        const row = Math.min(side - 1, Math.max(0, Math.floor(place / side) + move[1]));
        place = row * side + column;
        set("cursor", place);
        onMove(place);
      } else if (event.key === "Enter") onChoose(place);
      else if (event.key === "Escape" && marks.chosen.length) onClear();
      else return;
      event.preventDefault(); // no scrolling
    },
  };
  listen(element, handlers, () => side > 0);

  return {
    marks,
    /** @param {number} gridSide  images in a row, or 0 where the stage shows points */
    setSide(gridSide) {
      side = gridSide;
      place = Math.min(place, Math.max(0, side * side - 1));
      Object.assign(marks, { hover: null, cursor: null });
      element.tabIndex = 0;
      element.setAttribute("role", "application"); // arrow keys reach an application
    },
  };
}
