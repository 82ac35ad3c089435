// The stage of one-dimensional data: densities of real and generated values, and the discriminator's curve over them.
import { areaOf, drawAxis, drawBorder, layerOf, ticks } from "../common/axes.js";
import { alpha } from "../common/theme.js";
import { colormap, createField, createScale } from "./colormap.js";
import { placing } from "./view.js";

const MARGINS = [12, 46, 44, 50]; // top, right, bottom, left
const BINS = 80;
const HEADROOM = 2; // the density axis ends at this many times the highest real density

const value = (row) => (Array.isArray(row) ? row[0] : row);

/** `look`: what is on and which part is seen, see look.js. */
export function createLine(scene, theme, box, _marks, look) {
  const area = areaOf(box, MARGINS);
  const [low, high] = scene.extent;
  const density = scene.density ?? histogram(scene.real.map(value));
  const top = HEADROOM * Math.max(...density, 1e-9);
  let place = placing(area, look.view);
  const toX = (x) => place.toX(x);
  const toY = (share) => area.y + (1 - share) * area.height;
  const table = colormap(theme);
  const scale = createScale();
  const field = createField();
  const still = { layer: null, key: "" };
  let unit = new Float32Array(0);

  /** Density in each of BINS equal bins over the extent. */
  function histogram(values) {
    const counts = new Float64Array(BINS);
    for (const x of values) {
      const bin = Math.floor(((x - low) / (high - low)) * BINS);
      if (bin >= 0 && bin < BINS) counts[bin] += 1;
    }
    const unitArea = ((high - low) / BINS) * Math.max(values.length, 1);
    return counts.map((count) => count / unitArea);
  }

  // Shares of the height at even places over the extent; a gap where there is none.
  function trace(context, shares) {
    const last = shares.length - 1;
    context.beginPath();
    let drawing = false;
    shares.forEach((share, i) => {
      if (!Number.isNaN(share)) context[drawing ? "lineTo" : "moveTo"](toX(low + (i / last) * (high - low)), toY(share));
      drawing = !Number.isNaN(share);
    });
  }

  function clip(context) {
    context.save();
    context.beginPath();
    context.rect(area.x, 0, area.width, box.height);
    context.clip();
  }

  function drawRug(context, values, color, offset) {
    const height = 5 * box.ratio;
    const y = area.y + area.height + offset * box.ratio;
    context.fillStyle = alpha(color, values.length > 600 ? 0.18 : 0.35);
    for (const x of values) if (toX(x) >= area.x && toX(x) <= area.x + area.width) context.fillRect(toX(x) - 0.5, y, box.ratio, height);
  }

  function drawName(context, text, x, turn) {
    context.save();
    context.translate(x, area.y + area.height / 2);
    context.rotate(turn);
    context.font = `${11 * box.ratio}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    context.fillText(text, 0, 0);
    context.restore();
  }

  function drawStill() {
    const key = [look.view.version, look.on.has("real")].join();
    if (key === still.key) return;
    still.key = key;
    place = placing(area, look.view);
    still.layer = layerOf(box);
    const context = still.layer.getContext("2d");
    if (look.on.has("real")) drawReal(context);
    const shifted = { ...area, height: area.height + 16 * box.ratio };
    drawAxis(context, shifted, "bottom", ticks(...look.view.x), toX, box, theme);
    drawAxis(context, area, "left", ticks(0, top, 6), (y) => toY(y / top), box, theme);
    drawName(context, "density", 2 * box.ratio, -Math.PI / 2);
    drawBorder(context, area, box, theme);
  }

  function drawReal(context) {
    clip(context);
    trace(
      context,
      Array.from(density, (height) => Math.min(1, height / top)),
    );
    context.strokeStyle = theme.real;
    context.lineWidth = 2 * box.ratio;
    context.stroke();
    context.lineTo(toX(high), area.y + area.height);
    context.lineTo(toX(low), area.y + area.height);
    context.fillStyle = alpha(theme.real, 0.22);
    context.fill();
    context.restore();
    drawRug(context, scene.real.map(value), theme.real, 2);
  }

  function drawFake(context, { data }) {
    const heights = histogram(data);
    const from = (i) => toX(low + (i / BINS) * (high - low));
    const width = from(1) - from(0);
    clip(context);
    heights.forEach((height, i) => {
      if (!height) return;
      const y = toY(Math.min(1, height / top));
      context.fillStyle = alpha(theme.fake, 0.6);
      context.fillRect(from(i) + 0.5, y, Math.max(1, width - 1), area.y + area.height - y);
      if (height <= top) return;
      context.fillStyle = theme.fake; // higher than the axis: a solid cap says so
      context.fillRect(from(i) + 0.5, y, Math.max(1, width - 1), 4 * box.ratio);
    });
    context.restore();
    drawRug(context, data, theme.fake, 9);
  }

  function drawCurve(context, shares, dashes) {
    clip(context);
    trace(context, shares);
    for (const [color, width, dash] of [
      [alpha(theme.background, 0.8), 5, []],
      [theme.text, 2, dashes],
    ]) {
      context.setLineDash(dash.map((length) => length * box.ratio));
      context.strokeStyle = color;
      context.lineWidth = width * box.ratio;
      context.stroke();
    }
    context.restore();
  }

  function drawField(context, { data }, logOdds) {
    if (unit.length !== data.length) unit = new Float32Array(data.length);
    scale.unit(data, logOdds, unit);
    field.paint(unit, 1, unit.length, table);
    context.imageSmoothingEnabled = true;
    clip(context);
    context.globalAlpha = 0.5;
    context.drawImage(field.canvas, 0.5, 0, unit.length - 1, 1, toX(low), area.y, toX(high) - toX(low), area.height);
    context.restore();
    const entries = logOdds
      ? ticks(0, 1, 5)
      : [
          { value: 0, text: "low" },
          { value: 1, text: "high" },
        ];
    drawAxis(context, area, "right", entries, toY, box, theme);
    drawName(context, logOdds ? "D(x)" : "critic", box.width - 2 * box.ratio, Math.PI / 2);
  }

  // Under the microscope: the values that D's update used, those with a flipped label dark.
  function drawBatch(context, { seen_real, seen_fake, flipped }) {
    const count = seen_real.shape[0];
    const isFlipped = (at) => Boolean(flipped?.data[at]);
    [
      [seen_real, theme.real, 0, -26],
      [seen_fake, theme.fake, count, -13],
    ].forEach(([{ data }, color, from, offset]) => {
      drawRug(
        context,
        data.filter((_, i) => !isFlipped(from + i)),
        color,
        offset,
      );
      drawRug(
        context,
        data.filter((_, i) => isFlipped(from + i)),
        theme.text,
        offset - 6,
      );
    });
  }

  return {
    /** Data to device pixels and back. */
    get place() {
      return placing(area, look.view);
    },
    draw(context, shown) {
      drawStill();
      context.fillStyle = theme.background;
      context.fillRect(0, 0, box.width, box.height);
      const frame = look.asSeen(shown);
      const { discriminator, fake, optimal } = frame?.arrays ?? {};
      const judged = discriminator && look.on.has("d");
      if (judged) drawField(context, discriminator, frame.log_odds);
      if (fake && look.on.has("fake")) drawFake(context, fake);
      context.drawImage(still.layer, 0, 0);
      if (optimal && look.on.has("optimal")) drawCurve(context, optimal.data, [6, 5]);
      if (judged) drawCurve(context, unit, []);
      if (look.insight?.half === "discriminator") drawBatch(context, frame.arrays);
    },
  };
}
