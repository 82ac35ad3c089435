// The slider under the picture: recorded steps, the way back to the newest, and new runs that start here.
import { find } from "../common/dom.js";
import { thousands } from "../common/format.js";
import { createPastSlider, createWish } from "../common/past.js";

/** @import { Frame } from "../common/frame.js" */
/** @import { HelloMessage, KeyframesMessage } from "../common/messages.js" */
/** @import { Latest, Send } from "../common/page.js" */

/**
 * The greatest number in an ascending list that is not above `limit`; undefined where there is none.
 * @param {number[]} numbers
 * @param {number} limit
 */
function below(numbers, limit) {
  return numbers.findLast((number) => number <= limit);
}

/**
 * `send(command)` goes to the feed; `ask(trigger, value)` and `tell(state, value)` go to Python; `onChange()` after
 * every move. Where the stage is rewound, settings wait for a fork: Python leaves the run alone meanwhile. So does a run
 * from the same start: it is prepared with the stage at the first recorded step. `waits()` tells whether settings wait
 * for a restart, and with it something has been prepared already.
 * @param {HTMLElement} root
 * @param {object} options
 * @param {Send} options.send
 * @param {(trigger: string, value: unknown) => void} options.ask
 * @param {(state: string, value: unknown) => void} options.tell
 * @param {() => void} options.onChange
 * @param {() => boolean} options.waits
 */
export function createRewind(root, { send, ask, tell, onChange, waits }) {
  const row = find(root, ".gp-rewind");
  const thumb = find(row, ".gp-slider", HTMLInputElement);
  const when = find(row, ".gp-when");
  const [live, fork, same] = [".gp-live", ".gp-fork", ".gp-same"].map((name) => find(row, name, HTMLButtonElement));
  const mark = document.createElement("span");
  mark.className = "gp-recorded";
  mark.setAttribute("role", "status");
  find(root, ".gp-frame").append(mark);
  let id = ""; // of the run
  /** @type {number[]} */
  let steps = []; // of the recorded pictures
  /** @type {number[]} */
  let checkpoints = []; // steps that a new run can start from
  let newest = 0; // the step that the run has come to
  /** @type {number | null} */
  let at = null; // the recorded step that is looked at; null is live
  /** @type {Latest | null} */
  let latest = null; // that step's numbers, once its picture is there
  let preparing = false; // a run from the same start

  // What the slider has before "newest". A recorded step that the run still stands at is the newest itself.
  const stops = () => (steps.at(-1) === newest ? steps.slice(0, -1) : steps);
  const wish = createWish(send);
  const slider = createPastSlider(thumb, go);

  // Python learns which run is looked back on: its settings wait meanwhile.
  /** @param {number | null} step */
  function go(step) {
    const before = at;
    at = step;
    preparing = preparing && step === stops()[0];
    if (step === null) latest = null;
    if ((before === null) !== (step === null)) tell("rewound", step === null ? "" : id);
    wish.want({ at });
    show();
    onChange();
  }

  // Where a fork would start: the run must be taken up where its weights were saved.
  const origin = () => below(checkpoints, at ?? Infinity);

  function showFork() {
    const [from, here] = [origin(), at];
    const snapped = here !== null && from !== undefined && from !== here;
    fork.disabled = from === undefined;
    fork.textContent = snapped ? `Fork at ${thousands(from)}` : "Fork here";
    const start = "Starts a new run with the settings in the sidebar, and with this run's weights, optimiser and random numbers";
    if (from === undefined)
      fork.title = at === null ? "Train a little first: there is no saved state to fork from yet" : "No weights were saved at or before this step";
    else if (snapped) fork.title = `${start} at step ${thousands(from)}, the nearest step before ${thousands(here)} whose weights were saved`;
    else fork.title = `${start} at step ${thousands(from)}`;
  }

  function show() {
    const here = at;
    const away = here !== null;
    row.classList.toggle("gp-ready", steps.length > 1);
    root.classList.toggle("gp-rewound", away);
    const place = away ? `step ${thousands(here)} of ${thousands(Math.max(newest, here))}` : "newest";
    slider.show(stops(), at, { ready: steps.length > 1, text: place });
    when.textContent = away ? `step ${thousands(here)}` : place;
    live.disabled = !away;
    same.disabled = newest === 0;
    same.textContent = preparing ? "Start now" : "Same start";
    mark.textContent = away ? `recorded · ${place}` : "";
    root.dataset.rewound = away ? String(here) : "";
    root.dataset.keyframes = String(steps.length);
    showFork();
  }

  thumb.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    find(root, '[data-do="play"]').click(); // as everywhere on the page
    event.preventDefault();
  });
  live.addEventListener("click", () => go(null));
  fork.addEventListener("click", () => ask("fork", { step: origin() }));
  same.addEventListener("click", () => {
    if (at !== null || waits() || !stops().length) return ask("same_start", { step: 0 });
    preparing = true;
    go(stops()[0]);
  });
  show();

  return {
    /** The step that charts put a line at, or null. */
    get cursor() {
      return at;
    },
    /** Whether a run from the same start is being prepared. */
    get preparing() {
      return preparing;
    },
    /** The numbers of the step looked at, or null while live. */
    get latest() {
      return latest;
    },
    /** Whether recorded pictures come instead of live ones. */
    get away() {
      return wish.target() !== null;
    },
    /**
     * Another run, a restart, or a connection that is new: the server shows the newest again.
     * @param {HelloMessage} message
     */
    reset({ run, record }) {
      wish.forget();
      steps = [];
      checkpoints = [];
      newest = 0;
      root.dataset.parent = record.parent ?? "";
      go(null);
      id = run;
    },
    leave() {
      if (at !== null) go(null);
    },
    /** @param {KeyframesMessage} message */
    setKeyframes(message) {
      steps = message.steps;
      checkpoints = message.checkpoints;
      wish.want({ steps });
      show();
    },
    /** @param {number} step */
    setStep(step) {
      if (step === newest) return;
      newest = step;
      show();
    },
    /** One recorded picture back (−1) or forth (1). Returns whether there was anywhere to go. */
    leaf: slider.leaf,
    /**
     * A recorded frame is on the canvas: the nearest there is to the step asked for, maybe of an earlier one.
     * @param {Frame} frame
     */
    drew({ keyframe }) {
      if (!keyframe) return;
      const wanted = wish.drew(keyframe);
      if (at === null) return;
      latest = keyframe.latest;
      if (wanted) at = keyframe.step;
      wish.want({ at });
      show();
      onChange();
    },
    /** Recorded pictures are needed while live as well: only they hold every seed's samples. */
    follow: (/** @type {boolean} */ following) => wish.want({ following }),
    close: wish.close,
  };
}
