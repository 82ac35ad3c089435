// Codes of test images as dots by class, in the plane that the picture names, and where the prior of z is on it.
import { areaOf, drawAxis, drawBorder, drawName, ticks } from "../common/axes.js";
import { alpha } from "../common/theme.js";

/** @import { Box, Pen } from "../common/axes.js" */
/** @import { Frame } from "../common/frame.js" */
/** @import { Header } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @typedef {NonNullable<Header["plane"]>} Plane */
/** @typedef {{scale: number, toX(x: number): number, toY(y: number): number}} Placing  codes to device pixels */

const MARGINS = [12, 8, 46, 50]; // top, right, bottom, left
const REACHES = [3, 4, 6, 10, 15, 25, 40, 60, 100, 150, 250, 400, 600, 1000]; // so that the axes rarely change
const SEEN = 0.99; // share of the codes that has to be within reach
const NINE_TENTHS = { line: 1.645, plane: 2.146 }; // standard deviations that hold 90 % of a normal

/**
 * How far the axes reach from 0.
 * @param {Float32Array} codes
 * @param {number[]} zero
 */
export function reachOf(codes, zero) {
  const sizes = [...codes]
    .map(Math.abs)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const far = Math.max(sizes[Math.floor(SEEN * (sizes.length - 1))] ?? 0, ...zero.map((part) => Math.abs(part) + NINE_TENTHS.plane));
  return REACHES.find((reach) => reach >= far) ?? far;
}

/**
 * @param {readonly string[]} names  of the classes
 * @param {Theme} theme
 * @param {Box} box
 */
export function createCodes(names, theme, box) {
  const whole = areaOf(box, MARGINS);
  const side = Math.min(whole.width, whole.height);
  const area = { x: whole.x + Math.floor((whole.width - side) / 2), y: whole.y, width: side, height: side };

  /** @param {number} index @param {number} count */
  const colour = (index, count) => `hsl(${Math.round((360 * index) / count)} 75% ${theme.dark ? 66 : 40}%)`;

  /** @param {Pen} context @param {Plane} plane @param {Placing} place */
  function drawPrior(context, { numbers, zero: [x, y], prior }, { toX, toY, scale }) {
    context.beginPath();
    if (prior === "normal" && numbers > 1) context.arc(toX(x), toY(y), NINE_TENTHS.plane * scale, 0, 2 * Math.PI);
    else if (numbers <= 2) {
      const half = prior === "normal" ? NINE_TENTHS.line : 1;
      context.rect(toX(-half), numbers === 1 ? area.y : toY(half), 2 * half * scale, numbers === 1 ? area.height : 2 * half * scale);
    }
    context.fillStyle = alpha(theme.text, 0.07);
    context.fill();
    context.strokeStyle = alpha(theme.text, 0.7);
    context.setLineDash([5 * box.ratio, 4 * box.ratio]);
    context.lineWidth = 1.4 * box.ratio;
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {Pen} context @param {Float32Array} codes @param {ArrayLike<number> | undefined} classes @param {Placing} place */
  function drawDots(context, codes, classes, { toX, toY }) {
    const radius = 2.2 * box.ratio;
    for (let i = 0; 2 * i < codes.length; i += 1) {
      context.beginPath();
      context.arc(toX(codes[2 * i]), toY(codes[2 * i + 1]), radius, 0, 2 * Math.PI);
      context.fillStyle = classes ? colour(classes[i], names.length) : theme.real;
      context.fill();
    }
  }

  // A class's name stands in the middle of its codes: ten colours alone are too many to tell apart.
  /** @param {Pen} context @param {Float32Array} codes @param {ArrayLike<number>} classes @param {Placing} place */
  function drawNames(context, codes, classes, { toX, toY }) {
    context.font = `700 ${13 * box.ratio}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 4 * box.ratio;
    context.lineJoin = "round";
    names.forEach((name, index) => {
      const own = Array.from({ length: codes.length / 2 }, (_, i) => i).filter((i) => classes[i] === index);
      if (!own.length) return;
      const [x, y] = [0, 1].map((part) => median(own.map((i) => codes[2 * i + part])));
      context.strokeStyle = theme.background;
      context.strokeText(name, toX(x), toY(y));
      context.fillStyle = colour(index, names.length);
      context.fillText(name, toX(x), toY(y));
    });
  }

  /** @param {Pen} context @param {Plane} plane */
  function drawWords(context, { numbers, held, prior }) {
    const [x, y] = numbers > 2 ? ["first principal component of the codes", "second"] : ["z₁", numbers === 1 ? "in the order of the images" : "z₂"];
    drawName(context, x, area.x + area.width / 2, area.y + area.height + 26 * box.ratio, 0, box, theme);
    drawName(context, y, area.x - 46 * box.ratio, area.y + area.height / 2, -Math.PI / 2, box, theme);
    const region = prior === "normal" ? "dashed: 90 % of the prior" : numbers <= 2 ? "dashed: the prior" : "";
    const plane = numbers > 2 ? `${Math.round(100 * held)} % of the codes' variance is in this plane` : "";
    context.font = `${11 * box.ratio}px ${theme.font}`;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    context.fillText([region, plane].filter(Boolean).join(" · "), area.x + 6 * box.ratio, area.y + 6 * box.ratio);
  }

  return {
    /** @param {Pen} context @param {Frame} frame  with codes and their plane */
    draw(context, { plane, arrays: { codes, code_classes } }) {
      if (!plane || !codes) return;
      const reach = reachOf(codes.data, plane.zero);
      const scale = side / (2 * reach);
      const place = { scale, toX: (/** @type {number} */ x) => area.x + (x + reach) * scale, toY: (/** @type {number} */ y) => area.y + (reach - y) * scale };
      context.save();
      context.beginPath();
      context.rect(area.x, area.y, area.width, area.height);
      context.clip();
      drawPrior(context, plane, place);
      drawDots(context, codes.data, code_classes?.data, place);
      if (code_classes) drawNames(context, codes.data, code_classes.data, place);
      context.restore();
      drawAxis(context, area, "bottom", ticks(-reach, reach), place.toX, box, theme);
      drawAxis(context, area, "left", ticks(-reach, reach), place.toY, box, theme);
      drawBorder(context, area, box, theme);
      drawWords(context, plane);
    },
  };
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
