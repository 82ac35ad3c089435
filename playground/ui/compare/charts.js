// The charts of a comparison: one line for each run, all on one axis, with one cursor.
import { loadPlotly } from "../stage/charts/charts.js";
import { fillLayout } from "../stage/charts/layout.js";
import { formatValue, forPlotly } from "../stage/common/format.js";
import { alpha } from "../stage/common/theme.js";
import { AXES } from "./lockstep.js";

const EVERY_MS = 500;
const MOST_POINTS = 500;
const ALL = 1e9; // rows: every one of them
const CHART = `
  <h4 class="gp-chart-head"><span class="gp-chart-title"></span><span class="gp-chips"></span></h4>
  <div class="gp-plot"><div class="gp-plotly"></div><span class="gp-c-cursor" hidden></span><span class="gp-hint"></span></div>`;

/** `source()` gives {panels, axis, cursor (a place on the axis, or null), band, theme, view}. */
export function createCompareCharts(grid, source) {
  let charts = [];
  let key = "";
  let plotly = null;
  let timer = setTimeout(turn, 0);
  const sizes = new ResizeObserver(() => redraw());

  function build(entry) {
    const box = document.createElement("section");
    box.className = "gp-chart gp-c-chart";
    box.dataset.chart = entry.id;
    box.innerHTML = CHART;
    const title = box.querySelector(".gp-chart-title");
    title.textContent = entry.title;
    title.title = entry.caption[0].tip;
    grid.append(box);
    const plot = box.querySelector(".gp-plot");
    sizes.observe(plot);
    return { entry, box, plot, target: box.querySelector(".gp-plotly"), line: box.querySelector(".gp-c-cursor"), dirty: true, drawn: -Infinity };
  }

  function drop({ box, target }) {
    plotly?.purge(target);
    box.remove();
  }

  // A polygon between two rows of values over the same places; null where there is nothing between.
  function area(x, low, high) {
    if (!x || !low || !high) return { x: [], y: [], visible: false };
    const there = x.map((_, i) => i).filter((i) => x[i] !== null && low[i] !== null && high[i] !== null);
    const back = there.toReversed();
    return { x: [...there, ...back].map((i) => x[i]), y: [...there.map((i) => high[i]), ...back.map((i) => low[i])] };
  }

  function fill(trace, { panels, axis, band, theme }) {
    const { run, column, band: spread, floor } = trace.meta;
    const panel = panels[run];
    const color = panel.colour[theme.dark ? 1 : 0];
    const { history, now } = panel;
    const places = history.column(axis, MOST_POINTS);
    if (column) {
      const y = history.column(column, MOST_POINTS);
      const name = forPlotly(panel.name);
      return {
        ...trace,
        x: y ? places : [],
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
      const ends = (band === "quartiles" ? ["q1", "q3"] : ["lo", "hi"]).map((end) => history.column(`${spread}_${end}`, MOST_POINTS));
      return { ...shape, ...area(places, ...ends) };
    }
    const bounds = now.floors[floor];
    if (!bounds || !places?.length) return { ...shape, x: [], y: [], visible: false };
    const [first, last] = [places[0], Math.max(places.at(-1), places[0] + 1)];
    return { ...shape, x: [first, last, last, first], y: [bounds[0], bounds[0], bounds[1], bounds[1]] };
  }

  // The values of all runs at the cursor, or the newest: the chips are the legend.
  function fillChips({ entry, box }, { panels, axis, cursor, theme }) {
    const [{ column, format }] = entry.caption;
    const list = box.querySelector(".gp-chips");
    while (list.children.length < panels.length) list.append(Object.assign(document.createElement("span"), { className: "gp-chip gp-key" }));
    while (list.children.length > panels.length) list.lastElementChild.remove();
    panels.forEach(({ history, name, colour }, i) => {
      const values = history.column(column, ALL) ?? [];
      const places = history.column(axis, ALL) ?? [];
      const at =
        cursor === null
          ? values.length - 1
          : Math.max(
              0,
              places.findLastIndex((place) => place <= cursor),
            );
      const chip = list.children[i];
      chip.textContent = formatValue(values[at], format === "count" ? ".3g" : format);
      chip.title = name;
      chip.style.setProperty("--gp-key", colour[theme.dark ? 1 : 0]);
    });
  }

  function draw(chart) {
    const now = source();
    const { entry, plot, target, box } = chart;
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    if (!width || !height) return;
    chart.dirty = false;
    chart.drawn = performance.now();
    const { panels, axis, theme, view } = now;
    const empty = panels.every(({ history }) => history.length < 2);
    const last = Math.max(1, ...panels.map(({ history }) => history.column(axis, 2)?.at(-1) ?? 0));
    const { data, layout } = entry.figure;
    const full = fillLayout(
      { ...layout, xaxis: { ...layout.xaxis, title: { text: AXES[axis].title } } },
      { theme, width, height, empty, run: `${view} ${axis}`, marks: [], range: null, cursor: null },
    );
    if (!empty) Object.assign(full.xaxis, { range: [0, last * 1.01], autorange: false });
    box.querySelector(".gp-hint").textContent = empty ? "Curves appear as the runs train." : "";
    fillChips(chart, now);
    plotly.react(
      target,
      data.map((trace) => fill(trace, now)),
      full,
      { displayModeBar: false, responsive: false, doubleClick: "reset" },
    );
    place(chart, now);
    if (chart.watched) return;
    chart.watched = true;
    target.on("plotly_relayout", () => place(chart, source()));
  }

  // The cursor is a line over the chart: it follows the slider at once, without Plotly.
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
    if (plotly && due.length && !document.hidden) draw(due[0]);
    timer = setTimeout(turn, Math.max(30, EVERY_MS / Math.max(2, 2 * charts.length)));
  }

  function redraw() {
    for (const chart of charts) chart.dirty = true;
  }

  return {
    load: (address) =>
      loadPlotly(address).then((library) => {
        plotly = library;
      }),
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
        fillChips(chart, now);
      }
    },
    close() {
      clearTimeout(timer);
      sizes.disconnect();
      charts.forEach(drop);
    },
  };
}
