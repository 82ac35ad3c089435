// The menus above the pictures, and the slider over the steps.
import { STATISTICS, statisticsOf } from "./numbers.js";
import { measureOf, VIEWS, viewsOf } from "./shown.js";

/** @import { SweepSheet } from "../stage/common/page.js" */
/** @import { Statistic } from "./numbers.js" */
/** @import { Shown } from "./shown.js" */

/** @param {string} label @param {HTMLElement} control */
function labelled(label, control) {
  const element = document.createElement("label");
  element.append(label, control);
  return element;
}

/**
 * @param {HTMLElement} host @param {SweepSheet} sheet @param {Shown} shown
 * @param {(changes: Partial<Shown>) => void} change
 */
export function menus(host, sheet, shown, change) {
  /** @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => Partial<Shown>} meant */
  const menu = (label, options, value, meant) => {
    const select = document.createElement("select");
    for (const [name, text] of options) select.append(new Option(text, name, false, name === value));
    select.addEventListener("change", () => change(meant(select.value)));
    return labelled(label, select);
  };
  const axes = sheet.axes.map(({ label }, at) => /** @type {[string, string]} */ ([String(at), label]));
  /** Two directions that name one axis change places. @param {"x" | "y"} one @param {"x" | "y"} other */
  const direction = (one, other) => (/** @type {string} */ value) => ({
    [one]: Number(value),
    ...(Number(value) === shown[other] ? { [other]: shown[one] } : {}),
  });
  const parts = [
    menu(
      "View",
      viewsOf(sheet).map((name) => [name, VIEWS[name].label]),
      shown.view,
      (view) => ({ view }),
    ),
    menu(
      "Shows",
      sheet.measures.map(({ name, label }) => [name, label]),
      shown.measure,
      (measure) => ({ measure }),
    ),
  ];
  parts[1].title = measureOf(sheet, shown.measure).help;
  const can = statisticsOf(measureOf(sheet, shown.measure));
  if (can.length > 1)
    parts.push(
      menu(
        "of the seeds",
        can.map((name) => [name, STATISTICS[name]]),
        shown.statistic,
        (value) => ({ statistic: /** @type {Statistic} */ (value) }),
      ),
    );
  if (axes.length > 1 && shown.view !== "parallel")
    parts.push(
      menu("across", axes, String(shown.x), direction("x", "y")),
      menu(shown.view === "lines" ? "a line for each" : "upwards", axes, String(shown.y), direction("y", "x")),
    );
  const rest = axes.filter((_, at) => at !== shown.x && at !== shown.y);
  if (sheet.grid && rest.length > 1) parts.push(menu("one picture for each", rest, String(shown.third), (value) => ({ third: Number(value) })));
  for (const [at, { label, texts }] of sheet.axes.entries())
    if (sheet.grid && ![shown.x, shown.y, shown.third].includes(at))
      parts.push(
        menu(
          `at ${label}`,
          texts.map((text, place) => [String(place), text]),
          String(shown.fixed[at] ?? 0),
          (value) => ({ fixed: { ...shown.fixed, [at]: Number(value) } }),
        ),
      );
  if (shown.view === "map") {
    const end = shown.step === sheet.steps.length - 1;
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: shown.pictures && end, disabled: !end });
    box.addEventListener("change", () => change({ pictures: box.checked }));
    const element = document.createElement("label");
    element.append(box, end ? "samples of the first seed" : "samples: of the end only");
    parts.push(element);
  }
  host.replaceChildren(...parts);
}

/**
 * The slider over the steps; it stays the same element, so that it can be dragged while what it shows comes.
 * @param {HTMLElement} host @param {(step: number) => void} change
 */
export function stepper(host, change) {
  const input = Object.assign(document.createElement("input"), { type: "range", min: "0", step: "1" });
  const output = document.createElement("output");
  const field = labelled("Step", input);
  field.append(output);
  host.append(field);
  input.addEventListener("input", () => change(Number(input.value)));
  return (/** @type {SweepSheet} */ { steps, measures }, /** @type {Shown} */ { step, measure }) => {
    const last = steps.length - 1;
    host.hidden = last < 1 || measures.find(({ name }) => name === measure)?.name === "seconds";
    input.max = String(last);
    input.value = String(step);
    output.textContent = step === last ? `${steps[last].toLocaleString("en")}, the end` : steps[step].toLocaleString("en");
    input.setAttribute("aria-valuetext", output.textContent);
  };
}
