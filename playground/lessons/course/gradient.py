"""The diminished gradient: log(1 − D) against −log D."""

from playground.lessons.claims import ends, reaches
from playground.lessons.lesson import Experiment, Lesson, Text, Touch

_STILL = {"trains": "discriminator"}
"""G stands still, on data that it does not touch, so that D comes near to its best."""

LESSON = Lesson(
    "The diminished gradient",
    "Why is G trained by −log D, where the game says log(1 − D)?",
    10,
    (
        ("Goodfellow et al. 2014, section 3", "https://arxiv.org/abs/1406.2661"),
        ("Arjovsky and Bottou 2017", "https://arxiv.org/abs/1701.04862"),
    ),
    (
        Text("early"),
        Touch("slopes"),
        Experiment(
            "vanishes",
            "parallel_lines_js",
            _STILL,
            300,
            reaches("x_gradient", "slope at G's samples", 0.02, 300, ".4f"),
            layers=("real", "fake", "d", "push"),
            charts=("gradients", "losses"),
        ),
        Experiment(
            "stays",
            "parallel_lines_js",
            _STILL | {"loss": "non_saturating"},
            300,
            ends("x_gradient", "slope at G's samples", 0.1, 1e9, 300, ".2f"),
            layers=("real", "fake", "d", "push"),
            charts=("gradients", "losses"),
        ),
        Text("price"),
    ),
)
