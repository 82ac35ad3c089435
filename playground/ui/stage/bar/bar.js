// The transport bar: its commands go straight over the socket; what it shows is what the server confirmed.
import { SPEEDS } from "../common/facts.js";
import { formatEpoch, formatRate, formatValue, thousands } from "../common/format.js";
import { createHelp, createHints } from "./help.js";

const TYPING = "input, textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox], [role=dialog]";
const WRITING = "input:not(.gp-slider), textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=dialog]";
const PRESSABLE = "button, a, summary, [role=button], [role=tab], [role=radio], [role=checkbox], [role=menuitem]";
const READOUTS_EVERY_MS = 250;
const BUTTONS = {
  " ": '[data-do="play"]',
  s: '[data-do="step"]',
  d: '[data-do="step-discriminator"]',
  g: '[data-do="step-generator"]',
  r: '[data-do="reset"]',
};

/** `send(command)` goes to the feed; `ask(trigger)` goes to Python; `rewind` leafs through the recorded pictures. */
export function createBar(root, { send, ask, rewind }) {
  const bar = root.querySelector(".gp-bar");
  const find = (selector) => bar.querySelector(selector);
  const [play, word, speed, lane] = [".gp-play", ".gp-play-word", ".gp-speed", ".gp-lane"].map(find);
  const number = (name) => find(`.gp-${name} b`);
  const readouts = { step: number("step"), rate: number("rate"), pictures: number("pictures"), noise: number("noise"), epoch: number("epoch") };
  const help = createHelp(root);
  createHints(root);
  speed.replaceChildren(...SPEEDS.map((value) => new Option(value === "max" ? value : `${value} step${value === "1" ? "" : "s"}/s`, value)));
  speed.value = "max";
  let status = "paused";
  let connected = false;
  const reading = { step: 0, rate: null, noise: null, pictures: [] };

  const commands = {
    play: () => send({ do: status === "playing" ? "pause" : "play" }),
    reset: () => ask("reset"), // Python keeps what is recorded and starts another run
    "new-seed": () => ask("new_seed"),
  };

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button || button.disabled) return;
    if (button.dataset.part) send({ do: "step", part: button.dataset.part });
    else commands[button.dataset.do]?.();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !root.isConnected || !connected) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(TYPING) || document.querySelector("[role=dialog]")) return;
    if (event.key === " " && target.closest(PRESSABLE)) return; // space presses that button
    if (event.key === "?") {
      help.toggle();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (target !== document.body || !rewind.leaf(event.key === "ArrowLeft" ? -1 : 1)) return;
    } else {
      const button = find(BUTTONS[event.key] ?? "none");
      if (!button) return;
      if (!button.disabled && (!event.repeat || event.key === "s")) button.click();
    }
    event.preventDefault(); // no scrolling
    event.stopImmediatePropagation(); // and not Streamlit's own r
  }

  // Escape comes here last: whatever lies on top or is being typed into has had it by then.
  function onEscape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !root.isConnected) return;
    if (event.target instanceof Element && event.target.closest(WRITING)) return;
    if (help.open) help.toggle();
    else if (rewind.cursor !== null) rewind.leave();
    else return;
    event.preventDefault();
  }

  function enable() {
    const over = status === "failed"; // a diverged run stands at its last good state and may play on
    for (const control of bar.querySelectorAll("[data-part], .gp-play")) control.disabled = !connected || over;
    for (const control of [speed, lane, find('[data-do="reset"]')]) control.disabled = !connected;
  }

  function showReadouts() {
    const now = performance.now();
    reading.pictures = reading.pictures.filter((time) => now - time < 1000);
    readouts.pictures.textContent = String(reading.pictures.length);
    readouts.rate.textContent = status === "playing" ? formatRate(reading.rate) : "0";
    readouts.noise.textContent = formatValue(reading.noise, ".3f");
  }

  bar.addEventListener("click", onClick);
  speed.addEventListener("change", () => send({ do: "speed", steps_per_second: speed.value === "max" ? null : Number(speed.value) }));
  lane.addEventListener("change", () => send({ do: "lane", lane: Number(lane.value) }));
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("keydown", onEscape);
  const timer = setInterval(showReadouts, READOUTS_EVERY_MS);

  return {
    setConnected(now, refused) {
      connected = now;
      find(".gp-badge").textContent = refused ? "not connected" : "reconnecting…";
      enable();
    },
    setState(state) {
      status = state.status;
      play.classList.toggle("gp-playing", status === "playing");
      word.textContent = status === "playing" ? "Pause" : "Play";
      play.setAttribute("aria-label", word.textContent);
      const wanted = state.speed ? String(state.speed) : "max";
      if ([...speed.options].some(({ value }) => value === wanted)) speed.value = wanted;
      enable();
      showReadouts();
    },
    setSeeds(count, shown) {
      find(".gp-lane-field").hidden = count < 2;
      lane.replaceChildren(...Array.from({ length: count }, (_, i) => new Option(`${i + 1} of ${count}`, i)));
      lane.value = String(shown);
    },
    setNoise(on) {
      find(".gp-noise").hidden = !on;
    },
    /** `epoch` is null where there is no set to go through. */
    setStep(step, epoch) {
      reading.step = step;
      readouts.step.textContent = thousands(step);
      find(".gp-epoch").hidden = epoch === null;
      readouts.epoch.textContent = formatEpoch(epoch ?? 0);
    },
    drew(frame) {
      reading.pictures.push(performance.now());
      reading.rate = frame.steps_per_second;
      reading.noise = frame.noise_sigma;
      if (document.activeElement !== lane) lane.value = String(frame.lane ?? 0);
    },
    close() {
      clearInterval(timer);
      window.removeEventListener("keydown", onKey, true);
      window.removeEventListener("keydown", onEscape);
    },
  };
}
