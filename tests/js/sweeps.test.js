import assert from "node:assert/strict";
import { test } from "node:test";
import { colour, place, told, words } from "../../playground/ui/sweeps/numbers.js";

test("a cell's number is that of the seeds that have one", () => {
  assert.equal(told([3, 1, 2], "median", "lower"), 2);
  assert.equal(told([4, 1, 2, 3], "median", "lower"), 2.5);
  assert.equal(told([3, 1, null], "lowest", "lower"), 1);
  assert.equal(told([3, 1, null], "highest", "lower"), 3);
  assert.equal(told([3, 1, null], "range", "lower"), 2);
  assert.equal(told([0, 1, 1, 0], "share", "lower"), 0.5);
  assert.equal(told([null, null], "median", "lower"), null);
});

test("a seed without a number counts as the worst", () => {
  assert.equal(told([1000, 2000, null], "median", "lower"), 2000);
  assert.equal(told([1000, null, null], "median", "lower"), null);
  assert.equal(told([5, null, null], "median", "higher"), null);
  assert.equal(told([5, 8, null], "median", "higher"), 5);
});

test("numbers of several magnitudes are placed by factors", () => {
  assert.equal(place(5, 0, 10), 0.5);
  assert.equal(place(0.1, 0.001, 10), 0.5);
  assert.equal(place(3, 3, 3), 0.5);
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
