// A run's recorded past, as a browser looks at it: asking for its keyframes, and the slider over them.

const PATIENCE_MS = 250; // a keyframe that has not come by then may be given up for another

/**
 * Asks the feed for one keyframe at a time: a dragged slider must not queue pictures at the server. `target()` is the
 * recorded step to be seen, null for live; `ask` is to be called whenever it may be another one.
 */
export function createWish({ target, send }) {
  let asked = null; // what the server was asked for last; null is live
  let since = -Infinity;
  let answered = true;
  let timer = 0;

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
    ask,
    /** A keyframe is on the canvas. Returns whether it is the one that was asked for last. */
    drew(keyframe) {
      const mine = keyframe.asked === asked;
      answered ||= mine;
      return mine;
    },
    /** What came for the last wish is of this step: it is what was asked for. */
    settle(step) {
      asked = step;
    },
    /** The server shows the newest again, by itself: a new start, or a new connection. */
    forget() {
      clearTimeout(timer);
      [asked, since, answered] = [null, -Infinity, true];
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
