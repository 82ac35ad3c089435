// Where runs stand beside each other: by updates of G, by updates of D, or by seconds of training.
/** @import { History } from "../stage/common/history.js" */
/** @typedef {keyof typeof AXES} Axis */
/** @typedef {ReturnType<typeof createTrack>} Track */

export const AXES = {
  step: { label: "generator updates", title: "step", unit: "step" },
  d_updates: { label: "discriminator updates", title: "D updates", unit: "D updates" },
  seconds: { label: "seconds of training", title: "seconds of training", unit: "s of training" },
};
const ALL = 1e9; // rows: every one of them
const LEAST = 4; // steps of a window
const LOOKS = 3; // at the slowest run, that a window lasts
const HEADROOM = 4; // windows, for the slowest itself
const FADE = 0.9; // of the pace, from look to look

/**
 * The value at `x` on a line through increasing points: straight between them, beyond the last as steep as before it.
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {number} x
 */
export function along(xs, ys, x) {
  const last = xs.length - 1;
  if (last === 0) return ys[0];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle;
    else high = middle;
  }
  const run = xs[high] - xs[low];
  return run > 0 ? ys[low] + ((ys[high] - ys[low]) * (x - xs[low])) / run : ys[high];
}

/**
 * Translates a run's steps to places on an axis and back, by what its rows say.
 * @param {Pick<History, "column">} history
 */
export function createTrack(history) {
  let step = [0];
  const columns = { d_updates: [0], seconds: [0] };

  /** @param {Exclude<Axis, "step">} name */
  function fill(name) {
    const values = history.column(name, ALL);
    let last = 0;
    return (values ?? []).map((value) => {
      last = Math.max(last, value ?? last);
      return last;
    });
  }

  return {
    /** The history has changed. */
    follow() {
      const steps = history.column("step", ALL) ?? [];
      const origin = steps.length && steps[0] === 0 ? [] : [0];
      step = [...origin, ...steps];
      columns.d_updates = [...origin, ...fill("d_updates")];
      columns.seconds = [...origin, ...fill("seconds")];
    },
    /**
     * The place of a step; null where nothing is known of it yet.
     * @param {number} at
     * @param {Axis} axis
     */
    placeOf(at, axis) {
      if (axis === "step") return at;
      return at === 0 ? 0 : step.length > 1 ? along(step, columns[axis], at) : null;
    },
    /**
     * The last whole step at or before a place; null where nothing is known of it yet.
     * @param {number} place
     * @param {Axis} axis
     */
    stepAt(place, axis) {
      if (axis === "step") return Math.floor(place);
      return step.length > 1 && columns[axis][columns[axis].length - 1] > 0 ? Math.floor(along(columns[axis], step, place) + 1e-6) : null;
    },
  };
}

/**
 * Keeps runs that train in step: none may be ahead of the slowest by more than a window. The window follows the pace:
 * it is as far as the slowest comes in a few looks, and the slowest itself may go much further, so that nothing but
 * its own speed holds it up.
 */
export function createPacer() {
  let pace = 0; // steps that the slowest comes forward between two looks, lately
  /** @type {number | null} */
  let before = null;

  return {
    /**
     * `runs`: {step, track} of those that train. Returns the step to which each may train, null for no limit.
     * To be asked at a steady rate, a few times a second.
     * @param {{step: number, track: Track}[]} runs
     * @param {Axis} axis
     * @returns {(number | null)[]}
     */
    limits(runs, axis) {
      const places = runs.map(({ step, track }) => track.placeOf(step, axis));
      const slow = Math.min(...places.map((place) => place ?? -Infinity));
      const slowest = places.indexOf(slow);
      if (slowest < 0) return runs.map(() => null); // before the first rows there is nothing to go by
      const { step, track } = runs[slowest];
      const come = before === null ? 0 : (track.stepAt(slow, axis) ?? 0) - (track.stepAt(before, axis) ?? 0);
      before = slow;
      pace = Math.max(come, FADE * pace);
      const window = LEAST + LOOKS * pace;
      const limit = track.placeOf(step + window, axis) ?? slow; // before its first rows it is waited for
      return runs.map((run, i) => (i === slowest ? Math.ceil(step + HEADROOM * window) : run.track.stepAt(limit, axis)));
    },
  };
}
