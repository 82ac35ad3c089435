// Cells of a design that is no grid, as dots at their values of two axes.
import { BELOW, LEFT, upwards } from "./sheet.js";
import { fill } from "./told.js";

/** @import { SweepAxis, SweepCell } from "../stage/common/page.js" */
/** @import { Place, Sheet } from "./sheet.js" */

const HEIGHT = 420,
  WIDEST = 760,
  MANY = 400;

/** @param {Sheet} sheet */
export function dots(sheet) {
  const { data, shown, told } = sheet;
  const [width, radius] = [Math.min(WIDEST, Math.max(280, sheet.width - 20)), data.cells.length > MANY ? 4 : 8];
  const across = data.axes[shown.x];
  /** @type {SweepAxis | undefined} */
  const up = data.axes[shown.y];
  /** @param {number} share */
  const inside = (share) => 0.04 + 0.92 * share;
  /** @param {SweepCell} cell @returns {Place} */
  const where = (cell) => [LEFT + inside(across.share[cell.at[shown.x]]) * (width - LEFT), (1 - (up ? inside(up.share[cell.at[shown.y]]) : 0.5)) * HEIGHT];
  const canvas = sheet.board("", width, HEIGHT + BELOW, (pen, theme) => {
    pen.strokeStyle = theme.muted;
    pen.strokeRect(LEFT, 0.5, width - LEFT - 1, HEIGHT - 1);
    for (const cell of data.cells) {
      const [x, y] = where(cell);
      const stands = sheet.stands(cell);
      pen.beginPath();
      pen.arc(x, y, stands ? radius + 3 : radius, 0, 2 * Math.PI);
      pen.fillStyle = fill(told, cell) ?? theme.background;
      pen.fill();
      pen.strokeStyle = stands || told.marked(cell) ? theme.text : theme.muted;
      pen.lineWidth = stands || told.marked(cell) ? 2 : 1;
      pen.stroke();
    }
    pen.fillStyle = theme.text;
    pen.textAlign = "center";
    for (const { share, text } of across.ticks) pen.fillText(text, LEFT + inside(share) * (width - LEFT), HEIGHT + 14);
    pen.fillText(across.label, LEFT + (width - LEFT) / 2, HEIGHT + 34);
    if (!up) return;
    pen.textAlign = "right";
    for (const { share, text } of up.ticks) pen.fillText(text, LEFT - 6, (1 - inside(share)) * HEIGHT + 4, LEFT - 24);
    upwards(pen, up.label, HEIGHT);
  });
  const order = [...data.cells].sort((a, b) => where(a)[0] - where(b)[0]);
  sheet.listen(canvas, sheet.nearest(data.cells, where), sheet.along(order));
}
