"""Two rulers: the JSD against the earth mover's distance."""

from typing import Any

import numpy as np

from playground.lessons import rulers
from playground.lessons.claims import stands_still, stuck
from playground.lessons.lesson import Experiment, Lesson, Text, Touch


def _numbers() -> dict[str, Any]:
    theta = np.linspace(-1.0, 1.0, 41).round(10)
    return {
        "theta": theta.tolist(),
        "jsd": rulers.parallel_jsd(theta).tolist(),
        "w1": rulers.parallel_w1(theta).tolist(),
    }


LESSON = Lesson(
    "Two rulers",
    "What do the JSD and the earth mover's distance see of two lines that never meet?",
    15,
    (("Arjovsky et al. 2017, example 1", "https://arxiv.org/abs/1701.07875"),),
    (
        Text("lines-apart"),
        Touch("lines"),
        Experiment(
            "stuck",
            "parallel_lines_js",
            {},
            2000,
            stands_still("emd", "earth mover's distance", 0.7, 2000),
            charts=("similarity", "gradients"),
        ),
        Experiment(
            "moving",
            "parallel_lines",
            {},
            1500,
            stuck("jsd", "JSD", 0.68, 0, 1500, falls="emd", by=0.4),
            charts=("similarity", "gradients"),
            layers=("real", "fake", "d", "plan"),
        ),
        Text("plans"),
        Touch("earth"),
        Text("both"),
    ),
    _numbers,
)
