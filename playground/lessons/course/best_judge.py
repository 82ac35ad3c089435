"""The best discriminator: a/(a + b), and what it says of the JSD."""

from playground.lessons.claims import near
from playground.lessons.lesson import Experiment, Lesson, Text, Touch

LESSON = Lesson(
    "The best discriminator",
    "What does a discriminator say that can't be improved, and what does its value tell?",
    15,
    (("Goodfellow et al. 2014, proposition 1 and theorem 1", "https://arxiv.org/abs/1406.2661"),),
    (
        Text("value"),
        Touch("point"),
        Text("everywhere"),
        Touch("densities"),
        Experiment(
            "alone",
            "minimax",
            {"dataset": "two_normals_1d", "k": 10, "trains": "discriminator", "lr_d": 0.003},
            400,
            near("jsd_implied", "jsd", ("JSD that D implies", "measured JSD"), 0.1, 400),
            controls=("trains",),
            charts=("similarity",),
            layers=("real", "fake", "d", "optimal"),
        ),
        Text("bound"),
    ),
)
