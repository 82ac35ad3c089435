"""The lecture's exercise: two perceptrons on MNIST, their parameters line by line, and what its epochs came to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

LATENT, HIDDEN, PIXELS, BATCH = 20, 100, 784, 64
"""The lecture's sizes: numbers that G is given, units of both hidden layers, pixels of 28 × 28, images of a step."""
STRIP = (1, 2, 4, 10, 50, 100)
"""The epochs that the lecture shows."""
FILE = Path(__file__).with_name("exercise.json")
PICTURE = Path(__file__).with_name("exercise.webp")
"""Written by `python -m playground reproduce --exercise`: the epochs, and seed 0's digits after those of `STRIP`."""


@dataclass(frozen=True)
class Line:
    """A line of the lecture's code. shape: of what comes out, for one batch. parameters: weights and biases."""

    network: str
    code: str
    shape: tuple[int, int]
    weights: int = 0
    biases: int = 0

    @property
    def parameters(self) -> int:
        """All that this line learns."""
        return self.weights + self.biases


def lines(latent: int = LATENT, hidden: int = HIDDEN, pixels: int = PIXELS, batch: int = BATCH) -> list[Line]:
    """Both networks, line by line. Raises ValueError where a size is not positive."""
    if min(latent, hidden, pixels, batch) < 1:
        raise ValueError("Every size must be at least 1.")
    return [
        Line("G", "z ~ U(−1, 1)", (batch, latent)),
        Line("G", f"Dense({hidden}, use_bias=False)", (batch, hidden), latent * hidden),
        Line("G", "LeakyReLU(0.3)", (batch, hidden)),
        Line("G", f'Dense({pixels}, activation="tanh")', (batch, pixels), hidden * pixels, pixels),
        Line("D", "x", (batch, pixels)),
        Line("D", f"Dense({hidden})", (batch, hidden), pixels * hidden, hidden),
        Line("D", "LeakyReLU(0.3)", (batch, hidden)),
        Line("D", "Dropout(0.5)", (batch, hidden)),
        Line("D", 'Dense(1, activation="sigmoid")', (batch, 1), hidden, 1),
    ]


def parameters(network: str, rows: list[Line]) -> int:
    """Of a whole network, "G" or "D"."""
    return sum(row.parameters for row in rows if row.network == network)


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to over seeds. values: median, smallest and largest of each; the losses are means over the
    epoch, D's the sum of its halves. Epoch 0 has the losses of the very first step."""

    epoch: int
    seeds: int
    values: Mapping[str, tuple[float, float, float]]


@lru_cache
def epochs() -> list[Epoch]:
    """What was measured; nothing where nobody has."""
    if not FILE.exists():
        return []
    return [
        Epoch(row["epoch"], row["seeds"], {name: (a, b, c) for name, (a, b, c) in row["values"].items()})
        for row in json.loads(FILE.read_text(encoding="utf-8"))
    ]


def strip() -> tuple[int, ...]:
    """The epochs after which the picture shows seed 0's digits, a row for each."""
    told = {row.epoch for row in epochs()}
    return tuple(epoch for epoch in STRIP if epoch in told)
