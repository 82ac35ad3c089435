"""Why the JSD tells so little: samples, supports that do not meet, and noise."""

from playground.lessons.claims import reaches, stuck
from playground.lessons.lesson import Experiment, Lesson, Text, Touch

LESSON = Lesson(
    "Why the JSD tells so little",
    "Why does D win so easily, and what does noise change?",
    15,
    (
        ("Arjovsky and Bottou 2017", "https://arxiv.org/abs/1701.04862"),
        ("Sønderby et al. 2016", "https://arxiv.org/abs/1610.04490"),
    ),
    (
        Text("samples"),
        Touch("few"),
        Text("supports"),
        Touch("noise"),
        Experiment(
            "without",
            "parallel_lines_js",
            {},
            1500,
            stuck("jsd", "JSD", 0.65, 0, 1500),
            charts=("similarity", "losses"),
        ),
        Experiment(
            "with",
            "parallel_lines_js",
            {"instance_noise": 0.5, "noise_decay": 4000, "lr_d": 0.002, "lr_g": 0.001},
            4000,
            reaches("emd", "earth mover's distance", 0.25, 4000, ".2f"),
            controls=("instance_noise",),
            charts=("similarity", "losses"),
        ),
        Text("decay"),
    ),
)
