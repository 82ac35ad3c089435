// The stage of one-dimensional data: densities of real and generated values, and the discriminator's curve over them.
import { areaOf, drawAxis, drawBorder, drawName, layerOf, ticks } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { alpha } from "../common/theme.js";
import { createCodes } from "../images/codes.js";
import { colormap, createField, createScale } from "./colormap.js";
import { placing } from "./view.js";

/** @import { Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Arrays, Grid } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Painter } from "./canvas.js" */
/** @import { Look } from "./view.js" */

const MARGINS = [12, 46, 54, 50]; // top, right, bottom, left
const BINS = 80;
const HEADROOM = 2; // the density axis ends at this many times the highest real density

/**
 * @param {Scene} scene
 * @param {Theme} theme
 * @param {Box} box
 * @param {unknown} _marks
 * @param {Look} look
 * @returns {Painter}
 */
export function createLine(scene, theme, box, _marks, look) {
  const area = areaOf(box, MARGINS);
  const middle = area.y + area.height / 2;
  const [low, high] = scene.extent;
  const real = scene.real.map(([x]) => x);
  const density = scene.density ?? histogram(real);
  const top = HEADROOM * Math.max(...density, 1e-9);
  let place = placing(area, look.view);
  const toX = (/** @type {number} */ x) => place.toX(x);
  const toY = (/** @type {number} */ share) => area.y + (1 - share) * area.height;
  const table = colormap(theme);
  const scale = createScale();
  const codes = createCodes(
    (scene.modes ?? []).map((_, i) => String(i + 1)),
    theme,
    box,
    area,
  );
  const field = createField();
  const still = { layer: layerOf(box), key: "" };
  let unit = new Float32Array(0);

  /**
   * Density in each of BINS equal bins over the extent.
   * @param {ArrayLike<number> & Iterable<number>} values
   */
  function histogram(values) {
    const counts = new Float64Array(BINS);
    for (const x of values) {
      const bin = Math.floor(((x - low) / (high - low)) * BINS);
      if (bin >= 0 && bin < BINS) counts[bin] += 1;
    }
    const there = Array.from(values).filter((value) => !Number.isNaN(value)).length; // of rejected ones there are none
    const unitArea = ((high - low) / BINS) * Math.max(there, 1);
    return counts.map((count) => count / unitArea);
  }

  // Shares of the height at even places over the extent; a gap where there is none.
  /** @param {Pen} context @param {number[] | Float32Array} shares */
  function trace(context, shares) {
    const last = shares.length - 1;
    context.beginPath();
    let drawing = false;
    for (const [i, share] of shares.entries()) {
      if (!Number.isNaN(share)) context[drawing ? "lineTo" : "moveTo"](toX(low + (i / last) * (high - low)), toY(share));
      drawing = !Number.isNaN(share);
    }
  }

  /** @param {Pen} context */
  function clip(context) {
    context.save();
    context.beginPath();
    context.rect(area.x, 0, area.width, box.height);
    context.clip();
  }

  /** @param {Pen} context @param {number[] | Float32Array} values @param {string} color @param {number} offset */
  function drawRug(context, values, color, offset) {
    const height = 5 * box.ratio;
    const y = area.y + area.height + offset * box.ratio;
    context.fillStyle = alpha(color, values.length > 600 ? 0.18 : 0.35);
    for (const x of values) if (toX(x) >= area.x && toX(x) <= area.x + area.width) context.fillRect(toX(x) - 0.5, y, box.ratio, height);
  }

  function drawStill() {
    const key = [look.view.version, look.on.has("real")].join();
    if (key === still.key) return;
    still.key = key;
    place = placing(area, look.view);
    still.layer = layerOf(box);
    const context = penOf(still.layer);
    if (look.on.has("real")) drawReal(context);
    const shifted = { ...area, height: area.height + 16 * box.ratio };
    drawAxis(context, shifted, "bottom", ticks(...look.view.x), toX, box, theme);
    drawAxis(context, area, "left", ticks(0, top, 6), (y) => toY(y / top), box, theme);
    drawName(context, "x", area.x + area.width / 2, shifted.y + shifted.height + 20 * box.ratio, 0, box, theme);
    drawName(context, "density", 2 * box.ratio, middle, -Math.PI / 2, box, theme);
    drawBorder(context, area, box, theme);
  }

  /** @param {Pen} context */
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
    drawRug(context, real, theme.real, 2);
  }

  /** @param {Pen} context @param {Grid} values */
  function drawFake(context, { data }) {
    const heights = histogram(data);
    const from = (/** @type {number} */ i) => toX(low + (i / BINS) * (high - low));
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
    const highest = Math.max(...heights);
    if (highest > top) drawName(context, `bars up to ${highest.toFixed(2)}`, area.x + area.width - 44 * box.ratio, toY(1) + 6 * box.ratio, 0, box, theme);
    context.restore();
    drawRug(context, data, theme.fake, 9);
  }

  /** @param {Pen} context @param {Float32Array} shares @param {number[]} dashes */
  function drawCurve(context, shares, dashes) {
    clip(context);
    trace(context, shares);
    for (const { color, width, dash } of [
      { color: alpha(theme.background, 0.8), width: 5, dash: [] },
      { color: theme.text, width: 2, dash: dashes },
    ]) {
      context.setLineDash(dash.map((length) => length * box.ratio));
      context.strokeStyle = color;
      context.lineWidth = width * box.ratio;
      context.stroke();
    }
    context.restore();
  }

  /** @param {Pen} context @param {Grid} logits @param {boolean} logOdds */
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
    drawName(context, logOdds ? "D(x)" : "critic", box.width - 2 * box.ratio, middle, Math.PI / 2, box, theme);
  }

  // From the latent axis, above, to the data's: what G makes of z (Goodfellow et al. 2014, figure 1).
  /** @param {Pen} context @param {Grid} made @param {Grid} latents */
  function drawMapping(context, { data: made }, { data: z }) {
    const [top, bottom] = [area.y + 18 * box.ratio, area.y + area.height];
    const reach = Math.max(...z.map(Math.abs));
    const fromZ = (/** @type {number} */ value) => area.x + (0.5 + (0.47 * value) / reach) * area.width;
    clip(context);
    context.strokeStyle = alpha(theme.manifold, 0.6);
    context.lineWidth = 1.1 * box.ratio;
    context.beginPath();
    for (const [i, value] of z.entries()) {
      if (!Number.isFinite(made[i])) continue;
      context.moveTo(fromZ(value), top);
      context.lineTo(toX(made[i]), bottom);
    }
    context.stroke();
    context.strokeStyle = theme.text;
    context.beginPath();
    context.moveTo(fromZ(-reach), top);
    context.lineTo(fromZ(reach), top);
    context.stroke();
    context.font = `italic ${13 * box.ratio}px ${theme.font}`;
    context.fillStyle = theme.text;
    context.textBaseline = "bottom";
    for (const [value, align] of /** @type {[number, CanvasTextAlign][]} */ ([
      [-reach, "left"],
      [0, "center"],
      [reach, "right"],
    ])) {
      context.textAlign = align;
      context.fillText(`z = ${value.toFixed(1).replace("-", "−").replace(".0", "")}`, fromZ(value), top - 2 * box.ratio);
    }
    context.restore();
  }

  // In a corner, with the code of the fresh value that is nearest to the pointer.
  /** @param {Pen} context @param {Frame} frame */
  function drawCodes(context, frame) {
    const { coded } = frame.arrays;
    if (!coded || !look.pointer) return codes.draw(context, frame, null);
    const x = place.fromX(look.pointer[0]);
    const away = coded.data.map((value) => Math.abs(value - x));
    const index = away.indexOf(Math.min(...away));
    drawRug(context, coded.data.subarray(index, index + 1), theme.text, -14);
    codes.draw(context, frame, index);
  }

  // Under the microscope: the values that D's update used, those with a flipped label dark.
  /** @param {Pen} context @param {Arrays} arrays */
  function drawBatch(context, { seen_real, seen_fake, flipped }) {
    if (!seen_real || !seen_fake) return;
    const isFlipped = (/** @type {number} */ at) => Boolean(flipped?.data[at]);
    for (const { data, color, from, offset } of [
      { data: seen_real.data, color: theme.real, from: 0, offset: -26 },
      { data: seen_fake.data, color: theme.fake, from: seen_real.shape[0], offset: -13 },
    ]) {
      const [kept, flips] = [data.filter((_, i) => !isFlipped(from + i)), data.filter((_, i) => isFlipped(from + i))];
      drawRug(context, kept, color, offset);
      drawRug(context, flips, theme.text, offset - 6);
    }
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
      const { discriminator, fake, optimal, density: learned } = frame?.arrays ?? {};
      const judged = look.on.has("d") && discriminator;
      if (judged) drawField(context, judged, frame?.log_odds ?? false);
      if (fake && look.on.has("fake")) drawFake(context, fake);
      context.drawImage(still.layer, 0, 0);
      if (learned && look.on.has("density"))
        drawCurve(
          context,
          learned.data.map((height) => Math.min(1, height / top)),
          [],
        );
      if (optimal && look.on.has("optimal")) drawCurve(context, frame?.optimal?.critic ? optimal.data.map(scale.share) : optimal.data, [6, 5]);
      if (judged) drawCurve(context, unit, []);
      const { manifold, manifold_latents } = frame?.arrays ?? {};
      if (manifold && manifold_latents && look.on.has("manifold")) drawMapping(context, manifold, manifold_latents);
      if (frame && look.on.has("codes")) drawCodes(context, frame);
      if (frame && look.insight?.half === "discriminator") drawBatch(context, frame.arrays);
    },
  };
}
