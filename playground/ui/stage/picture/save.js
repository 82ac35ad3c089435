// The stage as a PNG, with its legend and where it stood.

import { ratioOf } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { thousands } from "../common/format.js";
import { alpha } from "../common/theme.js";
import { namesOf } from "./layers.js";

/** @import { Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Config, Words } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */

const HEAD = 44; // CSS pixels over the picture

/**
 * Downloads `canvas` with a line that names the run's step and a line that names its layers. `words`: of the settings.
 * @param {HTMLCanvasElement} canvas
 * @param {{frame: Frame, on: Set<string>, theme: Theme, config: Config | null, words: Words}} shown
 */
export function savePicture(canvas, { frame, on, theme, config, words }) {
  const ratio = ratioOf(canvas);
  const head = Math.round(HEAD * ratio);
  const whole = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height + head });
  const context = penOf(whole);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, whole.width, whole.height);
  context.drawImage(canvas, 0, head);
  context.textBaseline = "middle";
  context.font = `600 ${13 * ratio}px ${theme.font}`;
  context.fillStyle = theme.text;
  const told = [`Step ${thousands(frame.step)}`, words.dataset, words.loss, config && `seed ${config.seed + (frame.lane ?? 0)}`];
  context.fillText(told.filter(Boolean).join(" · "), 12 * ratio, 13 * ratio);
  drawLegend(context, namesOf(on, frame.log_odds === false), theme, 12 * ratio, 32 * ratio, ratio);
  whole.toBlob((blob) => {
    if (!blob) return; // a canvas of no size
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `gan-${config?.dataset ?? "stage"}-step-${frame.step}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

/** @param {Pen} context @param {ReturnType<typeof namesOf>} names @param {Theme} theme @param {number} x @param {number} y @param {number} ratio */
function drawLegend(context, names, theme, x, y, ratio) {
  const size = 10 * ratio;
  /** @type {Record<string, string[]>} */
  const colors = {
    real: [theme.real],
    fake: [theme.fake],
    push: [theme.text],
    manifold: [theme.manifold],
    contours: [theme.real],
    trail: [alpha(theme.fake, 0.5)],
    reconstructions: [theme.text],
  };
  /** @type {Record<string, string[]>} */
  const ramps = {
    d: [theme.fakeField, theme.background, theme.realField],
    optimal: [theme.fakeField, theme.background, theme.realField],
    gap: [theme.background, theme.gap],
  };
  context.font = `${11.5 * ratio}px ${theme.font}`;
  for (const { id, name } of names) {
    const width = ramps[id] ? 2.4 * size : size;
    const paint = context.createLinearGradient(x, 0, x + width, 0);
    const stops = ramps[id] ?? colors[id];
    stops.forEach((color, i) => paint.addColorStop(stops.length > 1 ? i / (stops.length - 1) : 0, color));
    context.fillStyle = paint;
    if (id !== "contours") context.fillRect(x, y - size / 2, width, size);
    context.strokeStyle = id === "contours" ? theme.real : theme.line;
    context.strokeRect(x, y - size / 2, width, size);
    x += width + 5 * ratio;
    context.fillStyle = theme.text;
    context.fillText(name, x, y);
    x += context.measureText(name).width + 14 * ratio;
  }
}
