import assert from "node:assert/strict";
import { test } from "node:test";
import { marksOf, scaleSince } from "../../playground/ui/stage/charts/layout.js";
import { settleAxes } from "../../playground/ui/stage/charts/settled.js";
import { areaBetween, columnsOf, fillTrace, floorOver, hasNumbers, isFilled, suit } from "../../playground/ui/stage/charts/traces.js";
import { createHistory } from "../../playground/ui/stage/common/history.js";

/** @import { Change } from "../../playground/ui/stage/common/messages.js" */
/** @import { Theme } from "../../playground/ui/stage/common/theme.js" */
/** @import { Source } from "../../playground/ui/stage/charts/traces.js" */

const light = /** @type {Theme} */ ({ dark: false, real: "#0072B2", fake: "#D55E00" });
const dark = /** @type {Theme} */ ({ dark: true, real: "#56B4E9", fake: "#F0A030" });

/** @param {Partial<Source>} more @returns {Source} */
function sourceOf(more = {}) {
  const history = createHistory();
  history.add({ step: [0, 10, 20], jsd: [0.5, null, 0.1], jsd_lo: [0.4, null, 0], jsd_hi: [0.6, null, 0.2], jsd_q1: [1, 1, 1], jsd_q3: [2, 2, 2] }, false);
  return {
    history,
    floors: { jsd: [0.01, 0.02] },
    latest: { mode_histogram: [0.3, 0.7] },
    bars: { weights: { x: [-1, 0, 1], y: [0.5, 0.2, 0.3] } },
    scene: null,
    band: "range",
    cursor: null,
    since: -Infinity,
    ...more,
  };
}

test("bars that only a picture knows come from the newest one", () => {
  const bar = { type: "bar", meta: { bars: "weights" }, x: [], y: [] };
  assert.deepEqual(fillTrace(bar, sourceOf(), light).y, [0.5, 0.2, 0.3]);
  assert.deepEqual(fillTrace(bar, sourceOf({ bars: {} }), light).y, []);
});

test("a floor or an empty column is no number of the run", () => {
  const meta = { column: "jsd" };
  assert.equal(hasNumbers({ meta, x: [0, 200], y: [null, 0.5] }), true);
  assert.equal(hasNumbers({ meta, x: [0, 200], y: [null, null] }), false);
  assert.equal(hasNumbers({ meta, x: [], y: [] }), false);
  assert.equal(hasNumbers({ meta: { floor: "jsd" }, x: [0, 1], y: [0, 1] }), false);
  assert.equal(hasNumbers({ meta: { latest: "mode_histogram" }, orientation: "h", x: [0.5], y: ["1"] }), true);
  assert.equal(hasNumbers({ meta: { shares: "mode_" }, x: [0], z: [[null], [0.2]] }), true);
});

test("a number that stands alone is a point, for it makes no line", () => {
  const history = createHistory();
  history.add({ step: [0, 10], d_loss: [null, 1.2] }, false);
  const line = { mode: "lines", meta: { column: "d_loss" } };
  assert.equal(fillTrace(line, sourceOf({ history }), light).mode, "lines+markers");
  history.add({ step: [20], d_loss: [1.1] }, false);
  assert.equal(fillTrace(line, sourceOf({ history }), light).mode, "lines");
});

test("a line is its column over the steps, from where it counts", () => {
  assert.deepEqual(fillTrace({ meta: { column: "jsd" } }, sourceOf(), light).y, [0.5, null, 0.1]);
  const later = fillTrace({ meta: { column: "jsd" } }, sourceOf({ since: 10 }), light);
  assert.deepEqual(
    [later.x, later.y],
    [
      [10, 20],
      [null, 0.1],
    ],
  );
  assert.deepEqual(fillTrace({ meta: { column: "jsd" } }, sourceOf({ since: 21 }), light).x, []);
  assert.deepEqual(fillTrace({ meta: { column: "unknown" } }, sourceOf(), light).x, []);
});

test("a band goes out along its upper edge and back along its lower one, past what is missing", () => {
  const { x, y } = fillTrace({ meta: { band: "jsd" } }, sourceOf(), light);
  assert.deepEqual(
    [x, y],
    [
      [0, 20, 20, 0],
      [0.6, 0.2, 0, 0.4],
    ],
  );
  assert.deepEqual(fillTrace({ meta: { band: "jsd" } }, sourceOf({ band: "quartiles" }), light).y, [2, 2, 2, 1, 1, 1]);
  assert.equal(fillTrace({ meta: { band: "emd" } }, sourceOf(), light).visible, false);
  assert.deepEqual(areaBetween([null, 5], [1, 1], [2, 2]).x?.length, 4);
});

test("a floor lies under the whole of the axis, however short", () => {
  assert.deepEqual(fillTrace({ meta: { floor: "jsd" } }, sourceOf(), light).x, [0, 20, 20, 0]);
  assert.deepEqual(floorOver([7], [1, 2]).x, [7, 8, 8, 7]);
  assert.deepEqual(floorOver([7], [1, 2]).y, [1, 1, 2, 2]);
  assert.equal(floorOver([7], undefined).visible, false);
  assert.equal(floorOver(null, [1, 2]).visible, false);
});

test("bars have the names that the data give them, else numbers", () => {
  assert.deepEqual(fillTrace({ meta: { latest: "mode_histogram" } }, sourceOf(), light), { meta: { latest: "mode_histogram" }, x: [1, 2], y: [0.3, 0.7] });
  const across = fillTrace({ meta: { latest: "mode_histogram" }, orientation: "h", y: ["a", "b"] }, sourceOf(), light);
  assert.deepEqual(
    [across.x, across.y],
    [
      [0.3, 0.7],
      ["a", "b"],
    ],
  );
  assert.deepEqual(fillTrace({ meta: { latest: "unknown" } }, sourceOf(), light).y, []);
});

test("what a trace draws is what a download holds", () => {
  assert.deepEqual(columnsOf({ meta: { column: "jsd" } }, sourceOf()), ["jsd"]);
  assert.deepEqual(columnsOf({ meta: { band: "jsd" } }, sourceOf()), ["jsd_lo", "jsd_hi"]);
  assert.deepEqual(columnsOf({ meta: { phase: ["jsd", "emd"] } }, sourceOf(), ["emd", "fid"]), ["emd", "fid"]);
  assert.deepEqual(columnsOf({}, sourceOf()), []);
});

test("one row is no curve", () => {
  assert.ok(!isFilled({ x: [1] }));
  assert.ok(isFilled({ x: [1, 2] }));
  assert.ok(!isFilled({ x: [1, 2], z: [[1]] }));
  assert.ok(!isFilled({}));
});

test("our two colours have their own pair in a dark theme", () => {
  assert.equal(suit("#0072B2", dark), "#56B4E9");
  assert.equal(suit("#D55E00", dark), "#F0A030");
  assert.equal(suit("#D55E00", light), "#D55E00");
  assert.equal(suit(undefined, dark), undefined);
});

test("a loss that becomes a probability, or ceases to be one, begins a new scale", () => {
  /** @type {Change[]} */
  const changes = [
    { step: 10, fields: { loss: ["minimax", "hinge"] }, words: {} },
    { step: 20, fields: { loss: ["hinge", "wasserstein"] }, words: {} },
    { step: 30, fields: { k: [1, 2] }, words: {} },
  ];
  assert.equal(scaleSince(changes, ["minimax"]), 10);
  assert.equal(scaleSince(changes), -Infinity);
});

test("a live change is told in the page's words", () => {
  const label = { label: "D steps", live: true, bare: false, key: false, full: "D steps" };
  const change = { step: 30, fields: {}, words: /** @type {Record<string, [string, string]>} */ ({ k: ["1", "2"], other: ["none", "on"] }) };
  assert.deepEqual(marksOf([change], { k: label }), [{ step: 30, text: "D steps 1 → 2, other none → on" }]);
});

test("a setting is called as the run's method calls it", () => {
  const label = { label: "lr G", as: { Autoencoder: "lr decoder" }, live: true, bare: false, key: true, full: "Learning rate of G" };
  const change = { step: 30, fields: {}, words: /** @type {Record<string, [string, string]>} */ ({ lr_g: ["0.1", "0.2"] }) };
  assert.equal(marksOf([change], { lr_g: label }, "Autoencoder")[0].text, "lr decoder 0.1 → 0.2");
  assert.equal(marksOf([change], { lr_g: label }, "GAN")[0].text, "lr G 0.1 → 0.2");
});

test("a far beginning is cut off its axis and told; what is near stays", () => {
  const x = [0, 100, 500, 1000];
  const far = { annotations: /** @type {Record<string, unknown>[]} */ ([]), yaxis: /** @type {{range?: number[]}} */ ({}) };
  settleAxes(
    far,
    [
      { x, y: [-700, -150, -120, -110] },
      { x, y: [null, -100, -100, -100] },
    ],
    light,
  );
  assert.deepEqual(far.yaxis.range, [-156, -94]);
  assert.deepEqual([far.annotations.length, far.annotations[0].text, far.annotations[0].x], [1, "↓ −700 at step 0", 0]);
  const near = { annotations: /** @type {Record<string, unknown>[]} */ ([]), yaxis: /** @type {{range?: number[]}} */ ({}) };
  settleAxes(near, [{ x, y: [-200, -150, -120, -100] }], light);
  assert.deepEqual(near, { annotations: [], yaxis: {} });
});
