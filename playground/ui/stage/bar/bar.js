// The transport bar: its commands go straight over the socket; what it shows is what the server confirmed.
import { find, followPresses, isShortcut, put } from "../common/dom.js";
import { METHODS, SPEEDS } from "../common/facts.js";
import { formatEpoch, formatRate, formatValue, thousands } from "../common/format.js";
import { createGoal } from "../common/goal.js";
import { createHelp, createHints } from "./help.js";

/** @import { Frame } from "../common/frame.js" */
/** @import { StateMessage, StepCommand } from "../common/messages.js" */
/** @import { Config, Send, Status } from "../common/page.js" */

const TYPING = "input, textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox], [role=dialog]";
const WRITING = "input:not(.gp-slider), textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=dialog]";
const READOUTS_EVERY_MS = 250;
const RATE = "Training steps in the last second, measured";
const AGAIN = ", one operation after another since the last change: other operations have to be compiled first";
const TOGETHER = "Both players move together: a step has no halves";
/** @type {Partial<Record<string, string>>} */
const BUTTONS = {
  " ": '[data-do="play"]',
  s: '[data-do="step"]',
  d: '[data-do="step-discriminator"]',
  g: '[data-do="step-generator"]',
  r: '[data-do="reset"]',
  p: '[data-do="present"]',
};

/** @type {HTMLElement | null} */
let touched = null;

/**
 * Whether keys are for this stage: where a page has several, for the one that was last touched, else for the first.
 * @param {HTMLElement} root
 */
function drives(root) {
  return root.isConnected && root === (touched?.isConnected ? touched : document.querySelector(".gp-root"));
}

/**
 * `send(command)` goes to the feed; `ask(trigger)` goes to Python; `rewind` leafs through the recorded pictures.
 * @param {HTMLElement} root
 * @param {object} options
 * @param {Send} options.send
 * @param {(trigger: string) => void} options.ask
 * @param {{readonly cursor: number | null, leaf(by: number): boolean, leave(): void}} options.rewind
 */
export function createBar(root, { send, ask, rewind }) {
  const bar = find(root, ".gp-bar");
  const play = find(bar, ".gp-play", HTMLButtonElement);
  const word = find(bar, ".gp-play-word");
  const [speed, lane] = [".gp-speed", ".gp-lane"].map((name) => find(bar, name, HTMLSelectElement));
  const reset = find(bar, '[data-do="reset"]', HTMLButtonElement);
  const goal = createGoal(
    bar,
    (to) => send({ do: "play", to }),
    () => at,
  );
  const steps = [.../** @type {NodeListOf<HTMLButtonElement>} */ (bar.querySelectorAll("[data-part]"))];
  const halves = steps.filter((button) => button.dataset.part !== "both").map((half) => ({ half, title: half.title }));
  /** @param {string} name */
  const number = (name) => find(bar, `.gp-${name} b`);
  const readouts = {
    step: number("step"),
    rate: number("rate"),
    pictures: number("pictures"),
    noise: number("noise"),
    epoch: number("epoch"),
  };
  const inLesson = root.classList.contains("gp-lesson"); // there the arrows turn the lesson's parts
  const help = createHelp(root);
  const hints = createHints(root);
  speed.replaceChildren(...SPEEDS.map((value) => new Option(value === "max" ? value : `${value} step${value === "1" ? "" : "s"}/s`, value)));
  speed.value = "max";
  /** @type {Status} */
  let status = "paused";
  let inTurn = true; // else both players move together, and a step has no halves
  let connected = false;
  let wasCompiled = false;
  let met = false; // it has been connected at some time
  let twoPlay = true; // methods other than the GAN have one learner
  let at = 0; // the step that the run has come to
  let stops = ""; // where it will pause
  let updates = ""; // of D and of G, where they are not simply one each in every step
  const reading = { rate: NaN, noise: NaN, pictures: /** @type {number[]} */ ([]) };

  play.addEventListener("click", () => send({ do: status === "playing" ? "pause" : "play" }));
  reset.addEventListener("click", () => ask("reset")); // Python keeps what is recorded and starts another run
  find(bar, '[data-do="new-seed"]').addEventListener("click", () => ask("new_seed"));
  for (const button of steps) {
    button.addEventListener("click", () => send({ do: "step", part: /** @type {StepCommand["part"]} */ (button.dataset.part) }));
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (isShortcut(event) || !drives(root) || !connected) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(TYPING) || document.querySelector("[role=dialog]")) return;
    if (event.key === " " && presses.takes(target)) return;
    if (event.key === "?") {
      help.toggle();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (inLesson || !presses.frees(target) || !rewind.leaf(event.key === "ArrowLeft" ? -1 : 1)) return;
    } else {
      const selector = BUTTONS[event.key];
      if (!selector) return;
      const button = find(bar, selector, HTMLButtonElement);
      if (!button.disabled && !button.hidden && (!event.repeat || event.key === "s")) button.click();
    }
    event.preventDefault(); // no scrolling
    event.stopImmediatePropagation(); // and not Streamlit's own r
  }

  // Escape comes here last: whatever lies on top or is being typed into has had it by then.
  /** @param {KeyboardEvent} event */
  function onEscape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !drives(root)) return;
    if (event.target instanceof Element && event.target.closest(WRITING)) return;
    if (help.open) help.toggle();
    else if (rewind.cursor !== null) rewind.leave();
    else if (root.classList.contains("gp-presenting")) find(bar, BUTTONS.p ?? "").click();
    else return;
    event.preventDefault();
  }

  function enable() {
    const over = status === "failed"; // a diverged run stands at its last good state and may play on
    for (const control of [play, goal, ...steps]) control.disabled = !connected || over;
    for (const { half, title } of halves) {
      half.disabled ||= !inTurn;
      half.title = inTurn ? title : TOGETHER;
    }
    for (const control of [speed, lane, reset]) control.disabled = !connected;
  }

  const showStep = () => put(find(bar, ".gp-step i"), `${updates}step${stops}`, "");

  function showReadouts() {
    const now = performance.now();
    reading.pictures = reading.pictures.filter((time) => now - time < 1000);
    readouts.pictures.textContent = String(reading.pictures.length);
    readouts.rate.textContent = status === "playing" ? formatRate(reading.rate) : "0";
    readouts.noise.textContent = formatValue(reading.noise, ".3f");
  }

  speed.addEventListener("change", () => send({ do: "speed", steps_per_second: speed.value === "max" ? null : Number(speed.value) }));
  lane.addEventListener("change", () => send({ do: "lane", lane: Number(lane.value) }));
  const presses = followPresses();
  for (const touch of ["pointerdown", "focusin"]) root.addEventListener(touch, () => (touched = root), true);
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("keydown", onEscape);
  const timer = setInterval(showReadouts, READOUTS_EVERY_MS);

  return {
    /** @param {boolean} now @param {boolean} refused */
    setConnected(now, refused) {
      connected = now;
      met ||= now;
      find(bar, ".gp-badge").textContent = refused ? "not connected" : met ? "reconnecting…" : "connecting…";
      enable();
    },
    /** @param {StateMessage} state */
    setState(state) {
      status = state.status;
      inTurn = state.config.updates === "alternating";
      if (status === "playing") hints.played();
      wasCompiled = state.steps > 0 && (wasCompiled || state.compiled !== null);
      const way = state.compiled === null ? (wasCompiled ? AGAIN : "") : `, since step ${thousands(state.compiled)} compiled: the same operations, faster`;
      find(bar, ".gp-rate").title = RATE + way;
      stops = state.goal === null ? "" : `, stops at ${thousands(state.goal)}`;
      showStep();
      play.classList.toggle("gp-playing", status === "playing");
      word.textContent = status === "playing" ? "Pause" : "Play";
      play.setAttribute("aria-label", word.textContent);
      const wanted = state.speed ? String(state.speed) : "max";
      if ([...speed.options].some(({ value }) => value === wanted)) speed.value = wanted;
      enable();
      showReadouts();
    },
    /** @param {number} count @param {number} shown @param {number} first  the first seed */
    setSeeds(count, shown, first) {
      find(bar, ".gp-lane-field").hidden = count < 2;
      lane.replaceChildren(...Array.from({ length: count }, (_, i) => new Option(String(first + i), String(i))));
      lane.value = String(shown);
    },
    /**
     * Of D and of G; told where they are not simply one each in every step.
     * @param {readonly [number, number]} updates
     * @param {number} step
     */
    setUpdates([d, g], step) {
      updates = !twoPlay || (d === step && g === step) ? "" : `D ${thousands(d)} · G ${thousands(g)} · `;
      showStep();
    },
    /**
     * What the run's settings leave to be commanded and shown.
     * @param {Config} config
     */
    setConfig(config) {
      find(bar, ".gp-noise").hidden = !(Number(config.instance_noise) > 0);
      const { plays } = METHODS[/** @type {keyof typeof METHODS} */ (config.method ?? "gan")];
      twoPlay = plays;
      for (const control of steps) control.hidden = control.dataset.part !== "both" && !plays;
    },
    /**
     * `epoch` is null where there is no set to go through.
     * @param {number} step
     * @param {number | null} epoch
     */
    setStep(step, epoch) {
      at = step;
      readouts.step.textContent = thousands(step);
      find(bar, ".gp-epoch").hidden = epoch === null;
      readouts.epoch.textContent = formatEpoch(epoch ?? 0);
    },
    /** @param {Frame} frame */
    drew(frame) {
      reading.pictures.push(performance.now());
      reading.rate = frame.steps_per_second ?? NaN;
      reading.noise = frame.noise_sigma ?? NaN;
      this.setUpdates([frame.d_updates, frame.g_updates ?? frame.step], frame.step);
      if (document.activeElement !== lane) lane.value = String(frame.lane);
    },
    close() {
      clearInterval(timer);
      presses.close();
      window.removeEventListener("keydown", onKey, true);
      window.removeEventListener("keydown", onEscape);
    },
  };
}
