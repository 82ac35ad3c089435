"""Autoencoders and VAEs as recipes: on the ring of 8 Gaussians, and on images."""

from typing import Any

from playground.recipes.recipe import Recipe

_ON_IMAGES: dict[str, Any] = {
    "dataset": "digits",
    "latent_dim": 20,
    "g_width": 400,
    "g_depth": 1,
    "d_width": 400,
    "d_depth": 1,
    "d_activation": "relu",
    "batch_size": 128,
    "beta1": 0.9,
}
"""Three dense layers, as on the slides: to 400 units, to the code, and back through 400; Adam as it usually is."""
_VAE: dict[str, Any] = _ON_IMAGES | {"method": "vae", "decoder": "bernoulli"}
_RING: dict[str, Any] = {"beta1": 0.9, "lr_decay": 10_000}
_KINGMA = "Kingma and Welling 2013"
_HIGGINS = "β-VAE (Higgins et al. 2017)"
_NO_GENERATOR = "An autoencoder says nothing of where its codes lie, so a random code is no code of an example."
_BOUND = "Maximising the bound learns encoder and decoder together, and examples are made from the prior."
_NARROW = "With β above 1 the code may hold less of its example (Higgins et al. 2017)."

CODED_RECIPES: dict[str, Recipe] = {
    "autoencoder": Recipe(
        "Autoencoder",
        _ON_IMAGES | {"method": "autoencoder"},
        "The lecture's dense layers; Hinton and Salakhutdinov 2006",
        "Reconstructions that one can hardly tell from their digits, by step 500. Random codes are another matter: the "
        "codes of digits lie wherever the encoder has put them, and half of what is made of others is no clear digit.",
        _NO_GENERATOR,
        steps=3000,
    ),
    "vae": Recipe(
        "Variational autoencoder",
        _ON_IMAGES | {"method": "vae", "decoder": "bernoulli"},
        _KINGMA,
        "All ten digits from random codes within 1,000 steps, and all of them blurred: the decoder says the mean of "
        "what a code may stand for. A few of the 20 numbers are used. On MNIST the bound comes to −107.9 nats (−108.2 "
        "to −107.7 in 5 seeds) in ten epochs, half a minute of a processor.",
        _BOUND,
        steps=3000,
    ),
    "vae_beta4": Recipe(
        "VAE, β = 4",
        _ON_IMAGES | {"method": "vae", "decoder": "bernoulli", "vae_beta": 4.0},
        _HIGGINS,
        "On the built-in digits the posterior collapses: what a code could save costs four times as much, so no number "
        "of it is used, and every sample is the mean of all digits.",
        _NARROW,
        steps=3000,
    ),
    "autoencoder_ring": Recipe(
        "Autoencoder, ring of 8",
        _RING | {"method": "autoencoder"},
        "The lecture's autoencoder, in the plane",
        "Points are rebuilt without error, for a code of two numbers has room for a plane. So random codes become a "
        "cloud over the whole plane, which knows nothing of the eight modes.",
        _NO_GENERATOR,
        steps=10_000,
    ),
    "vae_ring": Recipe(
        "VAE, ring of 8",
        _RING | {"method": "vae"},
        _KINGMA,
        "All eight modes within 1,000 steps, evenly, in every seed; then sharper and sharper, with a bridge of points "
        "between neighbours. The bound ends about two nats below the log p "
        "of the data.",
        _BOUND,
        steps=10_000,
    ),
    "vae_beta4_ring": Recipe(
        "VAE with β = 4, ring of 8",
        _RING | {"method": "vae", "vae_beta": 4.0},
        _HIGGINS,
        "The posterior collapses within 1,000 steps: the KL is 0, every point is rebuilt as the middle of the ring, "
        "and the samples are one wide normal around it.",
        _NARROW,
        steps=10_000,
    ),
}
