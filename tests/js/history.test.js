import assert from "node:assert/strict";
import { test } from "node:test";
import { createHistory } from "../../playground/ui/stage/common/history.js";
import { randomBy } from "./random.js";

const MOST_ROWS = 2000;
const KEPT_WHOLE = 500;
const ALL = Infinity;

/** A row's values say where it comes from: its step, and which addition brought it. @param {number[]} step @param {number} batch */
const rows = (step, batch) => ({ step, jsd: step.map((at) => at / 8), batch: step.map(() => batch) });

/** @param {ReturnType<typeof createHistory>} history */
function whole(history) {
  return { steps: history.column("step", ALL) ?? [], jsd: history.column("jsd", ALL) ?? [], batch: history.column("batch", ALL) ?? [] };
}

for (let seed = 1; seed <= 20; seed += 1) {
  test(`columns stay aligned, ascending and bounded over random additions (seed ${seed})`, () => {
    const random = randomBy(seed);
    const history = createHistory();
    let [step, batch] = [0, 0];
    /** @type {number[]} */
    let tail = []; // the newest steps that were added, exactly
    for (let turn = 0; turn < 200; turn += 1) {
      batch += 1;
      const replace = random() < 0.01;
      if (replace) [step, tail] = [0, []];
      else if (random() < 0.1) step = Math.max(0, step - Math.floor(300 * random())); // a rewind: measured again from there
      const stride = [1, 5, 100][Math.floor(3 * random())];
      const added = Array.from({ length: 1 + Math.floor(80 * random()) }, (_, i) => step + i * stride);
      tail = [...tail.filter((at) => at < added[0]), ...added].slice(-KEPT_WHOLE);
      step = added[added.length - 1] + stride;
      history.add(rows(added, batch), replace);

      const { steps, jsd, batch: batches } = whole(history);
      assert.equal(steps.length, history.length);
      assert.equal(jsd.length, steps.length);
      assert.ok(steps.length <= MOST_ROWS, `${steps.length} rows`);
      assert.ok(steps.every((at, i) => i === 0 || at > steps[i - 1]));
      assert.ok(steps.every((at, i) => jsd[i] === at / 8)); // no value has moved to another step
      assert.deepEqual(steps.slice(-added.length), added);
      assert.ok(batches.slice(-added.length).every((from) => from === batch)); // what was measured again has replaced what was there
    }
    const { steps } = whole(history);
    const fresh = tail.slice(tail.findIndex((at) => at >= steps[steps.length - Math.min(tail.length, steps.length)]));
    assert.deepEqual(steps.slice(-fresh.length), fresh);
  });
}

test("a long run keeps its first row, its newest rows, and even gaps between the older ones", () => {
  const history = createHistory();
  for (let step = 0; step < 100_000; step += 10) history.add(rows([step], step), false);
  const { steps } = whole(history);
  assert.equal(steps[0], 0);
  const older = steps.slice(0, -KEPT_WHOLE);
  const gaps = older.slice(1).map((at, i) => at - older[i]);
  assert.deepEqual(
    steps.slice(-KEPT_WHOLE),
    Array.from({ length: KEPT_WHOLE }, (_, i) => 99_990 - 10 * (KEPT_WHOLE - 1 - i)),
  );
  assert.ok(Math.max(...gaps.slice(0, 500)) <= 2 * Math.min(...gaps.slice(0, 500)), "the start is as dense as what follows");
});

test("a column that comes late, or is left out once, has nothing there", () => {
  const history = createHistory();
  history.add({ step: [0, 1] }, false);
  history.add({ step: [2, 3], fid: [7, 8] }, false);
  history.add({ step: [4] }, false);
  assert.deepEqual(history.column("fid", ALL), [null, null, 7, 8, null]);
  assert.equal(history.at("fid", 3), 8);
  assert.equal(history.at("fid", 2.5), 7);
  assert.equal(history.at("fid", -1), null);
  assert.equal(history.column("unknown", ALL), null);
});

test("a column is thinned evenly for a chart, its first and newest value always among it", () => {
  const history = createHistory();
  history.add(rows([...Array(1001).keys()], 0), false);
  for (const most of [2, 3, 10, 300, 600]) {
    const steps = history.column("step", most) ?? [];
    assert.equal(steps[0], 0);
    assert.equal(steps.at(-1), 1000);
    assert.ok(steps.length <= most + 1, `${steps.length} of at most ${most}`); // the first may come on top
    assert.equal(history.column("jsd", most)?.length, steps.length);
  }
});

test("rows that start over leave nothing of those before", () => {
  const history = createHistory();
  history.add({ step: [0, 1], fid: [7, 8] }, false);
  history.add({ step: [50, 60] }, true);
  assert.deepEqual(history.column("step", ALL), [50, 60]);
  assert.equal(history.column("fid", ALL), null);
});

test("an empty addition and a cleared history", () => {
  const history = createHistory();
  history.add(rows([0, 1], 0), false);
  history.add({ step: [] }, false);
  assert.equal(history.length, 2);
  history.clear();
  assert.equal(history.length, 0);
  assert.equal(history.column("step", ALL), null);
});

test("an epoch lies on the line through its neighbours, or follows from the steps", () => {
  const history = createHistory();
  assert.equal(history.epochAt(50, 100), 0.5);
  assert.equal(history.epochAt(50, null), null);
  history.add({ step: [0, 100, 200], epoch: [0, 1, 4] }, false); // k was tripled at step 100
  assert.equal(history.epochAt(50, 100), 0.5);
  assert.equal(history.epochAt(150, 100), 2.5);
  assert.equal(history.epochAt(300, 100), 7); // beyond the last row as before it
});
