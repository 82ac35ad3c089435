// pictures.json is what Python's replay_pictures.packed makes; that it still does is checked in tests/exports/test_replay.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createPictures } from "../../playground/ui/replay/pictures.js";
import { decodeFrame } from "../../playground/ui/stage/common/frame.js";

const { pictures, content } = JSON.parse(readFileSync(new URL("./pictures.json", import.meta.url), "utf8"));
const read = createPictures(pictures, Uint8Array.from(Buffer.from(content, "base64")));

test("pictures come back as frames of the feed, in any order", () => {
  for (const i of [1, 0]) {
    const frame = decodeFrame(read.frame(i));
    assert.equal(frame.step, i);
    const nasty = [0, -0, NaN, Infinity, -Infinity, 6e-8, -1.5, 3.25, -6e4].map((value) => Math.fround(Math.fround(value) * (1 + i)));
    assert.deepEqual(frame.arrays.fake, { shape: [3, 3], data: Float32Array.from(nasty) });
    const smooth = Float32Array.from({ length: 16 }, (_, at) => Math.floor(at / 4) + (at % 4) + i);
    assert.deepEqual(frame.arrays.discriminator, { shape: [4, 4], data: smooth });
    assert.deepEqual(frame.arrays.images, { shape: [1, 3, 4], data: Uint8Array.from({ length: 12 }, (_, at) => 12 * i + at) });
  }
});
