import assert from "node:assert/strict";
import { test } from "node:test";
import { colour, diverging, place, ticks, told, words } from "../../playground/ui/sweeps/numbers.js";
import { fitted, fromAddress, settled, toAddress } from "../../playground/ui/sweeps/shown.js";
import { apart, scaled } from "../../playground/ui/sweeps/told.js";

test("a cell's number is that of the seeds that have one", () => {
  assert.equal(told([3, 1, 2], "median", "lower"), 2);
  assert.equal(told([4, 1, 2, 3], "median", "lower"), 2.5);
  assert.equal(told([3, 1, null], "lowest", "lower"), 1);
  assert.equal(told([3, 1], "highest", "lower"), 3);
  assert.equal(told([3, 1], "range", "lower"), 2);
  assert.equal(told([0, 1, 1, 0], "share", "lower"), 0.5);
  assert.equal(told([null, null], "median", "lower"), null);
});

test("a seed without a number counts as the worst", () => {
  assert.equal(told([1000, 2000, null], "median", "lower"), 2000);
  assert.equal(told([1000, null, null], "median", "lower"), null);
  assert.equal(told([5, null, null], "median", "higher"), null);
  assert.equal(told([5, 8, null], "median", "higher"), 5);
  assert.equal(told([3, 1, null], "highest", "lower"), null);
  assert.equal(told([3, 1, null], "range", "lower"), null);
  assert.equal(told([5, 8, null], "highest", "higher"), 8);
  assert.equal(told([5, 8, null], "lowest", "higher"), null);
});

test("numbers of several magnitudes are placed by factors", () => {
  assert.equal(place(5, 0, 10), 0.5);
  assert.equal(place(0.1, 0.001, 10), 0.5);
  assert.equal(place(3, 3, 3), 0.5);
});

test("an axis is marked at round numbers", () => {
  assert.deepEqual(ticks(0.261, 4.79), [1, 2, 3, 4]);
  assert.deepEqual(
    ticks(0, 1).map((tick) => tick.toFixed(3)),
    ["0.000", "0.200", "0.400", "0.600", "0.800", "1.000"],
  );
  assert.deepEqual(ticks(-2, 2), [-2, -1, 0, 1, 2]);
  assert.deepEqual(ticks(0.002, 30), [0.01, 0.1, 1, 10]);
  assert.deepEqual(ticks(3, 3), [3]);
});

test("colours run from dark to bright", () => {
  assert.deepEqual(colour(0), [68, 1, 84]);
  assert.deepEqual(colour(1), [253, 231, 37]);
  assert.deepEqual(colour(7), colour(1));
});

test("numbers are told with three digits", () => {
  assert.equal(words(0.12345), "0.123");
  assert.equal(words(1234), "1,230");
  assert.equal(words(0.00012), "1.2e−4");
  assert.equal(words(-2), "−2");
  assert.equal(words(0.625, true), "63 %");
  assert.equal(words(null), "–");
});

/** @param {Partial<import("../../playground/ui/stage/common/page.js").SweepSheet>} [changes] */
function sheet(changes) {
  const axis = (/** @type {string} */ name, /** @type {string[]} */ ...texts) => ({ name, label: name, texts, share: [], ticks: [] });
  const cell = (/** @type {number} */ index, /** @type {(number | null)[]} */ ...emd) => ({
    index,
    at: [0, index, 0],
    end: "done",
    steps: 20,
    values: { emd, collapsed: [0, 1] },
    picture: null,
    marks: 0,
  });
  return {
    name: "A sweep",
    axes: [axis("loss", "minimax"), axis("lr_d", "0.1", "1"), axis("k", "1", "2", "5")],
    measures: [
      { name: "emd", label: "EMD", help: "", better: "lower", share: false, missing: "–" },
      { name: "collapsed", label: "Collapsed", help: "", better: "lower", share: true, missing: "–" },
    ],
    grid: true,
    seeds: 2,
    steps: [0, 10, 20],
    cells: [cell(0, 1, 3), cell(1, 5, 7)],
    missing: [],
    opens: {},
    marks: [],
    looks: { emd: { 0: [[8, 9], [4], [1, 3]], 1: [[10, 12], [6], [5, 7]] } },
    ...changes,
  };
}

test("axes with several values come first, and the end", () => {
  const shown = fromAddress({}, sheet());
  assert.deepEqual([shown.x, shown.y, shown.third, shown.step, shown.view], [1, 2, 0, 2, "map"]);
  assert.deepEqual(toAddress(shown, sheet()), {});
  const opens = fromAddress({}, sheet({ opens: { measure: "collapsed", x: "k" } }));
  assert.deepEqual([opens.measure, opens.statistic, opens.x, opens.y], ["collapsed", "share", 2, 1]);
});

test("every choice of axes comes back from its address", () => {
  const all = sheet();
  for (let x = 0; x < 3; x++)
    for (let y = 0; y < 3; y++)
      for (let step = 0; step < 3; step++)
        for (const view of ["map", "lines"])
          for (const statistic of /** @type {const} */ (["median", "highest"])) {
            const shown = settled(
              { ...fromAddress({}, all), x, y, third: -1, step, view, statistic, cell: 1, fixed: { 0: 0, 1: 1, 2: 2 }, pictures: false },
              all,
            );
            assert.deepEqual(fromAddress(toAddress(shown, all), all), shown);
          }
});

test("what an address says that is not there is as at first", () => {
  const told = { view: "dots", measure: "fid", of: "share", x: "nothing", y: "k", step: "7", cell: "99", at: "5,-1,x" };
  assert.deepEqual(fromAddress(told, sheet()), fromAddress({}, sheet()));
});

test("a second sweep stands at the same axes by their names, and at the same step", () => {
  const [first, second] = [sheet(), sheet({ axes: [...sheet().axes].reverse() })];
  const shown = settled({ ...fromAddress({}, first), x: 2, y: 1, step: 1 }, first);
  const other = fitted(shown, first, second);
  assert.deepEqual([other.x, other.y, other.step, other.measure], [0, 1, 1, "emd"]);
  const longer = sheet({ steps: [0, 20, 40] });
  assert.equal(fitted(shown, first, longer).step, -1); // it was not measured at 10
  assert.equal(fitted({ ...shown, step: 2 }, first, longer).step, 2); // the end beside the end
});

test("a step before the end has its own numbers on the scale of the end", () => {
  const all = sheet();
  const shown = fromAddress({}, all);
  const [end] = scaled([{ sheet: all, shown }]);
  assert.deepEqual([end.low, end.high, end.number(all.cells[0])], [2, 6, 2]);
  const [between] = scaled([{ sheet: all, shown: { ...shown, step: 0 } }]);
  assert.deepEqual([between.low, between.high, between.number(all.cells[1])], [2, 6, 11]);
  const [unknown] = scaled([{ sheet: all, shown: { ...shown, step: 0, measure: "collapsed" } }]);
  assert.equal(unknown.number(all.cells[0]), null);
});

test("a difference is told from its middle, and marked where it is beyond luck", () => {
  const one = { first: 1, second: 3, value: 2, low: 1, high: 4, up: 8, down: 0, clear: true, seeds: /** @type {[number, number]} */ ([8, 8]) };
  const told = apart({ told: "", step: 20, cells: { 0: one, 1: { ...one, value: -1, low: null, high: null, clear: false } } }, sheet().measures[0]);
  const [first, second] = sheet().cells;
  assert.deepEqual([told.low, told.high, told.number(second)], [-2, 2, -1]);
  assert.deepEqual([told.marked(first), told.marked(second), told.band(first), told.band(second)], [true, false, [1, 4], null]);
  assert.equal(told.tint(1), `rgb(${diverging(0)})`); // a larger EMD is worse
});
