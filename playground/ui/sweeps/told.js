// What is told of a sweep's cells: their numbers at the step that is shown, and what colours mean.
import { byFactors, colour, diverging, finite, told as ofSeeds, place, words } from "./numbers.js";
import { measureOf } from "./shown.js";

/** @import { SweepCell, SweepDifference, SweepMeasure, SweepSheet } from "../stage/common/page.js" */
/** @import { Shown } from "./shown.js" */

/**
 * low, high: the ends of the scale. number: of a cell, null where it has none. band: its seeds' ends. tint: the colour at a
 * share of the scale. marked: whether a cell's difference is beyond luck. says: what the scale's good end is. spread: what the band is. cut: whether there are
 * numbers beyond the ends.
 * @typedef {{ low: number, high: number, measure: SweepMeasure, label: string, number(cell: SweepCell): number | null, band(cell: SweepCell): [number, number] | null, tint(share: number): string, marked(cell: SweepCell): boolean, says: string, spread: string, cut: boolean, share: boolean }} Told
 */

/**
 * The seeds' numbers of a cell at the step that is shown.
 * @param {SweepSheet} sheet @param {Shown} shown @param {SweepCell} cell @param {string} [measure]
 * @returns {(number | null)[]}
 */
export function seedsOf(sheet, shown, cell, measure = shown.measure) {
  if (shown.step === sheet.steps.length - 1) return cell.values[measure] ?? [];
  return sheet.looks[measure]?.[cell.index]?.[shown.step] ?? [];
}

/**
 * Of one or two sweeps on one scale: that of their ends, so that colours mean the same at every step.
 * @param {{ sheet: SweepSheet, shown: Shown }[]} all
 * @returns {Told[]}
 */
export function scaled(all) {
  const { sheet: first, shown } = all[0];
  const measure = measureOf(first, shown.measure);
  const seeds = all.flatMap(({ sheet, shown: own }) => sheet.cells.map((cell) => cell.values[own.measure] ?? []));
  const numbers = finite(seeds.map((values) => ofSeeds(values, shown.statistic, measure.better)));
  const [low, high] = measure.share ? [0, 1] : [numbers[0] ?? 0, numbers[numbers.length - 1] ?? 1];
  const spreads = finite(seeds.map((values) => ofSeeds(values, "range", measure.better)));
  const flat = !measure.share && shown.statistic === "median" && high - low < (spreads[Math.floor(spreads.length / 2)] ?? 0);
  const range = shown.statistic === "range";
  const falling = range || measure.better === "lower";
  return all.map(({ sheet, shown: own }) => ({
    low,
    high,
    measure,
    label: measure.label,
    share: measure.share,
    number: (cell) => ofSeeds(seedsOf(sheet, own, cell), own.statistic, measure.better),
    band(cell) {
      const seeds = finite(seedsOf(sheet, own, cell));
      return measure.share || range || !seeds.length ? null : [seeds[0], seeds[seeds.length - 1]];
    },
    tint: (share) => `rgb(${colour(falling ? 1 - share : share)})`,
    marked: () => false,
    spread: "lowest to highest seed",
    says: [
      ...(measure.better && !range ? [`${measure.better} is better`] : []),
      ...(byFactors(low, high) ? ["logarithmic"] : []),
      ...(flat ? ["cells differ less than their seeds"] : []),
      ...(shown.step === first.steps.length - 1 ? [] : ["as at the end"]),
      ...(sheet.cells.some((cell) => ofSeeds(seedsOf(sheet, own, cell), own.statistic, measure.better) === null) ? [`crossed: ${measure.missing}`] : []),
    ].join(" · "),
    cut: false,
  }));
}

/**
 * Of the difference between two sweeps: the second's median less the first's, with its interval.
 * @param {SweepDifference} difference @param {SweepMeasure} measure
 * @returns {Told}
 */
export function apart(difference, measure) {
  const sizes = Object.values(difference.cells).map(({ value }) => Math.abs(value));
  sizes.sort((a, b) => a - b);
  const usual = sizes[Math.floor(0.8 * (sizes.length - 1))] ?? 0;
  const largest = sizes[sizes.length - 1] || 1;
  const cut = usual > 0 && largest > 4 * usual; // else a few would leave all others grey
  const most = cut ? usual : largest;
  return {
    low: -most,
    high: most,
    measure,
    label: `Difference in ${measure.label}`,
    share: measure.share,
    number: ({ index }) => difference.cells[index]?.value ?? null,
    band({ index }) {
      const { low = null, high = null } = difference.cells[index] ?? {};
      return low === null || high === null ? null : [low, high];
    },
    tint: (share) => `rgb(${diverging(measure.better === "lower" ? 1 - share : share)})`,
    marked: ({ index }) => difference.cells[index]?.clear ?? false,
    spread: "95 % interval",
    says: measure.better ? "blue: the second is better" : "blue: the second is higher",
    cut,
  };
}

/** The colour of a cell; null without a number. @param {Told} told @param {SweepCell} cell */
export function fill(told, cell) {
  const value = told.number(cell);
  return value === null ? null : told.tint(place(value, told.low, told.high));
}

/** A number of the measure, as it is written. @param {Told} told @param {number | null} value */
export function written(told, value) {
  return words(value, told.share);
}
