// The captions of the microscope: what goes in, what the loss says, where the gradients push.

import { counted, thousands } from "../common/format.js";
import { short } from "./overlays.js";

/** @import { Frame } from "../common/frame.js" */
/** @import { DiscriminatorHalf, GeneratorHalf, HalfName, Insight } from "../common/page.js" */
/** @typedef {{counts: Float32Array, bins: number, reach: number, clip: number}} Bins  `counts`: before, and then after */
/** @typedef {{d: string, g: string, followed: string, follow: string}} Rule */
/** @typedef {{title?: string, text: string, histogram?: Bins}} Line */

/**
 * What to say of one half of the step in a picture.
 * @param {HalfName} half
 * @param {Insight} insight
 * @param {Frame} frame
 * @returns {Line[]}
 */
export function told(half, { updates, discriminator, generator }, frame) {
  if (half === "discriminator") return discriminator ? tellDiscriminator(discriminator, frame, RULES[updates]) : [];
  return generator ? tellGenerator(generator, frame, RULES[updates]) : [];
}

// What is different under each rule by which the players move: what the other one does, and what is followed.
/** @type {Record<Insight["updates"], Rule>} */
const RULES = {
  alternating: { d: "", g: " D itself stands still.", followed: "The gradient moves D's", follow: "G's weights follow" },
  simultaneous: {
    d: " G moves at the same time, and neither knows the other's move.",
    g: " D moves at the same time, and neither knows the other's move.",
    followed: "The gradient moves D's",
    follow: "G's weights follow",
  },
  extragradient: {
    d: " G moves at the same time.",
    g: " D moves at the same time.",
    followed: "What is followed is not this gradient but the one that both players find a step ahead. It moves D's",
    follow: "What G's weights follow is not this but what both players find a step ahead,",
  },
};

/**
 * A number of the game: three decimals, in few characters where it is small or large.
 * @param {number | null | undefined} value
 */
export const number = (value) =>
  value === null || value === undefined
    ? "not a number"
    : Math.abs(value) >= 0.0095 && Math.abs(value) < 1000
      ? value.toFixed(3).replace("-", "−")
      : short(value);

/** @param {{noise: number}} facts */
function noiseOf({ noise }) {
  return noise > 0 ? `, each moved by noise with σ = ${short(noise)}` : "";
}

/** @param {DiscriminatorHalf} facts */
const replayed = ({ replayed: again }) => (again ? ` (${thousands(again)} of them from earlier batches)` : "");

/** @param {DiscriminatorHalf} facts @param {Frame} frame @param {Rule} rule */
function tellDiscriminator(facts, frame, rule) {
  const says = frame.log_odds ? ["D(real)", "D(fake)"] : ["the critic's mean at real points", "at generated ones"];
  const which = facts.of > 1 ? `Update ${facts.update} of ${facts.of}: ` : "";
  const labels = [];
  const flat = frame.arrays.seen_real?.shape[1] === 1;
  if (facts.flipped) labels.push(`${counted(facts.flipped, "label")} flipped (${flat ? "dark" : "ringed"})`);
  if (facts.smoothing > 0) labels.push(`“real” counts as ${short(1 - facts.smoothing)}`);
  /** @type {Line[]} */
  const lines = [
    {
      title: "In",
      text: `${which}${thousands(facts.batch)} real and ${thousands(facts.batch)} generated points${replayed(facts)}${noiseOf(facts)}${labels.length ? `; ${labels.join(", ")}` : ""}. Blue should be called real, orange generated.${rule.d}`,
    },
    { title: "Loss", text: `${number(facts.loss)}, because ${says[0]} is ${number(facts.real)} and ${says[1]} ${number(facts.fake)}.${penalty(facts)}` },
    {
      title: "Push",
      text: `${rule.followed} ${thousands(facts.weights)} weights by ${short(facts.moved ?? NaN)} in all; the map follows. On these very points: ${says[0]} ${number(facts.real)} → ${number(facts.real_after)}, ${says[1]} ${number(facts.fake)} → ${number(facts.fake_after)}.`,
    },
  ];
  if (facts.clip && facts.reach) lines.push(clipping(facts, facts.clip, facts.reach, frame));
  return lines;
}

/** @param {DiscriminatorHalf} facts */
function penalty({ penalty: value, penalty_points: points }) {
  if (!points) return "";
  const where = { interpolates: "the points between real and generated ones (crosses)", real: "real points", fake: "generated points" };
  return ` The penalty adds ${number(value)} for D's slope at ${points.map((kind) => where[kind]).join(" and ")}.`;
}

/**
 * @param {DiscriminatorHalf} facts
 * @param {number} clip
 * @param {number} reach
 * @param {Frame} frame
 * @returns {Line}
 */
function clipping({ clipped = 0, weights }, clip, reach, { arrays: { weights_histogram: bins } }) {
  return {
    title: "Clip",
    text: `${counted(clipped, "weight")} of ${thousands(weights)} stood beyond ±${short(clip)} and ${clipped === 1 ? "is" : "are"} set back to the border. Before (outline) and after (filled):`,
    histogram: bins && { counts: bins.data, bins: bins.shape[1], reach, clip },
  };
}

/** @param {GeneratorHalf} facts */
function goal({ learned, batch, matching }) {
  if (matching) return "the squared distance between the means of D's last hidden layer at real and at generated points.";
  const chosen = learned < batch ? ` Only the ${counted(learned, "point")} that D takes for the most real count.` : "";
  return `low where D takes the points for real.${chosen}`;
}

/** @param {GeneratorHalf} facts @param {Frame} frame @param {Rule} rule */
function tellGenerator(facts, frame, rule) {
  const says = frame.log_odds ? "D(fake)" : "the critic's mean at generated points";
  const where = frame.arrays.pushed?.shape[1] === 1 ? "At those points the loss falls" : "The arrows show where the loss falls at those points";
  return [
    { title: "In", text: `${thousands(facts.batch)} fresh latents; D judges what G makes of them${noiseOf(facts)}.${rule.g}` },
    { title: "Loss", text: `${number(facts.loss)}: ${goal(facts)}` },
    {
      title: "Push",
      text: `${where} (median ${short(facts.push ?? NaN)} per unit of length). ${rule.follow} as well as one step of the optimiser can: the points of the picture move by ${short(facts.moved ?? NaN)} on average, and ${says} goes ${number(facts.fake)} → ${number(facts.fake_after)}.`,
    },
  ];
}
