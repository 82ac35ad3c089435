"""The lecture's way to GANs as recipes: a network of the density, a generator that is told the density, and a
discriminator in its place, all on the same two normals; each with the slides' sizes and with sizes that work."""

from typing import Any

from playground.recipes.recipe import Recipe

_DATA: dict[str, Any] = {"dataset": "two_normals_1d"}
_SMALL_NETWORK: dict[str, Any] = {"d_width": 4, "d_depth": 1, "d_activation": "tanh"}
_SMALL_GENERATOR: dict[str, Any] = {"latent_dim": 1, "g_width": 4, "g_activation": "tanh"}
_DENSITY: dict[str, Any] = _DATA | {"method": "density"}
_LIKELIHOOD: dict[str, Any] = _DATA | {"method": "likelihood", "latent_dim": 1}
_MONOTONE: dict[str, Any] = {
    "g_width": 32,
    "g_activation": "tanh",
    "init_gain": 0.5,
    "beta1": 0.9,
    "lr_g": 5e-3,
    "lr_decay": 3000,
}
"""Small initial weights and a smooth activation: G begins without folds, where log |∂G/∂z| is its entropy."""
_SLIDES = "The lecture's slides"
_NO_DENSITY = "For every x, model p(x): then how likely x is can be told, but no x can be made."
_UPHILL = "A generator that makes what is most likely makes the same thing again and again."
_LEARNED = "A discriminator that learns from examples takes the place of the density (Goodfellow et al. 2014)."

BRIDGE_RECIPES: dict[str, Recipe] = {
    "attempt_1_slides": Recipe(
        "Attempt 1: model the density, 1-4-1",
        _DENSITY | _SMALL_NETWORK,
        f"{_SLIDES}: a network with four hidden units and a sigmoid says how dense the data are at x",
        "Four units at these steps are too few for two bells: after 2,000 steps p̂ is a flat hill that is off by 0.8 of "
        "p, though its integral is near 1.",
        _NO_DENSITY,
        steps=2000,
    ),
    "attempt_1": Recipe(
        "Attempt 1: model the density",
        _DENSITY,
        f"{_SLIDES}, with two hidden layers of 64",
        "By step 2,000 p̂ is within 4 % of p in 8 of 8 seeds and its integral within 1.5 % of 1, though nothing asks "
        "for that. It does not generate: three of four proposals are thrown away to draw from it.",
        _NO_DENSITY,
        steps=2000,
    ),
    "attempt_2": Recipe(
        "Attempt 2: a generator that guesses",
        _DATA | {"latent_dim": 1, "trains": "discriminator"},
        f"{_SLIDES}: a generator makes points of noise, and nothing says which of them are good",
        "G's points stay where its first weights put them, because only D trains: it soon tells them from the data, "
        "and G never hears of it. The JSD stays as it was.",
        "A generator has to be told which of its points are good.",
        steps=2000,
    ),
    "attempt_3_slides": Recipe(
        "Attempt 3: follow the density uphill, 1-4-4-1",
        _LIKELIHOOD | _SMALL_GENERATOR,
        f"{_SLIDES}: a generator with two hidden layers of four maximises the mean of log p(G(z))",
        "Every point climbs towards a peak: by step 3,000 the spread at the modes is 4 to 16 % of σ. Mode "
        "collapse without any discriminator.",
        _UPHILL,
        steps=3000,
    ),
    "attempt_3": Recipe(
        "Attempt 3: follow the density uphill",
        _LIKELIHOOD | _MONOTONE,
        f"{_SLIDES}, with two hidden layers of 32",
        "Every point climbs to the peak that is uphill of it: by step 3,000 the spread at the modes is below "
        "2 % of σ in 8 of 8 seeds. The more likely its points are, the less they are like the data. The JSD hardly "
        "sees it, since its cells are a σ wide.",
        _UPHILL,
        steps=3000,
    ),
    "attempt_3_entropy": Recipe(
        "Attempt 3, kept apart by entropy",
        _LIKELIHOOD | _MONOTONE | {"entropy": 1.0},
        "KL(p_G ‖ p_data): the likelihood and the entropy of G together, with the log-determinant of G's slope",
        "Both bells with their spread, in 8 of 8 seeds: within 9 % of σ by step 3,000, at a JSD below 0.003.",
        "With β = 1 this is the reverse KL, and least where G is the data's distribution (Nowozin et al. 2016).",
        steps=3000,
    ),
    "attempt_4_slides": Recipe(
        "Attempt 4: a discriminator instead of the density, 1-4-4-1",
        _DATA | _SMALL_GENERATOR | {"loss": "slides", "d_width": 4, "d_activation": "tanh"},
        f"{_SLIDES}: G and D with two hidden layers of four, D minimises −D(x) + D(G(z)), G minimises −D(G(z))",
        "D takes the place of p, and G's points move wherever D happens to be high: after 2,000 steps the JSD is "
        "between 0.09 and 0.26 in 8 seeds.",
        _LEARNED,
        steps=2000,
    ),
    "attempt_4": Recipe(
        "Attempt 4: a discriminator instead of the density",
        _DATA | {"latent_dim": 1},
        "Goodfellow et al. 2014, with two hidden layers of 64",
        "Nobody tells G how dense the data are: D learns it from examples, and G from D. After 2,000 steps the JSD is "
        "between 0.04 and 0.18 in 8 seeds.",
        _LEARNED,
        steps=2000,
    ),
}
