"""Mode collapse: hopping and lost modes, and what stops them."""

from playground.lessons.claims import hops, keeps_few, serves_all
from playground.lessons.lesson import Experiment, Lesson, Text, Touch, Worksheet

LESSON = Lesson(
    "Mode collapse",
    "Why does G sit on one mode, and why does it not stay there?",
    20,
    (
        ("Metz et al. 2016", "https://arxiv.org/abs/1611.02163"),
        ("Goodfellow 2016, section 5.1.1", "https://arxiv.org/abs/1701.00160"),
    ),
    (
        Text("wanted"),
        Experiment("hopping", "mode_hopping", {}, 3000, hops(1000, 3000, 100, 0.8), charts=("modes", "similarity")),
        Worksheet("reality"),
        Text("history"),
        Experiment(
            "stopped",
            "mode_hopping",
            {"k": 5},
            2500,
            serves_all(1500, 2500),
            controls=("k",),
            charts=("modes", "similarity"),
        ),
        Touch("cures"),
        Experiment("lost", "lost_modes", {}, 2000, keeps_few(1000, 2000, 4), charts=("modes", "similarity")),
        Experiment(
            "found",
            "lost_modes",
            {"penalty": "gradient_penalty", "penalty_weight": 0.1},
            2000,
            serves_all(1500, 2000),
            controls=("penalty_weight",),
            charts=("modes", "similarity"),
        ),
        Text("opposite"),
    ),
)
