// Every axis upright beside the others, with the measure last; a cell is a line through its values.
import { mix } from "../stage/common/theme.js";
import { place } from "./numbers.js";
import { fill, written } from "./told.js";

/** @import { SweepCell } from "../stage/common/page.js" */
/** @import { Place, Sheet } from "./sheet.js" */

const TOP = 26,
  HEIGHT = 380,
  SIDE = 60;

/** @param {Sheet} sheet */
export function parallel(sheet) {
  const { data, told } = sheet;
  const width = Math.max(280, Math.min(1100, sheet.width - 20));
  const count = data.axes.length + 1;
  /** @param {number} column */
  const across = (column) => SIDE + (column / (count - 1)) * (width - 2 * SIDE);
  /** @param {number} share */
  const up = (share) => TOP + (1 - share) * HEIGHT;
  /** @param {SweepCell} cell @returns {Place[]} */
  const way = (cell) => {
    const value = told.number(cell);
    const through = data.axes.map((axis, at) => /** @type {Place} */ ([across(at), up(axis.share[cell.at[at]])]));
    return value === null ? through : [...through, [across(count - 1), up(place(value, told.low, told.high))]];
  };
  const ways = new Map(data.cells.map((cell) => [cell, way(cell)]));
  const order = [...data.cells].sort((a, b) => (told.number(a) ?? Infinity) - (told.number(b) ?? Infinity));
  const canvas = sheet.board("", width, TOP + HEIGHT + 30, (pen, theme) => {
    for (const cell of [...order.filter((each) => each !== sheet.under), ...(sheet.under ? [sheet.under] : [])]) {
      const marked = sheet.stands(cell);
      pen.strokeStyle = marked ? theme.text : mix(fill(told, cell) ?? theme.muted, theme.text, 0.25);
      pen.lineWidth = marked ? 3 : 1.5;
      pen.globalAlpha = marked ? 1 : sheet.under ? 0.35 : 0.8;
      pen.beginPath();
      for (const [x, y] of ways.get(cell) ?? []) pen.lineTo(x, y);
      pen.stroke();
    }
    pen.globalAlpha = 1;
    pen.fillStyle = pen.strokeStyle = theme.text;
    pen.lineWidth = 1;
    pen.textAlign = "center";
    for (let column = 0; column < count; column++) {
      const axis = data.axes[column];
      pen.beginPath();
      pen.moveTo(across(column), TOP);
      pen.lineTo(across(column), TOP + HEIGHT);
      pen.stroke();
      pen.fillText(axis?.label ?? told.label, across(column), 14, (width - 2 * SIDE) / (count - 1) - 6);
      const ends = [written(told, told.low), written(told, told.high)];
      const ticks = axis?.ticks ?? ends.map((text, share) => ({ text, share }));
      pen.textAlign = "left";
      for (const { share, text } of ticks) pen.fillText(text, across(column) + 5, up(share) + 4);
      pen.textAlign = "center";
    }
  });
  sheet.listen(
    canvas,
    (x, y) => {
      let [best, distance] = [/** @type {SweepCell | null} */ (null), 10];
      for (const [cell, through] of ways) {
        const away = beside(through, x, y);
        if (away < distance) [best, distance] = [cell, away];
      }
      return best;
    },
    sheet.along(order),
  );
}

/** How far up or down a way passes from a spot. @param {Place[]} way @param {number} x @param {number} y */
function beside(way, x, y) {
  for (let i = 1; i < way.length; i++) {
    const [[x0, y0], [x1, y1]] = [way[i - 1], way[i]];
    if (x >= x0 && x <= x1) return Math.abs(y0 + ((x - x0) / (x1 - x0)) * (y1 - y0) - y);
  }
  return Infinity;
}
