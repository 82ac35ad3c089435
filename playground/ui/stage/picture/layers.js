// The row over the picture: what is shown, each with its key, so that it is the legend too.

import { find } from "../common/dom.js";
import { FIRST_LAYERS, LAYERS, METHODS } from "../common/facts.js";
import { formatValue, thousands } from "../common/format.js";
import { keep, recall } from "../common/memory.js";
import { createCuts } from "./cuts.js";
import { MAPS, nameOf } from "./maps.js";
import { short } from "./overlays.js";

/** @import { LayersCommand, Scene } from "../common/messages.js" */
/** @import { Config, Header, Words } from "../common/page.js" */
/** @import { Theme } from "../common/theme.js" */
/** @import { Density } from "./view.js" */
/**
 * What tips are made of; `critic`: D says no probability; `company`: with whom it judges a place; `noise`: D trains on points with noise; `top`: share of the points that G learns from; `matching`: it matches features.
 * @typedef {object} Facts
 * @property {Header["optimal"] | null} optimal
 * @property {Density | null} density
 * @property {number} plan
 * @property {string} manifold
 * @property {boolean} critic
 * @property {string} company
 * @property {boolean} noise
 * @property {number} top
 * @property {boolean} matching
 * @property {Record<string, string>} without
 * @property {boolean} images
 * @property {boolean} drawn  the points are drawn from p̂, nothing generates them
 */
/** @typedef {{name: string, told: string, dims: number[], needs: LayersCommand["on"][number] | null, part: string}} Layer */

const DRAWN = "drawn from p̂"; // where nothing generates
const KEPT = "gp-layers"; // in the browser's storage
const NOT_KEPT = "Pictures of earlier steps are kept without this layer: it is there at the newest step.";
const ROWS = /** @type {Record<string, Layer>} */ (LAYERS);

/**
 * What a picture lacks, and why: by what layers need. A recorded one has only what is always there.
 * @param {Header} frame
 * @param {boolean} recorded
 * @returns {Record<string, string>}
 */
export function lackedBy({ without = {} }, recorded) {
  const needed = recorded ? Object.values(ROWS).flatMap(({ needs }) => needs ?? []) : [];
  return { ...Object.fromEntries(needed.map((need) => [need, NOT_KEPT])), ...without };
}

/**
 * What a layer is; undefined for what is none, such as the microscope.
 * @param {string} id
 * @returns {Layer | undefined}
 */
export const layerOf = (id) => ROWS[id];

// What each layer says of itself.
/** @type {Record<string, (facts: Facts) => string>} */
const TIPS = {
  real: () => "1,000 real points; a ring around each mode's centre.",
  fake: ({ drawn }) => (drawn ? "Points drawn from p̂ by rejection, 16 proposals for each of 1,000." : "1,000 generated points, always from the same latents."),
  d: ({ critic, company }) =>
    critic
      ? `What ${company ? "D" : "the critic"} says of each place${company}, from low to high.`
      : "What D says of each place: the probability that a point there is real.",
  density: () => "What the network says of each place: the density of the data there, p̂. Darker is denser, up to 1.25 times the data's peak.",
  optimal: optimalTip,
  gap: (facts) => `How far D is from the D that it should be; the number is its mean over real and generated points. ${optimalTip(facts)}`,
  push: (facts) => `Where the loss pushes 200 of the generated points: ${pushed(facts)} The arrow in the corner says how long is how strong.`,
  plan: () =>
    "The cheapest plan that carries 256 of the generated points to 256 real ones, each to one of its own. The number is the mean length of its lines: the earth mover's distance between these two samples, larger than that of the chart, which takes more points.",
  manifold: ({ manifold }) =>
    `What G makes of the latents${manifold ? `: ${manifold}` : ""}. Every cell holds equally much of the prior, so dark is where G puts many points.`,
  contours: ({ density }) => `Lines around the densest 50 %, 90 % and 99 % of the data.${estimate(density)}`,
  trail: () => "Where each generated point was in the last eight pictures.",
  reconstructions: ({ images }) =>
    images
      ? "Rows of test images, and below each what the decoder reads from its code."
      : "200 fresh points, each with a line to what the decoder reads from its code.",
  codes: ({ images }) =>
    `Codes of ${images ? "test images, by class" : "1,000 fresh points, by mode"}. Point at ${images ? "one" : "a place"}: where a VAE says that its code may be; rings are some codes ± σ. Of more than two numbers one sees the plane in which they vary most.`,
  decoded: () => "What the decoder makes of codes on a grid over the prior; where they are more than two numbers, in the plane in which codes vary most.",
};

/** What the run's method has. @param {Config | null} config @returns {{plays: boolean, parts: string[]}} */
const methodOf = (config) => METHODS[/** @type {keyof typeof METHODS} */ (config?.method ?? "gan")];

/** @param {Facts} facts */
function pushed({ top, matching }) {
  if (matching)
    return "−∂loss/∂x of G's loss, the distance between two means in D's last hidden layer; times the number of points, so that it is one point's own.";
  const chosen = top < 1 ? ` G learns from the ${formatValue(top, "percent")} that D takes for the most real; the others have no arrow.` : "";
  return `−∂loss/∂x of G's loss, one point by itself.${chosen}`;
}

/** @param {Facts} facts */
function optimalTip({ optimal, density, noise }) {
  if (optimal?.critic)
    return `The function that tells real from generated best, no steeper than the critic at its steepest: from ${thousands(optimal.samples)} generated points. Flat where the two hardly differ.`;
  const how = optimal
    ? `p_G comes from ${thousands(optimal.samples)} generated points, and both densities are seen through a Gaussian of σ = ${short(optimal.bandwidth)}`
    : "p_G is estimated from generated points";
  const noisy = noise ? " D trains on points with noise; this is the best D for points without." : "";
  return `The best D against this G: p_data / (p_data + p_G). ${how}. Blank where neither has points.${noisy}${estimate(density)}`;
}

/** @param {Density | null} density */
function estimate(density) {
  return density?.bandwidth ? ` p_data is itself an estimate from your points (bandwidth ${short(density.bandwidth)}).` : "";
}

/**
 * Chips, map strips' handles, and the buttons of the picture. `onChange(on)` gets the set of what is on.
 * @param {HTMLElement} root
 * @param {object} options
 * @param {(on: Set<string>) => void} options.onChange
 * @param {() => void} options.onAnimate
 * @param {() => void} options.onSave
 * @param {() => void} options.onReset
 * @param {(cuts: number[]) => void} options.onCuts
 */
export function createLayers(root, { onChange, onAnimate, onSave, onReset, onCuts }) {
  const row = find(root, ".gp-layers");
  const microscope = find(root, '[data-do="microscope"]');
  const lesson = root.classList.contains("gp-lesson"); // offers what it speaks of, and leaves the visitor's choice alone
  const state = {
    on: new Set(remembered()),
    dim: 2,
    layered: true, // points and images have layers
    theme: /** @type {Theme | null} */ (null),
    config: /** @type {Config | null} */ (null),
    words: /** @type {Words} */ ({}),
    wish: "",
    offered: FIRST_LAYERS,
  };
  /** @type {Facts} */
  const facts = {
    optimal: null,
    density: null,
    plan: NaN,
    manifold: "",
    critic: false,
    company: "",
    noise: false,
    top: 1,
    matching: false,
    without: {},
    images: false,
    drawn: false,
  };
  const chips = Object.fromEntries(Object.entries(ROWS).map(([id, { name }]) => [id, chipOf(id, name)]));
  const cuts = createCuts(root, { onCuts });
  row.replaceChildren(...Object.values(chips).map(({ chip }) => chip));

  /** @param {string} id @param {string} name */
  function chipOf(id, name) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = `gp-layer gp-layer-${id}`;
    chip.dataset.layer = id;
    const key = document.createElement("i");
    const word = document.createElement("span");
    word.textContent = name;
    const value = document.createElement("b");
    chip.append(key, word, value);
    return { chip, word, value };
  }

  /** @returns {string[]} */
  function remembered() {
    const kept = lesson ? null : recall(KEPT);
    return Array.isArray(kept) ? kept.filter((id) => id in ROWS) : FIRST_LAYERS;
  }

  /** @param {Layer} layer */
  const lacks = ({ needs }) => (needs ? facts.without[needs] : undefined);
  /** @param {Layer} layer */
  const ofMethod = ({ part }) => !part || methodOf(state.config).parts.includes(part);
  /** Whether these data and the run's method have the layer. @param {Layer} layer */
  const has = (layer) => layer.dims.includes(state.dim) && ofMethod(layer);
  /** @param {string} id */
  const can = (id) => has(ROWS[id]) && !lacks(ROWS[id]);
  /** What is on and can be shown. Of images it is one at a time, the last that was chosen. */
  function shown() {
    const on = [...state.on].filter((id) => (id === "microscope" ? methodOf(state.config).plays : state.layered && can(id)));
    return new Set(facts.images ? on.slice(-1) : on);
  }

  function tell() {
    const chosen = Object.keys(ROWS).filter((id) => state.on.has(id));
    if (!lesson) keep(KEPT, chosen);
    show();
    onChange(shown());
  }

  function show() {
    const on = shown();
    root.dataset.layers = JSON.stringify(Object.keys(ROWS).filter((id) => state.on.has(id) && ofMethod(ROWS[id])));
    for (const [id, { chip, word, value }] of Object.entries(chips)) {
      const reason = lacks(ROWS[id]);
      chip.hidden = !has(ROWS[id]) || (lesson && !state.offered.includes(id));
      chip.setAttribute("aria-pressed", String(on.has(id)));
      chip.setAttribute("aria-disabled", String(Boolean(reason)));
      const tip = reason ?? TIPS[id](facts);
      const text = methodOf(state.config).parts.includes("code") ? tip.replace(/\bG\b/g, "the decoder") : tip;
      if (chip.title !== text) chip.title = text;
      word.textContent = id === "fake" && facts.drawn ? DRAWN : nameOf(id, facts.critic);
      if (id === "plan") value.textContent = state.on.has("plan") && Number.isFinite(facts.plan) ? formatValue(facts.plan, ".2f") : "";
      if (id === "gap") value.textContent = state.on.has("gap") && facts.optimal?.gap !== undefined && !reason ? formatValue(facts.optimal.gap, ".2f") : "";
    }
    find(root, '[data-do="animate"]').hidden = state.dim !== 2 || !on.has("manifold");
    root.classList.toggle("gp-no-map", !maps().some((id) => id !== "gap"));
    root.classList.toggle("gp-no-gap", !maps().includes("gap"));
    microscope.setAttribute("aria-pressed", String(state.on.has("microscope")));
    microscope.hidden = !methodOf(state.config).plays;
    root.classList.toggle("gp-no-game", microscope.hidden);
  }

  function maps() {
    const on = shown();
    return state.dim === 2 ? MAPS.filter((id) => on.has(id)) : [];
  }

  /** @param {string} id */
  function toggle(id) {
    const was = shown().has(id);
    state.on.delete(id);
    if (!was) state.on.add(id);
    tell();
  }

  for (const [id, { chip }] of Object.entries(chips)) {
    chip.addEventListener("click", () => {
      if (chip.getAttribute("aria-disabled") !== "true") toggle(id);
    });
  }
  microscope.addEventListener("click", () => toggle("microscope"));
  for (const [what, act] of Object.entries({ animate: onAnimate, save: onSave, "reset-view": onReset })) {
    find(root, `[data-do="${what}"]`).addEventListener("click", act);
  }

  return {
    maps,
    has: (/** @type {string} */ id) => shown().has(id),
    placeCuts: cuts.place,
    get theme() {
      return state.theme;
    },
    get config() {
      return state.config;
    },
    /** What an image's layer says of itself; empty where the generated ones are shown. */
    get told() {
      const [id] = facts.images ? shown() : [];
      return id ? TIPS[id](facts) : "";
    },
    /** @param {Scene} scene */
    setScene(scene) {
      const images = scene.kind === "images";
      Object.assign(state, { dim: images ? 0 : scene.dim || 2, layered: scene.kind !== "phase" });
      Object.assign(facts, { optimal: null, density: null, plan: NaN, manifold: "", without: {}, images });
      if (scene.kind !== "points") state.on.delete("microscope");
      tell();
    },
    get words() {
      return state.words;
    },
    /**
     * The settings that led to the picture, and what the page calls their values.
     * @param {{config: Config | null, words: Words}} settings
     */
    setSettings({ config, words }) {
      const before = methodOf(state.config);
      Object.assign(state, { config, words });
      if (methodOf(config) !== before) onChange(shown());
      const matching = config?.feature_matching === true;
      Object.assign(facts, {
        noise: Number(config?.instance_noise) > 0,
        top: Number(config?.top_k ?? 1),
        matching,
        drawn: !methodOf(config).parts.includes("maker"),
      });
      show();
    },
    /** @param {Density} density */
    setDensity(density) {
      facts.density = density;
      show();
    },
    /** @param {Theme} theme */
    setTheme(theme) {
      state.theme = theme;
    },
    /** @param {string[] | null} names */
    setWish(names) {
      const wish = JSON.stringify(names);
      if (!names || wish === state.wish) return;
      state.wish = wish;
      state.offered = names;
      state.on = new Set(names.filter((id) => id in ROWS));
      tell();
    },
    /** @param {boolean} zoomed */
    setZoomed(zoomed) {
      find(root, '[data-do="reset-view"]').hidden = !zoomed;
      root.dataset.zoomed = String(zoomed);
    },
    /** @param {Header} frame */
    drew(frame) {
      const before = JSON.stringify(facts.without);
      Object.assign(facts, {
        optimal: frame.optimal ?? facts.optimal,
        plan: frame.plan ?? NaN,
        manifold: frame.manifold ?? facts.manifold,
        critic: frame.log_odds === false,
        company: frame.company ?? "",
        without: frame.without ?? {},
      });
      show();
      if (JSON.stringify(facts.without) !== before) onChange(shown());
    },
  };
}

/**
 * The names of what is on, for a caption.
 * @param {Set<string>} on
 * @param {boolean} critic
 */
export function namesOf(on, critic) {
  return Object.keys(ROWS)
    .filter((id) => on.has(id))
    .map((id) => ({ id, name: nameOf(id, critic) }));
}
