// What stands beside the pictures: the cell under the pointer, else the chosen one, with all of its numbers.
import { penOf } from "../stage/common/dom.js";
import { readTheme } from "../stage/common/theme.js";
import { finite, told as ofSeeds, STATISTICS, words } from "./numbers.js";
import { measureOf } from "./shown.js";
import { lost, paint, rings } from "./tiny.js";
import { seedsOf } from "./told.js";

/** @import { CellDifference, SweepCell, SweepData, SweepMeasure, SweepSheet } from "../stage/common/page.js" */
/** @import { Shown } from "./shown.js" */

const SIDE = 148;
/** @type {import("./numbers.js").Statistic[]} */
const STATISTICS_TOLD = ["median", "lowest", "highest"];

/**
 * @param {keyof HTMLElementTagNameMap} tag @param {string} textContent @param {string} [className]
 */
function element(tag, textContent, className = "") {
  return Object.assign(document.createElement(tag), { textContent, className });
}

/**
 * @param {HTMLElement} host @param {SweepData} data @param {Shown} shown @param {SweepCell | null} cell
 * @param {Record<string, CellDifference>} differences  by cell @param {((cell: SweepCell) => void) | null} open
 */
export function card(host, data, shown, cell, differences, open) {
  if (!cell) {
    host.replaceChildren(element("p", "Point at a cell to read its seeds; click it, or press Enter, to keep it here.", "gps-hint"));
    return;
  }
  const { sheet } = data;
  const head = element("div", "", "gps-head");
  head.append(...sheet.axes.map(({ label, texts }, at) => axis(label, texts[cell.at[at]])));
  host.replaceChildren(head);
  if (cell.why) {
    host.append(element("p", cell.why));
    return;
  }
  const difference = differences[cell.index];
  const twin = difference && data.beside?.cells.find(({ at }) => String(at) === String(cell.at));
  const now = element("div", "", "gps-now");
  for (const [own, each] of /** @type {[SweepSheet | null, SweepCell | undefined][]} */ ([
    [sheet, cell],
    [data.beside, twin || undefined],
  ]))
    if (own && each?.picture) now.append(picture(host, each.picture, own.marks[each.marks] ?? []));
  if (shown.step !== sheet.steps.length - 1) now.append(element("p", "The picture is of the end.", "gps-muted"));
  const words = element("div", "");
  words.append(seeds(sheet, shown, cell));
  if (difference) words.append(compared(difference));
  const out = cell.picture ? lost(cell.picture) : 0;
  if (out) words.append(element("p", `${out} of the picture's ${cell.picture?.shape[0]} points lie outside of it.`, "gps-muted"));
  if (cell.end === "diverged") words.append(element("p", `All seeds diverged, by step ${cell.steps.toLocaleString("en")}.`));
  now.append(words);
  host.append(now, table(data, cell));
  if (open) {
    const button = /** @type {HTMLButtonElement} */ (element("button", data.open, "gps-open"));
    button.type = "button";
    const way = element("div", "", "gps-way");
    way.hidden = cell.index !== shown.cell;
    button.addEventListener("click", () => open(cell));
    way.append(button, element("span", data.hint, "gps-muted"));
    head.after(way);
  }
}

/** @param {string} label @param {string} text */
function axis(label, text) {
  const line = element("div", `${label} `);
  line.append(element("b", text));
  return line;
}

/** @param {HTMLElement} host @param {import("../stage/common/page.js").TinyPicture} tiny @param {number[][]} marks */
function picture(host, tiny, marks) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * SIDE, height: 2 * SIDE });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "What the first seed's G makes at the end");
  const [pen, theme] = [penOf(canvas), readTheme(host)];
  rings(pen, marks, 6, 6, 2 * SIDE - 12, theme.real);
  paint(pen, tiny, 6, 6, 2 * SIDE - 12, theme.fake);
  return canvas;
}

/** The measure that is shown, seed by seed. @param {SweepSheet} sheet @param {Shown} shown @param {SweepCell} cell */
function seeds(sheet, shown, cell) {
  const { label, share, better, help, missing } = measureOf(sheet, shown.measure);
  const values = seedsOf(sheet, shown, cell);
  const number = ofSeeds(values, shown.statistic, better);
  const at = shown.step === sheet.steps.length - 1 ? "" : ` at step ${sheet.steps[shown.step].toLocaleString("en")}`;
  const text = element("p", `${label}${at}, ${STATISTICS[shown.statistic].toLowerCase()}: `);
  text.append(element("b", number === null ? missing : words(number, share)));
  if (values.length > 1 && !share)
    text.append(element("div", `Seeds: ${values.map((value) => (value === null ? missing : words(value))).join(", ")}`, "gps-muted"));
  text.append(element("div", help, "gps-muted"));
  return text;
}

/** @param {CellDifference} difference */
function compared({ first, second, value, low, high, up, down, clear, seeds: [one, two] }) {
  const interval = low === null || high === null ? "too few seeds for an interval" : `95 %: ${words(low)} to ${words(high)}`;
  const text = element("p", `Medians ${words(first)} and ${words(second)}; difference `);
  text.append(element("b", words(value)), ` (${interval}). `);
  text.append(up === null ? `${one} and ${two} seeds. ` : `Of ${one} seeds the second is higher in ${up}, lower in ${down}. `);
  text.append(low === null ? "" : clear ? element("b", "Beyond luck.") : "Luck may explain it.");
  return text;
}

/** Every measure at the end. @param {SweepData} data @param {SweepCell} cell */
function table(data, cell) {
  const { sheet } = data;
  const made = element("table", "");
  const head = element("tr", "");
  head.append(...[data.beside ? `${sheet.name}, at the end` : "At the end", "Median", "Lowest", "Highest"].map((text) => element("th", text)));
  made.append(head);
  for (const measure of sheet.measures) {
    const values = cell.values[measure.name];
    if (!values) continue;
    const line = element("tr", "");
    line.title = measure.help;
    line.append(element("td", measure.label), ...numbers(measure, values));
    made.append(line);
  }
  return made;
}

/** @param {SweepMeasure} measure @param {(number | null)[]} values */
function numbers({ share, better, missing }, values) {
  if (share) {
    const there = finite(values);
    const text = `${there.filter((value) => value > 0).length} of ${values.length} seeds`;
    const told = /** @type {HTMLTableCellElement} */ (element("td", text));
    told.colSpan = 3;
    return [told];
  }
  const three = values.length > 1 ? STATISTICS_TOLD.map((each) => ofSeeds(values, each, better)) : [values[0]];
  return three.map((value) => element("td", value === null ? missing : words(value)));
}
