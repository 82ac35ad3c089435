// A run's recorded past, as a browser looks at it: asking for its keyframes, and the slider over them.

const PATIENCE_MS = 250; // a keyframe that has not come by then may be given up for another

/**
 * Asks the feed for one keyframe at a time: a dragged slider must not queue pictures at the server. Wanted is the one of
 * step `at`; with `at` null the newest in `steps`, where somebody is `following`, else live.
 */
export function createWish(send) {
  const state = { steps: [], at: null, following: false };
  let asked = null; // what the server was asked for last; null is live
  let since = -Infinity;
  let answered = true;
  let timer = 0;

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
    [asked, since, answered] = [step, performance.now(), step === null];
    send({ do: "rewind", step });
  }

  return {
    target,
    /** `changes` of what is wanted: some of `steps` (ascending), `at` and `following`. */
    want(changes) {
      Object.assign(state, changes);
      ask();
    },
    /** A keyframe is on the canvas. Returns whether it is what is wanted, or the nearest there is. */
    drew(keyframe) {
      answered ||= keyframe.asked === asked;
      ask();
      return keyframe.asked === target();
    },
    /** The server shows the newest again, by itself, and nothing is known to be recorded: a new start or connection. */
    forget() {
      clearTimeout(timer);
      [state.steps, asked, answered] = [[], null, true];
    },
    close: () => clearTimeout(timer),
  };
}

/** A slider over recorded places, whose far end is the newest. `onMove(place)`: one of them, or null for the newest. */
export function createPastSlider(slider, onMove) {
  let stops = [];
  slider.addEventListener("input", () => onMove(stops[Number(slider.value)] ?? null));

  return {
    /** `next`: the places, ascending. `place`: where the thumb is, null at the newest; `text` says it in words. */
    show(next, place, { ready, text }) {
      stops = next;
      const at =
        place === null
          ? stops.length
          : Math.max(
              0,
              stops.findLastIndex((stop) => stop <= place),
            );
      slider.max = String(stops.length);
      slider.value = String(at);
      slider.style.setProperty("--gp-past", `${stops.length ? (100 * at) / stops.length : 100}%`);
      slider.disabled = !ready;
      slider.setAttribute("aria-valuetext", text);
    },
    /** One place back (−1) or forth (1). Returns whether there was anywhere to go. */
    leaf(by) {
      if (slider.disabled) return false;
      onMove(stops[Math.max(0, Number(slider.value) + by)] ?? null);
      return true;
    },
  };
}
