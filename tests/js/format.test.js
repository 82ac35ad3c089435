// Names that go into Plotly's figures are shown as they are written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { forPlotly } from "../../playground/ui/stage/common/format.js";

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
