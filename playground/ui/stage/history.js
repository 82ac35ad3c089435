// The rows of a run: columns of equal length, thinned so that a long run stays light in the browser.
const MOST_ROWS = 2000;
const KEPT_WHOLE = 500; // the newest rows are never thinned

export function createHistory() {
  let columns = {};
  let length = 0;

  function append(added) {
    const count = added.step?.length ?? 0;
    for (const name of Object.keys(added)) columns[name] ??= new Array(length).fill(null);
    for (const [name, values] of Object.entries(columns)) {
      for (let i = 0; i < count; i += 1) values.push(added[name]?.[i] ?? null);
    }
    length += count;
  }

  function thin() {
    const keep = (_, i) => i % 2 === 0 || i >= length - KEPT_WHOLE;
    for (const name of Object.keys(columns)) columns[name] = columns[name].filter(keep);
    length = columns.step.length;
  }

  return {
    get length() {
      return length;
    },
    clear() {
      columns = {};
      length = 0;
    },
    add(added, replace) {
      if (replace) this.clear();
      append(added);
      while (length > MOST_ROWS) thin();
    },
    /** At most `most` evenly spread values of a column, the newest always among them; null where there is none. */
    column(name, most) {
      const values = columns[name];
      if (!values || !length) return null;
      const stride = Math.ceil(length / most);
      if (stride === 1) return values.slice();
      const offset = (length - 1) % stride;
      return values.filter((_, i) => i % stride === offset);
    },
  };
}
