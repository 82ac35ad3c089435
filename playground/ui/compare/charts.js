// The charts of a comparison: one line for each run, all on one axis, with one cursor.
import { loadPlotly } from "../stage/charts/charts.js";
import { fillLayout } from "../stage/charts/layout.js";
import { areaBetween, floorOver } from "../stage/charts/traces.js";
import { edgesOf } from "../stage/common/bands.js";
import { find, put } from "../stage/common/dom.js";
import { formatValue, forPlotly } from "../stage/common/format.js";
import { alpha } from "../stage/common/theme.js";
import { AXES } from "./lockstep.js";

/** @import { Band } from "../stage/common/bands.js" */
/** @import { ChartEntry, Chip, Trace } from "../stage/common/page.js" */
/** @import { Theme } from "../stage/common/theme.js" */
/** @import { Axis } from "./lockstep.js" */
/** @import { Panel } from "./panel.js" */
/**
 * What the charts show; `cursor` is a place on the axis, or null; `view` counts the resets of zooms.
 * @typedef {{panels: Panel[], axis: Axis, cursor: number | null, band: Band, theme: Theme | null, view: number}} Shown
 */
/** @typedef {{entry: ChartEntry, box: HTMLElement, plot: HTMLElement, target: PlotElement, line: HTMLElement, dirty: boolean, drawn: number, watched: boolean}} Chart */

const EVERY_MS = 500;
const MOST_POINTS = 500;
const ALL = 1e9; // rows: every one of them
const CHART = `
  <h4 class="gp-chart-head"><span class="gp-chart-title"></span><span class="gp-chips"></span></h4>
  <div class="gp-plot"><div class="gp-plotly"></div><span class="gp-c-cursor" hidden></span><span class="gp-hint"></span></div>`;

/**
 * @param {HTMLElement} grid
 * @param {() => Shown} source
 */
export function createCompareCharts(grid, source) {
  /** @type {Chart[]} */
  let charts = [];
  let key = "";
  /** @type {Plotly | null} */
  let plotly = null;
  let timer = setTimeout(turn, 0);
  const sizes = new ResizeObserver(() => redraw());

  /** @param {ChartEntry} entry @returns {Chart} */
  function build(entry) {
    const box = document.createElement("section");
    box.className = "gp-chart gp-c-chart";
    box.dataset.chart = entry.id;
    box.innerHTML = CHART;
    put(find(box, ".gp-chart-title"), entry.title, entry.caption[0].tip);
    grid.append(box);
    const plot = find(box, ".gp-plot");
    sizes.observe(plot);
    const target = /** @type {PlotElement} */ (find(box, ".gp-plotly"));
    return { entry, box, plot, target, line: find(box, ".gp-c-cursor"), dirty: true, drawn: -Infinity, watched: false };
  }

  /** @param {Chart} chart */
  function drop({ box, target }) {
    plotly?.purge(target);
    box.remove();
  }

  /** @param {Trace} trace @param {Shown} shown @param {Theme} theme @returns {Trace} */
  function fill(trace, { panels, axis, band }, theme) {
    const { run, column, band: spread, floor } = trace.meta ?? {};
    const panel = panels[run ?? 0];
    const color = panel.colour[theme.dark ? 1 : 0];
    const { history, now } = panel;
    const places = history.column(axis, MOST_POINTS);
    if (column) {
      const y = history.column(column, MOST_POINTS);
      const name = forPlotly(panel.name);
      return {
        ...trace,
        x: (y && places) || [],
        y: y ?? [],
        name,
        hovertemplate: `%{y:.4g}<extra>${name}</extra>`,
        hoverlabel: { namelength: -1 },
        line: { ...trace.line, color, width: 2 },
      };
    }
    const opacity = floor ? 0.22 : 0.16;
    const shape = { ...trace, fillcolor: alpha(color, opacity), line: { width: 0 } };
    if (spread) {
      const [low, high] = edgesOf(spread, band).map((name) => history.column(name, MOST_POINTS));
      return { ...shape, ...areaBetween(places, low, high) };
    }
    return { ...shape, ...floorOver(places, floor ? now.floors[floor] : undefined) };
  }

  // The values of all runs at the cursor, or the newest: the chips are the legend.
  /** @param {Chart} chart @param {Shown} shown @param {Theme} theme */
  function fillChips({ entry, box }, { panels, axis, cursor }, theme) {
    const [{ column, format }] = entry.caption;
    const list = find(box, ".gp-chips");
    while (list.children.length < panels.length) list.append(Object.assign(document.createElement("span"), { className: "gp-chip gp-key" }));
    while (list.children.length > panels.length) list.lastElementChild?.remove();
    panels.forEach(({ history, name, colour }, i) => {
      const values = history.column(column, ALL) ?? [];
      const places = history.column(axis, ALL) ?? [];
      const before = cursor === null ? values.length - 1 : places.findLastIndex((place) => place !== null && place <= cursor);
      const chip = /** @type {HTMLElement} */ (list.children[i]);
      chip.textContent = formatValue(values[Math.max(0, before)], format === "count" ? ".3g" : format);
      chip.title = name;
      chip.style.setProperty("--gp-key", colour[theme.dark ? 1 : 0]);
    });
  }

  /** @param {Chart} chart @param {Plotly} plotly */
  function draw(chart, plotly) {
    const now = source();
    const { entry, plot, target, box } = chart;
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    const { panels, axis, theme, view } = now;
    if (!width || !height || !theme) return;
    chart.dirty = false;
    chart.drawn = performance.now();
    const empty = panels.every(({ history }) => history.length < 2);
    const last = Math.max(1, ...panels.map(({ history }) => history.column(axis, 2)?.at(-1) ?? 0));
    const { data, layout } = entry.figure;
    const full = fillLayout(
      { ...layout, xaxis: { ...layout.xaxis, title: { text: AXES[axis].title } } },
      { theme, width, height, empty, run: `${view} ${axis}`, marks: [], range: null, cursor: null },
    );
    if (!empty) Object.assign(full.xaxis, { range: [0, last * 1.01], autorange: false });
    find(box, ".gp-hint").textContent = empty ? "Curves appear as the runs train." : "";
    fillChips(chart, now, theme);
    plotly.react(
      target,
      data.map((trace) => fill(trace, now, theme)),
      full,
      { displayModeBar: false, responsive: false, doubleClick: "reset" },
    );
    place(chart, now);
    if (chart.watched) return;
    chart.watched = true;
    target.on("plotly_relayout", () => place(chart, source()));
  }

  // The cursor is a line over the chart: it follows the slider at once, without Plotly.
  /** @param {Chart} chart @param {Shown} shown */
  function place({ target, line, box }, { cursor }) {
    const { xaxis, margin, width } = target.layout ?? {};
    const range = xaxis?.range?.map(Number);
    const share = range && cursor !== null ? (cursor - range[0]) / (range[1] - range[0]) : NaN;
    line.hidden = !(share >= 0 && share <= 1);
    box.dataset.cursor = line.hidden ? "" : String(cursor);
    if (!line.hidden) line.style.transform = `translateX(${margin.l + share * (width - margin.l - margin.r)}px)`;
  }

  // The chart that has waited longest goes first, one in a turn, so that the pictures keep moving.
  function turn() {
    const now = performance.now();
    const due = charts.filter(({ dirty, drawn }) => dirty && now - drawn >= EVERY_MS).sort((a, b) => a.drawn - b.drawn);
    if (plotly && due.length && !document.hidden) draw(due[0], plotly);
    timer = setTimeout(turn, Math.max(30, EVERY_MS / Math.max(2, 2 * charts.length)));
  }

  function redraw() {
    for (const chart of charts) chart.dirty = true;
  }

  return {
    load: (/** @type {string} */ address) =>
      loadPlotly(address).then((library) => {
        plotly = library;
      }),
    /** @param {ChartEntry[]} entries */
    setCharts(entries) {
      const next = JSON.stringify(entries);
      if (next === key) return;
      key = next;
      charts.forEach(drop);
      charts = entries.map(build);
    },
    redraw,
    moveCursor() {
      const now = source();
      for (const chart of charts) {
        if (chart.drawn > 0) place(chart, now);
        if (now.theme) fillChips(chart, now, now.theme);
      }
    },
    close() {
      clearTimeout(timer);
      sizes.disconnect();
      charts.forEach(drop);
    },
  };
}
