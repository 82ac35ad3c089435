// The row over the picture: what is shown, each with its key, so that it is the legend too.

import { FIRST_LAYERS, LAYERS } from "../common/facts.js";
import { formatValue, thousands } from "../common/format.js";
import { createCuts } from "./cuts.js";
import { MAPS } from "./maps.js";
import { short } from "./overlays.js";

const KEPT = "gp-layers"; // in the browser's storage

// What each layer says of itself.
const TIPS = {
  real: () => "1,000 real points; a ring around each mode's centre.",
  fake: () => "1,000 generated points, always from the same latents.",
  d: ({ critic }) =>
    critic ? "What the critic says of each place, from low to high." : "What D says of each place: the probability that a point there is real.",
  optimal: optimalTip,
  gap: (facts) => `How far D is from the D that it should be; the number is its mean over real and generated points. ${optimalTip(facts)}`,
  push: () =>
    "Where the loss pushes 200 of the generated points: −∂loss/∂x of G's loss, one point by itself. The arrow in the corner says how long is how strong.",
  manifold: ({ manifold }) =>
    `What G makes of the latents${manifold ? `: ${manifold}` : ""}. Every cell holds equally much of the prior, so dark is where G puts many points.`,
  contours: ({ density }) => `Lines around the densest 50 %, 90 % and 99 % of the data.${estimate(density)}`,
  trail: () => "Where each generated point was in the last eight pictures.",
};

function optimalTip({ optimal, density, noise }) {
  const how = optimal
    ? `p_G comes from ${thousands(optimal.samples)} generated points, and both densities are seen through a Gaussian of σ = ${short(optimal.bandwidth)}`
    : "p_G is estimated from generated points";
  const noisy = noise ? " D trains on points with noise; this is the best D for points without." : "";
  return `The best D against this G: p_data / (p_data + p_G). ${how}. Blank where neither has points.${noisy}${estimate(density)}`;
}

function estimate(density) {
  return density?.bandwidth ? ` p_data is itself an estimate from your points (bandwidth ${short(density.bandwidth)}).` : "";
}

/** Chips, map strips' handles, and the buttons of the picture. `onChange(on)` gets the set of what is on. */
export function createLayers(root, { onChange, onAnimate, onSave, onReset, onCuts }) {
  const row = root.querySelector(".gp-layers");
  const buttons = root.querySelector(".gp-picture-buttons");
  const microscope = root.querySelector('[data-do="microscope"]');
  const state = { on: new Set(remembered()), dim: 2, points: true, theme: null, config: null, words: {}, wish: "" };
  const facts = { optimal: null, density: null, manifold: "", critic: false, noise: false, without: {} };
  const chips = Object.fromEntries(Object.entries(LAYERS).map(([id, { name }]) => [id, chipOf(id, name)]));
  const cuts = createCuts(root, { onCuts });
  row.replaceChildren(...Object.values(chips).map(({ chip }) => chip));

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

  function remembered() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT));
      if (Array.isArray(kept)) return kept.filter((id) => id in LAYERS);
    } catch {
      // no storage, or not ours: the usual layers
    }
    return FIRST_LAYERS;
  }

  const can = (id) => LAYERS[id].dims.includes(state.dim) && !facts.without[LAYERS[id].needs];
  const shown = () => new Set([...state.on].filter((id) => id === "microscope" || (state.points && can(id))));

  function tell() {
    const kept = Object.keys(LAYERS).filter((id) => state.on.has(id));
    root.dataset.layers = JSON.stringify(kept);
    try {
      localStorage.setItem(KEPT, JSON.stringify(kept));
    } catch {
      // a browser without storage starts with the usual layers next time
    }
    show();
    onChange(shown());
  }

  function show() {
    for (const [id, { chip, word, value }] of Object.entries(chips)) {
      const { dims, needs } = LAYERS[id];
      const reason = facts.without[needs];
      chip.hidden = !dims.includes(state.dim);
      chip.setAttribute("aria-pressed", String(state.on.has(id) && !reason));
      chip.setAttribute("aria-disabled", String(Boolean(reason)));
      const text = reason ?? TIPS[id](facts);
      if (chip.title !== text) chip.title = text;
      if (id === "d") word.textContent = facts.critic ? "critic" : "D(x)";
      if (id === "gap") value.textContent = state.on.has("gap") && facts.optimal?.gap !== undefined && !reason ? formatValue(facts.optimal.gap, ".2f") : "";
    }
    buttons.querySelector('[data-do="animate"]').hidden = !shown().has("manifold");
    root.classList.toggle("gp-no-map", !maps().some((id) => id !== "gap"));
    microscope?.setAttribute("aria-pressed", String(state.on.has("microscope")));
  }

  function maps() {
    const on = shown();
    return state.dim === 2 ? MAPS.filter((id) => on.has(id)) : [];
  }

  function toggle(id) {
    if (state.on.has(id)) state.on.delete(id);
    else state.on.add(id);
    tell();
  }

  row.addEventListener("click", ({ target }) => {
    const chip = target.closest("[data-layer]");
    if (chip && chip.getAttribute("aria-disabled") !== "true") toggle(chip.dataset.layer);
  });
  microscope?.addEventListener("click", () => toggle("microscope"));
  buttons.addEventListener("click", ({ target }) => {
    const what = target.closest("button")?.dataset.do;
    ({ animate: onAnimate, save: onSave, "reset-view": onReset })[what]?.();
  });

  return {
    maps,
    has: (id) => shown().has(id),
    placeCuts: cuts.place,
    get theme() {
      return state.theme;
    },
    get config() {
      return state.config;
    },
    setScene(scene) {
      Object.assign(state, { dim: scene.dim || 2, points: scene.kind === "points" });
      Object.assign(facts, { optimal: null, density: null, manifold: "", without: {} });
      if (!state.points) state.on.delete("microscope");
      tell();
    },
    get words() {
      return state.words;
    },
    /** The settings that led to the picture, and what the page calls their values. */
    setSettings({ config, words }) {
      Object.assign(state, { config, words });
      facts.noise = Number(config.instance_noise) > 0;
      show();
    },
    setDensity(density) {
      facts.density = density;
      show();
    },
    setTheme(theme) {
      state.theme = theme;
    },
    setWish(names) {
      const wish = JSON.stringify(names ?? null);
      if (!Array.isArray(names) || wish === state.wish) return;
      state.wish = wish;
      state.on = new Set(names.filter((id) => id in LAYERS));
      tell();
    },
    setZoomed(zoomed) {
      buttons.querySelector('[data-do="reset-view"]').hidden = !zoomed;
      root.dataset.zoomed = String(zoomed);
    },
    drew(frame) {
      const before = JSON.stringify(facts.without);
      Object.assign(facts, {
        optimal: frame.optimal ?? facts.optimal,
        manifold: frame.manifold ?? facts.manifold,
        critic: frame.log_odds === false,
        without: frame.without ?? {},
      });
      show();
      if (JSON.stringify(facts.without) !== before) onChange(shown());
    },
  };
}

/** The names of what is on, for a caption. */
export function namesOf(on) {
  return Object.keys(LAYERS)
    .filter((id) => on.has(id))
    .map((id) => ({ id, name: LAYERS[id].name }));
}
