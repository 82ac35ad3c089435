// Fills the traces that Python made (colours, names, axes) with the run's values, as their `meta` says.
import { LIGHT } from "../common/facts.js";
import { alpha, mix } from "../common/theme.js";

const MOST_POINTS = 600;
const MOST_COLUMNS = 300; // of a heat map

/** `source`: {history, floors, latest, scene, band, cursor, since: the first step that counts}; `axes`: the two measures of a phase portrait. Returns a trace for Plotly. */
export function fillTrace(trace, source, theme, axes) {
  const meta = trace.meta ?? {};
  const colored = suitTrace(trace, theme);
  if (meta.column) return { ...colored, ...fillColumn(meta.column, source) };
  if (meta.band) return { ...colored, ...fillBand(meta.band, source) };
  if (meta.floor) return { ...colored, ...fillFloor(source.floors[meta.floor], source.history) };
  if (meta.latest) return { ...colored, ...fillLatest(colored, source) };
  if (meta.shares) return { ...colored, ...fillShares(colored, source, theme) };
  if (meta.phase) return { ...colored, ...fillPhase(axes ?? meta.phase, source, theme) };
  return colored;
}

/** Whether a filled trace has something to show: one row is no curve. */
export function isFilled(trace) {
  return (trace.z?.[0] ?? trace.x ?? trace.y)?.length > 1;
}

/** The run's columns that a trace draws. */
export function columnsOf(trace, source, axes) {
  const { column, band, shares, phase } = trace.meta ?? {};
  if (column) return [column];
  if (band) return bandOf(band, source.band);
  if (shares) return shareColumns(source.history);
  return phase ? (axes ?? phase) : [];
}

function fillColumn(name, { history, since }) {
  const [steps, values] = ["step", name].map((column) => history.column(column, MOST_POINTS));
  if (!values) return { x: [], y: [] };
  const from = steps.findIndex((step) => step >= since);
  return from < 0 ? { x: [], y: [] } : { x: steps.slice(from), y: values.slice(from) };
}

// What lies between the seeds: all of them, or their middle half.
function bandOf(name, band) {
  return (band === "quartiles" ? ["q1", "q3"] : ["lo", "hi"]).map((end) => `${name}_${end}`);
}

function fillBand(name, { history, band, since }) {
  const [steps, low, high] = ["step", ...bandOf(name, band)].map((column) => history.column(column, MOST_POINTS));
  if (!low || !high) return { x: [], y: [], visible: false };
  const there = steps.map((_, i) => i).filter((i) => low[i] !== null && high[i] !== null && steps[i] >= since);
  const back = there.toReversed();
  return polygon([...there.map((i) => steps[i]), ...back.map((i) => steps[i])], [...there.map((i) => high[i]), ...back.map((i) => low[i])]);
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

// What shares are of: as Python names it, else as the run's data do, else by number.
function namesOf(trace, scene, count) {
  const given = trace.orientation === "h" || trace.type === "heatmap" ? trace.y : trace.x;
  if (given?.length) return given;
  return scene?.classes?.length ? scene.classes : Array.from({ length: count }, (_, i) => i + 1);
}

function fillLatest(trace, { latest, scene }) {
  const values = latest[trace.meta.latest] ?? [];
  const names = namesOf(trace, scene, values.length);
  return trace.orientation === "h" ? { x: values, y: names } : { x: names, y: values };
}

function shareColumns(history) {
  const names = [];
  while (history.column(`mode_${names.length + 1}`, 1)) names.push(`mode_${names.length + 1}`);
  return names;
}

function fillShares(trace, { history, scene }, theme) {
  const z = (history.length > 1 ? shareColumns(history) : []).map((name) => history.column(name, MOST_COLUMNS)); // one row has no width
  const colorscale = [0, 0.1, 0.4, 1].map((share) => [share, mix(theme.background, theme.fake, share ** 0.6)]);
  return { x: z.length ? history.column("step", MOST_COLUMNS) : [], y: namesOf(trace, scene, z.length), z, colorscale };
}

// From faint to strong as time goes by; the newest point, or the one under the cursor, is the largest.
function fillPhase([across, up], { history, cursor }, theme) {
  const [steps, x, y] = ["step", across, up].map((name) => history.column(name, MOST_POINTS));
  if (!steps || !x || !y) return { x: [], y: [] };
  const beyond = cursor === null || cursor === undefined ? -1 : steps.findIndex((step) => step > cursor);
  const here = beyond < 0 ? steps.length - 1 : Math.max(0, beyond - 1);
  return {
    x,
    y,
    text: steps.map((step, i) => `step ${step.toLocaleString("en")}<br>${format(x[i])}, ${format(y[i])}`),
    line: { color: alpha(theme.muted, 0.35), width: 1 },
    marker: {
      size: steps.map((_, i) => (i === here ? 12 : 5)),
      color: steps.map((_, i) => i),
      colorscale: [
        [0, mix(theme.background, theme.real, 0.18)],
        [1, theme.real],
      ],
      line: { width: steps.map((_, i) => (i === here ? 2 : 0)), color: theme.fake },
      opacity: 1,
    },
  };
}

function format(value) {
  return value === null ? "—" : String(Number(value.toPrecision(3)));
}

/** The colour of a trace's line or bars in this theme. */
export function colorOf(trace, theme) {
  return suit(trace.line?.color ?? trace.marker?.color, theme);
}

// Colours chosen for white paper, for the theme's paper: our two by their own pairs, others a little lighter.
export function suit(color, theme) {
  if (typeof color !== "string" || !theme.dark) return color;
  const role = { [LIGHT.real]: "real", [LIGHT.fake]: "fake" }[color];
  return role ? theme[role] : mix(color, "#ffffff", 0.3);
}

function suitTrace(trace, theme) {
  const suited = { ...trace };
  if (trace.line?.color) suited.line = { ...trace.line, color: suit(trace.line.color, theme) };
  if (trace.marker?.color) suited.marker = { ...trace.marker, color: suit(trace.marker.color, theme) };
  if (trace.marker?.line?.color) suited.marker = { ...suited.marker, line: { ...trace.marker.line, color: suit(trace.marker.line.color, theme) } };
  return suited;
}
