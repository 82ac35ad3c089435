// A chart's layout: what Python made, with the theme's colours, our sizes and the marks of live changes.
import { logTicks, longTicks, ticks } from "../common/axes.js";
import { labelOf, thousands } from "../common/format.js";
import { suit } from "./traces.js";

/** @import { Change } from "../common/messages.js" */
/** @import { Bands, Labels, Layout, Trace } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @typedef {{step: number, text: string}} Mark  of a live change */
/** @typedef {[number, number]} Range  of steps */
/** @typedef {{marks: Mark[], text: string, left: number, right: number}} Group  of marks under one label */
/**
 * @typedef {object} Frame
 * @property {Theme} theme
 * @property {number} width  CSS pixels
 * @property {number} height
 * @property {boolean} empty
 * @property {string} run
 * @property {Mark[]} marks
 * @property {Range | null} range  the steps that are shown
 * @property {number | null} cursor  the recorded step that the picture shows
 */

const TITLED_BOTTOM = 37; // tick labels and a title, or a second line of labels, below them
const BOTTOM = 20; // tick labels
const STEP = "step"; // an axis of this name has it beside its ticks
const TICKS = "ticks"; // the name of that annotation
const TICK_ROOM = 10; // from a tick's label to the next one's
const LOW = 96; // a plot below this height has no room for two lines of labels
const MOST_MARKS = 40;
const MARKS_HEIGHT = 13; // of the row of their labels
const LETTER = 5.6; // CSS pixels that a letter of it takes
const LONGEST = 0.6; // of a plot's width, for the words over one change

/**
 * @param {Layout} base
 * @param {Frame} frame
 * @returns {Layout}
 */
export function fillLayout(base, { theme, width, height, empty, run, marks, range, cursor }) {
  const { template: _, title: __, meta: ___, ...layout } = base;
  const axes = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
  for (const name of new Set(["xaxis", "yaxis", ...axes])) layout[name] = fillAxis(layout[name] ?? {}, name, theme, empty);
  const margin = { l: 44, r: 8, t: 8, ...layout.margin };
  if (marks.length) margin.t = Math.max(margin.t, MARKS_HEIGHT);
  const [first, last] = layout.xaxis.domain ?? [0, 1];
  const { shapes, annotations } = drawMarks(marks, range, theme, (last - first) * (width - margin.l - margin.r));
  if (range && cursor !== null) shapes.push(cursorAt(cursor, range, theme));
  const given = (layout.shapes ?? []).map((/** @type {Layout} */ shape) => ({ ...shape, line: { ...shape.line, color: suit(shape.line?.color, theme) } }));
  if (layout.xaxis.title?.text === STEP) {
    layout.xaxis.title = undefined;
    annotations.push(besideTicks(STEP, theme));
  }
  spaceTicks(layout.yaxis, height - margin.t - BOTTOM);
  const bottom = axes.some((name) => name.startsWith("x") && layout[name].title) ? TITLED_BOTTOM : BOTTOM;
  return {
    ...layout,
    width,
    height,
    autosize: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 11, color: theme.text },
    margin: { ...margin, b: Math.max(bottom, margin.b ?? 0), autoexpand: false },
    hoverlabel: { bgcolor: theme.secondary, bordercolor: theme.line, font: { family: theme.font, size: 11, color: theme.text } },
    showlegend: layout.showlegend ?? false, // the chips above a chart name its lines
    uirevision: empty ? false : run, // a zoom lasts as long as the curves; else an empty chart's range would outlive it
    shapes: [...given, ...shapes],
    annotations,
  };
}

/**
 * Every second label of a long list where there is no room for all.
 * @param {Layout} axis
 * @param {number} height
 */
function spaceTicks(axis, height) {
  if (!axis.dtick || !axis.range) return;
  while ((axis.dtick * height) / Math.abs(axis.range[1] - axis.range[0]) < TICK_ROOM) axis.dtick *= 2;
}

/** @param {Layout} axis @param {string} name @param {Theme} theme @param {boolean} empty @returns {Layout} */
function fillAxis(axis, name, theme, empty) {
  const title = typeof axis.title === "string" ? { text: axis.title } : axis.title;
  /** @type {Layout} */
  const filled = {
    zeroline: false,
    showgrid: name.startsWith("y"),
    nticks: 5,
    separatethousands: true,
    exponentformat: name.startsWith("y") ? "e" : "SI", // 4e−6 rather than 4µ, but 20k steps
    ...axis,
    gridcolor: theme.grid,
    linecolor: theme.line,
    tickcolor: theme.line,
    zerolinecolor: theme.line,
    tickfont: { size: 10, color: theme.muted },
    title: title ? { standoff: 4, ...title, font: { size: 11, color: theme.muted } } : undefined,
  };
  if (empty && !axis.range) filled.range = axis.type === "log" ? [-2, 0] : [0, 1];
  if (empty && name.startsWith("x")) filled.showticklabels = false;
  return filled;
}

/**
 * What an axis is, left of its tick labels: it takes no height there.
 * @param {string} text
 * @param {Theme} theme
 * @returns {Layout}
 */
function besideTicks(text, theme) {
  return {
    name: TICKS,
    ...{ x: 0, xref: "paper", xanchor: "right", xshift: -9 },
    ...{ y: 0, yref: "paper", yanchor: "top", yshift: -5 },
    align: "right",
    text,
    showarrow: false,
    font: { size: 10, color: theme.muted },
  };
}

/**
 * What a floor's band is, in words at its beginning, where curves are still far above it.
 * @param {Trace} trace
 * @param {Bands} floors
 * @param {Theme} theme
 * @returns {Layout[]}
 */
export function namesFloor({ meta, yaxis = "y" }, floors, theme) {
  const band = meta?.floor && floors[meta.floor];
  if (!band || yaxis !== "y") return []; // once in a chart: the band of its lower panel is the wide one
  const place = { x: 0, xref: "paper", xanchor: "left", xshift: 2, y: band[1], yref: "y", yanchor: "bottom" };
  return [{ ...place, text: "perfect samples", showarrow: false, borderpad: 0, font: { size: 9, color: theme.muted } }];
}

/**
 * Ticks of the upward axes that fit what is drawn: of logarithmic ones, and where numbers are very long.
 * @param {Layout} layout
 * @param {Trace[]} data
 */
export function fitTicks(layout, data) {
  for (const name of Object.keys(layout).filter((key) => /^yaxis\d*$/.test(key))) {
    const { type, tickvals, range } = layout[name];
    if (tickvals || range) continue;
    const axis = name.replace("axis", "");
    const values = data.filter(({ yaxis = "y" }) => yaxis === axis).flatMap(({ y = [] }) => /** @type {number[]} */ (y));
    const shown = values.filter((value) => Number.isFinite(value) && (type !== "log" || value > 0));
    if (!shown.length) continue;
    const entries = (type === "log" ? logTicks : longTicks)(
      shown.reduce((a, b) => Math.min(a, b)),
      shown.reduce((a, b) => Math.max(a, b)),
    );
    if (!entries) continue;
    Object.assign(layout[name], { tickmode: "array", tickvals: entries.map(({ value }) => value), ticktext: entries.map(({ text }) => text) });
  }
}

/**
 * Two lines of tick labels below the steps, where there is room: the step, and the epoch that it belongs to.
 * @param {Layout} layout
 * @param {Range} range
 * @param {(step: number) => number | null} epochOf
 */
export function addEpochs(layout, [low, high], epochOf) {
  if (layout.height < (layout.yaxis2 ? 1.5 * LOW : LOW)) return; // two panels need it for themselves
  const entries = ticks(Math.max(0, low), Math.max(high, low + 1), 5);
  const span = (epochOf(high) ?? 0) - (epochOf(low) ?? 0);
  const digits = span > 20 ? 0 : span > 0.5 ? 1 : 2;
  Object.assign(layout.xaxis, {
    tickmode: "array",
    tickvals: entries.map(({ value }) => value),
    ticktext: entries.map(({ value }) => (value > 0 ? `${thousands(value)}<br>${epochOf(value)?.toFixed(digits)}` : "0<br>0")),
  });
  Object.assign(layout.annotations.find((/** @type {Layout} */ { name }) => name === TICKS) ?? {}, { text: "step<br>epoch" });
  layout.margin.b = Math.max(layout.margin.b, TITLED_BOTTOM);
}

/**
 * The recorded step that the picture shows.
 * @param {number} step
 * @param {Range} range
 * @param {Theme} theme
 */
function cursorAt(step, [first, last], theme) {
  const at = Math.min(Math.max(step, first), last);
  return { type: "line", xref: "x", yref: "paper", x0: at, x1: at, y0: 0, y1: 1, line: { color: theme.text, width: 1.5 } };
}

/**
 * The latest step from which on a loss is a probability, or not one, as it is now; `probable` names the losses that are.
 * @param {Change[]} changes
 * @param {unknown[]} probable
 */
export function scaleSince(changes, probable = []) {
  const turns = changes.filter(({ fields: { loss } }) => loss && probable.includes(loss[0]) !== probable.includes(loss[1]));
  return turns.at(-1)?.step ?? -Infinity;
}

/** Options that are lengths on the screen: of type, of lines, of what stands beside something. */
const LENGTHS = new Set(["size", "xshift", "yshift", "standoff", "width", "height", "l", "r", "t", "b"]);

/**
 * A layout or a trace with type, lines and margins as much larger.
 * @template {Layout | Trace} T
 * @param {T} options
 * @param {number} scale
 * @returns {T}
 */
export function enlarge(options, scale) {
  /** @param {unknown} value @param {string} name @returns {unknown} */
  const grow = (value, name) => {
    if (typeof value === "number") return LENGTHS.has(name) ? value * scale : value;
    if (Array.isArray(value)) return name === "shapes" || name === "annotations" ? value.map((entry) => grow(entry, "")) : value;
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grow(inner, key)]));
  };
  return scale === 1 ? options : /** @type {T} */ (grow(options, ""));
}

// Vertical dotted lines where a setting was changed while training, and what it was in a row over the plot. Changes
// whose words would meet are counted instead; the pointer reads them.
/** @param {Mark[]} marks @param {Range | null} range @param {Theme} theme @param {number} width @returns {{shapes: Layout[], annotations: Layout[]}} */
function drawMarks(marks, range, theme, width) {
  const [first, last] = range ?? [0, 1];
  const place = (/** @type {number} */ step) => (width * (step - first)) / Math.max(last - first, 1);
  const inside = range ? marks.filter(({ step }) => step >= first && step <= last).slice(-MOST_MARKS) : [];
  /** @type {Group[]} */
  const groups = [];
  for (const mark of inside) {
    let group = wordsOver([mark], place, width);
    let before = groups.pop();
    while (before && before.right + LETTER > group.left) {
      group = wordsOver([...before.marks, ...group.marks], place, width);
      before = groups.pop();
    }
    groups.push(...(before ? [before] : []), group);
  }
  const line = { color: theme.muted, width: 1, dash: "dot" };
  return {
    shapes: inside.map(({ step }) => ({ type: "line", xref: "x", yref: "paper", x0: step, x1: step, y0: 0, y1: 1, line })),
    annotations: groups.map(({ marks: told, text, left }) => ({
      x: told[0].step,
      xref: "x",
      xanchor: "left",
      xshift: left - place(told[0].step),
      y: 1,
      yref: "paper",
      yanchor: "bottom",
      yshift: -2,
      text,
      showarrow: false,
      borderpad: 0,
      font: { size: 10, color: theme.muted },
      captureevents: true,
      hovertext: told.map(({ step, text: what }) => `step ${thousands(step)}: ${what}`).join("<br>"),
    })),
  };
}

/**
 * The words over some changes, within the plot, in CSS pixels.
 * @param {Mark[]} marks
 * @param {(step: number) => number} place
 * @param {number} width
 * @returns {Group}
 */
function wordsOver(marks, place, width) {
  const whole = marks.length === 1 ? marks[0].text : `${marks.length} changes`;
  const most = Math.floor((LONGEST * width) / LETTER);
  const text = whole.length > most ? `${whole.slice(0, Math.max(1, most - 1))}…` : whole;
  const left = Math.max(0, Math.min(place(marks[0].step), width - text.length * LETTER));
  return { marks, text, left, right: left + text.length * LETTER };
}

/**
 * The feed's changes in the page's words.
 * @param {Change[]} changes
 * @param {Labels} labels
 * @param {string} [method]
 * @returns {Mark[]}
 */
export function marksOf(changes, labels, method) {
  return changes.map(({ step, words }) => ({
    step,
    text: Object.entries(words)
      .map(([name, said]) => `${labelOf(labels, name, method)} ${said.join(" → ")}`)
      .join(", "),
  }));
}
