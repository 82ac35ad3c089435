// The slider under the picture: recorded steps, the way back to the newest, and new runs that start here.
import { thousands } from "../common/format.js";

const PATIENCE_MS = 250; // a wanted picture that has not come by then is asked for again

/** The greatest number in an ascending list that is not above `limit`; undefined where there is none. */
function below(numbers, limit) {
  return numbers.findLast((number) => number <= limit);
}

/**
 * `send(command)` goes to the feed; `ask(trigger, value)` and `tell(state, value)` go to Python; `onChange()` after
 * every move. Where the stage is rewound, settings wait for a fork: Python leaves the run alone meanwhile.
 */
export function createRewind(root, { send, ask, tell, onChange }) {
  const row = root.querySelector(".gp-rewind");
  const [slider, when, live, fork, same] = [".gp-slider", ".gp-when", ".gp-live", ".gp-fork", ".gp-same"].map((name) => row.querySelector(name));
  const mark = document.createElement("span");
  mark.className = "gp-recorded";
  mark.setAttribute("role", "status");
  root.querySelector(".gp-frame").append(mark);
  let id = ""; // of the run
  let steps = []; // of the recorded pictures
  let checkpoints = []; // steps that a new run can start from
  let newest = 0; // the step that the run has come to
  let at = null; // the recorded step that is looked at; null is live
  let moment = null; // {step, latest}: that step's numbers
  let drawn = null; // the step of the recorded picture on the canvas
  let following = false; // somebody needs the newest recorded picture, though nobody has rewound
  let asked = { step: null, time: -Infinity }; // what the server was asked for last
  let timer = 0;

  // The places of the slider before "newest". A recorded step that the run still stands at is the newest itself.
  const places = () => (steps.at(-1) === newest ? steps.length - 1 : steps.length);
  const stepAt = (place) => (place < places() ? steps[place] : null);
  const target = () => at ?? (following ? (steps.at(-1) ?? null) : null);

  // One wish at a time: a dragged slider must not queue pictures at the server.
  function request() {
    clearTimeout(timer);
    const step = target();
    if (step === asked.step) return;
    const since = performance.now() - asked.time;
    const waiting = step !== null && asked.step !== null && drawn !== asked.step && since < PATIENCE_MS;
    if (waiting) {
      timer = setTimeout(request, PATIENCE_MS - since);
      return;
    }
    asked = { step, time: performance.now() };
    send({ do: "rewind", step });
  }

  // Python learns which run is looked back on: its settings wait meanwhile.
  function go(step) {
    const before = at;
    at = step;
    if (step === null) moment = drawn = null;
    if ((before === null) !== (step === null)) tell("rewound", step === null ? "" : id);
    request();
    show();
    onChange();
  }

  // Where a fork would start: the run must be taken up where its weights were saved.
  const origin = () => below(checkpoints, at ?? Infinity);

  function showFork() {
    const from = origin();
    const snapped = at !== null && from !== undefined && from !== at;
    fork.disabled = from === undefined;
    fork.textContent = snapped ? `Fork at ${thousands(from)}` : "Fork here";
    const start = "Starts a new run with the settings in the sidebar, and with this run's weights, optimiser and random numbers";
    if (from === undefined)
      fork.title = at === null ? "Train a little first: there is no saved state to fork from yet" : "No weights were saved at or before this step";
    else if (snapped) fork.title = `${start} at step ${thousands(from)}, the nearest step before ${thousands(at)} whose weights were saved`;
    else fork.title = `${start} at step ${thousands(from)}`;
  }

  function show() {
    const away = at !== null;
    row.classList.toggle("gp-ready", steps.length > 1);
    root.classList.toggle("gp-rewound", away);
    slider.max = String(places());
    slider.value = String(away ? steps.indexOf(below(steps, at) ?? steps[0]) : places());
    slider.style.setProperty("--gp-past", `${places() > 0 ? (100 * Number(slider.value)) / places() : 100}%`);
    slider.disabled = steps.length < 2;
    const place = away ? `step ${thousands(at)} of ${thousands(Math.max(newest, at))}` : "newest";
    slider.setAttribute("aria-valuetext", place);
    when.textContent = away ? `step ${thousands(at)}` : place;
    live.disabled = !away;
    same.disabled = newest === 0;
    mark.textContent = away ? `recorded · ${place}` : "";
    root.dataset.rewound = away ? String(at) : "";
    root.dataset.keyframes = String(steps.length);
    showFork();
  }

  slider.addEventListener("input", () => go(stepAt(Number(slider.value))));
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    root.querySelector('[data-do="play"]').click(); // as everywhere on the page
    event.preventDefault();
  });
  live.addEventListener("click", () => go(null));
  fork.addEventListener("click", () => ask("fork", { step: origin() }));
  same.addEventListener("click", () => ask("same_start", { step: 0 }));
  show();

  return {
    /** The step that charts put a line at, or null. */
    get cursor() {
      return at;
    },
    /** The numbers of the moment looked at, or null while live. */
    get latest() {
      return at === null ? null : (moment?.latest ?? null);
    },
    /** Whether recorded pictures come instead of live ones. */
    get away() {
      return target() !== null;
    },
    /** Another run, a restart, or a connection that is new: the server shows the newest again. */
    reset({ run, record }) {
      asked = { step: null, time: -Infinity };
      steps = [];
      checkpoints = [];
      newest = 0;
      root.dataset.parent = record?.parent ?? "";
      go(null);
      id = run;
    },
    leave() {
      if (at !== null) go(null);
    },
    setKeyframes(message) {
      steps = message.steps;
      checkpoints = message.checkpoints;
      request();
      show();
    },
    setMoment(message) {
      if (at === null) return;
      moment = message;
      onChange();
    },
    setStep(step) {
      if (step === newest) return;
      newest = step;
      show();
    },
    /** One recorded picture back (−1) or forth (1). Returns whether there was anywhere to go. */
    leaf(by) {
      if (slider.disabled) return false;
      go(stepAt(Math.max(0, Number(slider.value) + by)));
      return true;
    },
    /** A recorded picture is on the canvas. */
    drew({ step }) {
      drawn = asked.step; // the nearest there is; its own step may be an earlier one
      if (at !== null && at === asked.step && step !== at) {
        at = asked.step = drawn = step;
        show();
      }
      if (target() !== asked.step) request();
    },
    /** Recorded pictures are needed while live as well: only they hold every seed's samples. */
    follow(on) {
      following = on;
      request();
    },
    close: () => clearTimeout(timer),
  };
}
