// All seeds of a run beside each other, over the stage: each seed's samples of the newest (or the rewound) recorded picture.

import { boxOf, placeIn } from "../common/axes.js";
import { createBands } from "../common/bands.js";
import { find, penOf, put } from "../common/dom.js";
import { BETWEEN_IMAGES } from "../common/facts.js";
import { thousands } from "../common/format.js";
import { alpha } from "../common/theme.js";
import { createAtlas } from "../images/pixels.js";
import { drawWay } from "./phase.js";

/** @import { Box } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Scene, SummaryMessage } from "../common/messages.js" */
/** @import { Arrays } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Atlas } from "../images/pixels.js" */
/** @typedef {{x: number, y: number, side: number}} Square  of one seed */
/** @typedef {NonNullable<Arrays["lanes"]> & {step: number}} Samples */

const GAP = 6; // CSS pixels between panels
const NAME = 17; // room for a panel's name
const BINS = 48;
const IMAGES = 4; // 4 × 4 images of each seed

/**
 * `onToggle(on)`: the overlay needs recorded pictures, or no longer. `onChoose(lane)`: a panel was clicked.
 * `onBand()`: the charts' bands are to be drawn anew.
 * @param {HTMLElement} root
 * @param {{onToggle(on: boolean): void, onChoose(lane: number): void, onBand(): void}} options
 */
export function createLanes(root, { onToggle, onChoose, onBand }) {
  const [toggle, outcome] = [".gp-all-seeds", ".gp-outcome"].map((name) => find(root, `.gp-seeds ${name}`));
  const bands = createBands(find(root, ".gp-seeds"), onBand);
  const canvas = document.createElement("canvas");
  canvas.className = "gp-lanes";
  canvas.hidden = true;
  find(root, ".gp-frame").append(canvas);
  const context = penOf(canvas, { alpha: false });
  /** @type {Scene | null} */
  let scene = null;
  /** @type {Theme | null} */
  let theme = null;
  let first = 0; // the first lane's seed
  /** @type {(number | null)[]} */
  let diverged = [];
  /** @type {Samples | null} */
  let samples = null; // of the newest picture with all lanes
  let request = 0;
  const sizes = new ResizeObserver(() => repaint());
  sizes.observe(canvas);

  const many = () => (scene?.seeds ?? 1) > 1;
  const count = () => samples?.shape[0] ?? scene?.seeds ?? 0;

  /** @param {Box} box @returns {Square[]} */
  function places(box) {
    const columns = Math.ceil(Math.sqrt(count()));
    const rows = Math.ceil(count() / columns);
    const [gap, name] = [GAP * box.ratio, NAME * box.ratio];
    const side = Math.floor(Math.min((box.width - (columns - 1) * gap) / columns, (box.height - (rows - 1) * gap) / rows - name));
    const left = Math.floor((box.width - columns * side - (columns - 1) * gap) / 2);
    return Array.from({ length: count() }, (_, i) => ({
      x: Math.round(left + (i % columns) * (side + gap)),
      y: Math.round(Math.floor(i / columns) * (side + name + gap) + name),
      side,
    }));
  }

  /** @param {Square} square @param {number} lane @param {Samples} samples @param {Scene} scene @param {Theme} theme @param {number} ratio */
  function drawPoints({ x, y, side }, lane, { data, shape }, { extent: [low, high], real }, theme, ratio) {
    const scale = side / (high - low);
    /** @param {number} px @param {number} py @param {number} size */
    const dot = (px, py, size) => context.fillRect(x + (px - low) * scale - size / 2, y + (high - py) * scale - size / 2, size, size);
    context.fillStyle = alpha(theme.real, 0.35);
    const apart = Math.max(1, Math.floor(real.length / shape[1])); // the real points come mode by mode
    for (let i = 0; i < real.length; i += apart) dot(real[i][0], real[i][1], 1.5 * ratio);
    context.fillStyle = theme.fake;
    const from = lane * shape[1] * 2;
    for (let i = 0; i < shape[1]; i += 1) dot(data[from + 2 * i], data[from + 2 * i + 1], 2 * ratio);
  }

  /** @param {Square} square @param {number} lane @param {Samples} samples @param {Scene} scene @param {Theme} theme */
  function drawValues({ x, y, side }, lane, { data, shape }, { extent: [low, high], density }, theme) {
    const bins = new Array(BINS).fill(0);
    const width = (high - low) / BINS;
    for (let i = 0; i < shape[1]; i += 1) {
      const bin = Math.floor((data[lane * shape[1] + i] - low) / width);
      if (bin >= 0 && bin < BINS) bins[bin] += 1 / (shape[1] * width);
    }
    const real = density ?? [];
    const most = 1.6 * Math.max(...real, 1e-9);
    /** @param {number} value */
    const toY = (value) => y + side - (Math.min(value, most) / most) * side;
    context.fillStyle = alpha(theme.fake, 0.75);
    bins.forEach((value, bin) => context.fillRect(x + (bin * side) / BINS, toY(value), side / BINS, y + side - toY(value)));
    context.strokeStyle = theme.real;
    context.beginPath();
    real.forEach((value, i) => context.lineTo(x + (i * side) / (real.length - 1), toY(value)));
    context.stroke();
  }

  /** @param {Square} square @param {number} lane @param {Samples} samples @param {Scene} scene @param {Theme} theme @param {number} ratio */
  function drawPhase({ x, y, side }, lane, { data, shape }, { extent: [low, high], real }, theme, ratio) {
    const scale = side / (high - low);
    const place = { toX: (/** @type {number} */ value) => x + (value - low) * scale, toY: (/** @type {number} */ value) => y + (high - value) * scale };
    const way = Array.from(data.slice(lane * shape[1] * 2, (lane + 1) * shape[1] * 2));
    /** @param {number} theta @param {number} psi @param {string} color */
    const dot = (theta, psi, color) => {
      context.beginPath();
      context.arc(place.toX(theta), place.toY(psi), 3 * ratio, 0, 2 * Math.PI);
      context.fillStyle = color;
      context.fill();
    };
    for (const [theta, psi] of real) dot(theta, psi, theme.real);
    drawWay(context, way, place, theme, ratio);
    dot(way[way.length - 2], way[way.length - 1], theme.fake);
  }

  /** @param {Square} square @param {number} lane @param {Atlas} atlas */
  function drawImages({ x, y, side }, lane, atlas) {
    const size = side / IMAGES;
    for (let i = 0; i < IMAGES ** 2; i += 1) {
      const [left, top] = [Math.round((i % IMAGES) * size), Math.round(Math.floor(i / IMAGES) * size)];
      atlas.stamp(context, lane * IMAGES ** 2 + i, x + left, y + top, Math.ceil(size) - 1, Math.ceil(size) - 1);
    }
  }

  function draw() {
    request = 0;
    const box = boxOf(canvas);
    const { ratio } = box;
    if (canvas.hidden || !theme || !scene || !box.width) return;
    Object.assign(canvas, { width: box.width, height: box.height });
    context.fillStyle = theme.background;
    context.fillRect(0, 0, box.width, box.height);
    const { image, kind, dim } = scene;
    const atlas = image ? createAtlas(IMAGES) : null;
    if (atlas && image && samples) atlas.paint({ data: samples.data, shape: [count() * IMAGES ** 2, ...image] });
    context.lineWidth = Math.max(1, Math.round(ratio));
    for (const [lane, place] of places(box).entries()) {
      context.fillStyle = atlas ? BETWEEN_IMAGES : theme.background;
      context.fillRect(place.x, place.y, place.side, place.side);
      if (samples) {
        context.save();
        context.beginPath();
        context.rect(place.x, place.y, place.side, place.side);
        context.clip();
        if (atlas) drawImages(place, lane, atlas);
        else (kind === "phase" ? drawPhase : dim === 1 ? drawValues : drawPoints)(place, lane, samples, scene, theme, ratio);
        context.restore();
      }
      context.strokeStyle = theme.line;
      context.strokeRect(place.x + 0.5, place.y + 0.5, place.side - 1, place.side - 1);
      drawName(place, lane, theme, ratio);
    }
    const step = samples ? ` at step ${thousands(samples.step)}` : "";
    canvas.setAttribute("aria-label", `Samples of all ${count()} seeds${step}. Click one to see it large.`);
  }

  /** @param {Square} square @param {number} lane @param {Theme} theme @param {number} ratio */
  function drawName({ x, y, side }, lane, theme, ratio) {
    const lost = diverged[lane] !== null && diverged[lane] !== undefined;
    context.font = `${11 * ratio}px ${theme.font}`;
    context.textBaseline = "bottom";
    context.fillStyle = lost ? theme.error : theme.muted;
    context.fillText(`seed ${first + lane}${lost ? " · diverged" : ""}`, x, y - 2 * ratio, side);
  }

  function repaint() {
    if (!canvas.hidden) request ||= requestAnimationFrame(draw);
  }

  /** @param {boolean} on */
  function show(on) {
    canvas.hidden = !on;
    toggle.setAttribute("aria-pressed", String(on));
    root.dataset.lanes = on ? String(samples ? count() : 0) : "";
    onToggle(on);
    repaint();
  }

  toggle.addEventListener("click", () => show(Boolean(canvas.hidden)));
  canvas.setAttribute("role", "img");
  canvas.addEventListener("click", (event) => {
    const { ratio } = boxOf(canvas);
    const [x, y] = placeIn(canvas, event);
    const lane = places({ ratio, width: canvas.width, height: canvas.height }).findIndex(
      (place) => x >= place.x && x < place.x + place.side && y < place.y + place.side && y >= place.y - NAME * ratio,
    );
    if (lane < 0) return;
    show(false);
    onChoose(lane);
  });

  return {
    /** What the charts' bands reach over. */
    get band() {
      return bands.band;
    },
    /**
     * Another run or a restart: `seed` is its first lane's.
     * @param {Scene} next
     * @param {number} seed
     */
    setScene(next, seed) {
      scene = next;
      first = seed;
      samples = null;
      diverged = [];
      root.classList.toggle("gp-many", many());
      put(outcome, "");
      if (!many() && !canvas.hidden) show(false);
      repaint();
    },
    /** @param {Theme} next */
    setTheme(next) {
      theme = next;
      repaint();
    },
    /** @param {(number | null)[]} next */
    setDiverged(next) {
      diverged = next;
      repaint();
    },
    /** @param {SummaryMessage} message  its outcome is one over seeds, in a sentence */
    setSummary(message) {
      put(outcome, message.outcome);
    },
    /** @param {Frame} frame */
    drew(frame) {
      if (!frame.arrays.lanes) return;
      samples = { ...frame.arrays.lanes, step: frame.step };
      if (!canvas.hidden) root.dataset.lanes = String(count());
      repaint();
    },
    close() {
      cancelAnimationFrame(request);
      sizes.disconnect();
    },
  };
}
