"""How far a difference between two runs goes beyond the luck of their seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 5000
LEVEL = 0.95
FEWEST = 2
"""Seeds on each side: fewer say nothing about luck."""


@dataclass(frozen=True)
class Difference:
    """The second median minus the first, and the interval that its bootstrap lies in.

    first, second: the medians. low, high: the interval's ends. seeds: how many values each side had.
    """

    first: float
    second: float
    low: float
    high: float
    seeds: tuple[int, int]

    @property
    def value(self) -> float:
        """The second median minus the first, in the metric's unit."""
        return self.second - self.first

    @property
    def is_clear(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


def difference_of_medians(
    first: ArrayLike,
    second: ArrayLike,
    rng: np.random.Generator,
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Difference | None:
    """The percentile bootstrap of a difference of medians (Efron and Tibshirani 1993, chapter 13).

    first, second: one value per seed; those that are not finite are left out. Each side is drawn anew on its own, as
    many values as it has, with replacement. None where a side has fewer than FEWEST values.
    """
    sides = [values[np.isfinite(values)] for values in (np.asarray(first, float), np.asarray(second, float))]
    if min(map(len, sides)) < FEWEST:
        return None
    drawn = [np.median(rng.choice(values, (resamples, len(values))), axis=1) for values in sides]
    tail = (1 - level) / 2
    low, high = np.quantile(drawn[1] - drawn[0], [tail, 1 - tail])
    medians = [float(np.median(values)) for values in sides]
    return Difference(medians[0], medians[1], float(low), float(high), (len(sides[0]), len(sides[1])))
