// What of a sweep is shown: as its address says it, and only what the sweep has.
import { STATISTICS, statisticsOf } from "./numbers.js";

/** @import { SweepMeasure, SweepSheet } from "../stage/common/page.js" */
/** @import { Statistic } from "./numbers.js" */

/**
 * Axes are told by their places; `fixed`: the place on each axis that has no direction of its own. step: the place among
 * the sweep's steps. cell: the chosen one.
 * @typedef {{ view: string, measure: string, statistic: Statistic, x: number, y: number, third: number, fixed: Record<number, number>, step: number, pictures: boolean, cell: number | null }} Shown
 */

/** What each view is called, and which designs it is for. @type {Record<string, { label: string, grid: boolean }>} */
export const VIEWS = {
  map: { label: "Map", grid: true },
  lines: { label: "Lines", grid: true },
  dots: { label: "Dots", grid: false },
  parallel: { label: "Parallel axes", grid: false },
};

/** @param {SweepSheet} sheet */
export function viewsOf(sheet) {
  return Object.keys(VIEWS).filter((name) => VIEWS[name].grid === sheet.grid);
}

/** @param {SweepSheet} sheet @param {string} name @returns {SweepMeasure} */
export function measureOf(sheet, name) {
  return sheet.measures.find((measure) => measure.name === name) ?? sheet.measures[0];
}

/**
 * As the address says; what it does not say is as it is at first.
 * @param {Record<string, string>} told @param {SweepSheet} sheet
 * @returns {Shown}
 */
export function fromAddress(told, sheet) {
  told = { ...sheet.opens, ...told };
  /** @param {string} name @param {number} otherwise */
  const axis = (name, otherwise) => {
    const place = sheet.axes.findIndex((each) => each.name === told[name]);
    return place < 0 ? otherwise : place;
  };
  const order = byValues(
    sheet,
    sheet.axes.map((_, at) => at),
  );
  const x = axis("x", order[0]);
  const places = (told.at ?? "").split(",").map(Number);
  const step = sheet.steps.indexOf(Number(told.step || Number.NaN));
  return settled(
    {
      view: told.view ?? "",
      measure: told.measure ?? "",
      statistic: /** @type {Statistic} */ (told.of ?? "median"),
      x,
      y: axis("y", order.find((at) => at !== x) ?? -1),
      third: axis("each", -1),
      fixed: Object.fromEntries(sheet.axes.map(({ texts }, at) => [at, texts[places[at]] === undefined ? 0 : places[at]])),
      step: step < 0 ? sheet.steps.length - 1 : step,
      pictures: told.pictures !== "no",
      cell: told.cell && sheet.cells.some(({ index }) => index === Number(told.cell)) ? Number(told.cell) : null,
    },
    sheet,
  );
}

/**
 * The way back: only what is not as at first.
 * @param {Shown} shown @param {SweepSheet} sheet
 * @returns {Record<string, string>}
 */
export function toAddress(shown, sheet) {
  const first = fromAddress({}, sheet);
  /** @param {number} at */
  const name = (at) => sheet.axes[at]?.name ?? "";
  const places = sheet.axes.map((_, at) => shown.fixed[at] ?? 0);
  /** @type {[string, string, string][]} */
  const all = [
    ["view", shown.view, first.view],
    ["measure", shown.measure, first.measure],
    ["of", shown.statistic, settled({ ...first, measure: shown.measure }, sheet).statistic],
    ["x", name(shown.x), name(first.x)],
    ["y", name(shown.y), name(fromAddress({ x: name(shown.x) }, sheet).y)],
    ["each", name(shown.third), name(settled({ ...shown, third: -1 }, sheet).third)],
    ["at", String(places), String(places.map(() => 0))],
    ["step", String(sheet.steps[shown.step]), String(sheet.steps[first.step])],
    ["pictures", shown.pictures ? "" : "no", ""],
    ["cell", shown.cell === null ? "" : String(shown.cell), ""],
  ];
  return Object.fromEntries(all.filter(([, value, usual]) => value !== usual).map(([key, value]) => [key, value]));
}

/** Axes with several values come before those with one. @param {SweepSheet} sheet @param {number[]} axes */
function byValues({ axes: all }, axes) {
  const several = axes.filter((at) => all[at].texts.length > 1);
  return [...several, ...axes.filter((at) => !several.includes(at))];
}

/**
 * Without a choice that the sweep does not have.
 * @param {Shown} wanted @param {SweepSheet} sheet
 * @returns {Shown}
 */
export function settled(wanted, sheet) {
  const shown = { ...wanted };
  const views = viewsOf(sheet);
  if (!views.includes(shown.view)) shown.view = views[0];
  const measure = measureOf(sheet, shown.measure);
  shown.measure = measure?.name ?? "";
  const can = measure ? statisticsOf(measure) : /** @type {Statistic[]} */ (Object.keys(STATISTICS));
  if (!can.includes(shown.statistic)) shown.statistic = can[0];
  const count = sheet.axes.length;
  shown.x = Math.min(shown.x, count - 1);
  if (shown.y >= count || shown.y === shown.x || shown.y < 0) shown.y = count > 1 ? (shown.x + 1) % count : -1;
  const rest = sheet.axes.map((_, axis) => axis).filter((axis) => axis !== shown.x && axis !== shown.y);
  if (!rest.includes(shown.third)) shown.third = byValues(sheet, rest)[0] ?? -1;
  if (shown.step >= sheet.steps.length) shown.step = sheet.steps.length - 1;
  return shown;
}

/**
 * What is shown of another sweep beside this one: the same axes, by their names, and the same step: −1 where it has none such.
 * @param {Shown} shown @param {SweepSheet} sheet @param {SweepSheet} other
 * @returns {Shown}
 */
export function fitted(shown, sheet, other) {
  const told = { ...toAddress(shown, sheet), x: sheet.axes[shown.x].name, y: sheet.axes[shown.y]?.name ?? "", measure: shown.measure };
  const end = shown.step === sheet.steps.length - 1;
  const step = end ? other.steps.length - 1 : other.steps.indexOf(sheet.steps[shown.step]);
  return { ...fromAddress(told, other), statistic: shown.statistic, step, cell: null };
}
