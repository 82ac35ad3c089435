// An answer's images in one row: neighbours with their labels, a walk, or a sum with its signs.

import { boxOf } from "../common/axes.js";
import { penOf } from "../common/dom.js";
import { BETWEEN_IMAGES } from "../common/facts.js";
import { formatValue } from "../common/format.js";
import { nameOf } from "./images.js";
import { createAtlas } from "./pixels.js";

/** @import { AnswerMessage } from "../common/messages.js" */
/** @import { Bytes } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Atlas } from "./pixels.js" */
/** @typedef {{image: number, text: string, order?: number, result?: boolean}} Picture  `order`: of a chosen one */
/** @typedef {Picture | {sign: string}} Piece */
/** @typedef {Pick<AnswerMessage, "kind" | "labels" | "distances"> & {count: number, shape: number[], atlas: Atlas}} Shown */

const MOST = 44; // CSS pixels: the largest image
const GAP = 3;
const SIGN = 18; // room for a sign or an arrow
const TEXT = 14; // room for the line below the images

/**
 * Draws again when its size or the theme changes.
 * @param {HTMLCanvasElement} canvas
 */
export function createAnswer(canvas) {
  const context = penOf(canvas, { alpha: false });
  /** @type {Shown | null} */
  let shown = null;
  /** @type {Theme | null} */
  let theme = null;
  const sizes = new ResizeObserver(() => draw());
  sizes.observe(canvas);

  /**
   * What stands in the row.
   * @param {Shown} shown
   * @returns {Piece[]}
   */
  function partsOf({ kind, count, labels, distances }) {
    /** @type {Picture[]} */
    const parts = Array.from({ length: count }, (_, image) => ({ image, text: "" }));
    /** @param {Picture} part @param {number} order */
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
    const { ratio, width, height } = boxOf(canvas);
    if (!width || !height || !theme) return;
    Object.assign(canvas, { width, height });
    context.fillStyle = theme.secondary;
    context.fillRect(0, 0, width, height);
    if (!shown) return;
    const parts = partsOf(shown);
    const signs = parts.filter((part) => "sign" in part).length;
    const count = parts.length - signs;
    const room = (width / ratio - 2 * GAP - signs * SIGN - count * GAP) / count;
    const size = Math.floor(Math.min(MOST, room, height / ratio - TEXT - 2 * GAP) * ratio);
    drawRow(shown, parts, theme, size, ratio);
  }

  /** @param {Shown} shown @param {Piece[]} parts @param {Theme} theme @param {number} size @param {number} ratio */
  function drawRow({ atlas, shape }, parts, theme, size, ratio) {
    const scale = size / Math.max(shape[1], shape[2]);
    const [w, h] = [Math.round(shape[2] * scale), Math.round(shape[1] * scale)];
    const y = 2 * GAP * ratio;
    let x = 2 * GAP * ratio;
    context.textAlign = "center";
    for (const part of parts) {
      if ("sign" in part) {
        write(theme, part.sign, x + ((SIGN - GAP) * ratio) / 2, y + h / 2, 15 * ratio, "middle", theme.text);
        x += SIGN * ratio;
        continue;
      }
      atlas.stamp(context, part.image, x, y, w, h);
      frame(theme, x, y, w, h, part, ratio);
      const color = part.order === undefined ? theme.muted : theme.text;
      if (part.text) write(theme, part.text, x + w / 2, y + h + 3 * ratio, 10.5 * ratio, "top", color, w + GAP * ratio);
      x += w + GAP * ratio;
    }
  }

  /** @param {Theme} theme @param {number} x @param {number} y @param {number} w @param {number} h @param {Picture} part @param {number} ratio */
  function frame(theme, x, y, w, h, part, ratio) {
    const color = part.order === undefined ? (part.result ? theme.primary : BETWEEN_IMAGES) : nameOf(part.order).color;
    const line = Math.max(1, Math.round((part.order === undefined && !part.result ? 1 : 2) * ratio));
    context.strokeStyle = color;
    context.lineWidth = line;
    context.strokeRect(x - line / 2, y - line / 2, w + line, h + line);
  }

  /**
   * @param {Theme} theme
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {number} size
   * @param {CanvasTextBaseline} baseline
   * @param {string} color
   * @param {number} [most]
   */
  function write(theme, text, x, y, size, baseline, color, most) {
    context.font = `${size}px ${theme.font}`;
    context.textBaseline = baseline;
    context.fillStyle = color;
    context.fillText(text, x, y, most);
  }

  return {
    /**
     * An answer's message and its images: first the query of neighbours, a walk's ends at its ends, a, b, c first.
     * @param {AnswerMessage} message
     * @param {Bytes} images
     */
    show({ kind, labels, distances }, { data, shape }) {
      const [count] = shape;
      const atlas = createAtlas(count);
      atlas.paint({ data, shape });
      shown = { kind, count, labels, distances, shape, atlas };
      const told = partsOf(shown).map((part) => ("sign" in part ? part.sign : part.text));
      canvas.setAttribute("aria-label", told.filter(Boolean).join(" "));
      draw();
    },
    clear() {
      shown = null;
      canvas.setAttribute("aria-label", "No answer yet");
      draw();
    },
    /** @param {Theme} next */
    setTheme(next) {
      theme = next;
      draw();
    },
    close: () => sizes.disconnect(),
  };
}
