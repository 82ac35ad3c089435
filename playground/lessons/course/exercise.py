"""The exercise: the lecture's two perceptrons on MNIST, then a DCGAN."""

from typing import Any

from playground.lessons import exercise
from playground.lessons.claims import closes, ends
from playground.lessons.lesson import Experiment, Lesson, Text, Worksheet


def _numbers() -> dict[str, Any]:
    rows = exercise.lines()
    return {
        "lines": [
            {"network": row.network, "line": row.code, "shape": list(row.shape), "parameters": row.parameters}
            for row in rows
        ],
        "parameters": {network: exercise.parameters(network, rows) for network in "GD"},
        "epochs": [
            {"epoch": row.epoch, "seeds": row.seeds} | {name: list(value) for name, value in row.values.items()}
            for row in exercise.epochs()
        ],
    }


LESSON = Lesson(
    "The exercise",
    "How do two small networks learn to write digits?",
    25,
    (
        ("Goodfellow et al. 2014", "https://arxiv.org/abs/1406.2661"),
        ("Radford et al. 2015", "https://arxiv.org/abs/1511.06434"),
    ),
    (
        Text("task"),
        Worksheet("lines"),
        Text("first"),
        Worksheet("epochs"),
        Experiment(
            "digits",
            "lecture",
            {},
            3000,
            ends("classes", "number of different digits among 1,000 samples", 10, 10, 3000, ".0f"),
            charts=("classes", "losses"),
        ),
        Experiment(
            "half",
            "lecture",
            {},
            3000,
            closes("d_real", "d_fake", ("D(x)", "D(G(z))"), 500, 3000, 0.75),
            charts=("verdicts", "losses"),
        ),
        Experiment(
            "dcgan",
            "dcgan",
            {},
            1500,
            ends("clear_classes", "number of clear digits among 1,000 samples", 9, 10, 1500, ".0f"),
            charts=("classes", "verdicts"),
        ),
        Text("latents"),
        Text("onward"),
    ),
    _numbers,
)
