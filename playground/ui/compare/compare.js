// The Compare page: some runs beside each other, one slider, one Play, charts on one axis. Mounted once, updated at every rerun.

import { loadPlotly } from "../stage/charts/charts.js";
import { enterPagesOnce } from "../stage/common/address.js";
import { createBands } from "../stage/common/bands.js";
import { find, followPresses, isShortcut, put } from "../stage/common/dom.js";
import { createGoal } from "../stage/common/goal.js";
import { createPresentation } from "../stage/common/present.js";
import { openFeed } from "../stage/common/socket.js";
import { applyTheme, readTheme } from "../stage/common/theme.js";
import { createCompareCharts } from "./charts.js";
import { AXES, createPacer } from "./lockstep.js";
import { createPanel } from "./panel.js";
import { createCompareSlider } from "./slider.js";
import { createCompareTables } from "./tables.js";

/** @import { ComparisonData, Component, Entrant } from "../stage/common/page.js" */
/** @import { Theme } from "../stage/common/theme.js" */
/** @import { Axis } from "./lockstep.js" */
/** @import { News, Panel } from "./panel.js" */

const SECOND_MS = 1000;
const PACE_MS = 100; // between two looks at how far each run may train
const TABLES_MS = 500;
const STARTED = "gp-compare-started"; // the tab's memory: a first look plays by itself once, not when one comes back

const WRITING = "input:not(.gp-slider), textarea, select, [role=combobox], [role=listbox], [role=dialog], [role=slider]:not(.gp-slider)";

/**
 * `open` and `load` bring what it shows, and what draws its charts: from the server, if nothing else is given.
 * @param {Component<ComparisonData>} component
 */
export function mount(component, { open = openFeed, load = loadPlotly } = {}) {
  enterPagesOnce();
  const root = find(component.parentElement, ".gp-comparison");
  const grid = find(root, ".gp-c-grid");
  const play = find(root, ".gp-play", HTMLButtonElement);
  const smoothing = find(root, ".gp-c-smoothing", HTMLSelectElement);
  const axisMenu = find(root, ".gp-c-axis", HTMLSelectElement);
  const home = find(root, ".gp-c-home", HTMLAnchorElement);
  const [word, message, dismiss] = [".gp-play-word", ".gp-message", ".gp-dismiss"].map((name) => find(root, name));
  const bands = createBands(find(root, ".gp-c-bands"), () => {
    dirty.settings = true;
    charts.redraw();
  });
  const goal = createGoal(
    root,
    (to) => setPlaying(true, to),
    () => Math.min(...panels.filter(({ canTrain }) => canTrain).map(({ step }) => step)),
  );
  let current = component;
  /** @type {Panel[]} */
  let panels = [];
  /** @type {Theme | null} */
  let theme = null;
  /** @type {Axis} */
  let axis = "step";
  let view = 0; // counts the resets of zooms
  let trouble = { notice: "", error: "", dismissed: "" };
  let dirty = { tables: true, settings: true };

  const pacer = createPacer();
  const slider = createCompareSlider(root, { onMove: look });
  const charts = createCompareCharts(root, () => ({
    panels,
    axis,
    cursor: slider.place,
    band: bands.band,
    theme,
    view,
    smoothing: Number(smoothing.value),
    scale: Number(root.dataset.scale ?? 1),
  }));
  const presentation = createPresentation(root, {
    onChange: () => charts.present(presentation.on),
    ask: (trigger, value) => current.setTriggerValue(trigger, value),
  });
  const tables = createCompareTables(root, () => ({ panels, labels: current.data.labels, theme, band: bands.band, seeds: current.data.seeds }));

  // Every panel shows its own nearest recorded step.
  /** @param {number | null} place */
  function look(place) {
    for (const panel of panels) panel.look(place === null ? null : (panel.track.stepAt(place, axis) ?? 0));
    charts.moveCursor();
  }

  function setStops() {
    const places = panels.flatMap(({ now, track }) => now.keyframes.flatMap((step) => track.placeOf(step, axis) ?? []));
    const stops = [...new Set(places)].sort((a, b) => a - b);
    slider.setStops(stops, axis);
  }

  /** @type {Record<News, () => void>} */
  const news = {
    rows() {
      charts.redraw();
      if (axis !== "step") setStops();
    },
    state() {
      dirty.settings = true;
      showFacts();
    },
    keyframes() {
      setStops();
      showFacts();
    },
    summary() {
      dirty.tables = true;
    },
    picture() {
      root.dataset.pictures = String(panels.reduce((sum, { box }) => sum + Number(box.dataset.pictures), 0));
    },
  };

  const playing = () => panels.some(({ trains }) => trains);

  function showFacts() {
    const plays = playing();
    root.dataset.connected = String(panels.filter(({ connected }) => connected).length);
    root.dataset.playing = String(plays);
    const recorded = panels.every(({ now }) => now.keyframes.length);
    home.hidden = !current.data.home;
    home.classList.toggle("gp-c-not-yet", !recorded); // in its place from the start: nothing moves when it can be had
    if (recorded) home.href = current.data.home;
    else home.removeAttribute("href");
    play.classList.toggle("gp-playing", plays);
    word.textContent = plays ? "Pause all" : "Play all";
    play.setAttribute("aria-label", word.textContent);
    play.disabled = goal.disabled = !panels.some(({ canTrain }) => canTrain);
    play.title = play.disabled
      ? "These runs are only looked at here: whoever started them, in their browser, can train them on"
      : "All runs train at once, or all pause (space); where too many train already, a run starts when there is room";
  }

  // To a step if given: those that are there already stay where they are.
  /** @param {boolean} on @param {number | null} [to] */
  function setPlaying(on, to = null) {
    if (on) slider.live();
    for (const panel of panels) {
      if (!panel.canTrain || (to !== null && panel.step >= to)) continue;
      if (on) {
        panel.showLive();
        panel.play(to);
      } else {
        panel.pause();
        panel.until(null);
      }
    }
    if (on) pace();
    showFacts();
  }

  // Runs that train wait for each other, along the chosen axis.
  function pace() {
    const training = panels.filter(({ trains }) => trains);
    const away = slider.place !== null; // then no pictures tell how far a run is, only its rows do
    const apart = away ? 2 * Math.max(0, ...training.map(({ now }) => now.config?.measure_every ?? 0)) : 0;
    const limits = pacer.limits(training, axis);
    training.forEach((panel, i) => {
      const limit = limits[i];
      panel.until(training.length < 2 || limit === null ? null : limit + apart);
    });
    showFacts();
  }

  function say() {
    const text = trouble.error || (trouble.notice === trouble.dismissed ? "" : trouble.notice);
    put(message, text);
    find(root, ".gp-c-strip").hidden = !text;
  }

  function resetView() {
    slider.live();
    view += 1;
    for (const panel of panels) panel.showLive();
    charts.redraw();
  }

  /** @param {Axis} next */
  function setAxis(next) {
    axis = next;
    root.dataset.axis = axis;
    for (const panel of panels) panel.setAxis(axis);
    setStops();
    charts.redraw();
    if (playing()) pace();
  }

  play.addEventListener("click", () => setPlaying(!playing()));
  find(root, ".gp-c-reset").addEventListener("click", resetView);
  axisMenu.addEventListener("change", () => setAxis(/** @type {Axis} */ (axisMenu.value)));
  axisMenu.replaceChildren(...Object.entries(AXES).map(([value, { label }]) => new Option(label, value)));
  smoothing.addEventListener("change", () => charts.redraw());
  dismiss.addEventListener("click", () => {
    trouble = { notice: trouble.notice, error: "", dismissed: trouble.notice };
    say();
  });
  /** @type {Partial<Record<string, (target: Element) => boolean>>} */
  const KEYS = {
    " ": () => {
      if (play.disabled) return false;
      play.click();
      return true;
    },
    ArrowLeft: (target) => presses.frees(target) && slider.leaf(-1),
    ArrowRight: (target) => presses.frees(target) && slider.leaf(1),
    p: () => {
      find(root, '[data-do="present"]').click();
      return true;
    },
    Escape() {
      if (root.querySelector(".gp-menu, .gp-enlarged")) return false;
      return slider.live() || (presentation.on && (KEYS.p?.(root) ?? false));
    },
  };

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const target = event.target instanceof Element ? event.target : document.body;
    if (isShortcut(event) || !root.isConnected || target.closest(WRITING)) return;
    if (event.key === " " && presses.takes(target)) return;
    if (!KEYS[event.key]?.(target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  window.addEventListener("keydown", onKey, true);
  const presses = followPresses();

  // Whoever leaves the page leaves no run waiting for another.
  function release() {
    for (const panel of panels) panel.until(null);
  }
  window.addEventListener("pagehide", release);

  function followTheme() {
    const now = readTheme(root);
    if (theme?.key === now.key) return now;
    theme = now;
    applyTheme(root, now);
    for (const panel of panels) panel.setTheme(now);
    dirty = { tables: true, settings: true };
    charts.redraw();
    return now;
  }

  /** @param {Entrant[]} runs @param {Theme} theme */
  function setRuns(runs, theme) {
    const kept = new Map(panels.map((panel) => [panel.id, panel]));
    panels = runs.map((run) => {
      const panel = kept.get(run.id) ?? createPanel(grid, { open, onNews: (kind) => news[kind](), onError: (text) => fail(run.id, text) });
      kept.delete(run.id);
      panel.set(run);
      panel.setTheme(theme);
      panel.setAxis(axis);
      return panel;
    });
    for (const panel of kept.values()) {
      panel.until(null);
      panel.close();
    }
    grid.prepend(...panels.map(({ box }) => box));
    grid.dataset.count = String(panels.length);
    charts.arrange();
    root.dataset.runs = String(panels.length);
    look(slider.place);
    setStops();
    dirty = { tables: true, settings: true };
  }

  /** @param {string} id @param {string} text */
  function fail(id, text) {
    const name = panels.find((panel) => panel.id === id)?.name ?? "";
    trouble.error = name ? `${name}: ${text}` : text;
    say();
  }

  /** @param {Component<ComparisonData>} next */
  function update(next) {
    current = next;
    const { data } = next;
    trouble.notice = data.notice;
    say();
    presentation.follow(data.present);
    charts.setCharts(data.charts);
    setRuns(data.runs, followTheme());
    find(root, ".gp-c-bands").hidden = !data.seeds;
    charts.redraw();
    if (data.start && sessionStorage.getItem(STARTED) !== data.start) {
      sessionStorage.setItem(STARTED, data.start);
      waitAndPlay();
    }
    showFacts();
  }

  // A first look plays by itself, once all runs are there.
  function waitAndPlay() {
    if (panels.every(({ canTrain }) => canTrain)) setPlaying(true);
    else if (root.isConnected) setTimeout(waitAndPlay, PACE_MS);
  }

  const timers = [
    setInterval(() => {
      followTheme();
      for (const panel of panels) panel.describe();
    }, SECOND_MS),
    setInterval(() => playing() && pace(), PACE_MS),
    setInterval(() => {
      if (dirty.tables || playing()) tables.showSummary();
      if (dirty.settings) {
        tables.showSettings();
        tables.showLegend();
      }
      dirty = { tables: false, settings: false };
    }, TABLES_MS),
  ];

  update(component);
  load(component.data.plotly).then(charts.setPlotly, (error) => {
    trouble.error = error.message;
    say();
  });

  return {
    update,
    unmount() {
      release();
      for (const timer of timers) clearInterval(timer);
      presses.close();
      presentation.close();
      window.removeEventListener("keydown", onKey, true);
      window.removeEventListener("pagehide", release);
      slider.close();
      charts.close();
      for (const panel of panels) panel.close();
    },
  };
}
