// A run's recorded past, as a browser looks at it: asking for its keyframes, and the slider over them.

/** @import { KeyframeMessage } from "./messages.js" */
/** @import { Send } from "./page.js" */
/** @typedef {{steps: number[], at: number | null, following: boolean}} Wanted */

const PATIENCE_MS = 250; // a keyframe that has not come by then may be given up for another

/**
 * Asks the feed for one keyframe at a time: a dragged slider must not queue pictures at the server. Wanted is the one of
 * step `at`; with `at` null the newest in `steps`, where somebody is `following`, else live.
 * @param {Send} send
 */
export function createWish(send) {
  /** @type {Wanted} */
  const state = { steps: [], at: null, following: false };
  /** @type {number | null} */
  let asked = null; // what the server was asked for last; null is live
  let since = -Infinity;
  let answered = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const target = () => state.at ?? (state.following ? (state.steps.at(-1) ?? null) : null);

  function ask() {
    clearTimeout(timer);
    const step = target();
    if (step === asked) return;
    const left = since + PATIENCE_MS - performance.now();
    if (step !== null && !answered && left > 0) {
      timer = setTimeout(ask, left);
      return;
    }
    asked = step;
    since = performance.now();
    answered = step === null;
    send({ do: "rewind", step });
  }

  return {
    target,
    /** @param {Partial<Wanted>} changes  some of `steps` (ascending), `at` and `following` */
    want(changes) {
      Object.assign(state, changes);
      ask();
    },
    /**
     * A keyframe is on the canvas. Returns whether it is what is wanted, or the nearest there is.
     * @param {Pick<KeyframeMessage, "asked">} keyframe
     */
    drew(keyframe) {
      answered ||= keyframe.asked === asked;
      ask();
      return keyframe.asked === target();
    },
    /** The server shows the newest again, by itself, and nothing is known to be recorded: a new start or connection. */
    forget() {
      clearTimeout(timer);
      state.steps = [];
      asked = null;
      answered = true;
    },
    close: () => clearTimeout(timer),
  };
}

/**
 * A slider over recorded places, whose far end is the newest. `onMove(place)`: one of them, or null for the newest.
 * @param {HTMLInputElement} slider
 * @param {(place: number | null) => void} onMove
 */
export function createPastSlider(slider, onMove) {
  /** @type {number[]} */
  let stops = [];
  slider.addEventListener("input", () => onMove(stops[Number(slider.value)] ?? null));

  return {
    /**
     * `next`: the places, ascending. `place`: where the thumb is, null at the newest; `text` says it in words.
     * @param {number[]} next
     * @param {number | null} place
     * @param {{ready: boolean, text: string}} state
     */
    show(next, place, { ready, text }) {
      stops = next;
      const before = place === null ? stops.length : stops.findLastIndex((stop) => stop <= place);
      const at = Math.max(0, before);
      slider.max = String(stops.length);
      slider.value = String(at);
      slider.style.setProperty("--gp-past", `${stops.length ? (100 * at) / stops.length : 100}%`);
      slider.disabled = !ready;
      slider.setAttribute("aria-valuetext", text);
    },
    /**
     * One place back (−1) or forth (1). Returns whether there was anywhere to go.
     * @param {number} by
     */
    leaf(by) {
      if (slider.disabled) return false;
      onMove(stops[Math.max(0, Number(slider.value) + by)] ?? null);
      return true;
    },
  };
}
