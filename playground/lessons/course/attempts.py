"""From densities to a GAN: the lecture's attempts, each on the same two normals."""

from playground.lessons.claims import ends, reaches, stands_still
from playground.lessons.lesson import Experiment, Lesson, Text, Touch

LESSON = Lesson(
    "From densities to a GAN",
    "Why does a generator need a discriminator, and could it learn without one?",
    20,
    (
        ("Goodfellow et al. 2014", "https://arxiv.org/abs/1406.2661"),
        ("Nowozin et al. 2016, table 1", "https://arxiv.org/abs/1606.00709"),
    ),
    (
        Text("wanted"),
        Experiment(
            "density",
            "attempt_1",
            {},
            1500,
            ends("rejected", "share of places that were thrown away", 0.65, 0.85, 1500, ".0%"),
            charts=("method",),
            layers=("real", "fake", "density"),
        ),
        Experiment(
            "guesses",
            "attempt_2",
            {},
            1000,
            stands_still("jsd", "JSD", 0.9, 1000),
            charts=("similarity",),
            layers=("real", "fake"),
        ),
        Text("told"),
        Touch("climb"),
        Experiment(
            "uphill",
            "attempt_3",
            {},
            1500,
            reaches("spread", "spread at the peaks, in σ,", 0.1, 1500),
            charts=("method", "similarity"),
        ),
        Experiment(
            "entropy",
            "attempt_3_entropy",
            {},
            1500,
            ends("jsd", "JSD", 0.0, 0.02, 1500),
            controls=("entropy",),
            charts=("method", "similarity"),
        ),
        Text("untold"),
        Experiment(
            "judged",
            "attempt_4",
            {},
            1000,
            ends("emd", "earth mover's distance", 0.0, 0.5, 1000, ".2f"),
            charts=("similarity", "losses"),
        ),
        Text("then"),
    ),
)
