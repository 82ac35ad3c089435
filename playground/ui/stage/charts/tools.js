// What a visitor may do with a chart: hide it and bring it back, enlarge it, download it, choose a portrait's axes.
import { find } from "../common/dom.js";
import { keep, recall } from "../common/memory.js";
import { closeMenu, toggleMenu } from "./menu.js";

/** @import { ChartEntry, Figure } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Pair } from "./traces.js" */
/**
 * A chart on a shelf; `larger` is the button that enlarges it, `axes` the two measures of a phase portrait.
 * @typedef {{entry: ChartEntry, box: HTMLElement, plot: HTMLElement, larger: HTMLElement, dirty: boolean, axes?: Pair}} Shelved
 */
/** @typedef {{name: string, values: unknown[]}} Numbers  of one column */

const MOST_PRESENTED = 2;
const AXES = "gan-playground-phase";
const ROOM = "\u00a0".repeat(4); // after a name in a PNG, whose letters are wider than those that Plotly measures
const PNG = { format: "png", width: 900, scale: 2 };

const MORE = '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="3" cy="8" r="1.5"/><circle cx="8" cy="8" r="1.5"/><circle cx="13" cy="8" r="1.5"/></svg>';
const LARGER =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M9 2h5v5h-1.6V4.7L9.6 7.5 8.5 6.4l2.8-2.8H9zM7 14H2V9h1.6v2.3l2.8-2.8 1.1 1.1-2.8 2.8H7z"/></svg>';

/**
 * `onChange()`: other charts are to be shown. `figureOf` gives a chart as Plotly takes it, `numbersOf` the columns that
 * it draws, `run()` says whose they are. `kept`: where the browser remembers what it shows, {id: true or false}.
 * `bar` holds the menu of charts; an enlarged one lies over `stage`.
 * @template {Shelved} C
 * @param {HTMLElement} root
 * @param {HTMLElement} list
 * @param {object} options
 * @param {string} options.kept
 * @param {HTMLElement} options.bar
 * @param {HTMLElement} options.stage
 * @param {() => Theme | null} options.theme
 * @param {() => string} options.run
 * @param {() => Plotly | null} options.plotly
 * @param {() => void} options.onChange
 * @param {(chart: C, size: {width: number, height: number}, theme: Theme) => Figure} options.figureOf
 * @param {(chart: C) => Numbers[]} options.numbersOf
 */
export function createShelf(root, list, { kept: KEPT, bar, stage, theme: themeNow, run, plotly, onChange, figureOf, numbersOf }) {
  const button = iconless("Charts", "Which charts are shown");
  button.dataset.do = "charts";
  bar.append(button);
  /** @type {ChartEntry[]} */
  let possible = [];
  /** @type {C | null} */
  let large = null; // the enlarged chart

  let presenting = false;
  const PRESENTED = `${KEPT}-presented`; // what it shows in a presentation: ids

  /** @param {ChartEntry} entry @returns {boolean} */
  const shown = (entry) => (presenting ? presented().includes(entry.id) : (recall(KEPT)?.[entry.id] ?? entry.shown ?? true));

  // What a presentation shows: what was chosen for one, else the first and the last of the usual charts.
  /** @returns {string[]} */
  function presented() {
    const kept = recall(PRESENTED);
    const ids = possible.map(({ id }) => id);
    const chosen = Array.isArray(kept) ? kept.filter((id) => ids.includes(id)) : [];
    const usual = possible.filter(({ shown }) => shown ?? true).map(({ id }) => id);
    return chosen.length ? chosen : [usual[0], usual[usual.length - 1]];
  }

  button.addEventListener("click", () => {
    toggleMenu(root, button, () => possible.map((entry) => ({ label: entry.title, checked: shown(entry), act: () => show(entry, !shown(entry)) })));
  });

  /** @param {ChartEntry} entry @param {boolean} wanted */
  function show(entry, wanted) {
    if (large?.entry.id === entry.id) shrink();
    const others = presented().filter((id) => id !== entry.id);
    if (presenting) keep(PRESENTED, (wanted ? [...others, entry.id] : others).slice(-MOST_PRESENTED));
    else keep(KEPT, { ...recall(KEPT), [entry.id]: wanted });
    onChange();
  }

  /** @param {C} chart */
  function enlarge(chart) {
    shrink();
    large = chart;
    chart.box.classList.add("gp-enlarged");
    stage.append(chart.box);
    label(chart, true);
    chart.dirty = true;
    chart.larger.focus();
  }

  function shrink() {
    if (!large) return;
    const chart = large;
    large = null;
    chart.box.classList.remove("gp-enlarged");
    list.append(chart.box);
    label(chart, false);
    chart.dirty = true;
    onChange(); // back to its place among the others
    chart.larger.focus();
  }

  /** @param {C} chart @param {boolean} on */
  function label({ larger }, on) {
    const text = on ? "Back to its place (Esc)" : "Enlarge";
    larger.title = text;
    larger.setAttribute("aria-label", text);
    larger.setAttribute("aria-pressed", String(on));
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== "Escape" || !large || root.querySelector(".gp-menu")) return;
    shrink();
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  window.addEventListener("keydown", onKey, true);

  return {
    /** The button that enlarges a chart. */
    largerOf: () => icon(LARGER, "Enlarge", "enlarge"),
    /**
     * The entries to show, of those that say something about this run.
     * @param {ChartEntry[]} entries
     */
    choose(entries) {
      possible = entries;
      return entries.filter(shown);
    },
    /** @param {boolean} on */
    present(on) {
      if (presenting === on) return;
      presenting = on;
      shrink();
      onChange();
    },
    /** Whether another chart lies over this one. */
    covers: (/** @type {C} */ chart) => large !== null && chart !== large,
    /**
     * The buttons and menus of a new chart.
     * @param {C} chart
     */
    equip(chart) {
      const { box, entry } = chart;
      const tools = find(box, ".gp-chart-tools");
      chart.larger.addEventListener("click", () => (large === chart ? shrink() : enlarge(chart)));
      const more = icon(MORE, `More: ${entry.title}`, "chart-menu");
      more.setAttribute("aria-haspopup", "menu");
      more.setAttribute("aria-expanded", "false");
      more.addEventListener("click", () =>
        toggleMenu(root, more, () => [
          { label: "Download PNG", act: () => downloadPicture(chart) },
          { label: "Download CSV", act: () => downloadNumbers(chart) },
          { label: "Hide", act: () => show(entry, false) },
        ]),
      );
      tools.append(chart.larger, more);
      if (entry.choices?.length) chooseAxes(chart);
    },
    /** @param {C} chart */
    release(chart) {
      if (large === chart) large = null;
    },
    close() {
      closeMenu();
      button.remove();
      window.removeEventListener("keydown", onKey, true);
    },
  };

  // A phase portrait's two measures.
  /** @param {C} chart */
  function chooseAxes(chart) {
    const { box, entry } = chart;
    const usual = entry.figure.data[0].meta?.phase;
    const choices = entry.choices ?? [];
    if (!usual) return;
    const kept = recall(AXES)?.axes ?? usual;
    /** @param {0 | 1} i @returns {string} */
    const axis = (i) => (choices.some(([column]) => column === kept[i]) ? kept[i] : usual[i]);
    const axes = /** @type {[string, string]} */ ([axis(0), axis(1)]);
    chart.axes = axes;
    const selects = axes.map((name, i) => {
      const select = document.createElement("select");
      select.className = "gp-select gp-axis";
      select.setAttribute("aria-label", i ? "Measure upwards" : "Measure across");
      for (const [column, label] of choices) select.add(new Option(label, column, column === name, column === name));
      select.addEventListener("change", () => {
        axes[i] = select.value;
        keep(AXES, { axes });
        chart.dirty = true;
      });
      return select;
    });
    find(box, ".gp-axes").append(selects[0], " against ", selects[1]);
  }

  /** @param {C} chart */
  async function downloadPicture(chart) {
    const theme = themeNow();
    const library = plotly();
    if (!theme || !library) return; // nothing is drawn yet
    const height = Math.round(PNG.width * Math.min(0.8, Math.max(0.4, chart.plot.clientHeight / chart.plot.clientWidth)));
    const { data, layout } = figureOf(chart, { width: PNG.width, height }, theme);
    const titled = {
      ...layout,
      paper_bgcolor: theme.background,
      plot_bgcolor: theme.background,
      title: { text: chart.entry.title, x: 0.01, y: 1 - 8 / height, yanchor: "top", font: { size: 15 } },
      showlegend: data.some(({ name }) => name),
      legend: { orientation: "h", x: 0, xref: "container", y: 1 - 28 / height, yref: "container", yanchor: "top" },
      margin: { ...layout.margin, t: layout.margin.t + 48 },
    };
    const address = await library.toImage(
      { data: data.map((trace) => (trace.name ? { ...trace, name: `${trace.name}${ROOM}` } : trace)), layout: titled },
      { ...PNG, height },
    );
    download(address, `${fileName(chart)}.png`);
  }

  // Such as "jsd-against-emd-lJ1VKAlo": the chart's title and the run.
  /** @param {C} chart */
  function fileName({ entry }) {
    return `${entry.title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/-$/, "")}-${run()}`;
  }

  /** @param {C} chart */
  function downloadNumbers(chart) {
    const columns = numbersOf(chart);
    const rows = (columns[0]?.values ?? []).map((_, row) => columns.map(({ values }) => cellOf(values[row])));
    const lines = [columns.map(({ name }) => name), ...rows];
    const address = URL.createObjectURL(new Blob([`${lines.map((line) => line.join(",")).join("\n")}\n`], { type: "text/csv" }));
    download(address, `${fileName(chart)}.csv`);
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}

// A comma or a quote in a run's name must not begin another column.
/** @param {unknown} value */
function cellOf(value) {
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string} address @param {string} name */
function download(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

/** @param {string} text @param {string} title */
function iconless(text, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "gp-button gp-quiet";
  button.textContent = text;
  button.title = title;
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  return button;
}

/** @param {string} drawing @param {string} text @param {string} act */
function icon(drawing, text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "gp-icon";
  button.innerHTML = drawing;
  button.dataset.do = act;
  button.title = text;
  button.setAttribute("aria-label", text);
  return button;
}
