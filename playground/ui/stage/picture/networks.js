// The two networks as a drawing: what goes in and out, their layers, and what acts where. A layer under the pointer shows its weights.
import { formatValue, thousands } from "../common/format.js";

/** @import { Config, HalfName, LayerWeights, NetworkWeights, Words } from "../common/page.js" */

const [WIDTH, HEIGHT, BAR] = [460, 176, 14];
const [LEFT, RIGHT] = [92, 372]; // where the first and the last layer of units stand
const ROWS = { generator: 44, discriminator: 128 };
const TALLEST = 52; // of a layer's bar
const MOST_ARROWS = 10;
const NS = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text] */
function shape(tag, attributes, text = "") {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text) element.textContent = text;
  return element;
}

/** @param {number} units */
const tall = (units) => Math.min(TALLEST, 8 + 7 * Math.log2(Math.max(1, units)));

/**
 * Units of each layer of both networks, from what goes in to what comes out.
 * @param {Config} config
 * @param {number} dim  of an example
 * @returns {Record<HalfName, number[]>}
 */
export function unitsOf(config, dim) {
  const hidden = (/** @type {number} */ depth, /** @type {number} */ width) => new Array(depth).fill(width);
  return {
    generator: [config.latent_dim, ...hidden(config.g_depth, config.g_width), dim],
    discriminator: [dim * config.pack, ...hidden(config.d_depth, config.d_width), 1],
  };
}

/**
 * What acts on D beside the data, in a few words each.
 * @param {Config} config
 * @param {Words} words
 */
export function actingOn(config, words) {
  return [
    config.instance_noise > 0 && `input noise σ ${formatValue(config.instance_noise, ".3g")}`,
    config.penalty !== "none" && `${words.penalty}, weight ${formatValue(config.penalty_weight, ".3g")}`,
    config.clip > 0 && `weights within ±${formatValue(config.clip, ".3g")}`,
    config.spectral_norm && "spectral norm",
    config.minibatch !== "none" && words.minibatch,
    config.pack > 1 && `packs of ${config.pack}`,
  ].filter(Boolean);
}

/** @param {HTMLElement} box */
export function createNetworks(box) {
  const told = document.createElement("p");
  /** @type {NetworkWeights | null} */
  let weights = null;
  /** @type {{network: HalfName, index: number} | null} */
  let pointed = null;

  function tell() {
    const found = pointed && weights?.[pointed.network][pointed.index];
    told.replaceChildren();
    if (!pointed) told.append("Point at the weights between two layers: how they are spread.");
    else if (!found) told.append("Their weights come with the next step.");
    else
      told.append(
        `${pointed.network === "generator" ? "G" : "D"}, layer ${pointed.index + 1}: ${thousands(found.shape[0] * found.shape[1])} weights with a standard deviation of ${formatValue(found.spread, ".3g")}. Their histogram, 0 in the middle:`,
        barsOf(found),
        axisOf(found),
      );
  }

  /** @param {LayerWeights} layer */
  function barsOf({ counts }) {
    const bars = document.createElement("span");
    bars.className = "gp-weights gp-weights-now";
    const most = Math.max(1, ...counts);
    for (const count of counts) {
      const bar = document.createElement("i");
      bar.style.setProperty("--after", `${(100 * count) / most}%`);
      bars.append(bar);
    }
    return bars;
  }

  /** @param {LayerWeights} layer  whose largest weight, whatever its sign, is the reach of both ends */
  function axisOf({ reach }) {
    const axis = document.createElement("span");
    axis.className = "gp-weights-axis";
    const end = formatValue(reach, ".3g");
    axis.append(...[`−${end}`, "0", end].map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    return axis;
  }

  /** @param {HalfName} network @param {number[]} units */
  function row(network, units) {
    const y = ROWS[network];
    const group = shape("g", { class: `gp-network gp-network-${network}` });
    const at = (/** @type {number} */ i) => LEFT + ((RIGHT - LEFT) * i) / (units.length - 1);
    units.slice(1).forEach((count, i) => {
      const [x0, x1, from, to] = [at(i) + BAR / 2, at(i + 1) - BAR / 2, tall(units[i]) / 2, tall(count) / 2];
      const link = shape("path", { class: "gp-network-weights", d: `M${x0} ${y - from}L${x1} ${y - to}V${y + to}L${x0} ${y + from}Z`, tabindex: 0 });
      link.setAttribute("aria-label", `Weights of layer ${i + 1} of ${network === "generator" ? "G" : "D"}`);
      for (const name of ["pointerenter", "focus"])
        link.addEventListener(name, () => {
          pointed = { network, index: i };
          tell();
        });
      for (const name of ["pointerleave", "blur"])
        link.addEventListener(name, () => {
          pointed = null;
          tell();
        });
      group.append(link);
    });
    units.forEach((count, i) => {
      const height = tall(count);
      group.append(
        shape("rect", { x: at(i) - BAR / 2, y: y - height / 2, width: BAR, height, rx: 2 }),
        shape("text", { x: at(i), y: y + height / 2 + 12, class: "gp-network-units" }, String(count)),
      );
    });
    return group;
  }

  return {
    /** @param {Config} config @param {Words} words @param {number} dim */
    draw(config, words, dim) {
      const picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": "Both networks, their layers and what acts on them" });
      const units = unitsOf(config, dim);
      const { generator: g, discriminator: d } = ROWS;
      const updates = (/** @type {number} */ count) => `${"▸".repeat(Math.min(count, MOST_ARROWS))} ${count} ${count === 1 ? "update" : "updates"} a step`;
      picture.append(
        row("generator", units.generator),
        row("discriminator", units.discriminator),
        shape("path", { class: "gp-network-fakes", d: `M${RIGHT + 50} ${g + 10}V${(g + d) / 2}H24V${d - 16}m-4 -6l4 6l4 -6` }),
        shape("path", { class: "gp-network-push", d: `M${RIGHT + 66} ${d - 12}V${g + 10}m-4 6l4 -6l4 6` }),
        shape("text", { x: RIGHT + 60, y: (g + d) / 2 + 14, class: "gp-network-slope" }, "slope of G's loss"),
        shape("text", { x: 6, y: 12, class: "gp-network-name" }, `G  ${updates(1)}`),
        shape("text", { x: 34, y: d - 28, class: "gp-network-name" }, `D  ${updates(config.k)}`),
        shape("text", { x: 6, y: g + 4 }, "noise z →"),
        shape("text", { x: RIGHT + 16, y: g + 4 }, "→ G(z)"),
        shape("text", { x: 6, y: d + 4 }, "real, G(z) →"),
        shape("text", { x: RIGHT + 16, y: d + 4 }, "→ D(x)"),
        shape("text", { x: 6, y: HEIGHT - 4, class: "gp-network-acts" }, actingOn(config, words).join(" · ")),
      );
      box.replaceChildren(picture, told);
      tell();
    },
    /** @param {NetworkWeights} next */
    weigh(next) {
      weights = next;
      if (pointed) tell();
    },
    /** @param {HalfName | null} half  whose update is looked at */
    light(half) {
      box.dataset.half = half ?? "";
    },
  };
}
