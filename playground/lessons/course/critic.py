"""A critic instead of a judge: Kantorovich's duality, clipping, and the gradient penalty."""

from playground.lessons.claims import below, ends, serves_all
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
        Text("both"),
    ),
)
