// What the pointer reads in a chart: the step under it, and each line's value there.
import { thousands } from "../stage/common/format.js";
import { element } from "./shapes.js";

/** @import { Layout, Trace } from "../stage/common/page.js" */
/** @import { Axis } from "./scales.js" */

/**
 * @param {HTMLElement} plot
 * @param {{picture: Element, axes: Record<string, Axis>, data: Trace[], layout: Layout}} drawn
 */
export function createReader(plot, { picture, axes, data, layout }) {
  const lines = data.filter(({ name, x, mode, hoverinfo }) => name && x?.length && mode === "lines" && hoverinfo !== "skip");
  if (layout.hovermode !== "x" || !lines.length) return;
  const box = Object.assign(document.createElement("div"), { className: "gp-reads", hidden: true });
  const rule = element("line", { y1: layout.margin.t, y2: layout.height - layout.margin.b }, { color: layout.xaxis.linecolor, width: 1 });
  plot.append(box);
  picture.addEventListener("pointermove", (event) => {
    const { left } = picture.getBoundingClientRect();
    const pixel = /** @type {PointerEvent} */ (event).clientX - left;
    const steps = /** @type {number[]} */ (lines[0].x);
    const nearest = nearestTo(steps, axes.x.back(pixel));
    const at = axes.x.place(steps[nearest]);
    rule.setAttribute("x1", String(at));
    rule.setAttribute("x2", String(at));
    if (!rule.isConnected) picture.append(rule);
    box.textContent = [`step ${thousands(steps[nearest])}`, ...lines.map((line) => told(line, steps[nearest]))].join("\n");
    box.hidden = false;
    box.style.left = at > layout.width / 2 ? "auto" : `${at + 8}px`;
    box.style.right = at > layout.width / 2 ? `${layout.width - at + 8}px` : "auto";
  });
  picture.addEventListener("pointerleave", () => {
    box.hidden = true;
    rule.remove();
  });
}

/** @param {Trace} line @param {number} step */
function told({ name, x = [], y = [] }, step) {
  const value = y[nearestTo(/** @type {number[]} */ (x), step)];
  return `${name} ${typeof value === "number" ? Number(value.toPrecision(3)) : "—"}`;
}

/**
 * The place of the nearest of some ascending values.
 * @param {number[]} values
 * @param {number} wanted
 */
export function nearestTo(values, wanted) {
  const above = values.findIndex((value) => value >= wanted);
  if (above <= 0) return above < 0 ? values.length - 1 : 0;
  return wanted - values[above - 1] < values[above] - wanted ? above - 1 : above;
}
