// One slider for all runs: over every recorded step of any of them; its end is live.
import { thousands } from "../stage/common/format.js";
import { createPastSlider } from "../stage/common/past.js";
import { AXES } from "./lockstep.js";

/** `onMove(place)`: a place on the axis, or null for live. */
export function createCompareSlider(root, { onMove }) {
  const row = root.querySelector(".gp-c-time");
  const [thumb, when, newest, replay, speed] = [".gp-slider", ".gp-when", ".gp-live", ".gp-replay", ".gp-replay-speed"].map((name) => root.querySelector(name));
  let stops = []; // places on the axis
  let place = null;
  let axis = "step";
  let timer = 0;

  const slider = createPastSlider(thumb, (next) => {
    stop();
    go(next);
  });
  const words = (value) => (axis === "seconds" ? `${value.toFixed(1)} s` : `${AXES[axis].title} ${thousands(value)}`);

  function show() {
    const away = place !== null;
    row.classList.toggle("gp-ready", stops.length > 1);
    const text = away ? `${words(place)} of ${words(stops.at(-1) ?? place)}` : "newest";
    slider.show(stops, place, { ready: stops.length > 1, text });
    when.textContent = text;
    replay.disabled = stops.length < 2;
    newest.disabled = !away;
    replay.textContent = timer ? "Stop" : "Replay";
    root.dataset.cursor = away ? String(place) : "";
    root.dataset.stops = String(stops.length);
    root.dataset.replaying = String(timer !== 0);
  }

  function go(next) {
    if (next !== place) {
      place = next;
      onMove(place);
    }
    show();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    show();
  }

  function start() {
    let index =
      place === null
        ? 0
        : Math.max(
            0,
            stops.findLastIndex((at) => at <= place),
          ) + 1;
    if (index >= stops.length) index = 0;
    clearInterval(timer);
    timer = setInterval(() => {
      if (index >= stops.length) return stop();
      go(stops[index]);
      index += 1;
    }, 1000 / Number(speed.value));
    go(stops[index]);
    index += 1;
  }

  newest.addEventListener("click", () => {
    stop();
    go(null);
  });
  replay.addEventListener("click", () => (timer ? stop() : start()));
  speed.addEventListener("change", () => timer && start());
  show();

  return {
    get place() {
      return place;
    },
    /** Ascending places on an axis. A change of axis goes back to live: the old place means nothing there. */
    setStops(next, on) {
      const other = on !== axis;
      axis = on;
      stops = next;
      if (other) {
        stop();
        go(null);
      }
      show();
    },
    /** Back to live, and no replay. Returns whether that changed anything. */
    live() {
      const changed = timer !== 0 || place !== null;
      stop();
      go(null);
      return changed;
    },
    /** One recorded place back (−1) or forth (1). Returns whether there was anywhere to go. */
    leaf: slider.leaf,
    close: stop,
  };
}
