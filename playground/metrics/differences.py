"""How far a difference between two runs goes beyond the luck of their seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from playground.data.distribution import Floats

LEVEL = 0.95
FEWEST = 2
"""Seeds on each side: fewer have no difference over seeds."""
FEWEST_PAIRS = 6
"""Of which all may go one way by luck with a chance below 5 %: 2 · 0.5⁶ = 3 %. Fewer pairs have no interval at all; of
two sides without pairs 4 seeds each are enough."""


@dataclass(frozen=True)
class Difference:
    """How much larger the second of two runs measures than the first, and an interval that is exact for few seeds too.

    first, second: the medians over their seeds. value: the difference, and low, high: its interval's ends, in the
    metric's unit, None where there are too few seeds for one. seeds: how many values each side had. up, down: in how
    many pairs the second was larger, or smaller, where the two runs share seeds; else None.
    """

    first: float
    second: float
    value: float
    low: float | None
    high: float | None
    seeds: tuple[int, int]
    up: int | None = None
    down: int | None = None

    @property
    def is_clear(self) -> bool:
        """Whether there is an interval, and 0 lies outside."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


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


def differences(first: Measured, second: Measured, step: int, names: Sequence[str]) -> dict[str, Difference]:
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
            difference = median_of_differences(a, b)
        else:
            difference = shift_between(*sides)
        if difference is not None:
            found[name] = difference
    return found


def verdict(found: Difference, better: Literal["lower", "higher"]) -> str:
    """What a difference says of the second run, B."""
    if found.low is None:
        return f"needs {FEWEST_PAIRS} seeds" if found.up is not None else "needs more seeds"
    if not found.is_clear:
        return "no clear difference"
    return "B is better" if (found.value > 0) == (better == "higher") else "B is worse"


def median_of_differences(first: ArrayLike, second: ArrayLike, *, level: float = LEVEL) -> Difference | None:
    """The median of second − first over pairs, and its exact interval, which ends at two of these differences.

    Each of them lies above the median with chance ½, whatever their distribution, so how many do is binomial (the sign
    test; Conover 1999, section 3.2). first, second: (n,), a pair in each place; pairs that are not finite are left
    out. None below FEWEST pairs.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    finite = np.isfinite(a) & np.isfinite(b)
    a, b = a[finite], b[finite]
    if len(a) < FEWEST:
        return None
    apart = np.sort(b - a)
    low, high = _ends(apart, _signs(len(apart)), level)
    up, down = int((apart > 0).sum()), int((apart < 0).sum())
    middles = float(np.median(a)), float(np.median(b))
    return Difference(*middles, float(np.median(apart)), low, high, (len(a), len(b)), up, down)


def shift_between(first: ArrayLike, second: ArrayLike, *, level: float = LEVEL) -> Difference | None:
    """How far the second side lies above the first: the median over all differences between a value of the one and a
    value of the other, and its exact interval (Hodges and Lehmann 1963; the test is Mann and Whitney's).

    first, second: one value per seed; those that are not finite are left out. None where a side has fewer than FEWEST.
    """
    a, b = (values[np.isfinite(values)] for values in (np.asarray(first, float), np.asarray(second, float)))
    if min(len(a), len(b)) < FEWEST:
        return None
    apart = np.sort((b[:, None] - a).ravel())
    low, high = _ends(apart, _mann_whitney(len(a), len(b)), level)
    middles = float(np.median(a)), float(np.median(b))
    return Difference(*middles, float(np.median(apart)), low, high, (len(a), len(b)))


def by_luck(found: Difference, *, level: float = LEVEL) -> float:
    """The chance that a difference over so many seeds is clear where the two sides are drawn alike: at most 1 − level,
    and less for few seeds, whose tests come in steps. Equal values make it smaller still."""
    first, second = found.seeds
    cumulative = _signs(first) if found.up is not None else _mann_whitney(first, second)
    left_out = _left_out(cumulative, level)
    return 2 * float(cumulative[left_out - 1]) if left_out else 0.0


def _ends(apart: Floats, cumulative: Floats, level: float) -> tuple[float | None, float | None]:
    """The narrowest interval between two of these sorted differences that is wide enough; None where none is.

    cumulative: the chance that at most 0, 1, … of them lie below the true value.
    """
    left_out = _left_out(cumulative, level)
    return (float(apart[left_out - 1]), float(apart[-left_out])) if left_out else (None, None)


def _left_out(cumulative: Floats, level: float) -> int:
    """How many of the sorted differences may be left out at each end."""
    return int(np.searchsorted(cumulative, (1 - level) / 2, side="right"))


@lru_cache(maxsize=64)
def _signs(n: int) -> Floats:
    """The chance that at most 0, 1, … of n differences are below their median; (n,)."""
    cumulative: Floats = stats.binom.cdf(np.arange(n), n, 0.5)
    return cumulative


@lru_cache(maxsize=64)
def _mann_whitney(n: int, m: int) -> Floats:
    """The chance that at most u of the n × m differences are below 0 where both sides are drawn alike; (n m + 1,).

    Counted by Mann and Whitney's recurrence: the largest of all values is on the one side or on the other.
    """
    counts = [np.ones(1) for _ in range(m + 1)]
    for i in range(1, n + 1):
        row = [np.ones(1)]
        for j in range(1, m + 1):
            total = np.zeros(i * j + 1)
            total[j:] += counts[j]
            total[: i * (j - 1) + 1] += row[j - 1]
            row.append(total)
        counts = row
    cumulative: Floats = np.cumsum(counts[m]) / counts[m].sum()
    return cumulative
