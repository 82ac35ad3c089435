// Fills the traces that Python made (colours, names, axes) with the run's values, as their `meta` says.
import { alpha, mix } from "./theme.js";

const MOST_POINTS = 600;

/** `source`: {history, floors, latest}. Returns a trace for Plotly. */
export function fillTrace(trace, source, theme) {
  const meta = trace.meta ?? {};
  const colored = meta.role ? colorTrace(trace, theme) : suitTrace(trace, theme);
  if (meta.column) return { ...colored, ...fillColumn(meta.column, source.history) };
  if (meta.band) return { ...colored, ...fillBand(meta.band, source.history) };
  if (meta.floor) return { ...colored, ...fillFloor(source.floors[meta.floor], source.history) };
  if (meta.latest) return { ...colored, ...fillLatest(colored, source.latest[meta.latest]) };
  return colored;
}

function fillColumn(name, history) {
  const y = history.column(name, MOST_POINTS);
  return y ? { x: history.column("step", MOST_POINTS), y } : { x: [], y: [] };
}

function fillBand([lowName, highName], history) {
  const [steps, low, high] = ["step", lowName, highName].map((name) => history.column(name, MOST_POINTS));
  if (!low || !high) return { x: [], y: [], visible: false };
  const there = steps.map((_, i) => i).filter((i) => low[i] !== null && high[i] !== null);
  const back = there.toReversed();
  return polygon(
    [...there.map((i) => steps[i]), ...back.map((i) => steps[i])],
    [...there.map((i) => high[i]), ...back.map((i) => low[i])],
  );
}

function fillFloor(band, history) {
  const steps = history.column("step", MOST_POINTS);
  if (!band || !steps) return { x: [], y: [], visible: false };
  const [first, last] = [steps[0], Math.max(steps.at(-1), steps[0] + 1)];
  return polygon([first, last, last, first], [band[0], band[0], band[1], band[1]]);
}

function polygon(x, y) {
  return { x, y, type: "scatter", mode: "lines", fill: "toself", hoverinfo: "skip" };
}

function fillLatest(trace, values) {
  const y = values ?? [];
  return { x: trace.x ?? Array.from(y, (_, i) => i + 1), y };
}

/** The colour of a trace's line or bars in this theme. */
export function colorOf(trace, theme) {
  if (trace.meta?.role) return theme[trace.meta.role] ?? theme.text;
  return suit(trace.line?.color ?? trace.marker?.color, theme);
}

// Colours chosen for white paper, for the theme's paper: our two by their own pairs, others a little lighter.
export function suit(color, theme) {
  if (typeof color !== "string" || !theme.dark) return color;
  const role = { "#0072b2": "real", "#d55e00": "fake" }[color.toLowerCase()];
  return role ? theme[role] : mix(color, "#ffffff", 0.3);
}

function suitTrace(trace, theme) {
  const suited = { ...trace };
  if (trace.line?.color) suited.line = { ...trace.line, color: suit(trace.line.color, theme) };
  if (trace.marker?.color) suited.marker = { ...trace.marker, color: suit(trace.marker.color, theme) };
  return suited;
}

// A role stands for one of the theme's colours, so that a figure suits light and dark.
function colorTrace(trace, theme) {
  const color = theme[trace.meta.role] ?? theme.text;
  const area = trace.meta.band || trace.meta.floor;
  if (area) return { ...trace, fillcolor: alpha(color, trace.meta.floor ? 0.16 : 0.22), line: { width: 0, ...trace.line, color } };
  if (trace.type === "bar") return { ...trace, marker: { ...trace.marker, color } };
  return { ...trace, line: { ...trace.line, color } };
}
