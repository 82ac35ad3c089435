// The drawing board. Strokes are lists of [x, y] from 0 to 1, y downwards; all of them are of one brush.
import { find, penOf } from "../stage/common/dom.js";
import { counted } from "../stage/common/format.js";

/** @import { BoardData, Component } from "../stage/common/page.js" */
/** @typedef {[number, number]} Place */

const TINY = 0.004; // a move shorter than this share of the canvas is no new place

// Kept outside of the element: Streamlit takes the board away while another way of giving data is open.
/** @type {{strokes: Place[][], brush: string}} */
const drawing = { strokes: [], brush: "medium" };

/** @param {Component<BoardData>} component */
export function mount(component) {
  const root = find(component.parentElement, ".gpd");
  const canvas = find(root, "canvas", HTMLCanvasElement);
  const brush = find(root, ".gpd-select", HTMLSelectElement);
  const count = find(root, ".gpd-count");
  const buttons = [.../** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-do]"))];
  const pen = penOf(canvas);
  let { data, setTriggerValue } = component;
  /** @type {{pointer: number, stroke: Place[]} | null} */
  let current = null; // the stroke that is being drawn, and by which pointer

  brush.replaceChildren(...Object.keys(data.brushes).map((name) => new Option(name, name, false, name === drawing.brush)));

  /** @param {MouseEvent} event @returns {Place} */
  const share = (event) => {
    const box = canvas.getBoundingClientRect();
    const clip = (/** @type {number} */ value) => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;
    return [clip((event.clientX - box.left) / box.width), clip((event.clientY - box.top) / box.height)];
  };

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const side = Math.max(1, Math.round(canvas.clientWidth * ratio));
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const text = getComputedStyle(root).color;
    pen.clearRect(0, 0, side, side);
    pen.globalAlpha = 0.18;
    pen.strokeStyle = text;
    pen.lineWidth = ratio;
    pen.beginPath();
    for (let i = 1; i < data.span; i += 1) {
      const at = Math.round((side * i) / data.span) + 0.5;
      pen.moveTo(at, 0);
      pen.lineTo(at, side);
      pen.moveTo(0, at);
      pen.lineTo(side, at);
    }
    pen.stroke();
    // Three nested lines stand for the Gaussian's profile: 3.4, 2.2 and 1.2 sigma wide.
    const sigma = (data.brushes[drawing.brush] / data.span) * side;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = pen.fillStyle = getComputedStyle(root).getPropertyValue("--st-primary-color") || text;
    for (const [width, alpha] of [
      [3.4, 0.3],
      [2.2, 0.45],
      [1.2, 0.7],
    ]) {
      pen.globalAlpha = alpha;
      pen.lineWidth = width * sigma;
      for (const stroke of drawing.strokes) {
        pen.beginPath();
        stroke.forEach(([x, y], i) => (i ? pen.lineTo(x * side, y * side) : pen.moveTo(x * side, y * side)));
        if (stroke.length === 1) pen.lineTo(stroke[0][0] * side, stroke[0][1] * side + 0.01);
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
    tell();
  }

  function points() {
    const step = data.brushes[drawing.brush] / data.perSigma;
    let count = 0;
    for (const stroke of drawing.strokes) {
      let length = 0;
      for (let i = 1; i < stroke.length; i += 1) length += Math.hypot(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1]);
      count += Math.max(1, Math.ceil((length * data.span) / step));
    }
    return count;
  }

  function tell() {
    const strokes = drawing.strokes.length;
    const words = strokes ? `${counted(strokes, "stroke")}, ${counted(points(), "point")}, σ ${data.brushes[drawing.brush]}` : "Nothing drawn yet.";
    if (count.textContent !== words) count.textContent = words;
    canvas.setAttribute("aria-label", `Drawing board: ${words}`);
    root.classList.toggle("gpd-drawn", strokes > 0);
    for (const button of buttons) if (button.dataset.do !== "train") button.disabled = strokes === 0;
  }

  const places = () => drawing.strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  const full = () => drawing.strokes.length >= data.mostStrokes || places() >= data.mostPlaces;

  canvas.onpointerdown = (event) => {
    if (event.button !== 0 || current || full()) return;
    canvas.setPointerCapture(event.pointerId);
    current = { pointer: event.pointerId, stroke: [share(event)] };
    drawing.strokes.push(current.stroke);
    draw();
  };
  canvas.onpointermove = (event) => {
    if (!current || current.pointer !== event.pointerId) return;
    for (const move of event.getCoalescedEvents?.() ?? [event]) {
      const [x, y] = share(move);
      const [lastX, lastY] = current.stroke[current.stroke.length - 1];
      if (Math.hypot(x - lastX, y - lastY) >= TINY && places() < data.mostPlaces) current.stroke.push([x, y]);
    }
    draw();
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (current?.pointer === event.pointerId) current = null;
  };
  brush.onchange = () => {
    drawing.brush = brush.value;
    draw();
  };
  const actions = {
    undo: () => drawing.strokes.pop(),
    clear: () => drawing.strokes.splice(0),
    train: () => drawing.strokes.length && setTriggerValue("train", { brush: drawing.brush, strokes: drawing.strokes }),
  };
  for (const button of buttons) {
    button.onclick = () => {
      const action = /** @type {keyof typeof actions} */ (button.dataset.do);
      actions[action]();
      draw();
      if (!drawing.strokes.length && action === "train") count.textContent = "Nothing drawn yet: draw something first.";
    };
  }

  const resized = new ResizeObserver(draw);
  resized.observe(canvas);
  draw();
  return {
    /** @param {Component<BoardData>} component */
    update(component) {
      ({ data, setTriggerValue } = component);
      draw(); // the theme may have changed
    },
    unmount: () => resized.disconnect(),
  };
}
