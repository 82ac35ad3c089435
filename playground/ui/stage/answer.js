// An answer's images in one row: neighbours with their labels, a walk, or a sum with its signs.
import { nameOf } from "./images.js";
import { createAtlas, GAP_COLOR } from "./pixels.js";
import { formatValue } from "./format.js";

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

  // What stands in the row: {image, name?, text?} or {sign}. The inputs come from the picture of the same moment.
  function partsOf({ kind, inputs, images, labels, distances }) {
    const given = inputs.map((image, order) => ({ image, order, text: nameOf(order).name }));
    const answers = images.map((image, i) => {
      const distance = distances ? formatValue(distances[i], ".2f") : "";
      return { image, text: [labels?.[i], distance].filter((part) => part !== undefined && part !== "").join(" · ") };
    });
    if (kind === "neighbours") return [given[0], { sign: "→" }, ...answers];
    if (kind === "arithmetic") {
      const [a, b, c] = given;
      const result = answers.at(-1); // Python sends a, b and c before it
      return [a, { sign: "−" }, b, { sign: "+" }, c, { sign: "=" }, { ...result, text: result.text || "a − b + c", result: true }];
    }
    const last = answers.length - 1;
    return answers.map((part, i) => (i === 0 ? { ...part, order: 0, text: "a" } : i === last ? { ...part, order: 1, text: "b" } : part));
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
    const color = part.order === undefined ? (part.result ? theme.primary : GAP_COLOR) : nameOf(part.order).color;
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
    /** `inputs`: the chosen images' bytes; `images`: {data, shape} of the answer. */
    show({ kind, inputs, images: { data, shape }, labels, distances }) {
      const [count, h, w] = shape;
      const all = new Uint8Array((inputs.length + count) * h * w);
      inputs.forEach((bytes, i) => all.set(bytes, i * h * w));
      all.set(data, inputs.length * h * w);
      const atlas = createAtlas(inputs.length + count);
      atlas.paint({ data: all, shape: [inputs.length + count, h, w] });
      const images = Array.from({ length: count }, (_, i) => inputs.length + i);
      shown = { kind, inputs: inputs.map((_, i) => i), images, labels, distances, shape, atlas };
      draw();
    },
    clear() {
      shown = null;
      draw();
    },
    setTheme(next) {
      theme = next;
      draw();
    },
    close: () => sizes.disconnect(),
  };
}
