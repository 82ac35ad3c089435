"""A critic instead of a judge: Kantorovich's duality, clipping, and the gradient penalty."""

from playground.lessons.claims import below, ends, near, serves_all
from playground.lessons.lesson import Experiment, Lesson, Text, Touch

LESSON = Lesson(
    "A critic instead of a judge",
    "How can a network measure the earth mover's distance?",
    15,
    (
        ("Arjovsky et al. 2017", "https://arxiv.org/abs/1701.07875"),
        ("Gulrajani et al. 2017", "https://arxiv.org/abs/1704.00028"),
    ),
    (
        Text("duality"),
        Touch("own"),
        Touch("slope"),
        Experiment(
            "trained",
            "wgan_gp",
            {"dataset": "two_normals_1d", "trains": "discriminator"},
            500,
            near("critic_w", "emd", ("critic's W", "exact distance"), 0.2, 500),
            charts=("similarity",),
            layers=("real", "fake", "d", "optimal"),
        ),
        Text("lipschitz"),
        Experiment(
            "penalty",
            "wgan_gp",
            {},
            2500,
            serves_all(2000, 2500),
            charts=("similarity", "modes"),
            controls=("penalty_weight",),
        ),
        Experiment(
            "measured",
            "wgan_gp",
            {},
            1000,
            below("critic_w", "emd", ("the critic's W", "the exact distance"), 50, 1000),
            charts=("similarity", "losses"),
        ),
        Experiment(
            "clipped",
            "wgan_clipping",
            {"clip": 0.003},
            1500,
            ends("emd", "earth mover's distance", 0.5, 10.0, 1500, ".2f"),
            controls=("clip",),
            charts=("similarity",),
        ),
        Experiment(
            "ends",
            "wgan_clipping",
            {"clip": 0.01},
            500,
            ends("at_clip", "share of the critic's weights at −c or c", 0.25, 1.0, 500, ".0%"),
            controls=("clip",),
            charts=("weights", "similarity"),
        ),
        Text("both"),
    ),
)
