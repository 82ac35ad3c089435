// A sweep in pictures: menus say what of it is shown, the views draw it, the pointer and the keys read its cells.
import { find, penOf } from "../stage/common/dom.js";
import { readTheme } from "../stage/common/theme.js";
import { dots } from "./dots.js";
import { lines } from "./lines.js";
import { maps } from "./maps.js";
import { colour, finite, place, STATISTICS, statisticsOf, told, words } from "./numbers.js";
import { parallel } from "./parallel.js";
import { Sheet } from "./sheet.js";
import { paint } from "./tiny.js";

/** @import { Component, SweepCell, SweepData } from "../stage/common/page.js" */
/** @import { Statistic } from "./numbers.js" */
/** @import { Shown } from "./sheet.js" */

/** What each view is called, which designs it is for, and what draws it. */
const VIEWS = {
  map: { label: "Map", grid: true, draw: maps },
  lines: { label: "Lines", grid: true, draw: lines },
  dots: { label: "Dots", grid: false, draw: dots },
  parallel: { label: "Parallel axes", grid: false, draw: parallel },
};

/** @param {Component<SweepData>} component */
export function mount(component) {
  const root = find(component.parentElement, ".gps");
  const bar = find(root, ".gps-bar");
  const tip = find(root, ".gps-tip");
  let { data, setTriggerValue } = component;
  /** @type {Shown} */
  const shown = { view: "", measure: "", statistic: "median", x: 0, y: 1, third: -1, fixed: {}, pictures: true };
  const sheet = new Sheet(find(root, ".gps-maps"), tell, (cell) => setTriggerValue("choose", cell.index));

  /** @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} change */
  function menu(label, options, value, change) {
    const element = document.createElement("label");
    const select = document.createElement("select");
    for (const [name, text] of options) select.append(new Option(text, name, false, name === value));
    select.addEventListener("change", () => {
      change(select.value);
      show();
    });
    element.append(label, select);
    return element;
  }

  function measure() {
    return data.measures.find(({ name }) => name === shown.measure) ?? data.measures[0];
  }

  /** @param {SweepCell} cell */
  function number(cell) {
    const { name, better } = measure();
    return told(cell.values[name] ?? [], shown.statistic, better);
  }

  /** Leaves no choice that the sweep does not have. */
  function settle() {
    const views = Object.entries(VIEWS).filter(([, { grid }]) => grid === data.grid);
    if (!views.some(([name]) => name === shown.view)) shown.view = views[0][0];
    if (!data.measures.some(({ name }) => name === shown.measure)) shown.measure = data.measures[0].name;
    const can = statisticsOf(measure());
    if (!can.includes(shown.statistic)) shown.statistic = can[0];
    const count = data.axes.length;
    shown.x = Math.min(shown.x, count - 1);
    if (shown.y >= count || shown.y === shown.x) shown.y = count > 1 ? (shown.x + 1) % count : -1;
    const rest = data.axes.map((_, axis) => axis).filter((axis) => axis !== shown.x && axis !== shown.y);
    if (!rest.includes(shown.third)) shown.third = rest[0] ?? -1;
  }

  function controls() {
    const axes = data.axes.map(({ label }, axis) => /** @type {[string, string]} */ ([String(axis), label]));
    const views = Object.entries(VIEWS).filter(([, { grid }]) => grid === data.grid);
    /** @param {"x" | "y"} one @param {"x" | "y"} other */
    const axis = (one, other) => (/** @type {string} */ value) => {
      if (Number(value) === shown[other]) shown[other] = shown[one];
      shown[one] = Number(value);
    };
    const parts = [
      menu(
        "View",
        views.map(([name, { label }]) => [name, label]),
        shown.view,
        (value) => {
          shown.view = value;
        },
      ),
      menu(
        "Shows",
        data.measures.map(({ name, label }) => [name, label]),
        shown.measure,
        (value) => {
          shown.measure = value;
        },
      ),
    ];
    const can = statisticsOf(measure());
    if (can.length > 1)
      parts.push(
        menu(
          "of the seeds",
          can.map((name) => [name, STATISTICS[name]]),
          shown.statistic,
          (value) => {
            shown.statistic = /** @type {Statistic} */ (value);
          },
        ),
      );
    if (axes.length > 1 && shown.view !== "parallel")
      parts.push(
        menu("across", axes, String(shown.x), axis("x", "y")),
        menu(shown.view === "lines" ? "a line for each" : "upwards", axes, String(shown.y), axis("y", "x")),
      );
    for (const [at, { label, texts }] of data.axes.entries())
      if (data.grid && ![shown.x, shown.y, shown.third].includes(at))
        parts.push(
          menu(
            label,
            texts.map((text, place) => [String(place), text]),
            String(shown.fixed[at] ?? 0),
            (value) => {
              shown.fixed[at] = Number(value);
            },
          ),
        );
    if (shown.view === "map") parts.push(samples());
    bar.replaceChildren(...parts);
  }

  function samples() {
    const box = document.createElement("label");
    const tick = Object.assign(document.createElement("input"), { type: "checkbox", checked: shown.pictures });
    tick.addEventListener("change", () => {
      shown.pictures = tick.checked;
      sheet.redraw();
    });
    box.append(tick, "samples of the first seed");
    return box;
  }

  function show() {
    tip.hidden = true;
    if (!data.measures.length) return;
    settle();
    controls();
    const numbers = finite(data.cells.map(number));
    const [low, high] = measure().share ? [0, 1] : [numbers[0] ?? 0, numbers[numbers.length - 1] ?? 1];
    const falling = shown.statistic === "range" || measure().better === "lower";
    /** @param {number} share */
    const tint = (share) => `rgb(${colour(falling ? 1 - share : share)})`;
    sheet.begin(data, shown, root.clientWidth || 900, {
      low,
      high,
      measure: measure(),
      number,
      fill(cell) {
        const value = number(cell);
        return value === null ? null : tint(place(value, low, high));
      },
    });
    VIEWS[/** @type {keyof typeof VIEWS} */ (shown.view)].draw(sheet);
    sheet.redraw();
    legend(low, high, tint);
  }

  /** @param {number} low @param {number} high @param {(share: number) => string} tint */
  function legend(low, high, tint) {
    const { better, share } = measure();
    find(root, ".gps-legend").hidden = shown.view === "lines";
    const pen = penOf(find(root, ".gps-legend canvas", HTMLCanvasElement));
    for (let x = 0; x < 160; x++) {
      pen.fillStyle = tint(x / 159);
      pen.fillRect(x, 0, 1, 10);
    }
    find(root, ".gps-low").textContent = words(low, share);
    find(root, ".gps-high").textContent = words(high, share);
    find(root, ".gps-better").textContent = better && shown.statistic !== "range" ? `${better} is better` : "";
  }

  /** What stands at the pointer. @param {SweepCell | null} cell @param {HTMLElement} canvas @param {number[]} spot */
  function tell(cell, canvas, [x, y]) {
    tip.hidden = cell === null;
    if (!cell) return;
    const { share, label, name } = measure();
    /** @param {keyof HTMLElementTagNameMap} tag @param {string} textContent */
    const line = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });
    const values = cell.values[name] ?? [];
    const text = document.createElement("div");
    text.append(
      line("b", data.axes.map((axis, at) => `${axis.label} ${axis.texts[cell.at[at]]}`).join(" · ")),
      line("div", `${label}, ${STATISTICS[shown.statistic].toLowerCase()}: ${words(number(cell), share)}`),
    );
    if (values.length > 1) text.append(line("div", `Seeds: ${values.map((value) => words(value, share)).join(", ")}`));
    if (cell.end === "diverged") text.append(line("div", `All seeds diverged, by step ${cell.steps.toLocaleString("en")}.`));
    tip.replaceChildren(text);
    if (cell.picture) {
      const picture = Object.assign(document.createElement("canvas"), { width: 192, height: 192 });
      paint(penOf(picture), cell.picture, 4, 4, 184, readTheme(root).fake);
      tip.prepend(picture);
    }
    const [box, frame] = [canvas.getBoundingClientRect(), root.getBoundingClientRect()];
    tip.style.left = `${Math.max(0, Math.min(box.left - frame.left + x + 16, frame.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${box.top - frame.top + y + 18}px`;
  }

  show();
  let width = root.clientWidth;
  const resized = new ResizeObserver(() => {
    if (root.clientWidth !== width) {
      width = root.clientWidth;
      show();
    }
  });
  resized.observe(root);

  return {
    /** @param {Component<SweepData>} next */
    update(next) {
      const before = JSON.stringify(data);
      ({ data, setTriggerValue } = next);
      if (JSON.stringify(data) !== before) show();
    },
    unmount() {
      resized.disconnect();
    },
  };
}
