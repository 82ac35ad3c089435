// The rows of a run: columns of equal length, thinned so that a long run stays light in the browser.
/** @import { Columns } from "./page.js" */
/** @typedef {ReturnType<typeof createHistory>} History */

const MOST_ROWS = 2000;
const ENOUGH_ROWS = 1500; // left by a thinning
const KEPT_WHOLE = 500; // the newest rows are never thinned

export function createHistory() {
  /** @type {Columns} */
  let columns = { step: [] };
  let length = 0;
  let gap = 0;

  /** @param {Columns} added */
  function append(added) {
    const count = added.step.length;
    for (const name of Object.keys(added)) columns[name] ??= new Array(length).fill(null);
    for (const [name, values] of Object.entries(columns)) {
      for (let i = 0; i < count; i += 1) values.push(added[name]?.[i] ?? null);
    }
    length += count;
  }

  /** @param {number} step */
  function cut(step) {
    while (length && columns.step[length - 1] >= step) {
      for (const values of Object.values(columns)) values.pop();
      length -= 1;
    }
  }

  // Older rows are kept `gap` steps apart, the same over the whole run: halving them again and again would lose its start.
  function thin() {
    const { step } = columns;
    gap ||= Math.max(1, (step[length - 1] - step[0]) / length);
    let last = -Infinity;
    const keep = step.map((at, i) => {
      if (at - last < gap && i < length - KEPT_WHOLE) return false;
      last = at;
      return true;
    });
    for (const name of Object.keys(columns)) columns[name] = columns[name].filter((_, i) => keep[i]);
    length = columns.step.length;
    if (length > ENOUGH_ROWS) gap *= 2;
  }

  return {
    get length() {
      return length;
    },
    clear() {
      columns = { step: [] };
      length = 0;
      gap = 0;
    },
    /**
     * Rows from the first added step on are replaced: a step measured again has one row.
     * @param {Record<string, (number | null)[]>} rows  columns, `step` among them
     * @param {boolean} replace
     */
    add(rows, replace) {
      const added = /** @type {Columns} */ (rows);
      if (replace) this.clear();
      else if (length && added.step.length) cut(added.step[0]);
      append(added);
      if (length > MOST_ROWS) while (length > ENOUGH_ROWS) thin();
    },
    /**
     * The epoch at a step, between the rows' own: a live change of k or of the batch bends it. null where there are none.
     * @param {number} step
     * @param {number | null} stepsPerEpoch
     */
    epochAt(step, stepsPerEpoch) {
      const { step: steps, epoch } = columns;
      if (!epoch || length < 2) return stepsPerEpoch ? step / stepsPerEpoch : null;
      let after = steps.findIndex((at) => at >= step);
      if (after < 0) after = length - 1;
      after = Math.max(1, after);
      const [from, to] = [epoch[after - 1], epoch[after]];
      if (from === null || to === null) return null;
      return from + ((to - from) * (step - steps[after - 1])) / (steps[after] - steps[after - 1]);
    },
    /**
     * A column's value at a step, or at the nearest one before it; null where there is none.
     * @param {string} name
     * @param {number} step
     */
    at(name, step) {
      const row = columns.step.findLastIndex((at) => at <= step);
      return row < 0 ? null : (columns[name]?.[row] ?? null);
    },
    /**
     * At most `most` evenly spread values of a column, the first and the newest always among them; null where there is none.
     * @template {string} N
     * @param {N} name
     * @param {number} most
     * @returns {Columns[N] | null}
     */
    column(name, most) {
      const values = /** @type {Columns[N] | undefined} */ (columns[name]);
      if (!values || !length) return null;
      const stride = Math.max(1, Math.ceil(length / most));
      if (stride === 1) return /** @type {Columns[N]} */ (values.slice());
      const offset = (length - 1) % stride;
      return /** @type {Columns[N]} */ (values.filter((_, i) => i === 0 || i % stride === offset));
    },
  };
}
