"""A distribution that is one point of the line: no density, no modes, and no other point is anything like it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from typing_extensions import override

from playground.data.distribution import Distribution, Floats

_HALF, _CELLS = 2.5, 5001  # an odd number of cells: the point is in the middle of one, not at the border of two


@dataclass(frozen=True, eq=False)
class Point(Distribution):
    """All mass at 0. What it has in place of the lengths that follow from a spread are fixed numbers.

    The JSD of samples that are all elsewhere is log 2 however near they are, and their EMD is how far they are.
    """

    cell_sigmas: float = field(default=0.0, kw_only=True)  # there is no sigma to count cells in

    @override
    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        return np.zeros((n, 1))

    @override
    def stratified(self, rng: np.random.Generator, n: int) -> Floats:
        return np.zeros((n, 1))

    @override
    def density(self, points: Floats) -> Floats:
        """Infinite at 0, and 0 elsewhere."""
        x = self._checked(points)[:, 0]
        return np.where(x == 0, np.inf, np.where(np.isnan(x), np.nan, 0.0))

    @override
    def cell_masses(self, edges: Floats) -> Floats:
        return np.asarray((edges[:-1] <= 0) & (edges[1:] > 0), dtype=float)

    @property
    @override
    def dim(self) -> int:
        return 1

    @property
    @override
    def sigma(self) -> float:
        return 0.0

    @property
    @override
    def mean_square(self) -> float:
        return 0.0

    @property
    @override
    def reach(self) -> float:
        return 0.0

    @property
    @override
    def cell(self) -> float:
        return 2 * _HALF / _CELLS

    @cached_property
    @override
    def scale(self) -> float:
        """1: a point has no size of its own."""
        return 1.0

    @cached_property
    @override
    def extent(self) -> tuple[float, float]:
        return -_HALF, _HALF
