// The stage of one-dimensional data: densities of real and generated values, and the discriminator's curve over them.
import { areaOf, drawAxis, drawBorder, layerOf, ticks } from "./axes.js";
import { colormap, createField, createScale } from "./colormap.js";
import { alpha } from "./theme.js";

const MARGINS = [12, 46, 44, 50]; // top, right, bottom, left
const BINS = 80;
const HEADROOM = 2; // the density axis ends at this many times the highest real density

const value = (row) => (Array.isArray(row) ? row[0] : row);

export function createLine(scene, theme, box) {
  const area = areaOf(box, MARGINS);
  const [low, high] = scene.extent;
  const density = scene.density ?? histogram(scene.real.map(value));
  const top = HEADROOM * Math.max(...density, 1e-9);
  const toX = (x) => area.x + ((x - low) / (high - low)) * area.width;
  const toY = (share) => area.y + (1 - share) * area.height;
  const table = colormap(theme);
  const scale = createScale();
  const field = createField();
  const still = drawStill();
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

  function trace(context, shares) {
    const last = shares.length - 1;
    context.beginPath();
    shares.forEach((share, i) => context.lineTo(area.x + (i / last) * area.width, toY(share)));
  }

  function drawRug(context, values, color, offset) {
    const height = 5 * box.ratio;
    const y = area.y + area.height + offset * box.ratio;
    context.fillStyle = alpha(color, values.length > 600 ? 0.18 : 0.35);
    for (const x of values) if (x >= low && x <= high) context.fillRect(toX(x) - 0.5, y, box.ratio, height);
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
    const layer = layerOf(box);
    const context = layer.getContext("2d");
    trace(context, Array.from(density, (height) => Math.min(1, height / top)));
    context.strokeStyle = theme.real;
    context.lineWidth = 2 * box.ratio;
    context.stroke();
    context.lineTo(area.x + area.width, area.y + area.height);
    context.lineTo(area.x, area.y + area.height);
    context.fillStyle = alpha(theme.real, 0.22);
    context.fill();
    drawRug(context, scene.real.map(value), theme.real, 2);
    const shifted = { ...area, height: area.height + 16 * box.ratio };
    drawAxis(context, shifted, "bottom", ticks(low, high), toX, box, theme);
    drawAxis(context, area, "left", ticks(0, top, 6), (y) => toY(y / top), box, theme);
    drawName(context, "density", 2 * box.ratio, -Math.PI / 2);
    drawBorder(context, area, box, theme);
    return layer;
  }

  function drawFake(context, { data }) {
    const heights = histogram(data);
    const width = area.width / BINS;
    heights.forEach((height, i) => {
      if (!height) return;
      const y = toY(Math.min(1, height / top));
      context.fillStyle = alpha(theme.fake, 0.6);
      context.fillRect(area.x + i * width + 0.5, y, Math.max(1, width - 1), area.y + area.height - y);
      if (height <= top) return;
      context.fillStyle = theme.fake; // higher than the axis: a solid cap says so
      context.fillRect(area.x + i * width + 0.5, y, Math.max(1, width - 1), 4 * box.ratio);
    });
    drawRug(context, data, theme.fake, 9);
  }

  function drawCurve(context) {
    trace(context, unit);
    for (const [color, width] of [[alpha(theme.background, 0.8), 5], [theme.text, 2]]) {
      context.strokeStyle = color;
      context.lineWidth = width * box.ratio;
      context.stroke();
    }
  }

  function drawField(context, { data }, logOdds) {
    if (unit.length !== data.length) unit = new Float32Array(data.length);
    scale.unit(data, logOdds, unit);
    field.paint(unit, 1, unit.length, table);
    context.imageSmoothingEnabled = true;
    context.globalAlpha = 0.5;
    context.drawImage(field.canvas, 0.5, 0, unit.length - 1, 1, area.x, area.y, area.width, area.height);
    context.globalAlpha = 1;
    const entries = logOdds ? ticks(0, 1, 5) : [{ value: 0, text: "low" }, { value: 1, text: "high" }];
    drawAxis(context, area, "right", entries, toY, box, theme);
    drawName(context, logOdds ? "D(x)" : "critic", box.width - 2 * box.ratio, Math.PI / 2);
  }

  return {
    draw(context, frame) {
      context.fillStyle = theme.background;
      context.fillRect(0, 0, box.width, box.height);
      const discriminator = frame?.arrays.discriminator;
      if (discriminator) drawField(context, discriminator, frame.log_odds);
      if (frame?.arrays.fake) drawFake(context, frame.arrays.fake);
      context.drawImage(still, 0, 0);
      if (discriminator) drawCurve(context);
    },
  };
}
