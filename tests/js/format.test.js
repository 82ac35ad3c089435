import assert from "node:assert/strict";
import { test } from "node:test";
import { count, counted, formatEpoch, formatRate, formatValue, forPlotly, thousands } from "../../playground/ui/stage/common/format.js";

/** @type {[unknown, string | undefined, string][]} */
const VALUES = [
  // ".3f": three decimals below 10, then as many digits in all; two digits of a small number
  [1.3549, ".3f", "1.355"],
  [9.9994, ".3f", "9.999"],
  [17.046, ".3f", "17.05"],
  [170.44, ".3f", "170.4"],
  [1704.4, ".3f", "1704"],
  [99_999.4, ".3f", "99999"],
  [170_440, ".3f", "1.7e5"],
  [1e300, ".3f", "1.0e300"],
  [0.01, ".3f", "0.010"],
  [0.00314, ".3f", "0.0031"],
  [0.000314, ".3f", "3.1e−4"],
  [5e-324, ".3f", "4.9e−324"],
  [0, ".3f", "0.000"],
  [-17.046, ".3f", "−17.05"],
  [-0.000314, ".3f", "−3.1e−4"],
  [-170_440, ".3f", "−1.7e5"],
  [2.345, ".2f", "2.35"],
  // ".2e" and ".3g"
  [1234.5, ".2e", "1.23e3"],
  [0.00012345, ".2e", "1.23e−4"],
  [1234.5, ".3g", "1230"],
  [0.0012345, ".3g", "0.00123"],
  [-2.5, ".3g", "−2.5"],
  [2.5, undefined, "2.5"],
  [2.5, "of another kind", "2.5"],
  // shares and counts
  [0.424, "percent", "42 %"],
  [1, "percent", "100 %"],
  [7, "count", "7"],
  [7.5, "count", "7.5"],
  [12_345, "count", "12,345"],
  // nothing to say
  [null, ".3f", "—"],
  [undefined, ".3f", "—"],
  [NaN, ".3f", "—"],
  [Infinity, "percent", "—"],
  [-Infinity, "count", "—"],
  ["7", ".3f", "—"],
];

for (const [value, format, text] of VALUES) {
  test(`formatValue: ${value} as ${format} is ${text}`, () => assert.equal(formatValue(value, format), text));
}

test("a count may be one of so many", () => {
  assert.equal(formatValue(7, "count", 8), "7 of 8");
  assert.equal(formatValue(7, "count", null), "7");
  assert.equal(formatValue(NaN, "count", 8), "—");
});

test("whole numbers have commas, halves stay", () => {
  assert.equal(thousands(1_234_567.4), "1,234,567");
  assert.equal(thousands(-1234), "-1,234");
  assert.equal(count(2.5), "2.5");
  assert.equal(count(2000), "2,000");
  assert.deepEqual(
    [0, 1, 1200].map((number) => counted(number, "point")),
    ["0 points", "1 point", "1,200 points"],
  );
});

test("a rate has about three digits", () => {
  assert.deepEqual([0.44, 9.84, 58.3, 980, 12_345].map(formatRate), ["0.4", "9.8", "58", "980", "12,345"]);
  assert.deepEqual([NaN, null, undefined, Infinity].map(formatRate), ["—", "—", "—", "—"]);
});

test("an epoch has one decimal while it is small, and none is said to be over before it is", () => {
  assert.deepEqual([0.42, 31, 99.94, 120.9, 1234.5].map(formatEpoch), ["0.4", "31.0", "99.9", "120", "1,234"]);
});

test("a name is no markup, no template and no entity for Plotly", () => {
  const name = 'a <b>b</b> %{x} &lt; <a href="x">y</a>';
  const escaped = forPlotly(name);
  assert.doesNotMatch(escaped, /[<>%]|&[^#]/);
  assert.equal(
    escaped.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)),
    name,
  );
});

test("a long name is cut, and never within a letter or an escape", () => {
  assert.equal(forPlotly("<".repeat(50)), `${"&#60;".repeat(39)}…`);
  assert.equal(forPlotly("😀".repeat(41)), `${"😀".repeat(39)}…`);
  assert.equal(forPlotly("x".repeat(40)), "x".repeat(40));
});
