// frame.bin is what Python's frame.encode makes of the picture in tests/test_frame.py; that it still does is checked there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeFrame } from "../../playground/ui/stage/common/frame.js";

const bytes = readFileSync(new URL("./frame.bin", import.meta.url));
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

test("a picture that Python has encoded is read back: header, arrays, shapes", () => {
  const { arrays, ...header } = decodeFrame(buffer);
  assert.deepEqual({ step: header.step, lane: header.lane, log_odds: header.log_odds }, { step: 1200, lane: 1, log_odds: true });
  assert.equal(header.manifold, "σ = ½"); // the header's length is counted in bytes, not in letters
  assert.deepEqual(Object.keys(arrays), ["images", "fake", "discriminator"]);
  assert.deepEqual(arrays.images, { shape: [1, 1, 5], data: Uint8Array.of(0, 1, 127, 254, 255) }); // five bytes: padded to eight
  assert.deepEqual(arrays.fake, { shape: [2, 2], data: Float32Array.of(1.5, -2, 0.25, 3e10) });
  assert.deepEqual(arrays.discriminator, { shape: [2], data: Float32Array.of(NaN, -Infinity) });
});

test("an array of an unknown type is refused by name", () => {
  const header = new TextEncoder().encode(JSON.stringify({ arrays: [{ name: "fake", shape: [1], dtype: "bfloat16" }] }));
  const whole = new Uint8Array(4 + header.length + 4);
  new DataView(whole.buffer).setUint32(0, header.length, true);
  whole.set(header, 4);
  assert.throws(() => decodeFrame(whole.buffer), /bfloat16/);
});

test("an array that is not aligned is read all the same", () => {
  const text = JSON.stringify({ arrays: [{ name: "fake", shape: [2], dtype: "float32" }] });
  const header = new TextEncoder().encode(text + " ".repeat((5 - (text.length % 4)) % 4)); // one byte more than a multiple of 4
  assert.equal(header.length % 4, 1);
  const whole = new Uint8Array(4 + header.length + 8);
  new DataView(whole.buffer).setUint32(0, header.length, true);
  whole.set(header, 4);
  whole.set(new Uint8Array(Float32Array.of(0.5, -7).buffer), 4 + header.length);
  assert.deepEqual(decodeFrame(whole.buffer).arrays.fake?.data, Float32Array.of(0.5, -7));
});
