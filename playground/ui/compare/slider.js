// One slider for all runs: over every recorded step of any of them; its end is live.
import { find } from "../stage/common/dom.js";
import { thousands } from "../stage/common/format.js";
import { createPastSlider } from "../stage/common/past.js";
import { AXES } from "./lockstep.js";

/** @import { Axis } from "./lockstep.js" */

/**
 * `onMove(place)`: a place on the axis, or null for live.
 * @param {HTMLElement} root
 * @param {{onMove(place: number | null): void}} options
 */
export function createCompareSlider(root, { onMove }) {
  const row = find(root, ".gp-c-time");
  const when = find(root, ".gp-when");
  const [newest, replay] = [".gp-live", ".gp-replay"].map((name) => find(root, name, HTMLButtonElement));
  const speed = find(root, ".gp-replay-speed", HTMLSelectElement);
  /** @type {number[]} */
  let stops = []; // places on the axis
  /** @type {number | null} */
  let place = null;
  /** @type {Axis} */
  let axis = "step";
  /** @type {ReturnType<typeof setInterval> | null} */
  let timer = null;

  const slider = createPastSlider(find(root, ".gp-slider", HTMLInputElement), (next) => {
    stop();
    go(next);
  });
  /** @param {number} value */
  const words = (value) => (axis === "seconds" ? `${value.toFixed(1)} s` : `${AXES[axis].title} ${thousands(value)}`);

  function show() {
    row.classList.toggle("gp-ready", stops.length > 1);
    const text = place === null ? "newest" : `${words(place)} of ${words(stops.at(-1) ?? place)}`;
    slider.show(stops, place, { ready: stops.length > 1, text });
    when.textContent = text;
    replay.disabled = stops.length < 2;
    newest.disabled = place === null;
    replay.textContent = timer ? "Stop" : "Replay";
    root.dataset.cursor = place === null ? "" : String(place);
    root.dataset.stops = String(stops.length);
    root.dataset.replaying = String(timer !== null);
  }

  /** @param {number | null} next */
  function go(next) {
    if (next !== place) {
      place = next;
      onMove(place);
    }
    show();
  }

  function stop() {
    if (timer !== null) clearInterval(timer);
    timer = null;
    show();
  }

  function start() {
    const here = place;
    const before = here === null ? -1 : stops.findLastIndex((stop) => stop <= here);
    let index = here === null ? 0 : Math.max(0, before) + 1;
    if (index >= stops.length) index = 0;
    if (timer !== null) clearInterval(timer);
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
    /**
     * Ascending places on an axis. A change of axis goes back to live: the old place means nothing there.
     * @param {number[]} next
     * @param {Axis} on
     */
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
      const changed = timer !== null || place !== null;
      stop();
      go(null);
      return changed;
    },
    /** One recorded place back (−1) or forth (1). Returns whether there was anywhere to go. */
    leaf: slider.leaf,
    close: stop,
  };
}
