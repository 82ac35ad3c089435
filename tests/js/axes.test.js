import assert from "node:assert/strict";
import { test } from "node:test";
import { areaOf, logTicks, longTicks, ticks } from "../../playground/ui/stage/common/axes.js";
import { randomBy } from "./random.js";

/** @param {string} text */
const numberOf = (text) => Number(text.replace("−", "-"));

test("ticks are round, even, within the range, and say their value", () => {
  const random = randomBy(3);
  for (let turn = 0; turn < 2000; turn += 1) {
    const size = 10 ** (12 * random() - 6);
    const low = size * (random() - 0.5) * 10;
    const high = low + size * (0.5 + random());
    const found = ticks(low, high);
    assert.ok(found.length >= 2 && found.length <= 9, `${found.length} ticks from ${low} to ${high}`);
    const step = found[1].value - found[0].value;
    assert.ok(
      [1, 2, 5, 10].some((factor) => Math.abs(step / 10 ** Math.floor(Math.log10(step) + 1e-6) - factor) < 1e-4),
      `a step of ${step}`,
    );
    found.forEach(({ value, text }, i) => {
      assert.ok(value >= low - 1e-6 * step && value <= high + 1e-6 * step);
      assert.ok(Math.abs(value - (found[0].value + i * step)) < 1e-6 * step * (i + 1));
      assert.ok(Math.abs(numberOf(text) - value) < 1e-6 * step, `${text} at ${value}`);
      assert.ok(!text.includes("-"), "a minus is a minus sign");
    });
  }
});

test("zero has no sign, and a whole step no decimals", () => {
  assert.deepEqual(
    ticks(-3, 3).map(({ text }) => text),
    ["−3", "−2", "−1", "0", "1", "2", "3"],
  );
  assert.deepEqual(
    ticks(0, 1, 5).map(({ text }) => text),
    ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"],
  );
  assert.deepEqual(
    ticks(0, 35_000, 5).map(({ value }) => value),
    [0, 10_000, 20_000, 30_000],
  );
});

test("an area lies inside its margins, in device pixels, and is never empty", () => {
  assert.deepEqual(areaOf({ width: 200, height: 100, ratio: 2 }, [1, 2, 3, 4]), { x: 8, y: 2, width: 188, height: 92 });
  assert.deepEqual(areaOf({ width: 5, height: 5, ratio: 1 }, [9, 9, 9, 9]), { x: 9, y: 9, width: 1, height: 1 });
});

test("a logarithmic axis's ticks are written in full, whatever it spans", () => {
  const texts = (/** @type {number} */ low, /** @type {number} */ high) => logTicks(low, high).map(({ text }) => text);
  assert.deepEqual(texts(0.08, 0.9), ["0.1", "0.2", "0.5"]);
  assert.deepEqual(texts(0.002, 30), ["0.01", "0.1", "1", "10"]);
  assert.deepEqual(texts(1e-6, 2e4), ["10<sup>−6</sup>", "0.001", "1", "1000"]);
  assert.deepEqual(texts(0.41, 0.62), ["0.45", "0.50", "0.55", "0.60"]);
  assert.deepEqual(texts(2e-5, 6e-5), ["0.00002", "0.00003", "0.00004", "0.00005", "0.00006"]);
});

test("numbers that are too long for an axis are powers of ten", () => {
  assert.equal(longTicks(-2, 99_000), null);
  const told = (longTicks(-1.2e24, 3e23) ?? []).map(({ text }) => text);
  assert.deepEqual(told, ["−10<sup>24</sup>", "−5·10<sup>23</sup>", "0"]);
});
