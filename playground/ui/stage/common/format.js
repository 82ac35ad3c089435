// Numbers and settings as text.

/** @import { Labels } from "./page.js" */

export const NOTHING = "—";

/** @param {number} number */
export function thousands(number) {
  return Math.round(number).toLocaleString("en");
}

/**
 * A count, or a median of counts, which may lie between two.
 * @param {number} number
 */
export function count(number) {
  return Number.isInteger(number) ? thousands(number) : number.toFixed(1);
}

/**
 * "1 stroke", "1,200 strokes".
 * @param {number} number
 * @param {string} noun
 */
export function counted(number, noun) {
  return `${thousands(number)} ${noun}${number === 1 ? "" : "s"}`;
}

const FIVE_DIGITS = 1e5; // from there on a power of ten says more
const TINY = 1e-3; // and below this

/**
 * `format` is "percent", "count" (with `of`) or d3-like: ".3f", ".2e", ".3g". Missing and NaN become a dash.
 * @param {unknown} value
 * @param {string} [format]
 * @param {number | null} [of]
 */
export function formatValue(value, format, of) {
  if (typeof value !== "number" || !Number.isFinite(value)) return NOTHING;
  if (format === "percent") return `${Math.round(100 * value)} %`;
  if (format === "count") return of === undefined || of === null ? count(value) : `${count(value)} of ${count(of)}`;
  const [, digits, kind] = /^\.(\d+)([feg])$/.exec(format ?? ".3g") ?? [null, "3", "g"];
  return writeAs(kind, value, Number(digits)).replace("e+", "e").replaceAll("-", "−");
}

// "f" keeps its number of digits where a number grows: 1.355, 17.05, 170.4, 1704, 1.7e5; a small one keeps two: 0.0031.
/** @param {string} kind @param {number} value @param {number} digits */
function writeAs(kind, value, digits) {
  const size = Math.abs(value);
  if (kind === "f" && size > 0 && size < 10 ** (1 - digits)) return size < TINY ? value.toExponential(1) : String(Number(value.toPrecision(2)));
  if (kind === "g") return String(Number(value.toPrecision(digits)));
  if (kind === "e" || size >= FIVE_DIGITS) return value.toExponential(kind === "e" ? digits : 1);
  const wholes = size < 10 ? 0 : Math.floor(Math.log10(size));
  return value.toFixed(Math.max(0, digits - wholes));
}

/**
 * A rate with about three digits: 0.4, 9.8, 58, 980, 12,300.
 * @param {unknown} value
 */
export function formatRate(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return NOTHING;
  return value < 10 ? value.toFixed(1) : thousands(value);
}

/**
 * An epoch with one decimal while it is small: 0.4, 2.1, 31.0, 120.
 * @param {number} epoch
 */
export function formatEpoch(epoch) {
  return epoch < 100 ? epoch.toFixed(1) : thousands(Math.floor(epoch));
}

/**
 * A name for Plotly, which would read tags (`<b>`), entities and `%{…}` in it: shown as it is written, cut where it is long.
 * @param {string} name
 * @param {number} most
 */
export function forPlotly(name, most = 40) {
  const letters = [...name];
  const short = letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : name;
  return short.replace(/[&<>%]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/**
 * What a setting is called with a method, which is named as the settings in words have it.
 * @param {Labels} labels
 * @param {string} field
 * @param {string} [method]
 */
export function labelOf(labels, field, method = "") {
  return labels[field]?.as?.[method] ?? labels[field]?.label ?? field;
}
