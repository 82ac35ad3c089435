// The tables under a comparison: what became of each run, and what they are set to.

import { marksOf } from "../stage/charts/layout.js";
import { formatRate, formatValue, NOTHING, thousands } from "../stage/common/format.js";

const POINTS = [
  ["jsd", "JSD"],
  ["emd", "EMD"],
];
const IMAGES = [
  ["fid", "Fréchet"],
  ["emd", "EMD"],
];

function cell(tag, text, title = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (title) element.title = title;
  return element;
}

function nameOf(panel, dark) {
  const head = cell("th", panel.name);
  head.className = "gp-c-key";
  head.scope = "row";
  head.style.setProperty("--gp-run", panel.colour[dark ? 1 : 0]);
  return head;
}

const step = (value) => (Number.isFinite(value) ? thousands(value) : NOTHING);

/** `source()` gives {panels, labels, theme, band, seeds}. */
export function createCompareTables(root, source) {
  const [summary, settings, every] = [".gp-c-summary table", ".gp-c-settings table", ".gp-c-every"].map((name) => root.querySelector(name));
  const note = root.querySelector(".gp-c-same");
  let all = false;
  every.addEventListener("click", () => {
    all = !all;
    showSettings();
  });

  function columns(images) {
    const kind = images ? "classes" : "modes";
    const distances = (images ? IMAGES : POINTS).flatMap(([name, label]) => [
      [`${label} now`, `${label} in the newest row`, (values) => formatValue(values[`${name}_final`], ".3f")],
      [`${label} best`, `The lowest ${label} of the whole run`, (values) => formatValue(values[`${name}_best`], ".3f")],
    ]);
    return [
      ["Step", "Generator updates so far", (_, now) => step(now.step)],
      ...distances,
      [`${images ? "Classes" : "Modes"}`, `How many ${kind} the newest row has`, (values) => formatValue(values.modes_final, "count", values.modes_total)],
      [`All ${kind} at`, `The first step with all ${kind}`, (values) => step(values.steps_to_all)],
      ["Collapse at", `The step from which on at most half of the ${kind} are left`, (values) => step(values.collapse_step)],
      ["Steps/s", "Training steps per second, without pauses", (values) => formatRate(values.steps_per_second)],
      ["What became of it", "", (_, now) => now.outcome || NOTHING],
    ];
  }

  function showSummary() {
    const { panels, theme } = source();
    const shown = columns(panels.some(({ now }) => now.scene?.kind === "images"));
    const head = document.createElement("tr");
    head.append(cell("th", "Run"), ...shown.map(([label, tip]) => cell("th", label, tip)));
    const rows = panels.map((panel) => {
      const row = document.createElement("tr");
      row.dataset.run = panel.id;
      row.append(nameOf(panel, theme?.dark), ...shown.map(([, , value]) => cell("td", value(panel.now.summary, panel.now))));
      return row;
    });
    summary.replaceChildren(head, ...rows);
  }

  function changesOf({ now }, labels) {
    return marksOf(now.changes, labels)
      .map(({ step: at, text }) => `${text.replaceAll("<br>", ", ")} at step ${thousands(at)}`)
      .join("; ");
  }

  function showSettings() {
    const { panels, labels, theme } = source();
    const ready = panels.filter(({ now }) => now.words);
    if (!ready.length) return;
    const names = Object.keys(labels).filter((name) => name in ready[0].now.words);
    const differs = (name) => !ready.every(({ now }) => now.words[name] === ready[0].now.words[name]);
    const [unlike, alike] = [names.filter(differs), names.filter((name) => !differs(name))];
    const head = document.createElement("tr");
    head.append(cell("th", "Setting"), ...ready.map((panel) => nameOf(panel, theme?.dark)));
    const rows = [...unlike, ...(all ? alike : [])].map((name) => {
      const row = document.createElement("tr");
      row.dataset.setting = name;
      row.classList.toggle("gp-c-unlike", differs(name));
      row.append(cell("th", labels[name].full ?? labels[name].label), ...ready.map(({ now }) => cell("td", now.words[name])));
      return row;
    });
    const changed = ready.map((panel) => changesOf(panel, labels));
    if (changed.some(Boolean)) {
      const row = document.createElement("tr");
      row.append(cell("th", "Changed on the way"), ...changed.map((text) => cell("td", text || NOTHING)));
      rows.push(row);
    }
    settings.replaceChildren(...(rows.length ? [head, ...rows] : []));
    note.textContent = unlike.length ? `${unlike.length} of ${names.length} settings differ` : `All ${names.length} settings are the same`;
    every.textContent = all ? "Show differences only" : "Show all settings";
    every.setAttribute("aria-pressed", String(all));
  }

  /** Which colour is which run, and what the bands are. */
  function showLegend() {
    const { panels, theme, band, seeds } = source();
    const keys = panels.map((panel) => {
      const key = cell("span", panel.name);
      key.className = "gp-c-key";
      key.style.setProperty("--gp-run", panel.colour[theme?.dark ? 1 : 0]);
      return key;
    });
    root.querySelector(".gp-c-keys").replaceChildren(...keys);
    const spread = band === "quartiles" ? "the middle half of the seeds" : "all seeds, from the smallest to the largest";
    const shaded = seeds ? ` A line is the median, the band around it ${spread}.` : "";
    root.querySelector(".gp-c-means").textContent = `Level bands: what perfect samples measure (5 to 95 %).${shaded}`;
  }

  return { showSummary, showSettings, showLegend };
}
