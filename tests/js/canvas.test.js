// Every frame that arrives is done with exactly once, whatever becomes of it: the server sends the next one only then.
// @ts-nocheck: what a browser has is played by parts of it
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

let turns = [];
const context = new Proxy({}, { get: (_, name) => (name === "canvas" ? {} : () => ({ data: new Uint8Array(4) })), set: () => true });
globalThis.document = { createElement: () => ({ getContext: () => context }) };
globalThis.window = {};
globalThis.ResizeObserver = class {
  observe() {}
};
globalThis.requestAnimationFrame = (turn) => turns.push(turn);
const { createCanvas } = await import("../../playground/ui/stage/picture/canvas.js");
const { createLiveLook } = await import("../../playground/ui/stage/picture/view.js");

beforeEach(() => {
  turns = [];
});

/** A canvas of no size, which draws nothing, and what it says. */
function drawing(handlers = {}) {
  const said = [];
  const canvas = createCanvas(
    { getContext: () => context, closest: () => null, clientWidth: 0, clientHeight: 0 },
    {
      marks: {},
      look: createLiveLook([]),
      onMet: () => said.push("met"),
      onDrawn: ({ step, keyframe }) => said.push(keyframe ? `keyframe ${step}` : `drawn ${step}`),
      onDone: () => said.push("done"),
      onBroken: ({ message }) => said.push(`broken: ${message}`),
      ...handlers,
    },
  );
  return { canvas, said, turn: () => turns.shift()?.() };
}

/** A frame's bytes, as `frame.encode` makes them. */
function frameOf(header) {
  const text = new TextEncoder().encode(JSON.stringify({ arrays: [], ...header }).padEnd(64));
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  return bytes.buffer;
}

test("a live and a recorded frame are drawn and done with; one without a version too", () => {
  const { canvas, said, turn } = drawing();
  canvas.show(frameOf({ step: 3 }), null);
  turn();
  canvas.show(frameOf({ step: 2 }), { step: 2 });
  turn();
  assert.deepEqual(said, ["met", "drawn 3", "done", "met", "keyframe 2", "done"]);
});

test("frames that can't be read are done with, and told once for each run", () => {
  const { canvas, said, turn } = drawing();
  const unknown = frameOf({ step: 1, arrays: [{ name: "fake", shape: [1], dtype: "float16" }] });
  for (const bytes of [unknown, new ArrayBuffer(2), frameOf({ step: 4 })]) {
    canvas.show(bytes, null);
    turn();
  }
  assert.deepEqual(said, ["broken: it has an array of the unknown type float16", "done", "done", "met", "drawn 4", "done"]);
  canvas.setScene({ kind: "points", dim: 2 });
  canvas.show(new ArrayBuffer(2), null);
  turn();
  assert.equal(said.filter((word) => word.startsWith("broken")).length, 2);
});

test("a frame is done with where drawing it fails, and the failure is not hidden", () => {
  const { canvas, said, turn } = drawing({
    onMet() {
      throw new Error("a mistake of ours");
    },
  });
  canvas.show(frameOf({ step: 1 }), null);
  assert.throws(turn, /a mistake of ours/);
  assert.deepEqual(said, ["drawn 1", "done"]);
});

test("a frame of a scene that is over is done with, unread", () => {
  const { canvas, said, turn } = drawing();
  canvas.show(new ArrayBuffer(2), null);
  canvas.setScene({ kind: "points", dim: 2 });
  turn();
  assert.deepEqual(said, ["done"]);
});
