// Choosing images on the canvas: pointer, or arrow keys and Enter.
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `marks` is drawn by images.js; `onChoose(i)` after a click or Enter, `onClear()` after Escape, `onMove(i)` by keys. */
export function createPicker(element, { cellAt, repaint, onChoose, onClear, onMove }) {
  const marks = { hover: null, cursor: null, chosen: [] };
  let side = 0; // 0: there are no images to choose from
  let place = 0; // where the keys were last
  let pressed = false; // a pointer's focus shows no cursor

  function indexOf(event) {
    const { left, top } = element.getBoundingClientRect();
    const ratio = element.width / element.clientWidth;
    return cellAt((event.clientX - left) * ratio, (event.clientY - top) * ratio);
  }

  function set(name, value) {
    if (marks[name] === value) return;
    marks[name] = value;
    repaint();
  }

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
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const move = MOVES[event.key];
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
  for (const [name, handler] of Object.entries(handlers)) {
    element.addEventListener(name, (event) => {
      if (side) handler(event);
    });
  }

  return {
    marks,
    /** `gridSide` images in a row, or 0 where the stage shows points. */
    setSide(gridSide) {
      side = gridSide;
      place = Math.min(place, Math.max(0, side * side - 1));
      Object.assign(marks, { hover: null, cursor: null });
      element.tabIndex = 0;
      element.setAttribute("role", "application"); // arrow keys reach an application
    },
  };
}
