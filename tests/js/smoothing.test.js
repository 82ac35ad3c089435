import assert from "node:assert/strict";
import { test } from "node:test";
import { smooth } from "../../playground/ui/compare/charts.js";

test("a smoothed line begins at its first value, and keeps what is missing", () => {
  assert.deepEqual(smooth([1, null, 4], 0), [1, null, 4]);
  assert.deepEqual(smooth([1, 4, 4], 0.5), [1, 4.5 / 1.5, 6.25 / 1.75]);
  assert.deepEqual(smooth([null, 2, Number.NaN, 2], 0.9), [null, 2, Number.NaN, 2]);
});
