// One step under the microscope: D's half and G's half one after the other, each with a caption.
import { find } from "../common/dom.js";
import { told } from "./captions.js";
import { createGlide } from "./glide.js";
import { createNetworks } from "./networks.js";

/** @import { Frame } from "../common/frame.js" */
/** @import { Grid, HalfName } from "../common/page.js" */
/** @import { Bins, Line } from "./captions.js" */
/** @import { Look } from "./view.js" */

const HALF_MS = 1500; // how long the first half stands
const HURRIED_MS = 480; // … while the run plays on, at one step a second
const MOVE_MS = 900; // how long a map or a point takes to its new place
const HOLD = 0.25; // and how much of that it first stands still
/** @type {HalfName[]} */
const HALVES = ["discriminator", "generator"];

/**
 * `look.insight` is what the painter draws: {half, share} with share 0 before the update and 1 after it.
 * @param {HTMLElement} root
 * @param {{look: Look, repaint(): void, isOn(): boolean, isPlaying(): boolean}} options
 */
export function createMicroscope(root, { look, repaint, isOn, isPlaying }) {
  const panel = find(root, ".gp-microscope");
  const body = find(panel, ".gp-microscope-body");
  const networks = createNetworks(find(panel, ".gp-networks"));
  const tabs = {
    discriminator: find(panel, '[data-half="discriminator"]', HTMLButtonElement),
    generator: find(panel, '[data-half="generator"]', HTMLButtonElement),
  };
  /** @type {Frame | null} */
  let frame = null;
  /** @type {HalfName[]} */
  let order = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const glide = createGlide();

  look.asSeen = (shown) => (look.insight && shown && shown === frame ? asItWas(shown, look.insight) : shown);

  function stop() {
    clearTimeout(timer);
    glide.stop();
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
    networks.light(look.insight?.half ?? null);
    for (const half of HALVES) {
      tabs[half].hidden = Boolean(frame) && !order.includes(half);
      tabs[half].disabled = !frame;
      tabs[half].setAttribute("aria-pressed", String(look.insight?.half === half));
      tabs[half].style.order = String(order.indexOf(half));
    }
    const lines =
      look.insight && frame?.insight
        ? told(look.insight.half, frame.insight, frame)
        : [{ text: "Press Step, or play at 1 step/s: each half of the step is shown by itself." }];
    body.replaceChildren(...lines.map(lineOf));
  }

  /** @param {Line} line */
  function lineOf({ title, text, histogram }) {
    const line = document.createElement("p");
    if (title) line.append(Object.assign(document.createElement("b"), { textContent: title }), " ");
    line.append(text);
    if (histogram) line.append(barsOf(histogram));
    return line;
  }

  // Two small histograms: the weights before the clipping (outline) and after it (filled).
  /** @param {Bins} bins */
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

  /** @param {HalfName} half @param {boolean} hurried */
  function turnTo(half, hurried) {
    stop();
    look.insight = { half, share: 0 };
    root.dataset.half = half;
    show();
    glide.start(hurried ? HURRIED_MS * 0.8 : MOVE_MS, HOLD, (share) => {
      look.insight = { half, share };
      repaint();
    });
  }

  for (const half of HALVES) tabs[half].addEventListener("click", () => frame && turnTo(half, false));

  return {
    clear,
    show,
    /** The networks of a run with these settings, on examples of so many numbers. */
    setNetworks: networks.draw,
    /**
     * A picture is about to be drawn.
     * @param {Frame} next
     */
    meet(next) {
      if (next.weights) networks.weigh(next.weights);
      if (!next.insight || !isOn()) {
        if (look.insight || frame) clear();
        return;
      }
      const known = frame && frame.step === next.step && frame.d_updates === next.d_updates && frame.lane === next.lane;
      frame = next;
      if (known) return; // the same step, drawn again with other layers
      const { insight } = next;
      order = [insight.first, ...HALVES.filter((half) => half !== insight.first)].filter((half) => insight[half]);
      const hurried = isPlaying();
      turnTo(order[0], hurried);
      if (order.length > 1) timer = setTimeout(() => turnTo(order[1], hurried), hurried ? HURRIED_MS : HALF_MS);
    },
    close: stop,
  };
}

/** @param {Grid} from @param {Grid} to @param {number} share */
const blend = (from, to, share) => ({
  shape: to.shape,
  data: share >= 1 ? to.data : Float32Array.from(to.data, (value, i) => from.data[i] + share * (value - from.data[i])),
});

/**
 * The picture as it stood in one half of its step, before (share 0) to after (share 1) that half's update.
 * @param {Frame} frame
 * @param {{half: HalfName, share: number}} moment
 * @returns {Frame}
 */
export function asItWas(frame, { half, share }) {
  const { arrays, insight } = frame;
  const { before_discriminator, before_fake, discriminator, fake } = arrays;
  const dFirst = insight?.first === "discriminator";
  const now = { ...arrays };
  if (before_discriminator && discriminator) {
    if (half === "discriminator") now.discriminator = blend(before_discriminator, discriminator, share);
    else if (!dFirst) now.discriminator = before_discriminator;
  }
  if (before_fake && fake) {
    if (half === "generator") now.fake = blend(before_fake, fake, share);
    else if (dFirst) now.fake = before_fake;
  }
  return { ...frame, arrays: now };
}
