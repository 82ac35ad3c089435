// Which part of the stage is seen: the whole of it, or a part that was zoomed to.
const MOST_ZOOM = 60;
const ROOM = 1; // how far beyond the stage one may look, in stages

/** The view of a scene: `x` and `y` are ranges in data units; on a line only `x` moves. */
export function createView() {
  let [low, high] = [0, 1];
  let dim = 2;
  const view = {
    x: [0, 1],
    y: [0, 1],
    /** Counts the changes. */
    version: 0,
    get zoomed() {
      return view.x[0] !== low || view.x[1] !== high || view.y[0] !== low || view.y[1] !== high;
    },
    setScene(scene) {
      dim = scene.dim;
      [low, high] = scene.extent ?? [0, 1];
      view.reset();
    },
    reset() {
      view.x = [low, high];
      view.y = [low, high];
      view.version += 1;
    },
    /** Show `factor` times less, keeping the data point (x, y) where it is seen. */
    zoom(factor, x, y) {
      const span = view.x[1] - view.x[0];
      const next = Math.min(high - low, Math.max((high - low) / MOST_ZOOM, span / factor));
      if (next === high - low) return view.reset();
      view.x = around(view.x, x, next / span);
      if (dim === 2) view.y = around(view.y, y, next / span);
      settle();
    },
    /** Move by a distance in data units. */
    pan(dx, dy) {
      view.x = view.x.map((value) => value + dx);
      if (dim === 2) view.y = view.y.map((value) => value + dy);
      settle();
    },
  };

  const around = ([from, to], at, share) => [at - (at - from) * share, at + (to - at) * share];

  function settle() {
    const room = ROOM * (view.x[1] - view.x[0]) * 0.5;
    for (const axis of dim === 2 ? ["x", "y"] : ["x"]) {
      const span = view[axis][1] - view[axis][0];
      const from = Math.min(high + room - span, Math.max(low - room, view[axis][0]));
      view[axis] = [from, from + span];
    }
    view.version += 1;
  }

  return view;
}

/** Data to device pixels and back, for an area of a canvas. */
export function placing(area, view) {
  const [x0, x1] = view.x;
  const [y0, y1] = view.y;
  const [right, up] = [area.width / (x1 - x0), area.height / (y1 - y0)];
  return {
    area,
    /** Device pixels per data unit along x. */
    scale: right,
    toX: (x) => area.x + (x - x0) * right,
    toY: (y) => area.y + (y1 - y) * up,
    fromX: (at) => x0 + (at - area.x) / right,
    fromY: (at) => y1 - (at - area.y) / up,
  };
}
