// The stage as a PNG, with its legend and where it stood.

import { thousands } from "../common/format.js";
import { alpha } from "../common/theme.js";
import { namesOf } from "./layers.js";

const HEAD = 44; // CSS pixels over the picture

/** Downloads `canvas` with a line that names the run's step and a line that names its layers. `words`: of the settings. */
export function savePicture(canvas, { frame, on, theme, config, words }) {
  const ratio = canvas.width / Math.max(canvas.clientWidth, 1);
  const head = Math.round(HEAD * ratio);
  const whole = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height + head });
  const context = whole.getContext("2d");
  context.fillStyle = theme.background;
  context.fillRect(0, 0, whole.width, whole.height);
  context.drawImage(canvas, 0, head);
  context.textBaseline = "middle";
  context.font = `600 ${13 * ratio}px ${theme.font}`;
  context.fillStyle = theme.text;
  const told = [`Step ${thousands(frame.step)}`, words.dataset, words.loss, config && `seed ${config.seed + (frame.lane ?? 0)}`];
  context.fillText(told.filter(Boolean).join(" · "), 12 * ratio, 13 * ratio);
  drawLegend(context, on, theme, 12 * ratio, 32 * ratio, ratio);
  whole.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `gan-${config?.dataset ?? "stage"}-step-${frame.step}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

function drawLegend(context, on, theme, x, y, ratio) {
  const size = 10 * ratio;
  const colors = {
    real: [theme.real],
    fake: [theme.fake],
    push: [theme.text],
    manifold: [theme.manifold],
    contours: [theme.real],
    trail: [alpha(theme.fake, 0.5)],
  };
  const ramps = {
    d: [theme.fakeField, theme.background, theme.realField],
    optimal: [theme.fakeField, theme.background, theme.realField],
    gap: [theme.background, theme.gap],
  };
  context.font = `${11.5 * ratio}px ${theme.font}`;
  for (const { id, name } of namesOf(on)) {
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
