// One step under the microscope: D's half and G's half one after the other, each with a caption.
import { told } from "./captions.js";

const HALF_MS = 1500; // how long the first half stands
const HURRIED_MS = 480; // … while the run plays on, at one step a second
const MOVE_MS = 900; // how long a map or a point takes to its new place
const HOLD = 0.25; // and how much of that it first stands still
const HALVES = ["discriminator", "generator"];

/** `look.insight` is what the painter draws: {half, share} with share 0 before the update and 1 after it. */
export function createMicroscope(root, { look, repaint, isOn, isPlaying }) {
  const panel = root.querySelector(".gp-microscope");
  const body = panel.querySelector(".gp-microscope-body");
  const tabs = Object.fromEntries(HALVES.map((half) => [half, panel.querySelector(`[data-half="${half}"]`)]));
  let frame = null;
  let order = [];
  let timer = 0;
  let animation = 0;

  look.asSeen = (shown) => (look.insight && shown === frame ? asItWas(shown, look.insight) : shown);

  function stop() {
    clearTimeout(timer);
    cancelAnimationFrame(animation);
  }

  function clear() {
    stop();
    frame = null;
    look.insight = null;
    delete root.dataset.half;
    show();
  }

  function show() {
    const on = isOn();
    panel.hidden = !on;
    if (!on) return;
    for (const half of HALVES) {
      tabs[half].hidden = Boolean(frame) && !order.includes(half);
      tabs[half].disabled = !frame;
      tabs[half].setAttribute("aria-pressed", String(look.insight?.half === half));
      tabs[half].style.order = order.indexOf(half);
    }
    const lines = look.insight
      ? told(look.insight.half, frame)
      : [{ text: "Press Step, Step D or Step G, or play at 1 step/s: each half of the step is shown by itself." }];
    body.replaceChildren(...lines.map(lineOf));
  }

  function lineOf({ title, text, histogram }) {
    const line = document.createElement("p");
    if (title) line.append(Object.assign(document.createElement("b"), { textContent: title }), " ");
    line.append(text);
    if (histogram) line.append(barsOf(histogram));
    return line;
  }

  // Two small histograms: the weights before the clipping (outline) and after it (filled).
  function barsOf({ counts, bins, reach, clip }) {
    const picture = document.createElement("span");
    picture.className = "gp-weights";
    picture.setAttribute("role", "img");
    picture.setAttribute(
      "aria-label",
      `Histogram of D's weights from −${reach.toPrecision(2)} to ${reach.toPrecision(2)}, before and after clipping to ±${clip}`,
    );
    const most = Math.sqrt(Math.max(...counts));
    for (let i = 0; i < bins; i += 1) {
      const bar = document.createElement("i");
      bar.style.setProperty("--before", `${(100 * Math.sqrt(counts[i])) / most}%`);
      bar.style.setProperty("--after", `${(100 * Math.sqrt(counts[bins + i])) / most}%`);
      picture.append(bar);
    }
    return picture;
  }

  function turnTo(half, hurried) {
    stop();
    look.insight = { half, share: 0 };
    root.dataset.half = half;
    show();
    const start = performance.now();
    const length = hurried ? HURRIED_MS * 0.8 : MOVE_MS;
    const turn = (now) => {
      const share = Math.min(1, Math.max(0, (now - start) / length - HOLD) / (1 - HOLD));
      if (!look.insight) return;
      look.insight.share = share * share * (3 - 2 * share);
      repaint();
      if (share < 1) animation = requestAnimationFrame(turn);
    };
    animation = requestAnimationFrame(turn);
  }

  for (const half of HALVES) tabs[half].addEventListener("click", () => frame && turnTo(half, false));

  return {
    clear,
    show,
    /** A picture is about to be drawn. */
    meet(next) {
      if (!next.insight || !isOn()) {
        if (look.insight || frame) clear();
        return;
      }
      const known = frame && frame.step === next.step && frame.d_updates === next.d_updates && frame.lane === next.lane;
      frame = next;
      if (known) return; // the same step, drawn again with other layers
      const { first } = next.insight;
      order = [first, ...HALVES.filter((half) => half !== first)].filter((half) => next.insight[half]);
      const hurried = isPlaying();
      turnTo(order[0], hurried);
      if (order.length > 1) timer = setTimeout(() => turnTo(order[1], hurried), hurried ? HURRIED_MS : HALF_MS);
    },
    close: stop,
  };
}

const blend = (from, to, share) => ({
  shape: to.shape,
  data: share >= 1 ? to.data : Float32Array.from(to.data, (value, i) => from.data[i] + share * (value - from.data[i])),
});

/** The picture as it stood in one half of its step, before (share 0) to after (share 1) that half's update. */
export function asItWas(frame, { half, share }) {
  const { arrays, insight } = frame;
  const { before_discriminator, before_fake } = arrays;
  const dFirst = insight.first === "discriminator";
  const now = { ...arrays };
  if (before_discriminator) {
    if (half === "discriminator") now.discriminator = blend(before_discriminator, arrays.discriminator, share);
    else if (!dFirst) now.discriminator = before_discriminator;
  }
  if (before_fake) {
    if (half === "generator") now.fake = blend(before_fake, arrays.fake, share);
    else if (dFirst) now.fake = before_fake;
  }
  return { ...frame, arrays: now };
}
