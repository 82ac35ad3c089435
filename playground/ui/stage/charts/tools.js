// What a visitor may do with a chart: hide it and bring it back, enlarge it, download it, choose a portrait's axes.
import { closeMenu, toggleMenu } from "./menu.js";
import { columnsOf } from "./traces.js";

const KEPT = "gan-playground-charts"; // what this browser shows: {id: true or false}
const AXES = "gan-playground-phase";
const PNG = { format: "png", width: 900, scale: 2 };

const MORE = '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="3" cy="8" r="1.5"/><circle cx="8" cy="8" r="1.5"/><circle cx="13" cy="8" r="1.5"/></svg>';
const LARGER =
  '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M9 2h5v5h-1.6V4.7L9.6 7.5 8.5 6.4l2.8-2.8H9zM7 14H2V9h1.6v2.3l2.8-2.8 1.1 1.1-2.8 2.8H7z"/></svg>';

/** `onChange()`: other charts are to be shown. The caller sets `figureOf(chart, {width, height})`. */
export function createShelf(root, list, { source, plotly, onChange }) {
  const bar = document.createElement("div");
  bar.className = "gp-charts-bar";
  const button = iconless("Charts", "Which charts are shown");
  button.dataset.do = "charts";
  bar.append(button);
  list.before(bar);
  let possible = [];
  let large = null; // the enlarged chart

  const shown = ({ id, shown }) => recall(KEPT)[id] ?? shown ?? true;

  button.addEventListener("click", () => {
    toggleMenu(root, button, () => possible.map((entry) => ({ label: entry.title, checked: shown(entry), act: () => show(entry, !shown(entry)) })));
  });

  function show(entry, wanted) {
    if (large?.entry.id === entry.id) shrink();
    keep(KEPT, { ...recall(KEPT), [entry.id]: wanted });
    onChange();
  }

  function enlarge(chart) {
    shrink();
    large = chart;
    chart.box.classList.add("gp-enlarged");
    root.querySelector(".gp-body").append(chart.box);
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

  function label({ larger }, on) {
    const text = on ? "Back to its place (Esc)" : "Enlarge";
    larger.title = text;
    larger.setAttribute("aria-label", text);
    larger.setAttribute("aria-pressed", String(on));
  }

  function onKey(event) {
    if (event.key !== "Escape" || !large || root.querySelector(".gp-menu")) return;
    shrink();
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  window.addEventListener("keydown", onKey, true);

  const api = {
    figureOf: null,
    /** The entries to show, of those that say something about this run. */
    choose(entries) {
      possible = entries;
      return entries.filter(shown);
    },
    /** Whether another chart lies over this one. */
    covers: (chart) => large !== null && chart !== large,
    /** The buttons and menus of a new chart. */
    equip(chart) {
      const { box, entry } = chart;
      const tools = box.querySelector(".gp-chart-tools");
      chart.larger = icon(LARGER, "Enlarge");
      chart.larger.dataset.do = "enlarge";
      chart.larger.addEventListener("click", () => (large === chart ? shrink() : enlarge(chart)));
      const more = icon(MORE, `More: ${entry.title}`);
      more.dataset.do = "chart-menu";
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
    release(chart) {
      if (large === chart) large = null;
    },
    close() {
      closeMenu();
      window.removeEventListener("keydown", onKey, true);
      bar.remove();
    },
  };

  // A phase portrait's two measures.
  function chooseAxes(chart) {
    const { box, entry } = chart;
    const usual = entry.figure.data[0].meta.phase;
    const kept = recall(AXES).axes ?? usual;
    chart.axes = usual.map((name, i) => (entry.choices.some(([column]) => column === kept[i]) ? kept[i] : name));
    const selects = chart.axes.map((name, i) => {
      const select = document.createElement("select");
      select.className = "gp-select gp-axis";
      select.setAttribute("aria-label", i ? "Measure upwards" : "Measure across");
      for (const [column, label] of entry.choices) select.add(new Option(label, column, column === name, column === name));
      select.addEventListener("change", () => {
        chart.axes = chart.axes.with(i, select.value);
        keep(AXES, { axes: chart.axes });
        chart.dirty = true;
      });
      return select;
    });
    box.querySelector(".gp-axes").append(selects[0], " against ", selects[1]);
  }

  async function downloadPicture(chart) {
    const { theme } = source();
    const height = Math.round(PNG.width * Math.min(0.8, Math.max(0.4, chart.plot.clientHeight / chart.plot.clientWidth)));
    const { data, layout } = api.figureOf(chart, { width: PNG.width, height });
    const titled = {
      ...layout,
      paper_bgcolor: theme.background,
      plot_bgcolor: theme.background,
      title: { text: chart.entry.title, x: 0.01, y: 1 - 8 / height, yanchor: "top", font: { size: 15 } },
      showlegend: data.some(({ name }) => name),
      legend: { orientation: "h", x: 0, xref: "container", y: 1 - 28 / height, yref: "container", yanchor: "top" },
      margin: { ...layout.margin, t: layout.margin.t + 48 },
    };
    const address = await plotly().toImage({ data, layout: titled }, { ...PNG, height });
    download(address, `${fileName(chart)}.png`);
  }

  // Such as "jsd-against-emd-lJ1VKAlo": the chart's title and the run.
  function fileName({ entry }) {
    return `${entry.title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/-$/, "")}-${source().run.slice(0, 8)}`;
  }

  function downloadNumbers(chart) {
    const { history } = source();
    const names = new Set(["step", ...(chart.entry.figure.data ?? []).flatMap((trace) => columnsOf(trace, source(), chart.axes))]);
    const columns = [...names].map((name) => [name, history.column(name, Infinity)]).filter(([, values]) => values);
    const lines = [columns.map(([name]) => name), ...(columns[0]?.[1] ?? []).map((_, row) => columns.map(([, values]) => values[row] ?? ""))];
    const address = URL.createObjectURL(new Blob([`${lines.map((line) => line.join(",")).join("\n")}\n`], { type: "text/csv" }));
    download(address, `${fileName(chart)}.csv`);
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  return api;
}

function download(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

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

function icon(drawing, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "gp-icon";
  button.innerHTML = drawing;
  button.title = text;
  button.setAttribute("aria-label", text);
  return button;
}

// What a browser remembers; a private one may refuse.
function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // it then lasts as long as nothing is rebuilt
  }
}
