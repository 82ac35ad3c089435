// A figure that follows its sliders, or the pointer on it: the traces of every place have come before.
import { loadPlotly } from "../stage/charts/charts.js";
import { fillLayout } from "../stage/charts/layout.js";
import { suitTrace } from "../stage/charts/traces.js";
import { find } from "../stage/common/dom.js";
import { formatValue } from "../stage/common/format.js";
import { decodeFrame } from "../stage/common/frame.js";
import { applyTheme, readTheme } from "../stage/common/theme.js";
import { offsetAt, placeNear } from "./places.js";

/** @import { Component, Grid, TouchControl, TouchData, TouchFigure } from "../stage/common/page.js" */

const LEFT = 48; // CSS pixels of the figure's margins, as fillLayout leaves them
const RIGHT = 12;
const NARROW = 560;

/** @param {Component<TouchData>} component */
export function mount(component) {
  const root = find(component.parentElement, ".gpt");
  const plot = /** @type {PlotElement} */ (find(root, ".gpt-plot"));
  const [controls, numbers, message] = [".gpt-controls", ".gpt-numbers", ".gp-message"].map((name) => find(root, name));
  let { data } = component;
  let closed = false;
  let waiting = 0;
  /** @type {Plotly | null} */
  let plotly = null;
  /** @type {(TouchFigure & {arrays: Record<string, Grid>}) | null} */
  let shown = null;
  /** @type {number[]} */
  let places = [];

  const draw = () => {
    waiting = 0;
    const { clientWidth: width, clientHeight: height } = plot;
    if (!shown || !plotly || closed || !width) return;
    const theme = readTheme(root);
    applyTheme(root, theme);
    const { arrays, figure } = shown;
    const traces = figure.data.map((trace, at) => {
      const moved = { ...suitTrace(trace, theme) };
      for (const name of ["x", "y", "z"]) {
        const array = arrays[`${at}.${name}`];
        if (array) moved[name] = valuesOf(array, places);
      }
      return moved;
    });
    const layout = fillLayout(figure.layout, { theme, width, height, empty: false, run: data.address, marks: [], range: null, cursor: null });
    if (width < NARROW) layout.margin.t += 18 * Math.ceil(figure.data.filter(({ showlegend }) => showlegend !== false).length / 2 - 1); // a legend of several rows
    plotly.react(plot, traces, layout, { displayModeBar: false, responsive: false, doubleClick: false });
    tell();
  };
  const later = () => {
    waiting ||= requestAnimationFrame(draw);
  };

  function tell() {
    if (!shown) return;
    const values = shown.arrays.numbers ? valuesOf(shown.arrays.numbers, places) : [];
    shown.numbers.forEach(({ label, format }, i) => {
      const value = Number(values[i]);
      const text = Number.isFinite(value) || Number.isNaN(value) ? formatValue(value, format) : `${value < 0 ? "−" : ""}∞`;
      const cell = numbers.children[i];
      cell.setAttribute("aria-label", `${label}: ${text}`);
      find(/** @type {HTMLElement} */ (cell), "b").textContent = text;
    });
    shown.controls.forEach((control, i) => {
      const row = /** @type {HTMLElement} */ (controls.children[i]);
      const input = /** @type {HTMLInputElement | HTMLSelectElement} */ (find(row, "input, select"));
      input.value = String(places[i]);
      if (control.names.length) return; // a list says itself what is chosen
      const text = formatValue(control.values[places[i]], control.format);
      input.setAttribute("aria-valuetext", text);
      find(row, "output").textContent = text;
    });
  }

  function build() {
    if (!shown) return;
    plot.style.height = `${shown.height}px`;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", shown.told);
    controls.replaceChildren(
      ...shown.controls.map(({ label, values, names }, i) => {
        const row = document.createElement("label");
        const input = names.length
          ? listOf(names)
          : Object.assign(document.createElement("input"), { type: "range", min: "0", max: String(values.length - 1), step: "1" });
        input.oninput = () => {
          places[i] = Number(input.value);
          later();
        };
        const name = Object.assign(document.createElement("span"), { textContent: label });
        row.append(name, input, document.createElement("output"));
        return row;
      }),
    );
    numbers.replaceChildren(
      ...shown.numbers.map(({ label, tip }) => {
        const cell = Object.assign(document.createElement("span"), { title: tip });
        cell.append(`${label} `, document.createElement("b"));
        return cell;
      }),
    );
    plot.classList.toggle(
      "gpt-draggable",
      shown.controls.some(({ drag }) => drag),
    );
  }

  // Dragging on the figure moves the sliders that belong to its axes.
  plot.onpointerdown = (event) => {
    if (event.button === 0 && shown?.controls.some(({ drag }) => drag)) {
      plot.setPointerCapture(event.pointerId);
      follow(event);
    }
  };
  plot.onpointermove = (event) => {
    if (plot.hasPointerCapture(event.pointerId)) follow(event);
  };
  /** @param {PointerEvent} event */
  function follow(event) {
    const box = plot.getBoundingClientRect();
    const layout = plot.layout;
    if (!shown || !layout) return;
    const zoom = box.width / plot.clientWidth; // a lecturer's page is enlarged
    shown.controls.forEach(({ drag, values }, i) => {
      if (!drag) return;
      const [low, high] = layout[`${drag}axis`].range.map(Number);
      const { l = LEFT, r = RIGHT, t, b } = layout.margin;
      const across = ((event.clientX - box.left) / zoom - l) / (box.width / zoom - l - r);
      const up = 1 - ((event.clientY - box.top) / zoom - t) / (box.height / zoom - t - b);
      places[i] = placeNear(values, low + (high - low) * (drag === "x" ? across : up));
    });
    later();
  }

  const resized = new ResizeObserver(later);
  resized.observe(plot);
  const scheme = setInterval(() => {
    if (root.dataset.theme === readTheme(root).key) return;
    root.dataset.theme = readTheme(root).key;
    later();
  }, 1000); // Streamlit tells nobody that its theme has changed

  async function load() {
    try {
      const [library, answer] = await Promise.all([loadPlotly(data.plotly), fetch(data.address)]);
      if (!answer.ok) throw new Error(`${answer.status}`);
      const figure = decodeFrame(await answer.arrayBuffer());
      if (closed) return;
      plotly = library;
      shown = /** @type {any} */ (figure);
      places = /** @type {TouchFigure} */ (/** @type {unknown} */ (figure)).controls.map(({ at }) => at);
      build();
      draw();
      root.dataset.ready = "1";
    } catch (error) {
      console.error(error);
      message.textContent = "This figure could not be loaded. Reload the page to try again.";
    }
  }
  load();
  return {
    /** @param {Component<TouchData>} component */
    update(component) {
      data = component.data;
      later();
    },
    unmount() {
      closed = true;
      clearInterval(scheme);
      cancelAnimationFrame(waiting);
      resized.disconnect();
      plotly?.purge(plot);
    },
  };
}

/** @param {string[]} names */
function listOf(names) {
  const list = document.createElement("select");
  list.append(...names.map((name, i) => new Option(name, String(i))));
  return list;
}

/**
 * What an array holds at these places of the sliders: a list, or rows of a grid.
 * @param {Grid} array
 * @param {number[]} places
 */
function valuesOf({ data, shape }, places) {
  const inner = shape.slice(places.length);
  const size = inner.reduce((product, side) => product * side, 1);
  const from = offsetAt(shape, places) * size;
  const flat = Array.from(data.subarray(from, from + size), (value) => (Number.isNaN(value) ? null : value));
  if (inner.length < 2) return flat;
  return Array.from({ length: inner[0] }, (_, row) => flat.slice(row * inner[1], (row + 1) * inner[1]));
}
