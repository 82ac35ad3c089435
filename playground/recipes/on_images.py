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
_PERCEPTRON: dict[str, Any] = {"dataset": "digits", "d_width": 128, "batch_size": 128}
"""The multilayer perceptron of the points, on the built-in digits."""

IMAGE_RECIPES: dict[str, Recipe] = {
    "lecture": Recipe(
        "Small perceptron",
        _LECTURE,
        "The GAN of perceptrons on MNIST from the lecture that this playground was made for",
        "On MNIST: smudges for four epochs, blurred digits of all ten classes by the seventh, clear ones from about "
        "the tenth. D's verdicts come nearer to ½ and stay on their sides of it: D(x) 0.65 to 0.80 and D(G(z)) 0.21 to "
        "0.39 after ten epochs in 8 seeds, 0.54 to 0.63 and 0.38 to 0.50 after fifty in 4. On the built-in 8 × 8 "
        "digits: mostly an 8 for the first "
        "1,000 steps (epoch 43), all ten classes by step 2,000, when the classifier is unsure of 36 to 49 % of the "
        "images in 8 seeds.",
        "Digits that one can read, after enough epochs.",
        steps=2000,
    ),
    "dcgan": Recipe(
        "Small DCGAN",
        _DCGAN,
        "Radford et al. 2015",
        "On MNIST: clean strokes within an epoch, nine or more clear classes within three. On the built-in 8 × 8 "
        "digits: ten classes by step 1,500 (epoch 64); at step 2,000 the classifier is unsure of 28 to 34 % of the "
        "images in 8 seeds.",
    ),
    "stacked_digits": Recipe(
        "Stacked digits, 1,000 classes",
        {
            "dataset": "stacked_digits",
            "g_width": 128,
            "d_width": 128,
            "latent_dim": 32,
            "batch_size": 128,
        },
        "Metz et al. 2016, section 3.3.1, Stacked MNIST, here scaled down: three 8 × 8 digits as red, green and blue",
        "Three digits make one of 1,000 classes, so that lost modes can be counted by the hundred: after 3,000 steps "
        "1,000 images show 203 to 352 classes in 8 seeds, where perfect ones would show about 632.",
        "Without unrolling G makes far fewer of the classes, the more so the smaller D is.",
        steps=3000,
    ),
    "conditional_dcgan": Recipe(
        "Class-conditional DCGAN",
        _DCGAN | {"conditional": True},
        "Mirza and Osindero 2014; Radford et al. 2015",
        "Each column of the grid is told its digit: all ten classes, because G is told which to draw.",
    ),
    "mode_hopping_digits": Recipe(
        "Mode hopping, digits",
        _PERCEPTRON
        | {
            "loss": "minimax",
            "init": "orthogonal",
            "init_gain": 0.8,
            "last_gain": 1.0,
            "latent_dim": 32,
            "g_width": 128,
            "d_depth": 1,
            "d_activation": "relu",
            "lr_d": 2e-4,
        },
        "Mode hopping on digits, with a G five times as fast",
        "All samples are nearly the same digit, or a smudge between two, and 100 steps later another one.",
        "Without unrolling, G rotates through the modes and never settles (Metz et al. 2016).",
        steps=2000,
    ),
    "lost_modes_digits": Recipe(
        "Lost modes, digits",
        _PERCEPTRON | {"k": 5, "lr_g": 3e-4, "lr_d": 3e-3, "latent_dim": 1, "last_gain": 0.1},
        "Lost modes on digits",
        "One to five of the ten digits, and mostly the same ones: nothing at them tells G of the others.",
        "D judges each sample by itself, so nothing in its gradient keeps G's samples apart (Salimans et al. 2016).",
        steps=2000,
    ),
}
