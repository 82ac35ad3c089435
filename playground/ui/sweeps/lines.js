// A measure along one axis of a grid: a line for each value of another one, with the range over the seeds behind it.
import { finite, place, ticks } from "./numbers.js";
import { BELOW, LEFT, upwards } from "./sheet.js";
import { written } from "./told.js";

/** @import { SweepCell } from "../stage/common/page.js" */
/** @import { Place, Sheet } from "./sheet.js" */

const HEIGHT = 340,
  WIDEST = 720,
  LEGEND = 150,
  NARROW = 460;

/** @param {Sheet} sheet */
export function lines(sheet) {
  const third = sheet.data.axes[sheet.shown.third];
  const shown = third ? third.texts.map((_, at) => at) : [0];
  for (const at of shown) plot(sheet, at, third ? `${third.label} ${third.texts[at]}` : "");
}

/** @param {Sheet} sheet @param {number} third @param {string} title */
function plot(sheet, third, title) {
  const { data, shown, told } = sheet;
  const across = data.axes[shown.x];
  const width = Math.min(WIDEST, Math.max(280, sheet.width - 20));
  const named = data.axes[shown.y] !== undefined;
  const below = width < NARROW; // there the lines are named below the plot
  const right = width - (named && !below ? LEGEND : 10);
  const cells = data.cells.filter(({ at }) => sheet.fits(at, third));
  const all = finite(data.cells.flatMap((cell) => told.band(cell) ?? [told.number(cell)]));
  const [low, high] = told.share || shown.statistic === "range" ? [told.low < 0 ? told.low : 0, told.high] : [all[0] ?? 0, all[all.length - 1] ?? 1];
  /** @param {number} at */
  const x = (at) => LEFT + (0.04 + 0.92 * across.share[at]) * (right - LEFT);
  /** @param {number} value */
  const y = (value) => 8 + (1 - place(value, low, high)) * (HEIGHT - 16);
  /** @param {SweepCell} cell @returns {Place} */
  const where = (cell) => [x(cell.at[shown.x]), y(told.number(cell) ?? low)];
  const up = data.axes[shown.y] ?? { label: "", texts: [""] };
  const families = up.texts.map((text, at) => ({
    text,
    cells: cells.filter((cell) => (cell.at[shown.y] ?? 0) === at && told.number(cell) !== null).sort((a, b) => a.at[shown.x] - b.at[shown.x]),
    hue: `hsl(${Math.round(220 - (220 * at) / Math.max(1, up.texts.length - 1))} 65% 45%)`,
  }));
  const [left, top] = below ? [LEFT, HEIGHT + BELOW] : [right + 12, 0];
  const height = HEIGHT + BELOW + (named && below ? 18 * families.length + 30 : 0);
  const canvas = sheet.board(title, width, height, (pen, theme) => {
    pen.strokeStyle = theme.muted;
    pen.strokeRect(LEFT, 0.5, right - LEFT, HEIGHT - 1);
    for (const { cells: line, hue } of families) {
      pen.fillStyle = pen.strokeStyle = hue;
      const bands = line.map((cell) => ({ cell, ends: told.band(cell) })).filter(({ ends }) => ends !== null);
      pen.globalAlpha = 0.13;
      pen.beginPath();
      for (const { cell, ends } of bands) pen.lineTo(x(cell.at[shown.x]), y(ends?.[0] ?? low));
      for (const { cell, ends } of bands.reverse()) pen.lineTo(x(cell.at[shown.x]), y(ends?.[1] ?? low));
      pen.fill();
      pen.globalAlpha = 1;
      pen.lineWidth = 2;
      pen.beginPath();
      for (const cell of line) pen.lineTo(...where(cell));
      pen.stroke();
      for (const cell of line) {
        pen.beginPath();
        pen.arc(...where(cell), sheet.stands(cell) ? 6 : told.marked(cell) ? 5 : 3, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    pen.fillStyle = theme.text;
    pen.textAlign = "center";
    let free = -Infinity;
    for (const [at, text] of across.texts.entries()) {
      const half = pen.measureText(text).width / 2 + 4;
      if (x(at) - half < free) continue;
      pen.fillText(text, x(at), HEIGHT + 14);
      free = x(at) + half;
    }
    pen.fillText(across.label, (LEFT + right) / 2, HEIGHT + 34);
    pen.textAlign = "right";
    for (const value of ticks(low, high)) pen.fillText(written(told, value), LEFT - 6, y(value) + 4);
    pen.textAlign = "left";
    pen.fillStyle = theme.muted;
    if (cells.some((cell) => told.band(cell))) pen.fillText(`band: ${told.spread}`, LEFT + 8, 18, right - LEFT - 16);
    pen.fillStyle = theme.text;
    upwards(pen, told.label, HEIGHT);
    pen.textAlign = "left";
    if (!named) return;
    pen.fillText(up.label, left, top + 14, below ? right - LEFT : LEGEND - 14);
    for (const [at, { text, hue }] of families.entries()) {
      pen.fillStyle = hue;
      pen.fillRect(left, top + 24 + 18 * at, 14, 4);
      pen.fillStyle = theme.text;
      pen.fillText(text, left + 20, top + 30 + 18 * at);
    }
  });
  const drawn = families.flatMap(({ cells: line }) => line);
  sheet.listen(canvas, sheet.nearest(drawn, where), sheet.along(drawn));
}
