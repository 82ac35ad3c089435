// Made by `python -m playground.feed.browser_files`: change the Python there, not this.

export const LIGHT = {
  real: "#0072B2",
  fake: "#D55E00",
  realField: "#9ACAEA",
  fakeField: "#F6BE97",
  manifold: "#00785A",
  gap: "#B0388F",
  warning: "#8A5A00",
  error: "#B3261E",
};

export const DARK = {
  real: "#56B4E9",
  fake: "#F0A030",
  realField: "#1A4B70",
  fakeField: "#643810",
  manifold: "#3CC79C",
  gap: "#E07BC4",
  warning: "#F0B849",
  error: "#FF8A80",
};

export const BETWEEN_IMAGES = "#34363D";

export const LAYERS = {
  real: { name: "real", told: "real points", dims: [1, 2], needs: null, part: "" },
  fake: { name: "generated", told: "generated points", dims: [1, 2], needs: null, part: "" },
  d: { name: "D(x)", told: "D(x)", dims: [1, 2], needs: null, part: "game" },
  density: { name: "p̂(x)", told: "p̂(x)", dims: [1, 2], needs: null, part: "density" },
  optimal: { name: "D*(x)", told: "D*(x)", dims: [1, 2], needs: "optimal", part: "game" },
  gap: { name: "|D − D*|", told: "|D − D*|", dims: [2], needs: "optimal", part: "game" },
  push: { name: "push", told: "where the loss pushes", dims: [2], needs: "gradients", part: "push" },
  plan: { name: "plan", told: "the cheapest plan", dims: [2], needs: "plan", part: "maker" },
  manifold: { name: "manifold", told: "G's manifold", dims: [1, 2], needs: "manifold", part: "maker" },
  reconstructions: { name: "reconstructions", told: "reconstructions", dims: [0, 2], needs: "reconstructions", part: "code" },
  codes: { name: "codes", told: "codes of fresh data", dims: [0, 1, 2], needs: "codes", part: "code" },
  decoded: { name: "decoded grid", told: "what is made of a grid of codes", dims: [0], needs: "decoded", part: "code" },
  contours: { name: "contours", told: "contours of the data", dims: [2], needs: null, part: "" },
  trail: { name: "trails", told: "trails", dims: [2], needs: null, part: "" },
};

export const FIRST_LAYERS = ["real", "fake", "d", "density"];

export const METHODS = {
  gan: { plays: true, parts: ["game", "judge", "maker", "prior", "push", "gan"] },
  likelihood: { plays: false, parts: ["maker", "prior", "push", "likelihood"] },
  density: { plays: false, parts: ["judge", "density"] },
  autoencoder: { plays: false, parts: ["code", "judge", "maker", "prior", "autoencoder"] },
  vae: { plays: false, parts: ["code", "judge", "maker", "vae"] },
};

export const SPEEDS = ["1", "10", "100", "max"];
