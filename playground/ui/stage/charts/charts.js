// The charts beside the stage: Plotly, redrawn a few times a second, one chart per turn so that the canvas keeps moving.

import { find, put } from "../common/dom.js";
import { counted, formatValue, thousands } from "../common/format.js";
import { addEpochs, enlarge, fillLayout, fitTicks, namesFloor, scaleSince } from "./layout.js";
import { settleAxes } from "./settled.js";
import { createShelf } from "./tools.js";
import { colorOf, columnsOf, fillTrace, hasNumbers, isFilled } from "./traces.js";

/** @import { Change } from "../common/messages.js" */
/** @import { ChartEntry } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Mark } from "./layout.js" */
/** @import { Pair, Source } from "./traces.js" */
/**
 * What the charts show: the run's own numbers and what the page says of them. `theme` is there before Plotly is.
 * @typedef {Omit<Source, "since"> & {changes: Change[], marks: Mark[], theme: Theme | null, run: string, stepsPerEpoch: number | null, scale: number, preparing: string}} Shown
 */
/**
 * @typedef {object} Chart
 * @property {ChartEntry} entry
 * @property {HTMLElement} box
 * @property {HTMLElement[]} chips
 * @property {HTMLElement} plot
 * @property {PlotElement} target
 * @property {HTMLElement} hint
 * @property {HTMLElement} larger  the button that enlarges it
 * @property {boolean} dirty
 * @property {boolean} seen
 * @property {number} drawn  when, in ms
 * @property {boolean} watched
 * @property {Pair} [axes]  the two measures of a phase portrait
 */

const EVERY_MS = 250;
const WORDY = 40; // letters in the names of a chart's numbers, from which on they need a line of their own sooner
const CHART = `
  <h4 class="gp-chart-head"><span class="gp-chart-title"></span><span class="gp-axes"></span><span class="gp-chips-when"></span><span class="gp-chips"></span><span class="gp-chart-tools"></span></h4>
  <div class="gp-plot"><div class="gp-plotly"></div><span class="gp-hint"></span></div>`;
const HINT = "Curves appear as training runs.";
const UNMEASURED = "Nothing of this has been measured yet.";

/**
 * Loads plotly.min.js once per page, whatever module loaders the page may have.
 * @param {string} address
 * @returns {Promise<Plotly>}
 */
export function loadPlotly(address) {
  window.gpPlotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const { define } = window;
    if (define?.amd) window.define = undefined;
    const fail = () => {
      window.gpPlotly = undefined;
      reject(new Error("The chart library could not be loaded. Reload the page to try again."));
    };
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => {
      if (define) window.define = define;
      if (window.Plotly) resolve(window.Plotly);
      else fail();
    };
    script.onerror = fail;
    document.head.append(script);
  });
  return window.gpPlotly;
}

/**
 * `onBars(names)`: these bars are to be seen, which only a picture knows.
 * @param {HTMLElement} list
 * @param {() => Shown} source
 * @param {(names: string[]) => void} [onBars]
 */
export function createCharts(list, source, onBars = () => {}) {
  const root = /** @type {HTMLElement} */ (list.closest(".gp-root"));
  /** @type {Chart[]} */
  let charts = [];
  /** @type {ChartEntry[]} */
  let entries = [];
  /** @type {Plotly | null} */
  let plotly = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const sizes = new ResizeObserver((changed) => {
    for (const chart of charts) if (changed.some(({ target }) => target === chart.plot)) chart.dirty = true;
    tellMore();
  });
  const views = new IntersectionObserver((changed) => {
    for (const { target, isIntersecting } of changed) {
      const chart = charts.find(({ box }) => box === target);
      if (chart) chart.seen = isIntersecting;
    }
  });
  const bar = Object.assign(document.createElement("div"), { className: "gp-charts-bar" });
  list.before(bar);
  const shelf = createShelf(root, list, {
    kept: "gan-playground-charts",
    bar,
    stage: find(root, ".gp-body"),
    theme: () => source().theme,
    run: () => source().run.slice(0, 8),
    plotly: () => plotly,
    onChange: arrange,
    figureOf: (/** @type {Chart} */ chart, size, theme) => figureOf(chart, size, source(), theme),
    numbersOf,
  });

  // What a chart draws, every row of it.
  /** @param {Chart} chart */
  function numbersOf({ entry, axes }) {
    const names = new Set(["step", ...entry.figure.data.flatMap((trace) => columnsOf(trace, source(), axes))]);
    return [...names].flatMap((name) => {
      const values = source().history.column(name, Infinity);
      return values ? [{ name, values }] : [];
    });
  }

  /** @param {ChartEntry} entry */
  function build(entry) {
    const box = document.createElement("section");
    box.className = "gp-chart";
    box.dataset.chart = entry.id;
    box.setAttribute("aria-label", entry.title);
    box.innerHTML = CHART;
    find(box, ".gp-chart-title").textContent = entry.title;
    const chips = entry.caption.map(({ label, tip }) => {
      const chip = document.createElement("span");
      chip.className = "gp-chip";
      chip.title = tip;
      chip.append(`${label} `, document.createElement("b"));
      return chip;
    });
    find(box, ".gp-chips").append(...chips);
    box.classList.toggle("gp-wordy", entry.caption.reduce((letters, { label }) => letters + label.length, 0) >= WORDY);
    box.style.setProperty("--gp-height", String(entry.height));
    list.append(box);
    const plot = find(box, ".gp-plot");
    /** @type {Chart} */
    const chart = {
      ...{ entry, box, chips, plot, hint: find(box, ".gp-hint"), larger: shelf.largerOf() },
      ...{ target: /** @type {PlotElement} */ (find(box, ".gp-plotly")), dirty: true, seen: true, drawn: 0, watched: false },
    };
    shelf.equip(chart);
    sizes.observe(plot);
    views.observe(box);
    return chart;
  }

  /** @param {Chart} chart */
  function drop(chart) {
    const { box, plot, target } = chart;
    shelf.release(chart);
    sizes.unobserve(plot);
    views.unobserve(box);
    plotly?.purge(target);
    box.remove();
  }

  // A chip whose column is drawn as a line carries that line's colour: the chips are the legend.
  // With several seeds a line is their median, and so is its chip; the other chips are about the seed that is shown.
  /** @param {Chart} chart @param {Shown} shown @param {Theme} theme */
  function fillChips({ entry, box, chips }, { latest, scene, history, cursor, changes }, theme) {
    const seeds = scene?.seeds ?? 1;
    const since = scaleSince(changes, entry.figure.layout.meta?.probable);
    const older = cursor !== null && latest.step < cursor;
    const medians = entry.caption.some(({ column }) => entry.figure.data.some(({ meta }) => meta?.column === column));
    const whose = seeds < 2 || !entry.caption.length ? "" : medians ? "medians" : "of the seed shown";
    const when = find(box, ".gp-chips-when");
    when.classList.toggle("gp-chips-older", older);
    put(
      when,
      older ? `at ${thousands(latest.step)}` : whose,
      older ? `The numbers of step ${thousands(latest.step)}, the last measured before this picture` : "",
    );
    entry.caption.forEach(({ column, format, of, tip }, i) => {
      const line = entry.figure.data.find(({ meta }) => meta?.column === column);
      const known = !line?.meta?.verdict || (cursor ?? Infinity) >= since;
      const value = seeds > 1 && line ? history.at(column, cursor ?? Infinity) : latest[column];
      const chip = chips[i];
      find(chip, "b").textContent = formatValue(known ? value : null, format, of ?? (format === "count" && scene?.classes.length ? scene.classes.length : of));
      const whose = line ? `The median of ${seeds} seeds, as the line.` : "Of the seed that is shown.";
      chip.title = [tip, seeds > 1 && whose].filter(Boolean).join(" ");
      chip.classList.toggle("gp-key", Boolean(line));
      if (line) chip.style.setProperty("--gp-key", colorOf(line, theme) ?? null);
    });
  }

  /**
   * The steps that a reader has zoomed to, or null.
   * @param {PlotElement} target
   * @returns {[number, number] | null}
   */
  function zoomOf(target) {
    const axis = target.layout?.xaxis;
    return axis?.range && axis.autorange === false ? axis.range.map(Number) : null;
  }

  /**
   * A chart as Plotly takes it, in this size.
   * @param {Chart} chart
   * @param {{width: number, height: number}} size
   * @param {Shown} now
   * @param {Theme} theme
   */
  function figureOf({ entry, axes, target }, size, now, theme) {
    const { history, marks, run, stepsPerEpoch, cursor, changes } = now;
    const { data: traces, layout } = entry.figure;
    const since = scaleSince(changes, layout.meta?.probable);
    const data = traces.map((trace) => fillTrace(trace, { ...now, since: trace.meta?.verdict ? since : -Infinity }, theme, axes));
    const overSteps = layout.meta?.steps === true;
    const empty = overSteps ? history.length < 2 : !data.some(isFilled); // one row is no curve
    const steps = overSteps ? history.column("step", 2) : null;
    /** @type {[number, number] | null} */
    const whole = steps && [layout.xaxis?.rangemode === "tozero" ? 0 : steps[0], steps[steps.length - 1]];
    const shown = whole && (zoomOf(target) ?? whole);
    const { scale } = now; // laid out as on a smaller screen, and then enlarged
    const full = fillLayout(layout, {
      theme,
      width: size.width / scale,
      height: size.height / scale,
      empty,
      run,
      marks: empty || !overSteps ? [] : marks,
      range: empty ? null : shown,
      cursor,
    });
    axes?.forEach((name, i) => {
      const label = entry.choices?.find(([column]) => column === name)?.[1] ?? name;
      full[i ? "yaxis" : "xaxis"].title.text = label;
    });
    fitTicks(full, data);
    if (!empty) full.annotations.push(...traces.flatMap((trace) => namesFloor(trace, now.floors, theme)));
    if (whole && full.xaxis.autorangeoptions) full.xaxis.autorangeoptions = { clipmin: whole[0], clipmax: whole[1] }; // half a cell would be steps to come
    if (layout.meta?.settles && !empty) settleAxes(full, data, theme);
    if (stepsPerEpoch && shown && !empty) {
      addEpochs(full, shown, (step) => history.epochAt(step, stepsPerEpoch));
    }
    return { data: data.map((trace) => enlarge(trace, scale)), layout: enlarge(full, scale), empty };
  }

  /** @param {Chart} chart @param {Plotly} plotly */
  function draw(chart, plotly) {
    const { plot, target } = chart;
    const size = { width: plot.clientWidth, height: plot.clientHeight };
    const now = source();
    if (!size.width || !size.height || !now.theme) return;
    chart.dirty = false;
    chart.drawn = performance.now();
    const { data, layout, empty } = figureOf(chart, size, now, now.theme);
    const waits = chart.entry.figure.data.some(({ meta }) => meta?.floor || meta?.shares) && now.preparing;
    chart.hint.textContent = empty ? waits || HINT : data.some(hasNumbers) ? "" : now.preparing || UNMEASURED;
    fillChips(chart, now, now.theme);
    plotly.react(target, data, layout, { displayModeBar: false, responsive: false, doubleClick: "reset" });
    if (chart.watched) return;
    chart.watched = true;
    target.on("plotly_relayout", () => {
      chart.dirty = true; // zoomed: the epochs under the ticks follow
    });
  }

  // The chart that has waited longest goes first; the others follow in later turns. Nobody sees what is scrolled away.
  function turn() {
    const now = performance.now();
    const due = charts.filter((chart) => chart.dirty && chart.seen && !shelf.covers(chart) && now - chart.drawn >= EVERY_MS);
    due.sort((a, b) => a.drawn - b.drawn);
    if (plotly && due.length && !document.hidden) draw(due[0], plotly);
    const wait = Math.max(30, EVERY_MS / Math.max(1, charts.length));
    timer = setTimeout(turn, wait);
  }

  // Builds what is to be seen and drops the rest.
  function arrange() {
    const { scene } = source();
    const possible = entries.filter((entry) => entry.needs !== "classes" || hasClasses(entry, scene));
    const shown = shelf.choose(possible);
    const kept = shown.map((entry) => charts.find((chart) => chart.entry === entry) ?? build(entry));
    for (const chart of charts) if (!kept.includes(chart)) drop(chart);
    charts = kept;
    list.append(...charts.map(({ box }) => box).filter((box) => box.parentElement === list));
    onBars(charts.flatMap(({ entry }) => entry.figure.data.flatMap(({ meta }) => meta?.bars ?? [])));
    tellMore();
  }

  function redraw() {
    for (const chart of charts) chart.dirty = true;
  }

  // Charts that are scrolled away below are told, and a click leads there.
  const more = Object.assign(document.createElement("button"), { type: "button", className: "gp-button gp-more", hidden: true });
  more.addEventListener("click", () => list.scrollTo({ top: list.scrollHeight, behavior: "smooth" }));
  list.addEventListener("scroll", tellMore, { passive: true });
  sizes.observe(list);
  list.after(more);

  function tellMore() {
    const bottom = list.scrollTop + list.clientHeight;
    const below = charts.filter(({ box }) => box.parentElement === list && box.offsetTop + box.offsetHeight > bottom + 8).length;
    more.hidden = below === 0;
    more.textContent = `${below} more ↓`;
    more.title = `${counted(below, "chart")} below: scroll, or click`;
  }

  timer = setTimeout(turn, 0);
  return {
    /** @param {Plotly} library */
    setPlotly(library) {
      plotly = library;
    },
    /**
     * Python's list of charts; rebuilt only where it is another one.
     * @param {ChartEntry[]} wanted
     */
    setCharts(wanted) {
      const before = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
      const next = wanted.map((entry) => before.get(JSON.stringify(entry)) ?? entry);
      if (next.length === entries.length && next.every((entry, i) => entry === entries[i])) return;
      entries = next;
      arrange();
    },
    /** The run's data are known: charts that say nothing about them go, those that do come. */
    setScene() {
      arrange();
    },
    redraw,
    /** @param {boolean} on  one or two charts, in the larger type of a presentation */
    present(on) {
      shelf.present(on);
      redraw();
    },
    close() {
      clearTimeout(timer);
      sizes.disconnect();
      views.disconnect();
      for (const chart of charts) drop(chart);
      shelf.close();
      more.remove();
      bar.remove();
    },
  };
}

// Until the scene is here, data whose classes Python can name have them.
/** @param {ChartEntry} entry @param {Shown["scene"]} scene */
function hasClasses(entry, scene) {
  return scene ? scene.classes.length > 0 : entry.figure.data.some(({ y = [] }) => y.length > 0);
}
