// Where a view draws one sweep: canvases with one cell under the pointer, read by the keys too.
import { ARROWS, isShortcut, penOf } from "../stage/common/dom.js";
import { readTheme } from "../stage/common/theme.js";
import { written } from "./told.js";

/** @import { SweepCell, SweepSheet } from "../stage/common/page.js" */
/** @import { Theme } from "../stage/common/theme.js" */
/** @import { Shown } from "./shown.js" */
/** @import { Told } from "./told.js" */

/** @typedef {[number, number]} Place */

const MANY = 1000;
export const LEFT = 74,
  MARGIN = 22,
  BELOW = 46;

export class Sheet {
  /** @type {SweepSheet} */ data = /** @type {any} */ (null);
  /** @type {Shown} */ shown = /** @type {any} */ (null);
  /** @type {Told} */ told = /** @type {any} */ (null);
  width = 0;
  /** @type {SweepCell | null} */ under = null;
  /** @type {(() => void)[]} */ #drawn = [];

  /**
   * @param {HTMLElement} host @param {(cell: SweepCell | null) => void} tell  which cell is under the pointer
   * @param {(cell: SweepCell) => void} choose
   */
  constructor(host, tell, choose) {
    this.host = host;
    this.tell = tell;
    this.choose = choose;
  }

  /** An empty sheet. @param {string} title @param {SweepSheet} data @param {Shown} shown @param {number} width @param {Told} told */
  begin(title, data, shown, width, told) {
    Object.assign(this, { data, shown, width, told, under: null });
    this.#drawn = [];
    this.host.replaceChildren();
    if (title) this.host.append(Object.assign(document.createElement("h4"), { textContent: title, title }));
  }

  /** Also those that could not be trained. @returns {SweepCell[]} */
  get all() {
    const nothing = { end: "", steps: 0, values: {}, picture: null, marks: 0 };
    return [...this.data.cells, ...this.data.missing.map((each, at) => ({ ...nothing, ...each, index: -1 - at }))];
  }

  /** Whether a cell is pointed at or chosen. @param {SweepCell} cell */
  stands(cell) {
    return cell === this.under || cell.index === this.shown.cell;
  }

  /** The cell at the place of one of another sheet is pointed at too. @param {SweepCell | null} other */
  follow(other) {
    const under = other && (this.data.cells.find(({ at }) => String(at) === String(other.at)) ?? null);
    if (under === this.under) return;
    this.under = under;
    this.redraw();
  }

  redraw() {
    for (const draw of this.#drawn) draw();
  }

  /**
   * Whether a place is shown where the third axis stands at `third` and the others where they are fixed.
   * @param {number[]} places @param {number} third
   */
  fits(places, third) {
    const { x, y, third: axis, fixed } = this.shown;
    return places.every((at, each) => each === x || each === y || at === (each === axis ? third : (fixed[each] ?? 0)));
  }

  /**
   * A picture below a title, drawn anew whenever the pointer moves to another cell.
   * @param {string} title @param {number} width @param {number} height @param {(pen: CanvasRenderingContext2D, theme: Theme) => void} draw
   */
  board(title, width, height, draw) {
    const figure = document.createElement("figure");
    if (title) figure.append(Object.assign(document.createElement("figcaption"), { textContent: title }));
    const canvas = document.createElement("canvas");
    canvas.className = "gps-board";
    const ratio = Math.max(window.devicePixelRatio || 1, this.data.cells.length < MANY ? 2 : 1); // sharp in a PNG too
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio), tabIndex: 0 });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${[this.told.label, title].filter(Boolean).join(", ")}: arrow keys walk over the cells, Enter chooses one`);
    const pen = penOf(canvas);
    this.#drawn.push(() => {
      const theme = readTheme(this.host);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      pen.font = `12px ${theme.font}`;
      draw(pen, theme);
    });
    figure.append(canvas);
    this.host.append(figure);
    return canvas;
  }

  /** What the colours mean, above the pictures. */
  legend() {
    const { told } = this;
    const [low, high] = [`${told.cut ? "≤ " : ""}${written(told, told.low)}`, `${told.cut ? "≥ " : ""}${written(told, told.high)}`];
    const width = Math.max(140, Math.min(this.width - LEFT - MARGIN, 420));
    const pen = penOf(document.createElement("canvas"));
    pen.font = `12px ${readTheme(this.host).font}`;
    const [from, bar] = [pen.measureText(low).width + 8, width > 300 ? 110 : 60];
    const after = from + bar + 18 + pen.measureText(high).width;
    const beside = pen.measureText(told.says).width <= width - after;
    const rows = beside ? [told.says] : wrapped(pen, told.says, width);
    const [x, y] = beside ? [after, 14] : [0, 31];
    const canvas = this.board("", width, 17 * (beside ? 1 : 1 + rows.length) + 3, (draw, theme) => {
      for (let at = 0; at < bar; at++) {
        draw.fillStyle = told.tint(at / (bar - 1));
        draw.fillRect(from + at, 4, 1, 11);
      }
      draw.fillStyle = theme.text;
      draw.fillText(low, 0, 14);
      draw.fillText(high, from + bar + 8, 14);
      draw.fillStyle = theme.muted;
      for (const [at, row] of rows.entries()) draw.fillText(row, x, y + 17 * at);
    });
    canvas.tabIndex = -1;
    canvas.classList.replace("gps-board", "gps-legend");
    canvas.setAttribute("aria-label", `From ${written(told, told.low)} to ${written(told, told.high)}; ${told.says}`);
  }

  /**
   * The pointer and the keys on a picture. at: the cell at a spot. walk: where an arrow leads.
   * @param {HTMLCanvasElement} canvas @param {(x: number, y: number) => SweepCell | null} at
   * @param {(from: SweepCell | null, by: Place) => SweepCell | null} walk
   */
  listen(canvas, at, walk) {
    /** @param {SweepCell | null} cell */
    const look = (cell) => {
      if (cell === this.under) return;
      this.under = cell;
      this.redraw();
      this.tell(cell);
    };
    canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => look(at(offsetX, offsetY)));
    canvas.addEventListener("pointerleave", () => look(null));
    canvas.addEventListener("blur", () => look(null));
    canvas.addEventListener("click", ({ offsetX, offsetY }) => {
      const cell = at(offsetX, offsetY);
      if (cell) this.choose(cell);
    });
    canvas.addEventListener("keydown", (event) => {
      if (isShortcut(event)) return;
      if (event.key === "Enter" && this.under) this.choose(this.under);
      else if (event.key in ARROWS) look(walk(this.under ?? this.data.cells.find((cell) => this.stands(cell)) ?? null, ARROWS[event.key]) ?? this.under);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** The nearest of the cells whose spot is within reach. @param {SweepCell[]} cells @param {(cell: SweepCell) => Place} where */
  nearest(cells, where) {
    return (/** @type {number} */ x, /** @type {number} */ y) => {
      let [best, distance] = [/** @type {SweepCell | null} */ (null), 20 ** 2];
      for (const cell of cells) {
        const [cx, cy] = where(cell);
        const away = (cx - x) ** 2 + (cy - y) ** 2;
        if (away < distance) [best, distance] = [cell, away];
      }
      return best;
    };
  }

  /** Arrow keys along the cells in an order. @param {SweepCell[]} order */
  along(order) {
    return (/** @type {SweepCell | null} */ from, /** @type {Place} */ [dx, dy]) =>
      order[Math.min(Math.max((from ? order.indexOf(from) : -1) + (dx || -dy), 0), order.length - 1)] ?? null;
  }
}

/**
 * Words up the left side.
 * @param {CanvasRenderingContext2D} pen @param {string} text @param {number} height
 */
export function upwards(pen, text, height) {
  pen.save();
  pen.translate(12, height / 2);
  pen.rotate(-Math.PI / 2);
  pen.textAlign = "center";
  pen.fillText(text, 0, 0, Math.max(120, height));
  pen.restore();
}

/** Words in lines of a width, at most four. @param {CanvasRenderingContext2D} pen @param {string} text @param {number} width */
export function wrapped(pen, text, width) {
  const made = [""];
  for (const word of text.split(" ")) {
    const longer = `${made[made.length - 1]} ${word}`.trim();
    if (pen.measureText(longer).width <= width) made[made.length - 1] = longer;
    else made.push(word);
  }
  return made.slice(0, 4);
}
