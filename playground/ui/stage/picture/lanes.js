// All seeds of a run beside each other, over the stage: each seed's samples of the newest (or the rewound) recorded picture.

import { BETWEEN_IMAGES } from "../common/facts.js";
import { alpha } from "../common/theme.js";
import { createAtlas } from "../images/pixels.js";

const GAP = 6; // CSS pixels between panels
const NAME = 17; // room for a panel's name
const BINS = 48;
const IMAGES = 4; // 4 × 4 images of each seed

/**
 * `onToggle(on)`: the overlay needs recorded pictures, or no longer. `onChoose(lane)`: a panel was clicked.
 * `onBand()`: the charts' bands are to be drawn anew.
 */
export function createLanes(root, { onToggle, onChoose, onBand }) {
  const row = root.querySelector(".gp-seeds");
  const [toggle, outcome] = [".gp-all-seeds", ".gp-outcome"].map((name) => row.querySelector(name));
  const bands = [...row.querySelectorAll("[data-band]")];
  const canvas = document.createElement("canvas");
  canvas.className = "gp-lanes";
  canvas.hidden = true;
  root.querySelector(".gp-frame").append(canvas);
  const context = canvas.getContext("2d", { alpha: false });
  let scene = null;
  let theme = null;
  let first = 0; // the first lane's seed
  let diverged = [];
  let frame = null; // the newest picture with all lanes
  let band = "range";
  let request = 0;
  const sizes = new ResizeObserver(() => repaint());
  sizes.observe(canvas);

  const many = () => (scene?.seeds ?? 1) > 1;
  const count = () => frame?.arrays.lanes.shape[0] ?? scene.seeds;

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

  function drawPoints({ x, y, side }, lane, box) {
    const { data, shape } = frame.arrays.lanes;
    const [low, high] = scene.extent;
    const scale = side / (high - low);
    const dot = (px, py, size) => context.fillRect(x + (px - low) * scale - size / 2, y + (high - py) * scale - size / 2, size, size);
    context.fillStyle = alpha(theme.real, 0.35);
    const apart = Math.max(1, Math.floor(scene.real.length / shape[1])); // the real points come mode by mode
    for (let i = 0; i < scene.real.length; i += apart) dot(...scene.real[i], 1.5 * box.ratio);
    context.fillStyle = theme.fake;
    const from = lane * shape[1] * 2;
    for (let i = 0; i < shape[1]; i += 1) dot(data[from + 2 * i], data[from + 2 * i + 1], 2 * box.ratio);
  }

  function drawValues({ x, y, side }, lane) {
    const { data, shape } = frame.arrays.lanes;
    const [low, high] = scene.extent;
    const bins = new Array(BINS).fill(0);
    const width = (high - low) / BINS;
    for (let i = 0; i < shape[1]; i += 1) {
      const bin = Math.floor((data[lane * shape[1] + i] - low) / width);
      if (bin >= 0 && bin < BINS) bins[bin] += 1 / (shape[1] * width);
    }
    const { density } = scene;
    const most = 1.6 * Math.max(...density);
    const toY = (value) => y + side - (Math.min(value, most) / most) * side;
    context.fillStyle = alpha(theme.fake, 0.75);
    bins.forEach((value, bin) => context.fillRect(x + (bin * side) / BINS, toY(value), side / BINS, y + side - toY(value)));
    context.strokeStyle = theme.real;
    context.beginPath();
    density.forEach((value, i) => context.lineTo(x + (i * side) / (density.length - 1), toY(value)));
    context.stroke();
  }

  function drawImages({ x, y, side }, lane, atlas) {
    const size = side / IMAGES;
    for (let i = 0; i < IMAGES ** 2; i += 1) {
      const [left, top] = [Math.round((i % IMAGES) * size), Math.round(Math.floor(i / IMAGES) * size)];
      atlas.stamp(context, lane * IMAGES ** 2 + i, x + left, y + top, Math.ceil(size) - 1, Math.ceil(size) - 1);
    }
  }

  function draw() {
    request = 0;
    const ratio = window.devicePixelRatio || 1;
    const box = { ratio, width: Math.round(canvas.clientWidth * ratio), height: Math.round(canvas.clientHeight * ratio) };
    if (canvas.hidden || !theme || !scene || !box.width) return;
    Object.assign(canvas, { width: box.width, height: box.height });
    context.fillStyle = theme.background;
    context.fillRect(0, 0, box.width, box.height);
    const images = scene.kind === "images";
    const atlas = images ? createAtlas(IMAGES) : null;
    if (images && frame) atlas.paint({ data: frame.arrays.lanes.data, shape: [count() * IMAGES ** 2, ...scene.image] });
    context.lineWidth = Math.max(1, Math.round(ratio));
    places(box).forEach((place, lane) => {
      context.fillStyle = images ? BETWEEN_IMAGES : theme.background;
      context.fillRect(place.x, place.y, place.side, place.side);
      if (frame) {
        context.save();
        context.beginPath();
        context.rect(place.x, place.y, place.side, place.side);
        context.clip();
        if (images) drawImages(place, lane, atlas);
        else (scene.dim === 1 ? drawValues : drawPoints)(place, lane, box);
        context.restore();
      }
      context.strokeStyle = theme.line;
      context.strokeRect(place.x + 0.5, place.y + 0.5, place.side - 1, place.side - 1);
      nameOf(place, lane, ratio);
    });
    const step = frame ? ` at step ${frame.step.toLocaleString("en")}` : "";
    canvas.setAttribute("aria-label", `Samples of all ${count()} seeds${step}. Click one to see it large.`);
  }

  function nameOf({ x, y, side }, lane, ratio) {
    const lost = diverged[lane] !== null && diverged[lane] !== undefined;
    context.font = `${11 * ratio}px ${theme.font}`;
    context.textBaseline = "bottom";
    context.fillStyle = lost ? theme.error : theme.muted;
    context.fillText(`seed ${first + lane}${lost ? " · diverged" : ""}`, x, y - 2 * ratio, side);
  }

  function repaint() {
    if (!canvas.hidden) request ||= requestAnimationFrame(draw);
  }

  function show(on) {
    canvas.hidden = !on;
    toggle.setAttribute("aria-pressed", String(on));
    root.dataset.lanes = on ? String(frame ? count() : 0) : "";
    onToggle(on);
    repaint();
  }

  toggle.addEventListener("click", () => show(canvas.hidden));
  for (const button of bands) {
    button.addEventListener("click", () => {
      band = button.dataset.band;
      for (const other of bands) other.setAttribute("aria-pressed", String(other === button));
      onBand();
    });
  }
  canvas.setAttribute("role", "img");
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    const [x, y] = [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
    const lane = places({ ratio, width: canvas.width, height: canvas.height }).findIndex(
      (place) => x >= place.x && x < place.x + place.side && y < place.y + place.side && y >= place.y - NAME * ratio,
    );
    if (lane < 0) return;
    show(false);
    onChoose(lane);
  });

  return {
    /** What the charts' bands reach over: "range" or "quartiles". */
    get band() {
      return band;
    },
    /** Another run or a restart: `seed` is its first lane's. */
    setScene(next, seed) {
      scene = next;
      first = seed;
      frame = null;
      diverged = [];
      root.classList.toggle("gp-many", many());
      outcome.textContent = "";
      if (!many() && !canvas.hidden) show(false);
      repaint();
    },
    setTheme(next) {
      theme = next;
      repaint();
    },
    setDiverged(next) {
      diverged = next ?? [];
      repaint();
    },
    /** The outcome over seeds, in a sentence. */
    setSummary(message) {
      outcome.textContent = message.outcome;
      outcome.title = message.outcome;
    },
    drew(next) {
      if (!next.arrays.lanes) return;
      frame = next;
      if (!canvas.hidden) root.dataset.lanes = String(count());
      repaint();
    },
    close() {
      cancelAnimationFrame(request);
      sizes.disconnect();
    },
  };
}
