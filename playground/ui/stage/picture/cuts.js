// The handles between maps that stand side by side: drag one to see more of this map and less of the next.
const [LEFT, RIGHT] = [38, 8]; // the plane's margins, CSS pixels
const LEAST = 0.05;

/** `onCuts(cuts)` gets the places, 0 to 1, whenever one is moved. */
export function createCuts(root, { onCuts }) {
  const frame = root.querySelector(".gp-frame");
  let cuts = [];
  const handles = [];

  function show() {
    handles.forEach((handle, i) => {
      handle.style.left = `calc(${LEFT}px + (100% - ${LEFT + RIGHT}px) * ${cuts[i]})`;
      handle.setAttribute("aria-valuenow", String(Math.round(100 * cuts[i])));
    });
  }

  function move(i, to) {
    const [low, high] = [(cuts[i - 1] ?? 0) + LEAST, (cuts[i + 1] ?? 1) - LEAST];
    cuts = cuts.map((cut, j) => (j === i ? Math.min(high, Math.max(low, to)) : cut));
    show();
    onCuts(cuts);
  }

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
      move(i, (event.clientX - left - LEFT) / (width - LEFT - RIGHT));
    });
    handle.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
      if (!by) return;
      event.preventDefault();
      move(i, cuts[i] + by);
    });
    frame.append(handle);
    return handle;
  }

  return {
    /** As many handles as there are borders between maps. */
    place(next) {
      cuts = [...next];
      while (handles.length > cuts.length) handles.pop().remove();
      while (handles.length < cuts.length) handles.push(build(handles.length));
      show();
    },
  };
}
