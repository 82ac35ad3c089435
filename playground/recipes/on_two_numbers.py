"""Recipes for the Dirac-GAN: slow enough to be watched, by plain gradient descent, so that only the game acts."""

from typing import Any

from playground.config.groups.data import DIRAC
from playground.recipes.recipe import Recipe

_PLAIN: dict[str, Any] = {
    "dataset": DIRAC,
    "loss": "minimax",
    "optimizer": "sgd",
    "beta1": 0.0,
    "lr_g": 0.005,
    "lr_d": 0.005,
    "batch_size": 64,
}
_MESCHEDER, _REGULARISED = "Mescheder et al. 2018, section 2", "Mescheder et al. 2018, section 3"
_BILINEAR = "The game min max x·y of Gidel et al. 2019: the Dirac-GAN with x = θ, y = −ψ and the Wasserstein loss"

DIRAC_RECIPES: dict[str, Recipe] = {
    "dirac": Recipe(
        "Dirac-GAN, plain",
        _PLAIN,
        _MESCHEDER,
        "θ and ψ go round (0, 0) for ever, once in about 2,800 steps: the radius is 1.41 at the start and after 20,000 "
        "steps.",
        "Without regularisation training does not converge: θ² + ψ² stays what it was (lemma 2.3).",
        steps=5000,
    ),
    "dirac_non_saturating": Recipe(
        "Dirac-GAN, non-saturating",
        {name: value for name, value in _PLAIN.items() if name != "loss"},
        _REGULARISED,
        "It spirals in, ever more slowly: the radius is 0.53 after 5,000 steps and still 0.28 after 20,000.",
        "At the equilibrium its eigenvalues are as imaginary: if it converges, then not at a linear rate.",
        steps=5000,
    ),
    "dirac_r1": Recipe(
        "Dirac-GAN with R1",
        _PLAIN | {"penalty": "r1", "penalty_weight": 0.3},
        "Mescheder et al. 2018, sections 3 and 4",
        "It spirals in: the radius is 0.28 after 2,500 steps and 0.05 after 5,000. With γ = 1 it hardly turns any "
        "more, and above that it creeps.",
        "With R1 training converges locally for every γ > 0; γ = 2 |f'(0)| = 1 is where it stops turning.",
        steps=5000,
    ),
    "dirac_noise": Recipe(
        "Dirac-GAN with input noise",
        _PLAIN | {"instance_noise": 0.5},
        f"{_REGULARISED}; Sønderby et al. 2016",
        "It spirals in, slower than with R1: the radius is about 0.33 after 5,000 steps and 0.06 after 10,000, where "
        "the noise of the batches is seen.",
        "Instance noise gives the eigenvalues a negative real part: training converges locally.",
        steps=5000,
    ),
    "dirac_clipping": Recipe(
        "Dirac-GAN, WGAN with clipping",
        _PLAIN | {"loss": "wasserstein", "clip": 0.1},
        _REGULARISED,
        "θ walks to the data at the same pace; then the two go round the circle of radius c = 0.1 for ever.",
        "WGAN with clipping does not converge with a finite number of D's updates for each of G's.",
        steps=5000,
    ),
    "bilinear": Recipe(
        "Bilinear game",
        _PLAIN | {"loss": "wasserstein"},
        _BILINEAR,
        "A circle, once in about 1,260 steps. Players that move in turn stay on it whatever the learning rate; with 1 "
        "for both they come by the same six places for ever.",
        "Gradient descent never reaches (0, 0): played at once it spirals out, in turn it stays on a closed orbit.",
        steps=5000,
    ),
    "bilinear_simultaneous": Recipe(
        "Bilinear game, both at once",
        _PLAIN | {"loss": "wasserstein", "updates": "simultaneous", "lr_g": 0.02, "lr_d": 0.02},
        _BILINEAR,
        "It spirals out: each step makes the radius √(1 + lr²) times as large, 2.33 after 2,500 steps and 3.84 after "
        "5,000, when it has left the picture.",
        "Simultaneous gradient descent is unstable whatever its learning rate.",
        steps=5000,
    ),
    "bilinear_extragradient": Recipe(
        "Bilinear game, extragradient",
        _PLAIN | {"loss": "wasserstein", "updates": "extragradient", "lr_g": 0.02, "lr_d": 0.02},
        _BILINEAR,
        "It spirals in: each step makes the radius √(1 − lr² + lr⁴) times as large, 0.86 after 2,500 steps and 0.52 "
        "after 5,000.",
        "Looking one step ahead makes the bilinear game converge, at a linear rate.",
        steps=5000,
    ),
    "dirac_consensus": Recipe(
        "Dirac-GAN with consensus optimisation",
        _PLAIN | {"updates": "simultaneous", "consensus": 0.5},
        "Mescheder et al. 2017; on the Dirac-GAN Mescheder et al. 2018, section 3",
        "It spirals in: the radius is 0.30 after 2,500 steps and 0.06 after 5,000, with a weight of ½.",
        "Consensus optimisation gives the eigenvalues a negative real part: training converges locally.",
        steps=5000,
    ),
}
