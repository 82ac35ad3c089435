// The maps under the points: D(x), D*(x), |D − D*|. Several stand side by side in strips, each in its own place.

import { layerOf } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { LAYERS } from "../common/facts.js";
import { alpha } from "../common/theme.js";
import { colormap, createField, createScale, ramp } from "./colormap.js";
import { gapOf } from "./grids.js";

/** @typedef {(typeof MAPS)[number]} MapName */
/** @import { Area, Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Grid } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Placing } from "./view.js" */

export const MAPS = /** @type {const} */ (["d", "density", "optimal", "gap"]);

/**
 * What a layer is called under the run's loss, which may make D a critic.
 * @param {string} id
 * @param {boolean} critic
 */
export const nameOf = (id, critic) => (critic && CRITIC[id]) || /** @type {Record<string, {name: string}>} */ (LAYERS)[id].name;
/** @type {Record<string, string>} */
const CRITIC = { d: "critic", optimal: "best critic", gap: "|critic − best|" };

/** @param {Theme} theme @param {Box} box */
export function createMaps(theme, box) {
  const judge = colormap(theme);
  const tables = { d: judge, density: ramp(theme, theme.manifold), optimal: judge, gap: ramp(theme, theme.gap) };
  const scale = createScale();
  const fields = { d: createField(), density: createField(), optimal: createField(), gap: createField() };
  let unit = new Float32Array(0);
  /** @type {CanvasPattern | null} */
  let hatch = null;

  /** @param {Pen} context */
  function hatching(context) {
    const size = Math.round(7 * box.ratio);
    const tile = layerOf({ width: size, height: size });
    const pen = penOf(tile);
    pen.strokeStyle = theme.line;
    pen.lineWidth = Math.max(1, 0.8 * box.ratio);
    pen.beginPath();
    for (const from of [-size, 0, size]) {
      pen.moveTo(from, size);
      pen.lineTo(from + size, 0);
    }
    pen.stroke();
    return context.createPattern(tile, "repeat");
  }

  // What a map is painted from: each value's place in its colours, 0 to 1.
  /** @param {MapName} name @param {Frame} frame @param {Float32Array} values */
  function shares(name, frame, values) {
    if (unit.length !== values.length) unit = new Float32Array(values.length);
    if (name === "d") return scale.unit(values, frame.log_odds ?? false, unit);
    if (name === "density") return unit.map((_, i) => Math.min(1, values[i] / (frame.top ?? 1)));
    return name === "optimal" ? values : gapOf(frame, unit);
  }

  /**
   * The names of the maps that are on and that this picture has.
   * @param {Set<string>} on
   * @param {Frame} frame
   */
  function there(on, frame) {
    const { discriminator, optimal, density } = frame.arrays;
    const has = { d: discriminator, density, optimal: discriminator && optimal, gap: discriminator && optimal };
    return MAPS.filter((name) => on.has(name) && has[name]);
  }

  return {
    /**
     * `cuts` are the places (0 to 1) of the borders between strips, where there is more than one.
     * @param {Pen} context
     * @param {Frame} frame
     * @param {Set<string>} on
     * @param {Placing} place
     * @param {[number, number]} extent
     * @param {number[]} cuts
     */
    draw(context, frame, on, place, [low, high], cuts) {
      const { area, toX, toY } = place;
      const { discriminator, optimal, density } = frame.arrays;
      const grids = { d: discriminator, density, optimal, gap: discriminator };
      const names = there(on, frame);
      names.forEach((name, i) => {
        const { data, shape } = /** @type {Grid} */ (grids[name]);
        fields[name].paint(shares(name, frame, data), shape[0], shape[1], tables[name]);
        const [from, to] = [cuts[i - 1] ?? 0, i + 1 < names.length ? cuts[i] : 1];
        context.save();
        context.beginPath();
        context.rect(area.x + from * area.width, area.y, (to - from) * area.width, area.height);
        context.clip();
        if (name === "optimal" || name === "gap") {
          hatch ??= hatching(context);
          context.fillStyle = hatch ?? theme.background; // where there is no D*
          context.fillRect(area.x, area.y, area.width, area.height);
        }
        context.imageSmoothingEnabled = true;
        // Grid points sit on pixel centres and the outer ones on the border, hence the half pixel.
        const [x, y] = [toX(low), toY(high)];
        context.drawImage(fields[name].canvas, 0.5, 0.5, shape[1] - 1, shape[0] - 1, x, y, toX(high) - x, toY(low) - y);
        context.restore();
        if (names.length > 1) drawName(context, nameOf(name, frame.log_odds === false), area.x + ((from + to) / 2) * area.width, area.y + 5 * box.ratio);
      });
      names.slice(1).forEach((_, i) => drawCut(context, area.x + cuts[i] * area.width, area));
    },
  };

  /** @param {Pen} context @param {string} text @param {number} x @param {number} y */
  function drawName(context, text, x, y) {
    context.font = `600 ${12 * box.ratio}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    const width = context.measureText(text).width + 10 * box.ratio;
    context.fillStyle = alpha(theme.background, 0.8);
    context.fillRect(x - width / 2, y - 2 * box.ratio, width, 18 * box.ratio);
    context.fillStyle = theme.text;
    context.fillText(text, x, y);
  }

  /** @param {Pen} context @param {number} x @param {Area} area */
  function drawCut(context, x, area) {
    context.fillStyle = alpha(theme.text, 0.6);
    context.fillRect(Math.round(x), area.y, Math.max(1, Math.round(box.ratio)), area.height);
  }
}
