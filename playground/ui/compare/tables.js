// The tables under a comparison: what became of each run, and what they are set to.

import { marksOf } from "../stage/charts/layout.js";
import { find } from "../stage/common/dom.js";
import { formatRate, formatValue, NOTHING, thousands } from "../stage/common/format.js";

/** @import { Band } from "../stage/common/bands.js" */
/** @import { Labels } from "../stage/common/page.js" */
/** @import { Theme } from "../stage/common/theme.js" */
/** @import { Panel } from "./panel.js" */
/** @typedef {Panel["now"]} Now */
/** @typedef {{label: string, tip: string, value(now: Now): string}} Column */
/** @typedef {{panels: Panel[], labels: Labels, theme: Theme | null, band: Band, seeds: boolean}} Shown */

const POINTS = [
  ["jsd", "JSD"],
  ["emd", "EMD"],
];
const IMAGES = [
  ["fid", "Fréchet"],
  ["emd", "EMD"],
];

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} text @param {string} title */
function cell(tag, text, title = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (title) element.title = title;
  return element;
}

const COMPILED = "From there on the operations are the same and round differently: training makes that grow, so runs with the same settings part";

/** @param {Panel} panel @param {boolean} dark */
function nameOf(panel, dark) {
  const head = cell("th", panel.name);
  head.className = "gp-c-key";
  head.scope = "row";
  head.style.setProperty("--gp-run", panel.colour[dark ? 1 : 0]);
  return head;
}

/** @param {number | null | undefined} value */
const step = (value) => (typeof value === "number" && Number.isFinite(value) ? thousands(value) : NOTHING);

/** Whether a run has not collapsed only because it had nothing to lose. @param {Record<string, number | null>} summary */
function neverMore({ steps, modes_best: best, modes_total: total, collapse_step: since }) {
  if (!steps) return false; // only the start has been measured
  return typeof best === "number" && typeof total === "number" && typeof since !== "number" && best <= total / 2;
}

/**
 * @param {HTMLElement} root
 * @param {() => Shown} source
 */
export function createCompareTables(root, source) {
  const [summary, settings, every] = [".gp-c-summary table", ".gp-c-settings table", ".gp-c-every"].map((name) => find(root, name));
  const note = find(root, ".gp-c-same");
  let all = false;
  every.addEventListener("click", () => {
    all = !all;
    showSettings();
  });

  /** @param {boolean} images @returns {Column[]} */
  function columns(images) {
    const kind = images ? "classes" : "modes";
    const distances = (images ? IMAGES : POINTS).flatMap(([name, label]) => [
      { label: `${label} now`, tip: `${label} in the newest row`, value: (/** @type {Now} */ now) => formatValue(now.summary[`${name}_final`], ".3f") },
      {
        label: `${label} best`,
        tip: `The lowest ${label} of the whole run`,
        value: (/** @type {Now} */ now) => formatValue(now.summary[`${name}_best`], ".3f"),
      },
    ]);
    return [
      { label: "Step", tip: "Generator updates so far", value: (now) => step(now.step) },
      ...distances,
      {
        label: images ? "Classes" : "Modes",
        tip: `How many ${kind} the newest row has`,
        value: ({ summary }) => formatValue(summary.modes_final, "count", summary.modes_total),
      },
      {
        label: `First all ${kind} at`,
        tip: `The first measured step with all ${kind}; of several seeds the median, those without them counted as never. Later they may be lost again.`,
        value: ({ summary }) => `${step(summary.steps_to_all)}${summary.steps_to_all && (summary.seeds ?? 1) > 1 ? " (median)" : ""}`,
      },
      {
        label: "Collapse at",
        tip: `The step from which on at most half of the ${kind} are left; “never had more” where there never were more than half`,
        value: ({ summary }) => (neverMore(summary) ? "never had more" : step(summary.collapse_step)),
      },
      { label: "Steps/s", tip: "Training steps per second, without pauses", value: ({ summary }) => formatRate(summary.steps_per_second) },
      { label: "What became of it", tip: "", value: (now) => now.outcome || NOTHING },
    ];
  }

  function showSummary() {
    const { panels, theme } = source();
    const dark = theme?.dark ?? false;
    const shown = columns(panels.some(({ now }) => now.scene?.kind === "images"));
    const head = document.createElement("tr");
    head.append(cell("th", "Run"), ...shown.map(({ label, tip }) => cell("th", label, tip)));
    const rows = panels.map((panel) => {
      const row = document.createElement("tr");
      row.dataset.run = panel.id;
      row.append(nameOf(panel, dark), ...shown.map(({ value }) => cell("td", value(panel.now))));
      return row;
    });
    summary.replaceChildren(head, ...rows);
  }

  /** @param {Panel} panel @param {Labels} labels */
  function changesOf({ now }, labels) {
    return marksOf(now.changes, labels, now.words?.method)
      .map(({ step: at, text }) => `${text} at step ${thousands(at)}`)
      .join("; ");
  }

  function showSettings() {
    const { panels, labels, theme } = source();
    const dark = theme?.dark ?? false;
    const ready = panels.flatMap((panel) => (panel.now.words ? [{ panel, words: panel.now.words }] : []));
    if (!ready.length) return;
    const first = ready[0].words;
    // Another method has settings of its own: told where they are no defaults.
    /** @param {string} name */
    const counts = (name) =>
      ready.every(({ words }) => name in words) || ready.some(({ words }) => name in words && (labels[name].key || words[name] !== labels[name].default));
    const names = Object.keys(labels).filter(counts);
    /** @param {string} name */
    const differs = (name) => !ready.every(({ words }) => words[name] === first[name]);
    const [unlike, alike] = [names.filter(differs), names.filter((name) => !differs(name))];
    const head = document.createElement("tr");
    head.append(cell("th", "Setting"), ...ready.map(({ panel }) => nameOf(panel, dark)));
    /** @param {string} what @param {string[]} texts @param {string} [tip] */
    const line = (what, texts, tip) => {
      const row = document.createElement("tr");
      row.append(cell("th", what, tip), ...texts.map((text) => cell("td", text)));
      return row;
    };
    const rows = [...unlike, ...(all ? alike : [])].map((name) => {
      const row = line(
        labels[name].full,
        ready.map(({ words }) => words[name] ?? "–"),
      );
      row.dataset.setting = name;
      row.classList.toggle("gp-c-unlike", differs(name));
      return row;
    });
    const changed = ready.map(({ panel }) => changesOf(panel, labels));
    if (changed.some(Boolean))
      rows.push(
        line(
          "Changed on the way",
          changed.map((text) => text || NOTHING),
        ),
      );
    const since = ready.map(({ panel }) => panel.now.compiled);
    if (new Set(since).size > 1)
      rows.push(
        line(
          "Compiled from step",
          since.map((at) => (at === null ? NOTHING : thousands(at))),
          COMPILED,
        ),
      );
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
    find(root, ".gp-c-keys").replaceChildren(...keys);
    const spread = band === "quartiles" ? "the middle half of the seeds" : "all seeds, from the smallest to the largest";
    const shaded = seeds ? ` A line is the median, the band around it ${spread}.` : "";
    find(root, ".gp-c-means").textContent = `Level bands: what perfect samples measure (5 to 95 %).${shaded}`;
  }

  return { showSummary, showSettings, showLegend };
}
