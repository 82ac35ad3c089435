// The charts of a comparison: one line for each run, all on one axis, with one cursor.
import { enlarge, fillLayout, fitTicks } from "../stage/charts/layout.js";
import { createShelf } from "../stage/charts/tools.js";
import { areaBetween, floorOver, visible } from "../stage/charts/traces.js";
import { edgesOf } from "../stage/common/bands.js";
import { find, put } from "../stage/common/dom.js";
import { formatValue, forPlotly, thousands } from "../stage/common/format.js";
import { alpha } from "../stage/common/theme.js";
import { AXES } from "./lockstep.js";

/** @import { Band } from "../stage/common/bands.js" */
/** @import { ChartEntry, Chip, Trace } from "../stage/common/page.js" */
/** @import { Theme } from "../stage/common/theme.js" */
/** @import { Axis } from "./lockstep.js" */
/** @import { Panel } from "./panel.js" */
/**
 * What the charts show; `cursor` is a place on the axis, or null; `view` counts the resets of zooms.
 * @typedef {{panels: Panel[], axis: Axis, cursor: number | null, band: Band, theme: Theme | null, view: number, smoothing: number, scale: number}} Shown
 */
/** @typedef {{entry: ChartEntry, box: HTMLElement, plot: HTMLElement, target: PlotElement, line: HTMLElement, larger: HTMLElement, dirty: boolean, drawn: number, watched: boolean}} Chart */

const EVERY_MS = 500;
const MOST_POINTS = 500;
const ALL = 1e9; // rows: every one of them
const CHART = `
  <h4 class="gp-chart-head"><span class="gp-chart-title"></span><span class="gp-chips-when"></span><span class="gp-chips"></span><span class="gp-chart-tools"></span></h4>
  <div class="gp-plot"><div class="gp-plotly"></div><span class="gp-c-cursor" hidden></span><span class="gp-hint"></span></div>`;

/**
 * A running mean whose weights fall by `share` from row to row, each divided by what they sum to: so it begins at the
 * first value. What is missing stays missing.
 * @param {(number | null)[]} values
 * @param {number} share  from 0 (the values themselves) to below 1
 */
export function smooth(values, share) {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    sum = share * sum + value;
    weight = share * weight + 1;
    return sum / weight;
  });
}

/**
 * @param {HTMLElement} root
 * @param {() => Shown} source
 */
export function createCompareCharts(root, source) {
  const grid = find(root, ".gp-c-charts");
  const stage = find(root, ".gp-c-grid");
  /** @type {Chart[]} */
  let charts = [];
  /** @type {ChartEntry[]} */
  let entries = [];
  let key = "";
  /** @type {Plotly | null} */
  let plotly = null;
  let timer = setTimeout(turn, 0);
  const sizes = new ResizeObserver(() => redraw());
  const shelf = createShelf(root, grid, {
    kept: "gan-playground-compared",
    bar: find(root, ".gp-c-charts-bar"),
    stage,
    theme: () => source().theme,
    run: () => "comparison",
    plotly: () => plotly,
    onChange: arrange,
    figureOf: (/** @type {Chart} */ chart, size, theme) => figureOf(chart, size, source(), theme),
    numbersOf,
  });

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
    const chart = { entry, box, plot, target, line: find(box, ".gp-c-cursor"), larger: shelf.largerOf(), dirty: true, drawn: -Infinity, watched: false };
    shelf.equip(chart);
    return chart;
  }

  // Builds what is to be seen and drops the rest.
  function arrange() {
    const shown = shelf.choose(entries);
    const kept = shown.map((entry) => charts.find((chart) => chart.entry === entry) ?? build(entry));
    for (const chart of charts) if (!kept.includes(chart)) drop(chart);
    charts = kept;
    grid.append(...charts.map(({ box }) => box).filter((box) => box.parentElement === grid));
    const beside = source().panels.length === 2 ? 3 : 0; // of two runs, so many stand beside the pictures
    stage.dataset.over = String(Math.max(0, charts.length - beside) % 3);
  }

  // Every row of every run, one below the other.
  /** @param {Chart} chart */
  function numbersOf({ entry }) {
    const [{ column }] = entry.caption;
    const { panels, axis, band } = source();
    const names = [...new Set(["step", axis, column, ...edgesOf(column, band)])];
    const rows = panels.map(({ name, history }) => {
      const columns = names.map((each) => history.column(each, ALL) ?? new Array(history.length).fill(null));
      return [new Array(history.length).fill(name), ...columns];
    });
    return ["run", ...names].map((name, i) => ({ name, values: rows.flatMap((columns) => columns[i]) }));
  }

  /** @param {Chart} chart */
  function drop(chart) {
    const { box, target, plot } = chart;
    shelf.release(chart);
    sizes.unobserve(plot);
    plotly?.purge(target);
    box.remove();
  }

  /** @param {Trace} trace @param {Shown} shown @param {Theme} theme @returns {Trace} */
  function fill(trace, { panels, axis, band, smoothing }, theme) {
    const { run, column, band: spread, floor } = trace.meta ?? {};
    const panel = panels[run ?? 0];
    const color = panel.colour[theme.dark ? 1 : 0];
    const { history, now } = panel;
    const places = history.column(axis, MOST_POINTS);
    if (column) {
      const y = history.column(column, MOST_POINTS);
      const name = forPlotly(panel.name);
      return visible({
        ...trace,
        x: (y && places) || [],
        y: smooth(y ?? [], smoothing),
        name,
        hovertemplate: `%{y:.4g}<extra>${name}</extra>`,
        hoverlabel: { namelength: -1 },
        line: { ...trace.line, color, width: 2 },
        mode: "lines",
      });
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
    const measured = new Set();
    panels.forEach(({ history, name, colour }, i) => {
      const values = history.column(column, ALL) ?? [];
      const places = history.column(axis, ALL) ?? [];
      const before = cursor === null ? values.length - 1 : places.findLastIndex((place) => place !== null && place <= cursor);
      const step = history.column("step", ALL)?.[Math.max(0, before)] ?? 0;
      if (cursor !== null && (places[before] ?? cursor) < cursor) measured.add(step);
      const chip = /** @type {HTMLElement} */ (list.children[i]);
      chip.textContent = formatValue(values[Math.max(0, before)], format === "count" ? ".3g" : format);
      chip.title = `${name}, measured at step ${thousands(step)}`;
      chip.style.setProperty("--gp-key", colour[theme.dark ? 1 : 0]);
    });
    find(box, ".gp-chips-when").textContent = measured.size ? `measured at ${[...measured].map(thousands).join(", ")}` : "";
  }

  /**
   * A chart as Plotly takes it, in this size.
   * @param {Chart} chart
   * @param {{width: number, height: number}} size
   * @param {Shown} now
   * @param {Theme} theme
   */
  function figureOf({ entry }, size, now, theme) {
    const { panels, axis, view } = now;
    const empty = panels.every(({ history }) => history.length < 2);
    const last = Math.max(1, ...panels.map(({ history }) => history.column(axis, 2)?.at(-1) ?? 0));
    const { data, layout } = entry.figure;
    const { scale } = now; // laid out as on a smaller screen, and then enlarged
    const full = fillLayout(
      { ...layout, xaxis: { ...layout.xaxis, title: { text: AXES[axis].title } } },
      { theme, width: size.width / scale, height: size.height / scale, empty, run: `${view} ${axis}`, marks: [], range: null, cursor: null },
    );
    if (!empty) Object.assign(full.xaxis, { range: [0, last * 1.01], autorange: false });
    const filled = data.map((trace) => fill(trace, now, theme));
    fitTicks(full, filled);
    return { data: filled.map((trace) => enlarge(trace, scale)), layout: enlarge(full, scale), empty };
  }

  /** @param {Chart} chart @param {Plotly} plotly */
  function draw(chart, plotly) {
    const now = source();
    const { plot, target, box } = chart;
    const size = { width: plot.clientWidth, height: plot.clientHeight };
    const { theme } = now;
    if (!size.width || !size.height || !theme) return;
    chart.dirty = false;
    chart.drawn = performance.now();
    const { data, layout, empty } = figureOf(chart, size, now, theme);
    find(box, ".gp-hint").textContent = empty ? "Curves appear as the runs train." : "";
    fillChips(chart, now, theme);
    plotly.react(target, data, layout, { displayModeBar: false, responsive: false, doubleClick: "reset" });
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
    const due = charts.filter((chart) => chart.dirty && !shelf.covers(chart) && now - chart.drawn >= EVERY_MS).sort((a, b) => a.drawn - b.drawn);
    if (plotly && due.length && !document.hidden) draw(due[0], plotly);
    timer = setTimeout(turn, Math.max(30, EVERY_MS / Math.max(2, 2 * charts.length)));
  }

  function redraw() {
    for (const chart of charts) chart.dirty = true;
  }

  return {
    /** @param {Plotly} library */
    setPlotly(library) {
      plotly = library;
    },
    /** @param {ChartEntry[]} wanted */
    setCharts(wanted) {
      const next = JSON.stringify(wanted);
      if (next === key) return;
      key = next;
      entries = wanted;
      arrange();
    },
    arrange,
    redraw,
    /** @param {boolean} on  two charts, in the larger type of a presentation */
    present(on) {
      shelf.present(on);
      redraw();
    },
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
      shelf.close();
    },
  };
}
