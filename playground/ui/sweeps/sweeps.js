// A sweep in pictures, alone or with a second one beside it: menus say what is shown, the views draw it, and a card tells
// the cell that is pointed at or chosen.
import { find } from "../stage/common/dom.js";
import { menus, stepper } from "./bar.js";
import { card } from "./card.js";
import { dots } from "./dots.js";
import { lines } from "./lines.js";
import { maps } from "./maps.js";
import { parallel } from "./parallel.js";
import { download } from "./png.js";
import { Sheet } from "./sheet.js";
import { fitted, fromAddress, measureOf, settled, toAddress } from "./shown.js";
import { apart, scaled, written } from "./told.js";

/** @import { Component, SweepCell, SweepData } from "../stage/common/page.js" */
/** @import { Shown } from "./shown.js" */

/** @type {Record<string, (sheet: Sheet) => void>} */
const DRAW = { map: maps, lines, dots, parallel };
const CARD = 330,
  WIDE = 760,
  NARROWEST = 270;

/** @param {Component<SweepData>} component */
export function mount(component) {
  const root = find(component.parentElement, ".gps");
  const host = find(root, ".gps-maps");
  let { data, setStateValue, setTriggerValue } = component;
  let shown = fromAddress(data.shown, data.sheet);
  /** @type {SweepCell | null} */
  let under = null;
  const panels = ["first", "second", "apart"].map((name) => {
    const panel = document.createElement("section");
    panel.className = "gps-panel";
    panel.dataset.panel = name;
    host.append(panel);
    const sheet = new Sheet(panel, (cell) => point(sheet, cell), choose);
    return sheet;
  });
  const said = Object.assign(document.createElement("p"), { className: "gps-said" });
  const step = stepper(find(root, ".gps-steps"), (at) => change({ step: at }));
  const picture = Object.assign(document.createElement("button"), { type: "button", textContent: "PNG", title: "What is shown, as a picture" });
  picture.addEventListener("click", () =>
    download(host, heading(), data.about, `${data.sheet.name.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase() || "sweep"}.png`),
  );
  find(root, ".gps-steps").after(picture);
  picture.className = "gps-png";

  function heading() {
    const { label } = measureOf(data.sheet, shown.measure);
    return `${data.sheet.name} · ${label}, step ${data.sheet.steps[shown.step].toLocaleString("en")}, ${data.sheet.seeds} seeds`;
  }

  /** How the second sweep differs in what is shown; null while that is on its way. */
  function current() {
    const found = data.differences[shown.measure];
    return found?.step === data.sheet.steps[shown.step] ? found : null;
  }

  /** @param {Sheet} from @param {SweepCell | null} cell */
  function point(from, cell) {
    under = cell && (from === panels[1] ? (data.sheet.cells.find(({ at }) => String(at) === String(cell.at)) ?? null) : cell);
    for (const sheet of panels) if (sheet !== from && !sheet.host.hidden) sheet.follow(cell);
    tell();
  }

  /** @param {SweepCell} cell */
  function choose(cell) {
    if (cell.why) return;
    const own = data.sheet.cells.find(({ at }) => String(at) === String(cell.at));
    if (own) change({ cell: own.index });
  }

  function tell() {
    const chosen = data.sheet.cells.find(({ index }) => index === shown.cell) ?? null;
    find(root, ".gps-spoken").textContent = under ? spoken(under) : "";
    card(find(root, ".gps-card"), data, shown, under ?? chosen, current()?.cells ?? {}, data.open ? (cell) => setTriggerValue("open", cell.index) : null);
  }

  /** A cell for whoever hears the page. @param {SweepCell} cell */
  function spoken(cell) {
    const place = data.sheet.axes.map(({ label, texts }, at) => `${label} ${texts[cell.at[at]]}`).join(", ");
    return `${place}: ${cell.why ?? written(panels[0].told, panels[0].told.number(cell))}`;
  }

  /** What somebody has chosen here: the page writes it into its address, and says what of it is not here yet. @param {Partial<Shown>} changes */
  function change(changes) {
    shown = settled({ ...shown, ...changes }, data.sheet);
    setStateValue("shown", toAddress(shown, data.sheet));
    show();
  }

  function show() {
    if (!data.sheet.measures.length) return;
    shown = settled(shown, data.sheet);
    menus(find(root, ".gps-bar"), data.sheet, shown, change);
    step(data.sheet, shown);
    const { sheet, beside } = data;
    const difference = current();
    const all = [{ sheet, shown }, ...(beside?.measures.length ? [{ sheet: beside, shown: fitted(shown, sheet, beside) }] : [])];
    const scales = scaled(all);
    const width = root.clientWidth || 900;
    const room = width > WIDE ? width - CARD - 20 : width;
    const panes = all.length === 1 ? 1 : Math.max(1, Math.min(3, Math.floor(room / NARROWEST)));
    const across = room / panes - (panes > 1 ? 18 : 0);
    for (const [at, told] of scales.entries()) {
      const here = all[at].shown.step < 0 ? ": not measured at this step" : "";
      draw(panels[at], beside ? all[at].sheet.name + here : "", all[at].sheet, all[at].shown, across, told);
    }
    panels[1].host.hidden = all.length < 2;
    panels[2].host.hidden = !difference;
    if (difference) {
      const cells = sheet.cells.filter(({ index }) => difference.cells[index]);
      const told = apart(difference, measureOf(sheet, shown.measure));
      draw(panels[2], "Second − first", { ...sheet, cells, missing: [] }, { ...shown, pictures: false }, across, told);
      said.textContent = difference.told;
      said.style.maxWidth = `${Math.max(220, across - 20)}px`;
      panels[2].host.append(said);
    }
    under = null;
    tell();
  }

  /** @param {Sheet} panel @param {string} title @param {SweepData["sheet"]} sheet @param {Shown} own @param {number} width @param {import("./told.js").Told} told */
  function draw(panel, title, sheet, own, width, told) {
    panel.begin(title, sheet, own, width, told);
    if (sheet.cells.length && own.view !== "lines") panel.legend();
    if (sheet.cells.length) DRAW[own.view](panel);
    panel.redraw();
  }

  show();
  let width = root.clientWidth;
  const resized = new ResizeObserver(() => {
    if (root.clientWidth !== width) {
      width = root.clientWidth;
      show();
    }
  });
  resized.observe(root);

  return {
    /** @param {Component<SweepData>} next */
    update(next) {
      const { turn } = data;
      const before = JSON.stringify(data);
      ({ data, setStateValue, setTriggerValue } = next);
      if (data.turn !== turn) shown = fromAddress(data.shown, data.sheet);
      if (JSON.stringify(data) !== before) show();
    },
    unmount() {
      resized.disconnect();
    },
  };
}
