"""Autoencoders and VAEs: codes, the draw in the middle, and the two halves of the bound."""

from playground.lessons.claims import blurred, ends, reaches, serves_all
from playground.lessons.lesson import Experiment, Lesson, Text, Touch

LESSON = Lesson(
    "Autoencoders and VAEs",
    "Can one generate by decoding a random code?",
    20,
    (
        ("Hinton and Salakhutdinov 2006", "https://doi.org/10.1126/science.1127647"),
        ("Kingma and Welling 2013", "https://arxiv.org/abs/1312.6114"),
        ("Higgins et al. 2017", "https://openreview.net/forum?id=Sy2fzU9gl"),
    ),
    (
        Text("code"),
        Experiment(
            "random",
            "autoencoder_ring",
            {},
            1500,
            ends("jsd", "JSD", 0.5, 0.7, 1500),
            charts=("method", "similarity"),
            layers=("real", "fake", "reconstructions"),
        ),
        Text("draw"),
        Touch("estimates"),
        Text("bound"),
        Touch("halves"),
        Experiment(
            "ring",
            "vae_ring",
            {},
            1500,
            serves_all(1000, 1500),
            charts=("method", "modes"),
            layers=("real", "fake", "reconstructions"),
        ),
        Experiment(
            "collapsed",
            "vae_beta4_ring",
            {},
            1500,
            reaches("kl", "KL", 0.05, 1500),
            controls=("vae_beta",),
            charts=("method", "similarity"),
            layers=("real", "fake", "reconstructions"),
        ),
        Experiment(
            "digits",
            "vae",
            {},
            1000,
            ends("classes", "number of different digits among 1,000 samples", 10, 10, 1000, ".0f"),
            charts=("classes", "method"),
        ),
        Experiment(
            "against",
            "vae",
            {},
            1500,
            blurred("sharpness", ("the sharpness of the VAE's digits", "that of the GAN's"), 0.85, 0.9, 1500),
            charts=("classes", "distances"),
            beside="lecture",
        ),
        Text("both"),
    ),
)
