// The stage of two-dimensional data: real and generated points over the discriminator's map.
import { areaOf, drawAxis, drawBorder, layerOf, ticks } from "./axes.js";
import { colormap, createField, createScale } from "./colormap.js";
import { alpha } from "./theme.js";

const MARGINS = [10, 10, 26, 26]; // top, right, bottom, left: equal sums keep a square area square
const REAL_RADIUS = 1.7;
const FAKE_RADIUS = 2.6;
const MODE_RADIUS = 9; // a ring around a mode's centre: a cross would cover a narrow mode's points

export function createPlane(scene, theme, box) {
  const area = areaOf(box, MARGINS);
  const [low, high] = scene.extent;
  const toX = (x) => area.x + ((x - low) / (high - low)) * area.width;
  const toY = (y) => area.y + ((high - y) / (high - low)) * area.height;
  const table = colormap(theme);
  const scale = createScale();
  const field = createField();
  const still = drawStill();
  const dot = drawDot();
  let unit = new Float32Array(0);

  // What does not change from picture to picture: real points, modes, axes.
  function drawStill() {
    const layer = layerOf(box);
    const context = layer.getContext("2d");
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.width, area.height);
    context.clip();
    context.fillStyle = alpha(theme.real, 0.62);
    for (const [x, y] of scene.real) {
      context.beginPath();
      context.arc(toX(x), toY(y), REAL_RADIUS * box.ratio, 0, 2 * Math.PI);
      context.fill();
    }
    for (const [x, y] of scene.modes ?? []) drawMode(context, toX(x), toY(y));
    context.restore();
    const entries = ticks(low, high);
    drawAxis(context, area, "bottom", entries, toX, box, theme);
    drawAxis(context, area, "left", entries, toY, box, theme);
    drawBorder(context, area, box, theme);
    return layer;
  }

  function drawMode(context, x, y) {
    context.beginPath();
    context.arc(x, y, MODE_RADIUS * box.ratio, 0, 2 * Math.PI);
    context.strokeStyle = alpha(theme.text, 0.55);
    context.lineWidth = box.ratio;
    context.stroke();
  }

  // One generated point, with a rim in the background's colour, drawn once and stamped many times.
  function drawDot() {
    const radius = FAKE_RADIUS * box.ratio;
    const size = 2 * Math.ceil(radius + box.ratio) + 1;
    const canvas = layerOf({ width: size, height: size });
    const context = canvas.getContext("2d");
    context.beginPath();
    context.arc(size / 2, size / 2, radius, 0, 2 * Math.PI);
    context.fillStyle = theme.fake;
    context.fill();
    context.lineWidth = 0.8 * box.ratio;
    context.strokeStyle = alpha(theme.background, 0.75);
    context.stroke();
    return canvas;
  }

  function drawField(context, { data, shape }, logOdds) {
    if (unit.length !== data.length) unit = new Float32Array(data.length);
    field.paint(scale.unit(data, logOdds, unit), shape[0], shape[1], table);
    context.imageSmoothingEnabled = true;
    // Grid points sit on pixel centres and the outer ones on the border, hence the half pixel.
    context.drawImage(field.canvas, 0.5, 0.5, shape[1] - 1, shape[0] - 1, area.x, area.y, area.width, area.height);
  }

  function drawFake(context, { data }) {
    const half = dot.width / 2;
    const [right, bottom] = [area.x + area.width, area.y + area.height];
    let inside = 0;
    for (let i = 0; i < data.length; i += 2) {
      const x = toX(data[i]);
      const y = toY(data[i + 1]);
      if (x >= area.x && x <= right && y >= area.y && y <= bottom) {
        context.drawImage(dot, x - half, y - half);
        inside += 1;
      }
    }
    const outside = data.length / 2 - inside;
    if (outside) drawOutside(context, outside);
  }

  function drawOutside(context, count) {
    context.font = `600 ${11 * box.ratio}px ${theme.font}`;
    context.textAlign = "right";
    context.textBaseline = "top";
    const text = `${count.toLocaleString("en")} generated outside`;
    const [right, top, pad] = [area.x + area.width - 8 * box.ratio, area.y + 8 * box.ratio, 3 * box.ratio];
    const width = context.measureText(text).width;
    context.fillStyle = alpha(theme.background, 0.75);
    context.fillRect(right - width - pad, top - pad, width + 2 * pad, 11 * box.ratio + 2 * pad);
    context.fillStyle = theme.fake;
    context.fillText(text, right, top);
  }

  return {
    draw(context, frame) {
      context.fillStyle = theme.background;
      context.fillRect(0, 0, box.width, box.height);
      if (frame?.arrays.discriminator) drawField(context, frame.arrays.discriminator, frame.log_odds);
      context.drawImage(still, 0, 0);
      if (frame?.arrays.fake) drawFake(context, frame.arrays.fake);
    },
  };
}
