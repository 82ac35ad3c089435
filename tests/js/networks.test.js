import assert from "node:assert/strict";
import { test } from "node:test";
import { actingOn, unitsOf } from "../../playground/ui/stage/picture/networks.js";

const config = {
  ...{ latent_dim: 3, g_depth: 2, g_width: 8, d_depth: 1, d_width: 16, pack: 2, instance_noise: 0, clip: 0 },
  ...{ penalty: "none", penalty_weight: 1, spectral_norm: false, minibatch: "none" },
};

test("both networks' layers, from what goes in to what comes out", () => {
  assert.deepEqual(unitsOf(config, 2), { generator: [3, 8, 8, 2], discriminator: [4, 16, 1] });
});

test("what acts on D is named where it acts", () => {
  assert.deepEqual(actingOn(config, {}), ["packs of 2"]);
  const busy = { ...config, pack: 1, instance_noise: 0.5, penalty: "r1", penalty_weight: 0.1, clip: 0.03, spectral_norm: true };
  assert.deepEqual(actingOn(busy, { penalty: "R1" }), ["input noise σ 0.5", "R1, weight 0.1", "weights within ±0.03", "spectral norm"]);
});
