// A file's own feed and its charts' axes: what needs no page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { replaying } from "../../playground/ui/replay/feed.js";
import { nearestTo } from "../../playground/ui/replay/reader.js";
import { axesOf, rangeOf } from "../../playground/ui/replay/scales.js";
import { placesOf, scaled } from "../../playground/ui/replay/shapes.js";

/** @returns {any} */
const record = () => ({
  messages: [{ type: "state", status: "paused", steps: 30 }, { type: "nobody-listens" }],
  steps: [0, 10, 30],
  latest: [{ step: 0 }, { step: 10 }, { step: 30 }],
});

test("a file's feed says what is recorded, and gives the nearest picture that is not beyond a step", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {any[]} */
  const told = [];
  /** @type {number[]} */
  const shown = [];
  const frameOf = (/** @type {number} */ place) => new ArrayBuffer(place);
  const open = replaying(record(), frameOf, (place) => shown.push(place));
  const feed = open("record", {
    receive: { state: (/** @type {any} */ { status }) => told.push(status) },
    onFrame: (bytes, keyframe) => told.push([bytes.byteLength, keyframe && [keyframe.asked, keyframe.step, keyframe.latest.step]]),
    onConnected: (is, refused) => told.push([is, refused]),
  });
  t.mock.timers.tick(0);
  assert.deepEqual(told.splice(0), [[true, false], "paused", [2, null]]);
  for (const step of [25, 0, 1000, null]) feed.send({ do: "rewind", step });
  t.mock.timers.tick(0);
  assert.deepEqual(told.splice(0), [
    [1, [25, 10, 10]],
    [0, [0, 0, 0]],
    [2, [1000, 30, 30]],
    [2, null],
  ]);
  feed.send({ do: "rewind", step: 10 });
  t.mock.timers.tick(0);
  told.length = 0;
  feed.send({ do: "play" });
  for (let i = 0; i < 3; i += 1) t.mock.timers.tick(80);
  assert.deepEqual(
    [told.splice(0), shown.splice(0)],
    [
      ["playing", "paused"],
      [1, 2],
    ],
  );
  feed.send({ do: "play" });
  feed.send({ do: "pause" });
  t.mock.timers.tick(1000);
  assert.deepEqual([told, shown], [["playing", "paused"], []]);
});

const LAYOUT = { width: 200, height: 120, margin: { l: 40, r: 10, t: 10, b: 10 } };

test("axes lay values between the margins, in halves, reversed, by name or by powers", () => {
  const layout = {
    ...LAYOUT,
    ...{ xaxis: { rangemode: "tozero", anchor: "y" }, yaxis: { range: [0, 2], domain: [0, 0.5] } },
    ...{ yaxis2: { type: "log", domain: [0.5, 1] }, xaxis2: { type: "category", anchor: "y" } },
  };
  const axes = axesOf(layout, [
    { x: [5, 10], y: [1, 2] },
    { x: [5, 10], y: [0.01, 1], yaxis: "y2" },
    { x: ["a", "b"], y: [1, 1], xaxis: "x2" },
  ]);
  assert.deepEqual([axes.x.place(0), axes.x.place(10), axes.x.back(115)], [40, 190, 5]);
  assert.deepEqual([axes.y.place(0), axes.y.place(2)], [110, 60]);
  assert.ok(axes.y2.place(1) < axes.y2.place(0.1) && axes.y2.place(0.1) < axes.y2.place(0.01));
  assert.ok(Number.isFinite(axes.x2.place("a")) && axes.x2.place("a") !== axes.x2.place("b"));
  assert.deepEqual(rangeOf({ autorange: "reversed" }, [{ x: [], y: [1, 3] }], false), [3.1, 0.9]);
  assert.deepEqual(rangeOf({}, [{ x: [], y: [null, NaN] }], false), [0, 1]);
});

test("a line has a gap where nothing was measured, and a colour lies between its neighbours", () => {
  const axes = axesOf({ ...LAYOUT, xaxis: { range: [0, 2] }, yaxis: { range: [0, 1] } }, []);
  const places = placesOf({ x: [0, 1, 2], y: [0, null, 1] }, axes.x, axes.y);
  assert.deepEqual(places, [[40, 110], null, [190, 10]]);
  /** @type {[number, string][]} */
  const scale = [
    [0, "#000000"],
    [1, "rgb(100,200,50)"],
  ];
  assert.equal(scaled(scale, 0.5), "rgb(50,100,25)");
  assert.equal(scaled(scale, 7), "rgb(100,200,50)");
  assert.deepEqual([nearestTo([0, 10, 30], 21), nearestTo([0, 10, 30], -5), nearestTo([0, 10, 30], 99)], [2, 0, 2]);
});
