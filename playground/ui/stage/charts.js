// The charts beside the stage: Plotly, redrawn a few times a second, one chart per turn so that the canvas keeps moving.
import { formatValue } from "./format.js";
import { addEpochs, fillLayout } from "./layout.js";
import { colorOf, fillTrace } from "./traces.js";

const EVERY_MS = 250;
const CHART = `
  <h4 class="gp-chart-head"><span class="gp-chart-title"></span><span class="gp-chips"></span></h4>
  <div class="gp-plot"><div class="gp-plotly"></div><span class="gp-hint"></span></div>`;
const HINT = "Curves appear as training runs.";

/** Loads plotly.min.js once per page, whatever module loaders the page may have. */
export function loadPlotly(address) {
  window.gpPlotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const { define } = window;
    if (define?.amd) window.define = undefined;
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => {
      if (define) window.define = define;
      resolve(window.Plotly);
    };
    script.onerror = () => {
      window.gpPlotly = undefined;
      reject(new Error("The chart library could not be loaded. Reload the page to try again."));
    };
    document.head.append(script);
  });
  return window.gpPlotly;
}

/** `source()` gives {history, floors, latest, marks, theme, run, stepsPerEpoch}. */
export function createCharts(list, source) {
  let charts = [];
  let plotly = null;
  let timer = 0;
  const sizes = new ResizeObserver((entries) => {
    for (const chart of charts) if (entries.some(({ target }) => target === chart.plot)) chart.dirty = true;
  });

  function build(entry) {
    const box = document.createElement("section");
    box.className = "gp-chart";
    box.dataset.chart = entry.id;
    box.innerHTML = CHART;
    box.querySelector(".gp-chart-title").textContent = entry.title ?? "";
    const chips = (entry.caption ?? []).map(({ label, tip }) => {
      const chip = document.createElement("span");
      chip.className = "gp-chip";
      chip.title = tip ?? "";
      const value = document.createElement("b");
      chip.append(`${label} `, value);
      return value;
    });
    box.querySelector(".gp-chips").append(...chips.map((value) => value.parentElement));
    list.append(box);
    const plot = box.querySelector(".gp-plot");
    sizes.observe(plot);
    return { entry, box, chips, plot, target: box.querySelector(".gp-plotly"), hint: box.querySelector(".gp-hint"), dirty: true, drawn: 0 };
  }

  function drop({ box, plot, target }) {
    sizes.unobserve(plot);
    plotly?.purge(target);
    box.remove();
  }

  // A chip whose column is drawn as a line carries that line's colour: the chips are the legend.
  function fillChips({ entry, chips }, latest, theme) {
    (entry.caption ?? []).forEach(({ column, format, of }, i) => {
      chips[i].textContent = formatValue(latest[column], format, of);
      const line = (entry.figure.data ?? []).find(({ meta }) => meta?.column === column);
      const chip = chips[i].parentElement;
      chip.classList.toggle("gp-key", Boolean(line));
      if (line) chip.style.setProperty("--gp-key", colorOf(line, theme));
    });
  }

  // The steps that a reader has zoomed to, or null.
  function zoomOf(target) {
    const axis = target.layout?.xaxis;
    return axis?.range && axis.autorange === false ? axis.range.map(Number) : null;
  }

  function draw(chart) {
    const { history, floors, latest, marks, theme, run, stepsPerEpoch } = source();
    const { entry, plot, target } = chart;
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    if (!width || !height) return;
    chart.dirty = false;
    chart.drawn = performance.now();
    const { data = [], layout = {} } = entry.figure;
    const traces = data.map((trace) => fillTrace(trace, { history, floors, latest }, theme));
    const overSteps = data.some((trace) => trace.meta?.column);
    const empty = overSteps ? history.length < 2 : !traces.some((trace) => trace.y?.length); // one row is no curve
    const steps = overSteps ? history.column("step", 2) : null;
    const range = steps ? [steps[0], steps.at(-1)] : null;
    chart.hint.textContent = empty ? HINT : "";
    fillChips(chart, latest, theme);
    const full = fillLayout(layout, { theme, width, height, empty, run, marks: empty || !overSteps ? [] : marks, range });
    if (stepsPerEpoch && range && !empty) addEpochs(full, zoomOf(target) ?? [layout.xaxis?.rangemode === "tozero" ? 0 : range[0], range[1]], stepsPerEpoch, theme);
    plotly.react(target, traces, full, { displayModeBar: false, responsive: false, doubleClick: "reset" });
    if (chart.watched) return;
    chart.watched = true;
    target.on("plotly_relayout", () => {
      chart.dirty = true; // zoomed: the epochs under the ticks follow
    });
  }

  // The chart that has waited longest goes first; the others follow in later turns.
  function turn() {
    const now = performance.now();
    const due = charts.filter(({ dirty, drawn }) => dirty && now - drawn >= EVERY_MS);
    due.sort((a, b) => a.drawn - b.drawn);
    if (plotly && due.length && !document.hidden) draw(due[0]);
    const wait = Math.max(30, EVERY_MS / Math.max(1, charts.length));
    timer = setTimeout(turn, wait);
  }

  timer = setTimeout(turn, 0);
  return {
    setPlotly(library) {
      plotly = library;
    },
    /** Python's list of charts; rebuilt only where it is another one. */
    setCharts(entries) {
      const key = JSON.stringify(entries);
      if (key === list.dataset.key) return;
      list.dataset.key = key;
      const kept = entries.map((entry) => charts.find((chart) => JSON.stringify(chart.entry) === JSON.stringify(entry)) ?? build(entry));
      for (const chart of charts) if (!kept.includes(chart)) drop(chart);
      charts = kept;
      const total = entries.reduce((sum, { height }) => sum + (height ?? 1), 0);
      for (const { box, entry } of charts) box.style.setProperty("--gp-share", (10 * (entry.height ?? 1)) / total);
      list.append(...charts.map(({ box }) => box));
    },
    redraw() {
      for (const chart of charts) chart.dirty = true;
    },
    close() {
      clearTimeout(timer);
      sizes.disconnect();
      for (const chart of charts) drop(chart);
      delete list.dataset.key;
    },
  };
}
