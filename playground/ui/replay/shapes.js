// A trace of a figure as SVG: lines, areas, points, bars, a heat map.
import { cellOf } from "./scales.js";

/** @import { Trace } from "../stage/common/page.js" */
/** @import { Axis } from "./scales.js" */

const SVG = "http://www.w3.org/2000/svg";
const DASHES = /** @type {Record<string, string>} */ ({ dot: "2 3", dash: "6 4", dashdot: "6 3 2 3" });
const FAR = 1e5; // pixels: a browser draws nothing beyond

/**
 * @param {string} name
 * @param {Record<string, unknown>} attributes
 */
export function svgOf(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null) made.setAttribute(key, String(value));
  return made;
}

/**
 * With a line's colour, width and dashes.
 * @param {string} name
 * @param {Record<string, unknown>} attributes
 * @param {{color?: string, width?: number, dash?: string}} [line]
 */
export function element(name, attributes, { color = "none", width = 2, dash = "solid" } = {}) {
  return svgOf(name, { ...attributes, stroke: width ? color : "none", "stroke-width": width, "stroke-dasharray": DASHES[dash] });
}

/** @param {Trace} trace @param {Axis} x @param {Axis} y @returns {SVGElement} */
export function drawTrace(trace, x, y) {
  if (trace.type === "heatmap") return heatmap(trace, x, y);
  if (trace.type === "bar") return bars(trace, x, y);
  const group = svgOf("g", {});
  const places = placesOf(trace, x, y);
  const mode = trace.mode ?? "lines";
  const area = trace.fill === "toself";
  if (mode.includes("lines")) {
    const d = pathOf(places) + (area && places.some(Boolean) ? "Z" : "");
    group.append(element("path", { d, fill: area ? trace.fillcolor : "none", "stroke-linejoin": "round" }, trace.line));
  }
  if (mode.includes("markers")) group.append(...markers(trace, places));
  return group;
}

/**
 * Where a trace's points are, in pixels; null where one has no place.
 * @param {Trace} trace
 * @param {Axis} x
 * @param {Axis} y
 * @returns {([number, number] | null)[]}
 */
export function placesOf(trace, x, y) {
  const ys = trace.y ?? [];
  return (trace.x ?? []).map((value, i) => {
    if (value === null || ys[i] === null || ys[i] === undefined) return null;
    const [left, top] = [x.place(value), y.place(ys[i])];
    return Number.isFinite(left + top) ? [clip(left), clip(top)] : null;
  });
}

/** @param {number} pixel */
const clip = (pixel) => Math.max(-FAR, Math.min(FAR, Math.round(10 * pixel) / 10));

/** @param {([number, number] | null)[]} places */
function pathOf(places) {
  let [path, pen] = ["", "M"];
  for (const place of places) {
    if (place) path += `${pen}${place[0]} ${place[1]}`;
    pen = place ? "L" : "M"; // a gap where nothing was measured
  }
  return path;
}

/** @param {Trace} trace @param {([number, number] | null)[]} places */
function markers({ marker = {} }, places) {
  /** @param {any} option @param {number} i */
  const own = (option, i) => (Array.isArray(option) ? option[i] : option);
  const numbers = Array.isArray(marker.color) ? marker.color : [];
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return places.flatMap((place, i) => {
    if (!place) return [];
    const [x, y] = place;
    const size = own(marker.size, i) ?? 6;
    const line = { color: own(marker.line?.color, i), width: own(marker.line?.width, i) ?? 0 };
    if (marker.symbol === "line-ns") return [element("line", { x1: x, x2: x, y1: y - size / 2, y2: y + size / 2 }, line)];
    const fill = marker.colorscale ? scaled(marker.colorscale, (numbers[i] - low) / (high - low || 1)) : own(marker.color, i);
    return [element("circle", { cx: x, cy: y, r: size / 2, fill }, line)];
  });
}

/** @param {Trace} trace @param {Axis} x @param {Axis} y */
function bars(trace, x, y) {
  const group = svgOf("g", {});
  const names = trace.y ?? [];
  const gap = names.length > 1 ? Math.abs(y.place(names[1]) - y.place(names[0])) : Math.abs(y.to - y.from);
  for (const [i, value] of (trace.x ?? []).entries()) {
    if (typeof value !== "number") continue;
    const [left, right] = [x.place(0), x.place(value)];
    const rect = { x: Math.min(left, right), width: Math.abs(right - left), y: y.place(names[i]) - 0.4 * gap, height: 0.8 * gap };
    group.append(svgOf("rect", { ...rect, fill: trace.marker?.color }));
  }
  return group;
}

/** @param {Trace} trace @param {Axis} x @param {Axis} y */
function heatmap({ x: steps = [], y: names = [], z = [], zmin = 0, zmax = 1, colorscale }, x, y) {
  const columns = z[0]?.length ?? 0;
  if (!columns) return svgOf("g", {});
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: z.length });
  const pen = canvas.getContext("2d");
  for (const [row, values] of z.entries()) {
    for (const [column, value] of values.entries()) {
      if (!pen || typeof value !== "number") continue;
      pen.fillStyle = scaled(colorscale, (value - zmin) / (zmax - zmin));
      pen.fillRect(column, row, 1, 1);
    }
  }
  const half = cellOf(steps) / 2;
  const [left, right] = [x.place(Number(steps[0]) - half), x.place(Number(steps.at(-1)) + half)];
  const rows = z.length > 1 ? Math.abs(y.place(names[1]) - y.place(names[0])) : Math.abs(y.to - y.from);
  const top = Math.min(y.place(names[0]), y.place(names[z.length - 1])) - rows / 2;
  const height = rows * z.length;
  const box = svgOf("svg", { x: x.from, width: Math.max(0, x.to - x.from), y: top, height }); // which cuts what is beyond the axis
  const image = { x: left - x.from, width: Math.max(0, right - left), height, preserveAspectRatio: "none" };
  box.append(svgOf("image", { ...image, "image-rendering": "pixelated", href: canvas.toDataURL() }));
  return box;
}

/**
 * A colour of a scale at a share from 0 to 1.
 * @param {[number, string][]} scale  of colours as rgb(…)
 * @param {number} share
 */
export function scaled(scale, share) {
  const at = Math.max(0, Math.min(1, share));
  const above = Math.max(
    1,
    scale.findIndex(([stop]) => stop >= at),
  );
  const [[low, first], [high, second]] = [scale[above - 1], scale[above]];
  const part = (at - low) / (high - low || 1);
  const [a, b] = [first, second].map((color) =>
    /^#/.test(color) ? [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16)) : (color.match(/[\d.]+/g) ?? []).map(Number),
  );
  return `rgb(${a
    .slice(0, 3)
    .map((value, i) => Math.round(value + part * (b[i] - value)))
    .join(",")})`;
}
