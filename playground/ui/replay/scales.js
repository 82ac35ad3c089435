// The axes of a figure: where a value is drawn, and which values have ticks.
import { logTicks, ticks as roundTicks } from "../stage/common/axes.js";

/** @import { Layout, Trace } from "../stage/common/page.js" */
/** @typedef {{value: number, text: string}} Tick */
/**
 * `from` and `to`: where it begins and ends, `edge`: where its labels stand, all in pixels.
 * @typedef {{options: Layout, across: boolean, from: number, to: number, edge: number, place(value: any): number, back(pixel: number): number, ticks: Tick[]}} Axis
 */

const ROOM = 0.05; // around the values, where nothing else is said
const TICKS = 5;

/**
 * The axes that a layout and its traces name, by x, x2, y, y2.
 * @param {Layout} layout
 * @param {Trace[]} data
 * @returns {Record<string, Axis>}
 */
export function axesOf(layout, data) {
  const names = new Set(["x", "y", ...data.flatMap(({ xaxis = "x", yaxis = "y" }) => [xaxis, yaxis])]);
  for (const name of Object.keys(layout)) if (/^[xy]axis\d*$/.test(name)) names.add(name.replace("axis", ""));
  return Object.fromEntries([...names].map((name) => [name, axisOf(name, layout, data)]));
}

/** @param {string} name @param {Layout} layout @param {Trace[]} data @returns {Axis} */
function axisOf(name, layout, data) {
  const across = name.startsWith("x");
  const options = layout[`${name[0]}axis${name.slice(1)}`] ?? {};
  const { margin, width, height } = layout;
  const [first, last] = options.domain ?? [0, 1];
  const [begin, end] = across ? [margin.l, width - margin.r] : [height - margin.b, margin.t];
  const [from, to] = [begin + first * (end - begin), begin + last * (end - begin)];
  const mine = data.filter((trace) => (trace[across ? "xaxis" : "yaxis"] ?? name[0]) === name);
  const categories = categoriesOf(options, mine, across);
  const logarithmic = options.type === "log";
  const [low, high] = categories ? [categories.length - 0.5, -0.5] : rangeOf(options, mine, across);
  /** @param {any} value */
  const number = (value) => (categories ? categories.indexOf(value) : logarithmic ? Math.log10(value) : Number(value));
  /** @param {any} value */
  const place = (value) => from + ((number(value) - low) / (high - low)) * (to - from);
  /** @param {number} pixel */
  const back = (pixel) => {
    const value = low + ((pixel - from) / (to - from)) * (high - low);
    return logarithmic ? 10 ** value : value;
  };
  const other = options.anchor === undefined ? undefined : layout[`${options.anchor[0]}axis${options.anchor.slice(1)}`]?.domain;
  const edge = across ? height - margin.b : margin.l + (other?.[0] ?? 0) * (width - margin.r - margin.l);
  return { options, across, from, to, edge, place, back, ticks: ticksOf(options, [low, high], categories, to - from) };
}

/**
 * The names along an axis that has names, else null.
 * @param {Layout} options
 * @param {Trace[]} data
 * @param {boolean} across
 * @returns {any[] | null}
 */
function categoriesOf(options, data, across) {
  const values = data.flatMap((trace) => trace[across ? "x" : "y"] ?? []);
  if (options.type !== "category" && typeof values[0] !== "string") return null;
  return [...new Set(values)];
}

/** @param {Layout} options @param {Trace[]} data @param {boolean} across @returns {[number, number]} */
export function rangeOf(options, data, across) {
  if (options.range && options.autorange !== true) return options.range;
  const logarithmic = options.type === "log";
  let [low, high] = [Infinity, -Infinity];
  for (const trace of data) {
    const half = trace.type === "heatmap" ? cellOf(trace[across ? "x" : "y"] ?? []) / 2 : 0;
    for (const given of trace[across ? "x" : "y"] ?? []) {
      const value = typeof given === "number" && (!logarithmic || given > 0) ? given : NaN;
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value - half);
      high = Math.max(high, value + half);
    }
  }
  if (low > high) return logarithmic ? [-2, 0] : [0, 1];
  if (options.rangemode === "tozero") [low, high] = [Math.min(0, low), Math.max(0, high)];
  const { clipmin = -Infinity, clipmax = Infinity } = options.autorangeoptions ?? {};
  [low, high] = [Math.max(low, clipmin), Math.min(high, clipmax)];
  if (logarithmic) [low, high] = [Math.log10(low), Math.log10(high)];
  const steps = across && data.some(({ type }) => type === "heatmap" || type === undefined || type === "scatter") && options.showgrid !== true;
  const room = steps ? 0 : ROOM * (high - low || 1);
  const tozero = options.rangemode === "tozero";
  const [bottom, top] = [tozero && low === 0 ? 0 : low - room, tozero && high === 0 ? 0 : high + room];
  const range = /** @type {[number, number]} */ (bottom === top ? [bottom - 0.5, top + 0.5] : [bottom, top]);
  return options.autorange === "reversed" ? [range[1], range[0]] : range;
}

/**
 * The size of a cell between values that are about evenly apart.
 * @param {unknown[]} values
 */
export function cellOf(values) {
  const [first, last] = [Number(values[0]), Number(values.at(-1))];
  return values.length > 1 && Number.isFinite(last - first) ? Math.abs(last - first) / (values.length - 1) : 1;
}

/** @param {Layout} options @param {[number, number]} range @param {any[] | null} categories @param {number} length @returns {Tick[]} */
function ticksOf(options, [low, high], categories, length) {
  if (categories) {
    const every = Math.max(1, Math.ceil((categories.length * 11) / Math.abs(length)));
    return categories.filter((_, i) => i % every === 0).map((value) => ({ value, text: String(value) }));
  }
  const values = options.tickvals;
  if (values) return values.map((/** @type {number} */ value, /** @type {number} */ i) => ({ value, text: String(options.ticktext?.[i] ?? value) }));
  const [least, most] = [Math.min(low, high), Math.max(low, high)];
  if (options.type === "log") return logTicks(10 ** least, 10 ** most);
  if (options.dtick) {
    const found = [];
    for (let value = options.tick0 ?? 0; value <= most; value += options.dtick) if (value >= least) found.push({ value, text: String(value) });
    return found;
  }
  const found = roundTicks(least, most, Math.min(options.nticks ?? TICKS, Math.max(2, Math.abs(length) / 36)));
  if (options.tickformat === ".0%") return found.map(({ value }) => ({ value, text: `${Math.round(100 * value)}%` }));
  return found.map(({ value, text }) => ({ value, text: inShort(value, text, options.exponentformat) }));
}

/** @param {number} value @param {string} text @param {string} [form] */
function inShort(value, text, form) {
  const size = Math.abs(value);
  if (form === "SI" && size >= 1e6) return `${value / 1e6}M`;
  if (form === "SI" && size >= 10_000) return `${value / 1000}k`;
  if (size >= 1000) return value.toLocaleString("en-US");
  return size > 0 && size < 1e-3 ? value.toExponential(0).replace("-", "−") : text;
}
