// Looking closer: wheel, pinch, the keys + − 0; dragging moves the view, a double click shows the whole stage again.
const WHEEL = 0.0016; // how much one unit of the wheel zooms
const KEY = 1.4;
const STILL = 4; // CSS pixels: less is a click, not a drag

export function createZoom(canvas, { view, place, enabled, onMove }) {
  const pointers = new Map(); // those that are down: id -> [x, y] in device pixels
  let dragging = false;

  const ratio = () => canvas.width / Math.max(canvas.clientWidth, 1);
  function at(event) {
    const { left, top } = canvas.getBoundingClientRect();
    return [(event.clientX - left) * ratio(), (event.clientY - top) * ratio()];
  }

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

  function drag(event) {
    const [was, now] = [pointers.get(event.pointerId), at(event)];
    const others = [...pointers].filter(([id]) => id !== event.pointerId);
    if (others.length) {
      const [, other] = others[0];
      const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
      pointers.set(event.pointerId, now);
      return zoom(apart(now) / Math.max(apart(was), 1), middle);
    }
    if (!view.zoomed) return;
    if (!dragging && Math.hypot(now[0] - was[0], now[1] - was[1]) < STILL * ratio()) return;
    dragging = true;
    const placing = place();
    view.pan(placing.fromX(was[0]) - placing.fromX(now[0]), placing.fromY(was[1]) - placing.fromY(now[1]));
    pointers.set(event.pointerId, now);
    settle();
    onMove();
  }

  function release(event) {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) dragging = false;
    settle();
  }

  const handlers = {
    wheel: (event) => {
      const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 30 : 1) * WHEEL);
      if (factor < 1 && !view.zoomed) return; // nothing left to see: the page scrolls
      event.preventDefault();
      zoom(factor, at(event));
    },
    dblclick: () => {
      view.reset();
      settle();
      onMove();
    },
    pointerdown: (event) => {
      pointers.set(event.pointerId, at(event));
      if (view.zoomed || pointers.size > 1) canvas.setPointerCapture(event.pointerId);
    },
    pointermove: (event) => {
      if (pointers.has(event.pointerId)) drag(event);
    },
    pointerup: release,
    pointercancel: release,
    keydown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const middle = [canvas.width / 2, canvas.height / 2];
      if (event.key === "+" || event.key === "=") zoom(KEY, middle);
      else if (event.key === "-") zoom(1 / KEY, middle);
      else if (event.key === "0") handlers.dblclick();
      else return;
      event.preventDefault();
    },
  };
  const listen = Object.entries(handlers).map(([name, handler]) => [name, (event) => enabled() && handler(event)]);
  for (const [name, handler] of listen) canvas.addEventListener(name, handler, { passive: false });

  return {
    settle,
    close() {
      for (const [name, handler] of listen) canvas.removeEventListener(name, handler);
    },
  };
}
