// What is told of a cell's seeds: one number of many, its colour, its words.

import { ticks as evenTicks, logTicks } from "../stage/common/axes.js";

/** @import { SweepMeasure } from "../stage/common/page.js" */

/** @typedef {"median" | "lowest" | "highest" | "range" | "share"} Statistic */

/** @type {Record<Statistic, string>} */
export const STATISTICS = { median: "Median", lowest: "Lowest seed", highest: "Highest seed", range: "Highest − lowest", share: "Share of seeds" };

/** From bad to good, in even steps to the eye, also for those who see few colours (viridis). */
const STOPS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
];

/**
 * The numbers of the seeds that have one, in rising order.
 * @param {(number | null)[]} values
 */
export function finite(values) {
  return values.filter((value) => value !== null).sort((a, b) => a - b);
}

/**
 * One number of a cell's seeds; null where no seed has one. A seed without a number, such as steps until something that
 * never came, is the worst: beyond the end that `better` says is bad.
 * @param {(number | null)[]} values @param {Statistic} statistic @param {string} better
 */
export function told(values, statistic, better) {
  const there = finite(values);
  if (!there.length) return null;
  if (statistic === "share") return there.reduce((sum, value) => sum + value, 0) / there.length;
  const missing = Array(values.length - there.length).fill(null);
  const all = better === "higher" ? [...missing, ...there] : [...there, ...missing];
  const [first, last] = [all[0], all[all.length - 1]];
  if (statistic === "lowest") return first;
  if (statistic === "highest") return last;
  if (statistic === "range") return first === null || last === null ? null : last - first;
  const middle = (all.length - 1) / 2;
  const [low, high] = [all[Math.floor(middle)], all[Math.ceil(middle)]];
  return low === null || high === null ? null : (low + high) / 2;
}

/**
 * Which statistics a measure has.
 * @param {SweepMeasure} measure
 * @returns {Statistic[]}
 */
export function statisticsOf(measure) {
  return measure.share ? ["share"] : ["median", "lowest", "highest", "range"];
}

/** Whether numbers between these ends are placed by factors. @param {number} low @param {number} high */
export function byFactors(low, high) {
  return low > 0 && high / low > 100;
}

/**
 * From 0 to 1 between the ends; by factors where the numbers are positive and span more than two magnitudes.
 * @param {number} value @param {number} low @param {number} high
 */
export function place(value, low, high) {
  if (high <= low) return 0.5;
  if (byFactors(low, high)) return Math.log(value / low) / Math.log(high / low);
  return (value - low) / (high - low);
}

/**
 * Round numbers between the ends, on the axis that `place` makes.
 * @param {number} low @param {number} high
 */
export function ticks(low, high) {
  if (high <= low) return [low];
  return (byFactors(low, high) ? logTicks(low, high) : evenTicks(low, high, 5)).map(({ value }) => value);
}

/**
 * [r, g, b] of a place from 0, bad, to 1, good.
 * @param {number} share
 */
export function colour(share) {
  return mixed(STOPS, share);
}

/** @param {number[][]} stops @param {number} share */
function mixed(stops, share) {
  const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const [from, to] = [stops[Math.floor(at)], stops[Math.ceil(at)]];
  return from.map((value, i) => Math.round(value + (to[i] - value) * (at % 1)));
}

/** From worse over alike to better, for those who see few colours too, on white and on black. */
const APART = [
  [222, 116, 12],
  [190, 150, 112],
  [150, 150, 150],
  [98, 146, 200],
  [24, 112, 214],
];

/**
 * [r, g, b] of a difference, from 0, worse, over 0.5, none, to 1, better.
 * @param {number} share
 */
export function diverging(share) {
  return mixed(APART, share);
}

/**
 * A number with three digits.
 * @param {number | null} value @param {boolean} [share]
 */
export function words(value, share = false) {
  if (value === null) return "–";
  if (share) return `${Math.round(100 * value)} %`;
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) return value.toExponential(1).replace("-", "−");
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 }).replace("-", "−");
}
