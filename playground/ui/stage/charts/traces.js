// Fills the traces that Python made (colours, names, axes) with the run's values, as their `meta` says.
import { edgesOf } from "../common/bands.js";
import { LIGHT } from "../common/facts.js";
import { thousands } from "../common/format.js";
import { alpha, mix } from "../common/theme.js";

/** @import { Band } from "../common/bands.js" */
/** @import { History } from "../common/history.js" */
/** @import { Scene } from "../common/messages.js" */
/** @import { Bands, Bars, Latest, Trace } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @typedef {(number | null)[]} Values */
/** @typedef {[string, string]} Pair  two measures of a phase portrait */
/**
 * What fills a chart; `since` is the first step that counts.
 * @typedef {object} Source
 * @property {History} history
 * @property {Bands} floors
 * @property {Latest} latest
 * @property {Scene | null} scene
 * @property {Bars} bars
 * @property {Band} band
 * @property {number | null} cursor
 * @property {number} since
 */

const MOST_POINTS = 600;
const MOST_COLUMNS = 300; // of a heat map

/**
 * A trace for Plotly. `axes`: the two measures of a phase portrait that are chosen.
 * @param {Trace} trace
 * @param {Source} source
 * @param {Theme} theme
 * @param {Pair} [axes]
 * @returns {Trace}
 */
export function fillTrace(trace, source, theme, axes) {
  const meta = trace.meta ?? {};
  const colored = suitTrace(trace, theme);
  if (meta.column) return visible({ ...colored, ...fillColumn(meta.column, source) });
  if (meta.band) return { ...colored, ...fillBand(meta.band, source) };
  if (meta.floor) return { ...colored, ...fillFloor(source.floors[meta.floor], source.history) };
  if (meta.bars) return { ...colored, ...(source.bars[meta.bars] ?? {}) };
  if (meta.latest) return { ...colored, ...fillLatest(colored, meta.latest, source) };
  if (meta.shares) return { ...colored, ...fillShares(colored, source, theme) };
  if (meta.phase) return { ...colored, ...fillPhase(axes ?? meta.phase, source, theme) };
  return colored;
}

/**
 * Whether a filled trace has something to show: one row is no curve.
 * @param {Trace} trace
 */
export function isFilled(trace) {
  return (trace.z?.[0] ?? trace.x ?? trace.y ?? []).length > 1;
}

/**
 * Whether a filled trace shows a number of the run itself: a floor is there before anything has been measured.
 * @param {Trace} trace
 */
export function hasNumbers({ meta, orientation, x, y, z }) {
  if (!meta || meta.floor) return false;
  const values = z ? z.flat() : orientation === "h" ? x : y;
  return Boolean(values?.some(Number.isFinite));
}

/**
 * The run's columns that a trace draws.
 * @param {Trace} trace
 * @param {Pick<Source, "history" | "band">} source
 * @param {Pair} [axes]
 */
export function columnsOf(trace, source, axes) {
  const { column, band, shares, phase } = trace.meta ?? {};
  if (column) return [column];
  if (band) return edgesOf(band, source.band);
  if (shares) return shareColumns(source.history);
  return phase ? (axes ?? phase) : [];
}

/** @param {string} name @param {Source} source */
function fillColumn(name, { history, since }) {
  const [steps, values] = [history.column("step", MOST_POINTS), history.column(name, MOST_POINTS)];
  if (!steps || !values) return { x: [], y: [] };
  const from = steps.findIndex((step) => step >= since);
  return from < 0 ? { x: [], y: [] } : { x: steps.slice(from), y: values.slice(from) };
}

/** Of several rows a single number makes no line: it is a point. @param {Trace} trace @returns {Trace} */
export function visible(trace) {
  const alone = (trace.x ?? []).length > 1 && (trace.y ?? []).filter(Number.isFinite).length === 1;
  return alone ? { ...trace, mode: "lines+markers" } : trace;
}

/** @param {string} name @param {Source} source */
function fillBand(name, { history, band, since }) {
  const steps = history.column("step", MOST_POINTS);
  const [low, high] = edgesOf(name, band).map((column) => history.column(column, MOST_POINTS));
  return areaBetween(steps, low, high, since);
}

/**
 * The area between two rows of values over the same places, as a trace; hidden where there is nothing between.
 * @param {Values | null} places
 * @param {Values | null} low
 * @param {Values | null} high
 * @param {number} since
 * @returns {Trace}
 */
export function areaBetween(places, low, high, since = -Infinity) {
  if (!places || !low || !high) return { x: [], y: [], visible: false };
  const there = [...places.keys()].filter((i) => low[i] !== null && high[i] !== null && (places[i] ?? -Infinity) >= since);
  const back = [...there].reverse();
  return polygon(
    [...there, ...back].map((i) => places[i]),
    [...there.map((i) => high[i]), ...back.map((i) => low[i])],
  );
}

/** @param {[number, number] | undefined} band @param {History} history */
function fillFloor(band, history) {
  return floorOver(history.column("step", 2), band);
}

/**
 * The area of a noise floor over the whole of an axis, as a trace; hidden where there is none.
 * @param {Values | null} places
 * @param {[number, number]} [band]
 * @returns {Trace}
 */
export function floorOver(places, band) {
  const [first, end] = [places?.[0] ?? null, places?.at(-1) ?? null];
  if (!band || first === null || end === null) return { x: [], y: [], visible: false };
  const last = Math.max(end, first + 1);
  return polygon([first, last, last, first], [band[0], band[0], band[1], band[1]]);
}

/** @param {Values} x @param {Values} y */
function polygon(x, y) {
  return { x, y, type: "scatter", mode: "lines", fill: "toself", hoverinfo: "skip" };
}

// What shares are of: as Python names it, else as the run's data do, else by number.
/** @param {Trace} trace @param {Scene | null} scene @param {number} count */
function namesOf(trace, scene, count) {
  const given = trace.orientation === "h" || trace.type === "heatmap" ? trace.y : trace.x;
  if (given?.length) return given;
  return scene?.classes?.length ? scene.classes : Array.from({ length: count }, (_, i) => i + 1);
}

/** @param {Trace} trace @param {string} name @param {Source} source */
function fillLatest(trace, name, { latest, scene }) {
  const found = latest[name];
  const values = Array.isArray(found) ? found : [];
  const names = namesOf(trace, scene, values.length);
  return trace.orientation === "h" ? { x: values, y: names } : { x: names, y: values };
}

/** @param {History} history */
function shareColumns(history) {
  /** @type {string[]} */
  const names = [];
  while (history.column(`mode_${names.length + 1}`, 1)) names.push(`mode_${names.length + 1}`);
  return names;
}

/** @param {Trace} trace @param {Source} source @param {Theme} theme */
function fillShares(trace, { history, scene }, theme) {
  const z = (history.length > 1 ? shareColumns(history) : []).map((name) => history.column(name, MOST_COLUMNS) ?? []); // one row has no width
  const colorscale = [0, 0.1, 0.4, 1].map((share) => [share, mix(theme.background, theme.fake, share ** 0.6)]);
  return { x: (z.length && history.column("step", MOST_COLUMNS)) || [], y: namesOf(trace, scene, z.length), z, colorscale };
}

// From faint to strong as time goes by; the newest point, or the one under the cursor, is the largest.
/** @param {Pair} axes @param {Source} source @param {Theme} theme @returns {Trace} */
function fillPhase([across, up], { history, cursor }, theme) {
  const steps = history.column("step", MOST_POINTS);
  const [x, y] = [across, up].map((name) => history.column(name, MOST_POINTS));
  if (!steps || !x || !y) return { x: [], y: [] };
  const beyond = cursor === null ? -1 : steps.findIndex((step) => step > cursor);
  const here = beyond < 0 ? steps.length - 1 : Math.max(0, beyond - 1);
  return {
    x,
    y,
    text: steps.map((step, i) => `step ${thousands(step)}<br>${format(x[i])}, ${format(y[i])}`),
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

/** @param {number | null} value */
function format(value) {
  return value === null ? "—" : String(Number(value.toPrecision(3)));
}

/**
 * The colour of a trace's line or bars in this theme.
 * @param {Trace} trace
 * @param {Theme} theme
 */
export function colorOf(trace, theme) {
  return suit(trace.line?.color ?? trace.marker?.color, theme);
}

/**
 * Colours chosen for white paper, for the theme's paper: our two by their own pairs, others a little lighter.
 * @param {string | undefined} color
 * @param {Theme} theme
 */
export function suit(color, theme) {
  if (typeof color !== "string" || !theme.dark) return color;
  return color === LIGHT.real ? theme.real : color === LIGHT.fake ? theme.fake : mix(color, "#ffffff", 0.3);
}

/** @param {Trace} trace @param {Theme} theme @returns {Trace} */
export function suitTrace(trace, theme) {
  const suited = { ...trace };
  if (trace.line?.color) suited.line = { ...trace.line, color: suit(trace.line.color, theme) };
  if (trace.marker?.color) suited.marker = { ...trace.marker, color: suit(trace.marker.color, theme) };
  if (trace.marker?.line?.color) suited.marker = { ...suited.marker, line: { ...trace.marker.line, color: suit(trace.marker.line.color, theme) } };
  return suited;
}
