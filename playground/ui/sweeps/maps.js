// The map of a grid: a square for each cell, coloured by its number, with what its G makes; one map for each value of a
// third axis.
import { BELOW, LEFT, MARGIN, upwards } from "./sheet.js";
import { paint, rings } from "./tiny.js";
import { fill } from "./told.js";

/** @import { Place, Sheet } from "./sheet.js" */

const SMALLEST = 5,
  LARGEST = 120,
  PICTURED = 26,
  RINGED = 48,
  HIGHEST = 800,
  ABOVE = 440,
  NARROWEST = 320;

/** What the page has below its menus. */
function highest() {
  return Math.min(HIGHEST, Math.max(300, window.innerHeight - ABOVE));
}

/** @param {Sheet} sheet */
export function maps(sheet) {
  const third = sheet.data.axes[sheet.shown.third];
  const shown = third ? third.texts.map((_, at) => at) : [0];
  for (const at of shown) map(sheet, at, third ? `${third.label} ${third.texts[at]}` : "", shown.length);
}

/** @param {Sheet} sheet @param {number} third @param {string} title @param {number} count */
function map(sheet, third, title, count) {
  const { data, shown, told } = sheet;
  const across = data.axes[shown.x];
  const up = data.axes[shown.y] ?? { label: "", texts: [""] };
  const [nx, ny] = [across.texts.length, up.texts.length];
  const columns = Math.min(count, Math.max(1, Math.floor(sheet.width / NARROWEST)));
  const side = Math.max(SMALLEST, Math.min(LARGEST, (sheet.width / columns - LEFT - MARGIN) / nx, highest() / ny));
  /** @param {number[]} at @returns {Place} */
  const corner = (at) => [LEFT + at[shown.x] * side, (ny - 1 - (at[shown.y] ?? 0)) * side];
  const pictured = shown.pictures && shown.step === data.steps.length - 1; // of the way there are none
  const cells = sheet.all.filter(({ at }) => sheet.fits(at, third));
  /** @param {number} x @param {number} y */
  const key = (x, y) => `${x},${y}`;
  const there = new Map(cells.map((cell) => [key(cell.at[shown.x], cell.at[shown.y] ?? 0), cell]));
  const canvas = sheet.board(title, LEFT + nx * side + 2, ny * side + BELOW, (pen, theme) => {
    pen.fillStyle = theme.secondary;
    for (let x = 0; x < nx; x++) for (let y = 0; y < ny; y++) pen.fillRect(LEFT + x * side, y * side, side - 1, side - 1);
    for (const cell of cells) {
      const [x, y] = corner(cell.at);
      const tint = fill(told, cell);
      if (tint) {
        pen.fillStyle = tint;
        pen.fillRect(x, y, side - 1, side - 1);
      } else cross(pen, [x, y], side, cell.why ? theme.muted : theme.text);
      if (pictured && side >= PICTURED && cell.picture) {
        if (side >= RINGED) rings(pen, data.marks[cell.marks] ?? [], x + 2, y + 2, side - 5, "#fff8");
        paint(pen, cell.picture, x + 2, y + 2, side - 5, "#fff", "#000");
      }
      if (told.marked(cell)) dot(pen, x + side - 2 - Math.max(3, side / 9), y + 1 + Math.max(3, side / 9), Math.max(2, side / 12));
      if (sheet.stands(cell)) {
        for (const [ink, width] of /** @type {[string, number][]} */ ([
          [theme.background, 5], // a cell may be as bright as the frame
          [theme.text, 2],
        ])) {
          pen.strokeStyle = ink;
          pen.lineWidth = width;
          pen.strokeRect(x + 1, y + 1, side - 3, side - 3);
        }
      }
    }
    pen.fillStyle = theme.text;
    pen.textAlign = "center";
    const widest = Math.max(...across.texts.map((text) => pen.measureText(text).width)) + 8;
    const apart = Math.max(1, Math.ceil(widest / side));
    for (let i = 0; i < nx; i += apart) pen.fillText(across.texts[i], LEFT + (i + 0.5) * side, ny * side + 14);
    pen.fillText(across.label, LEFT + (nx * side) / 2, ny * side + 34);
    pen.textAlign = "right";
    const rows = Math.max(1, Math.ceil(14 / side));
    for (let j = 0; j < ny; j += rows) pen.fillText(up.texts[j], LEFT - 6, (ny - 1 - j + 0.5) * side + 4, LEFT - 24);
    upwards(pen, up.label, ny * side);
  });
  sheet.listen(
    canvas,
    (x, y) => there.get(key(Math.floor((x - LEFT) / side), ny - 1 - Math.floor(y / side))) ?? null,
    (from, [dx, dy]) => (from ? (there.get(key(from.at[shown.x] + dx, (from.at[shown.y] ?? 0) - dy)) ?? from) : (cells[0] ?? null)),
  );
}

/** A cell without a number: impossible, failed, or diverged. @param {CanvasRenderingContext2D} pen @param {Place} corner @param {number} side @param {string} ink */
function cross(pen, [x, y], side, ink) {
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.5;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x + 3, y + 3);
  pen.lineTo(x + side - 4, y + side - 4);
  pen.moveTo(x + side - 4, y + 3);
  pen.lineTo(x + 3, y + side - 4);
  pen.stroke();
  pen.globalAlpha = 1;
}

/** A difference that is beyond luck. @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius */
export function dot(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = "#fff";
  pen.fill();
  pen.strokeStyle = "#000";
  pen.lineWidth = 1.5;
  pen.stroke();
}
