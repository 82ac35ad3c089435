// Draws the charts' figures as SVG, with Plotly's interface: as much of it as our figures use, in a hundredth of the bytes.
import { createReader } from "./reader.js";
import { axesOf } from "./scales.js";
import { drawTrace, element, svgOf } from "./shapes.js";

/** @import { Figure, Layout, Trace } from "../stage/common/page.js" */
/** @import { Axis } from "./scales.js" */

const TICK = 4;
const LETTER = 6; // about the width of one in a tick's label

/** @returns {Plotly} */
export function createPlots() {
  return {
    react(target, data, layout) {
      const plot = /** @type {PlotElement} */ (target);
      const figure = { data: /** @type {Trace[]} */ (data), layout: /** @type {Layout} */ (layout) };
      plot.layout = { ...figure.layout }; // its axes are as Python made them: nobody zooms here
      plot.on ??= () => {};
      const drawn = drawFigure(figure);
      plot.replaceChildren(drawn.picture);
      createReader(plot, drawn);
    },
    purge: (target) => target.replaceChildren(),
    async toImage(figure, options) {
      const { width, height, scale } = /** @type {{width: number, height: number, scale: number}} */ (options);
      return asPng(drawFigure({ ...figure, layout: { ...figure.layout, width, height } }).picture, width, height, scale);
    },
  };
}

/**
 * A figure as an SVG, with its axes.
 * @param {Figure} figure
 */
export function drawFigure({ data, layout }) {
  const { width, height } = layout;
  const picture = svgOf("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": layout.font.family, "font-size": layout.font.size });
  const { paper_bgcolor: paper } = layout;
  if (paper) picture.append(svgOf("rect", { width, height, fill: paper }));
  const shown = data.filter(({ visible }) => visible !== false);
  const axes = axesOf(layout, shown);
  const names = Object.keys(axes);
  for (const name of names) picture.append(grid(axes[name], axes));
  for (const trace of shown) picture.append(drawTrace(trace, axes[trace.xaxis ?? "x"], axes[trace.yaxis ?? "y"]));
  const whole = { from: layout.margin.l, to: width - layout.margin.r };
  const tall = { from: height - layout.margin.b, to: layout.margin.t };
  /** @param {string} ref @param {{from: number, to: number}} area @returns {(value: number) => number} */
  const placeOf = (ref, area) => (ref === "paper" ? (share) => area.from + share * (area.to - area.from) : axes[ref].place);
  for (const { xref = "x", yref = "y", x0, x1, y0, y1, line } of layout.shapes ?? []) {
    const [x, y] = [placeOf(xref, whole), placeOf(yref, tall)];
    picture.append(element("line", { x1: x(x0), x2: x(x1), y1: y(y0), y2: y(y1) }, line));
  }
  for (const name of names) picture.append(labels(axes[name], layout));
  for (const note of layout.annotations ?? [])
    picture.append(annotation(note, placeOf(note.xref ?? "x", whole)(note.x), placeOf(note.yref ?? "y", tall)(note.y)));
  if (layout.title?.text) picture.append(text(layout.title.text, 8, 18, { ...layout.title, font: { color: layout.font.color, ...layout.title.font } }));
  if (layout.showlegend) picture.append(legend(shown, layout));
  return { picture, axes, data: shown, layout };
}

/** @param {Axis} axis @param {Record<string, Axis>} axes */
function grid(axis, axes) {
  const { options, across, from, to, place, ticks } = axis;
  const group = svgOf("g", {});
  const other = axes[options.anchor ?? (across ? "y" : "x")];
  if (!other) return group;
  const lines = options.showgrid === false ? [] : ticks.filter(({ value }) => Math.min(from, to) <= place(value) && place(value) <= Math.max(from, to));
  for (const { value } of lines) {
    const at = place(value);
    const ends = across ? { x1: at, x2: at, y1: other.from, y2: other.to } : { x1: other.from, x2: other.to, y1: at, y2: at };
    group.append(element("line", ends, { color: options.gridcolor, width: 1 }));
  }
  return group;
}

/** @param {Axis} axis @param {Layout} layout */
function labels(axis, layout) {
  const { options, across, from, to, place, ticks } = axis;
  const group = svgOf("g", {});
  const font = options.tickfont;
  if (options.showticklabels !== false) {
    for (const { value, text: label } of ticks) {
      const at = place(value);
      if (at < Math.min(from, to) - 1 || at > Math.max(from, to) + 1) continue;
      const right = layout.width - (LETTER / 2) * Math.max(...label.split("<br>").map(({ length }) => length)); // words that would be cut stay within the picture
      const [x, y] = across ? [Math.min(at, right), axis.edge + TICK + 9] : [axis.edge - TICK, at + 3.5];
      group.append(text(label, x, y, { xanchor: across ? "center" : "right", font }));
    }
  }
  if (!options.title?.text) return group;
  const middle = (from + to) / 2;
  const named = { xanchor: "center", font: options.title.font };
  if (across) group.append(text(options.title.text, middle, layout.height - 5, named));
  else {
    const name = text(options.title.text, 0, 0, named);
    name.setAttribute("transform", `translate(11 ${middle}) rotate(-90)`);
    group.append(name);
  }
  return group;
}

/** @param {Layout} note @param {number} x @param {number} y */
function annotation(note, x, y) {
  const size = note.font?.size ?? 10;
  const down = note.yanchor === "top" ? size + 1 : note.yanchor === "bottom" ? -2 : size / 3;
  const drawn = text(note.text, x + (note.xshift ?? 0), y - (note.yshift ?? 0) + down, note);
  if (note.hovertext) drawn.append(Object.assign(svgOf("title", {}), { textContent: note.hovertext.replaceAll("<br>", "\n") }));
  return drawn;
}

/**
 * Words that begin, end or stand in the middle at a place; <br> begins a line, <sup> raises.
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {Layout} options
 */
function text(words, x, y, { xanchor = "left", font = {} }) {
  const anchor = { left: "start", center: "middle", right: "end" }[/** @type {"left" | "center" | "right"} */ (xanchor)];
  const drawn = svgOf("text", { x, y, "text-anchor": anchor, fill: font.color, "font-size": font.size });
  for (const [i, line] of words.split("<br>").entries()) {
    const [plain, raised] = line.split(/<\/?sup>/);
    const row = svgOf("tspan", { x, dy: i ? 1.2 * (font.size ?? 10) : 0 });
    row.textContent = plain;
    drawn.append(row);
    if (raised) drawn.append(Object.assign(svgOf("tspan", { dy: -4, "font-size": 8 }), { textContent: raised }));
  }
  return drawn;
}

/** @param {Trace[]} data @param {Layout} layout */
function legend(data, layout) {
  const group = svgOf("g", {});
  let x = 8;
  for (const { name, line, marker, showlegend } of data) {
    if (!name || showlegend === false) continue;
    const color = line?.color ?? marker?.color;
    group.append(svgOf("rect", { x, y: 28, width: 14, height: 4, fill: color }), text(name, x + 18, 34, { font: layout.font }));
    x += 30 + 7 * name.length;
  }
  return group;
}

/** @param {Element} picture @param {number} width @param {number} height @param {number} scale @returns {Promise<string>} */
async function asPng(picture, width, height, scale) {
  picture.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const image = new Image(width * scale, height * scale);
  image.src = `data:image/svg+xml,${encodeURIComponent(picture.outerHTML)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
