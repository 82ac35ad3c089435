// An answer's images in one row: neighbours with their labels, a walk, or a sum with its signs.

import { BETWEEN_IMAGES } from "../common/facts.js";
import { formatValue } from "../common/format.js";
import { nameOf } from "./images.js";
import { createAtlas } from "./pixels.js";

const MOST = 44; // CSS pixels: the largest image
const GAP = 3;
const SIGN = 18; // room for a sign or an arrow
const TEXT = 14; // room for the line below the images

/** `canvas` is the strip's; draws again when its size or the theme changes. */
export function createAnswer(canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  let shown = null;
  let theme = null;
  const sizes = new ResizeObserver(() => draw());
  sizes.observe(canvas);

  // What stands in the row: {image, text} with the order of a chosen one, or {sign}.
  function partsOf({ kind, count, labels, distances }) {
    const parts = Array.from({ length: count }, (_, image) => ({ image, text: "" }));
    const chosen = (part, order) => ({ ...part, order, text: nameOf(order).name });
    if (kind === "walk") return parts.map((part, i) => (i === 0 ? chosen(part, 0) : i === count - 1 ? chosen(part, 1) : part));
    if (kind === "arithmetic") {
      const [a, b, c] = parts.map(chosen);
      return [a, { sign: "−" }, b, { sign: "+" }, c, { sign: "=" }, { ...parts[3], text: labels?.[3] ?? "a − b + c", result: true }];
    }
    const [query, ...nearest] = parts;
    const texts = nearest.map((_, i) => [labels?.[i], distances && formatValue(distances[i], ".2f")].filter(Boolean).join(" · "));
    return [chosen(query, 0), { sign: "→" }, ...nearest.map((part, i) => ({ ...part, text: texts[i] }))];
  }

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (!width || !height || !theme) return;
    Object.assign(canvas, { width, height });
    context.fillStyle = theme.secondary;
    context.fillRect(0, 0, width, height);
    if (!shown) return;
    const parts = partsOf(shown);
    const signs = parts.filter(({ sign }) => sign).length;
    const count = parts.length - signs;
    const room = (width / ratio - 2 * GAP - signs * SIGN - count * GAP) / count;
    const size = Math.floor(Math.min(MOST, room, height / ratio - TEXT - 2 * GAP) * ratio);
    drawRow(parts, size, ratio);
  }

  function drawRow(parts, size, ratio) {
    const { atlas, shape } = shown;
    const scale = size / Math.max(shape[1], shape[2]);
    const [w, h] = [Math.round(shape[2] * scale), Math.round(shape[1] * scale)];
    const y = 2 * GAP * ratio;
    let x = 2 * GAP * ratio;
    context.textAlign = "center";
    for (const part of parts) {
      if (part.sign) {
        write(part.sign, x + ((SIGN - GAP) * ratio) / 2, y + h / 2, 15 * ratio, "middle", theme.text);
        x += SIGN * ratio;
        continue;
      }
      atlas.stamp(context, part.image, x, y, w, h);
      frame(x, y, w, h, part, ratio);
      const color = part.order === undefined ? theme.muted : theme.text;
      if (part.text) write(part.text, x + w / 2, y + h + 3 * ratio, 10.5 * ratio, "top", color, w + GAP * ratio);
      x += w + GAP * ratio;
    }
  }

  function frame(x, y, w, h, part, ratio) {
    const color = part.order === undefined ? (part.result ? theme.primary : BETWEEN_IMAGES) : nameOf(part.order).color;
    const line = Math.max(1, Math.round((part.order === undefined && !part.result ? 1 : 2) * ratio));
    context.strokeStyle = color;
    context.lineWidth = line;
    context.strokeRect(x - line / 2, y - line / 2, w + line, h + line);
  }

  function write(text, x, y, size, baseline, color, most) {
    context.font = `${size}px ${theme.font}`;
    context.textBaseline = baseline;
    context.fillStyle = color;
    context.fillText(text, x, y, most);
  }

  return {
    /** An answer's message and its images {data, shape}: first the query of neighbours, a walk's ends at its ends, a, b, c first. */
    show({ kind, labels, distances }, { data, shape }) {
      const [count] = shape;
      const atlas = createAtlas(count);
      atlas.paint({ data, shape });
      shown = { kind, count, labels, distances, shape, atlas };
      const told = partsOf(shown).map(({ sign, text }) => sign ?? text);
      canvas.setAttribute("aria-label", told.filter(Boolean).join(" "));
      draw();
    },
    clear() {
      shown = null;
      canvas.setAttribute("aria-label", "No answer yet");
      draw();
    },
    setTheme(next) {
      theme = next;
      draw();
    },
    close: () => sizes.disconnect(),
  };
}
