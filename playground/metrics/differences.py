"""How far a difference between two runs goes beyond the luck of their seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from playground.data.distribution import Floats

RESAMPLES = 5000
LEVEL = 0.95
FEWEST = 2
"""Seeds on each side: fewer say nothing about luck."""


@dataclass(frozen=True)
class Difference:
    """How much larger the second of two runs measures than the first, and the interval of its bootstrap.

    first, second: the medians over their seeds. value: the difference, and low, high: its interval's ends, in the
    metric's unit. seeds: how many values each side had. up, down: in how many pairs the second was larger, or smaller,
    where the two runs share seeds; None where they do not, and the difference is one of medians.
    """

    first: float
    second: float
    value: float
    low: float
    high: float
    seeds: tuple[int, int]
    up: int | None = None
    down: int | None = None

    @property
    def is_clear(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Measured:
    """One run's rows. seeds: of its lanes. steps: (n,), in order. values: by metric, (lanes, n)."""

    seeds: Sequence[int]
    steps: ArrayLike
    values: Mapping[str, Floats]

    def at(self, name: str, step: int) -> Floats:
        """A metric at a step that has been measured, (lanes,)."""
        return np.asarray(self.values[name], float)[:, np.searchsorted(np.asarray(self.steps), step)]


def common_step(runs: Sequence[Measured]) -> int | None:
    """The newest step at which all of these runs were measured; None where there is none."""
    common = reduce(np.intersect1d, [np.asarray(run.steps, np.int64) for run in runs])
    return int(common[-1]) if len(common) else None


def differences(
    first: Measured, second: Measured, step: int, names: Sequence[str], rng: np.random.Generator
) -> dict[str, Difference]:
    """Every metric of `names` that both have at this step, paired by seed where the runs share FEWEST seeds or more.

    What one side lacks, or has from too few seeds, is left out.
    """
    shared = [seed for seed in first.seeds if seed in second.seeds]
    paired = len(shared) >= FEWEST
    found = {}
    for name in names:
        if name not in first.values or name not in second.values:
            continue
        sides = first.at(name, step), second.at(name, step)
        if paired:
            a, b = (
                side[[list(run.seeds).index(seed) for seed in shared]]
                for run, side in zip((first, second), sides, strict=True)
            )
            difference = median_of_differences(a, b, rng)
        else:
            difference = difference_of_medians(*sides, rng)
        if difference is not None:
            found[name] = difference
    return found


def median_of_differences(
    first: ArrayLike,
    second: ArrayLike,
    rng: np.random.Generator,
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Difference | None:
    """The median of second − first over pairs, and its percentile bootstrap, which draws pairs.

    first, second: (n,), a pair in each place; pairs that are not finite are left out. None below FEWEST pairs.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    finite = np.isfinite(a) & np.isfinite(b)
    a, b = a[finite], b[finite]
    if len(a) < FEWEST:
        return None
    apart = b - a
    drawn = np.median(rng.choice(apart, (resamples, len(apart))), axis=1)
    low, high = _interval(drawn, level)
    return Difference(
        float(np.median(a)),
        float(np.median(b)),
        float(np.median(apart)),
        low,
        high,
        (len(a), len(b)),
        up=int((apart > 0).sum()),
        down=int((apart < 0).sum()),
    )


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
    low, high = _interval(drawn[1] - drawn[0], level)
    a, b = (float(np.median(values)) for values in sides)
    return Difference(a, b, b - a, low, high, (len(sides[0]), len(sides[1])))


def _interval(drawn: Floats, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)
