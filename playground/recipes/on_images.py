"""Recipes for images."""

from typing import Any

from playground.recipes.recipe import Recipe

_LECTURE: dict[str, Any] = {
    "dataset": "digits",
    "network": "lecture",
    "latent_dim": 20,
    "prior": "uniform",
    "batch_size": 64,
    "beta1": 0.9,
    "g_first": True,
}
_DCGAN: dict[str, Any] = {
    "dataset": "digits",
    "network": "dcgan",
    "latent_dim": 64,
    "prior": "uniform",
    "batch_size": 64,
    "lr_g": 2e-4,
    "lr_d": 2e-4,
}

IMAGE_RECIPES: dict[str, Recipe] = {
    "lecture": Recipe(
        "The lecture's perceptron",
        _LECTURE,
        "The lecture's MLP GAN on MNIST",
        "On MNIST: smudges for four epochs, blurred digits of all ten classes by the seventh, clear ones from about "
        "the tenth; D's verdicts stay well apart from ½. On the built-in 8 × 8 digits: mostly an 8 for the first "
        "1,000 steps (epoch 43), all ten classes by step 2,000, clear ones by step 3,000.",
    ),
    "dcgan": Recipe(
        "Small DCGAN",
        _DCGAN,
        "Radford et al. 2015",
        "On MNIST: clean strokes within an epoch, nine or more clear classes within three. On the built-in 8 × 8 "
        "digits: ten clear classes by step 1,500 (epoch 64).",
    ),
    "conditional_dcgan": Recipe(
        "Class-conditional DCGAN",
        _DCGAN | {"conditional": True},
        "Mirza and Osindero 2014; Radford et al. 2015",
        "Each column of the grid is told its digit: all ten classes, because G is told which to draw.",
    ),
}
