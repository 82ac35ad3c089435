"""What one seed of a run measured, step after step, and the claims that are judged by it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Measurement = tuple[int, Mapping[str, float], Sequence[float] | None]
"""A step, what was measured there by its column's name, and the samples' shares by mode, where the data have modes."""

BESIDE = "beside "
"""Before the name of a measure of the second of two runs."""


@dataclass(frozen=True)
class Track:
    """steps: (T,), rising. values: each measure by its column's name, (T,); NaN where it was not measured.
    shares: (T, K), of the samples by mode; (T, 0) where there are none."""

    steps: Floats
    values: Mapping[str, Floats]
    shares: Floats

    @staticmethod
    def of(measured: Iterable[Measurement]) -> "Track":
        """From measurements in their order."""
        rows = list(measured)
        names = {name for _, values, _ in rows for name in values}
        columns = {name: np.array([values.get(name, np.nan) for _, values, _ in rows], float) for name in names}
        modes = max((len(shares or ()) for _, _, shares in rows), default=0)
        shares = [list(shares or [np.nan] * modes) for _, _, shares in rows]
        return Track(
            np.array([step for step, _, _ in rows], float), columns, np.array(shares).reshape(len(rows), modes)
        )

    def __getitem__(self, name: str) -> Floats:
        """A measure at all steps; NaN everywhere if nobody has measured it."""
        return self.values.get(name, np.full(len(self.steps), np.nan))

    def __len__(self) -> int:
        return len(self.steps)

    def beside(self, other: "Track") -> "Track":
        """This run and another one, at the steps at which both were measured; the other's measures are called BESIDE
        and their column's name."""
        steps, here, there = np.intersect1d(self.steps, other.steps, return_indices=True)
        values = {name: column[here] for name, column in self.values.items()}
        values |= {BESIDE + name: column[there] for name, column in other.values.items()}
        return Track(steps, values, self.shares[here])

    def between(self, first: float, last: float = np.inf) -> "Track":
        """What was measured from one step to another."""
        kept = (self.steps >= first) & (self.steps <= last)
        return Track(self.steps[kept], {name: column[kept] for name, column in self.values.items()}, self.shares[kept])


Claim = Callable[[Track], str]
"""A seed's rows so far -> the sentence that says with its numbers that the claim was seen; "" while it was not."""
