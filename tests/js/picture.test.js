import assert from "node:assert/strict";
import { test } from "node:test";
import { createScale } from "../../playground/ui/stage/picture/colormap.js";
import { namesOf } from "../../playground/ui/stage/picture/layers.js";
import { asItWas } from "../../playground/ui/stage/picture/microscope.js";
import { short } from "../../playground/ui/stage/picture/overlays.js";

/** @import { Frame } from "../../playground/ui/stage/common/frame.js" */
/** @import { HalfName } from "../../playground/ui/stage/common/page.js" */

/** @param {...number} data */
const grid = (...data) => ({ shape: [data.length], data: Float32Array.from(data) });

/** A picture whose step began with this half; D's map goes from 0 to 8, the points from 1 to 2. @param {HalfName} first */
function stepped(first) {
  const arrays = { discriminator: grid(8), before_discriminator: grid(0), fake: grid(2), before_fake: grid(1) };
  return /** @type {Frame} */ ({ arrays, insight: { first } });
}

/** What is drawn: [D's map, the points]. @param {Frame} frame */
const drawn = ({ arrays }) => [arrays.discriminator?.data[0], arrays.fake?.data[0]];

test("each half of a step moves its own network; what comes later has not moved yet", () => {
  assert.deepEqual(drawn(asItWas(stepped("discriminator"), { half: "discriminator", share: 0 })), [0, 1]);
  assert.deepEqual(drawn(asItWas(stepped("discriminator"), { half: "discriminator", share: 0.25 })), [2, 1]);
  assert.deepEqual(drawn(asItWas(stepped("discriminator"), { half: "generator", share: 0 })), [8, 1]);
  assert.deepEqual(drawn(asItWas(stepped("discriminator"), { half: "generator", share: 1 })), [8, 2]);
  assert.deepEqual(drawn(asItWas(stepped("generator"), { half: "generator", share: 0.5 })), [0, 1.5]);
  assert.deepEqual(drawn(asItWas(stepped("generator"), { half: "discriminator", share: 1 })), [8, 2]);
});

test("log-odds become probabilities, a critic's values shares of their own range", () => {
  const scale = createScale();
  assert.deepEqual([...scale.unit(Float32Array.of(0, -1000, 1000), true, new Float32Array(3))], [0.5, 0, 1]);
  assert.deepEqual([...scale.unit(Float32Array.of(-3, 0, 1), false, new Float32Array(3))], [0, 0.75, 1]);
});

test("a critic's range follows slowly, and comes back from numbers that are none", () => {
  const scale = createScale();
  scale.unit(Float32Array.of(0, 1), false, new Float32Array(2));
  const [low, high] = scale.unit(Float32Array.of(0, 2), false, new Float32Array(2));
  assert.equal(low, 0);
  assert.equal(high, 1); // beyond the range as it stands
  const [half] = scale.unit(Float32Array.of(0.65), false, new Float32Array(1));
  assert.ok(half > 0.4 && half < 0.8);
  scale.unit(Float32Array.of(NaN, NaN), false, new Float32Array(2));
  assert.deepEqual([...scale.unit(Float32Array.of(5, 6), false, new Float32Array(2))], [0, 1]);
});

test("a small number in few characters", () => {
  assert.deepEqual([1234, 0.3149, 4.2e-7, -0.05, -4.2e-7, 2.5e7, 0].map(short), ["1,234", "0.31", "4.2e−7", "−0.05", "−4.2e−7", "2.5e7", "0"]);
  assert.equal(short(NaN), "—");
});

test("a legend calls D a critic where the loss makes it one", () => {
  const names = (/** @type {boolean} */ critic) => namesOf(new Set(["real", "d"]), critic).map(({ name }) => name);
  assert.deepEqual(names(false), ["real", "D(x)"]);
  assert.deepEqual(names(true), ["real", "critic"]);
});
