"""Distributions that are neither Gaussians of one width nor noisy curves: boxes, ellipses, and points of one's own."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from typing_extensions import override

from playground.data.distribution import Distribution, Floats, GaussianSum, Modes, apportion

_WIDEST_GAP = 0.75
"""Between the Gaussians that a wider Gaussian is written as, in their sigma: exact to exp(-2 pi^2 / 0.75^2) = 6e-16."""
_TAIL = 7.0
"""How many standard deviations of the wider Gaussian they cover: all but 3e-12 of it."""


@dataclass(frozen=True, eq=False)
class SoftBoxes(Distribution):
    """Points uniform over squares of one size, plus isotropic Gaussian noise, which softens their edges.

    corners: (K, 2), lower left. side: of every square. noise: the standard deviation.
    """

    corners: Floats
    side: float
    noise: float

    @property
    @override
    def dim(self) -> int:
        return 2

    @property
    @override
    def sigma(self) -> float:
        return self.noise

    @property
    @override
    def mean_square(self) -> float:
        centres = self.corners + self.side / 2
        return float((centres**2).mean()) + self.side**2 / 12 + self.noise**2

    @property
    @override
    def reach(self) -> float:
        return float(max(np.abs(self.corners).max(), np.abs(self.corners + self.side).max()))

    @override
    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        chosen = rng.choice(len(self.corners), size=n)
        inside = self.corners[chosen] + self.side * rng.random((n, 2))
        return inside + self.noise * rng.standard_normal((n, 2))

    def stratified(self, rng: np.random.Generator, n: int) -> Floats:
        """Evenly over the squares, and within each over horizontal strips."""
        counts = apportion(np.full(len(self.corners), 1 / len(self.corners)), n, rng)
        chosen = np.repeat(np.arange(len(counts)), counts)
        within = np.concatenate([np.arange(count) for count in counts]) if n else np.empty(0)
        inside = rng.random((n, 2))
        inside[:, 1] = (within + inside[:, 1]) / counts[chosen]
        return self.corners[chosen] + self.side * inside + self.noise * rng.standard_normal((n, 2))

    @override
    def density(self, points: Floats) -> Floats:
        points = self._checked(points)
        low = (points[:, None, :] - self.corners) / self.noise
        inside = ndtr(low) - ndtr(low - self.side / self.noise)
        heights: Floats = inside.prod(axis=2).mean(axis=1) / self.side**2
        return heights

    @override
    def cell_masses(self, edges: Floats) -> Floats:
        edges = np.asarray(edges, dtype=float)
        by_axis = [np.diff(self._below(edges, self.corners[:, axis]), axis=0) for axis in (0, 1)]
        masses: Floats = by_axis[0] @ by_axis[1].T / len(self.corners)
        return masses

    def _below(self, x: Floats, starts: Floats) -> Floats:
        """The share of each softened interval that lies below x, (m, K): the integral of Phi is z Phi(z) + phi(z)."""

        def integral(z: Floats) -> Floats:
            whole: Floats = z * ndtr(z) + np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
            return whole

        low = (x[:, None] - starts) / self.noise
        return (integral(low) - integral(low - self.side / self.noise)) * self.noise / self.side


@dataclass(frozen=True, eq=False)
class Ellipses(GaussianSum):
    """A mixture of Gaussians, each with its own standard deviation along x and along y.

    Its components are round Gaussians of the smallest of those, in rows that add up to the wider ones. It has no
    modes: the mode metrics are defined for round modes of one width.
    centres, sigmas: (K, 2). weights: (K,).
    """

    centres: Floats
    sigmas: Floats
    weights: Floats

    @classmethod
    def of(cls, centres: Floats, sigmas: Floats, weights: Floats, cell_sigmas: float) -> "Ellipses":
        """centres, sigmas: (K, 2), in data units. weights: (K,), summing to 1."""
        narrowest = float(sigmas.min())
        nodes, shares = [], []
        for centre, sigma, weight in zip(centres, sigmas, weights, strict=True):
            (x, p), (y, q) = (_row(wide, narrowest) for wide in sigma)
            nodes.append(centre + np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2))
            shares.append(weight * np.outer(p, q).ravel())
        share = np.concatenate(shares)
        components = Modes(np.concatenate(nodes), share / share.sum(), narrowest)
        return cls(components, centres, sigmas, weights, cell_sigmas=cell_sigmas)

    @property
    @override
    def reach(self) -> float:
        return float((np.abs(self.centres) + 2.5 * self.sigmas).max())  # the rows of components reach much further

    @override
    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        return self._scatter(rng, rng.choice(len(self.weights), size=n, p=self.weights))

    @override
    def stratified(self, rng: np.random.Generator, n: int) -> Floats:
        counts = apportion(self.weights, n, rng)
        return self._scatter(rng, np.repeat(np.arange(len(counts)), counts))

    def _scatter(self, rng: np.random.Generator, chosen: NDArray[np.intp]) -> Floats:
        return self.centres[chosen] + self.sigmas[chosen] * rng.standard_normal((len(chosen), 2))


@dataclass(frozen=True, eq=False)
class SmoothedPoints(GaussianSum):
    """Points of somebody's own, each blurred by a Gaussian: a kernel density estimate, and exactly what is sampled.

    components: the points with their weights; sigma is the bandwidth.
    """

    @property
    @override
    def bandwidth(self) -> float:
        return self.sigma

    @override
    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        return self._scatter(rng, rng.random(n))

    def stratified(self, rng: np.random.Generator, n: int) -> Floats:
        """Evenly over the points, in the order in which they were given."""
        return self._scatter(rng, (np.arange(n) + rng.random(n)) / n)

    def _scatter(self, rng: np.random.Generator, u: Floats) -> Floats:
        below = np.cumsum(self.components.weights)
        chosen = np.minimum(np.searchsorted(below, u, side="right"), len(below) - 1)
        return self.components.centres[chosen] + self.sigma * rng.standard_normal((len(u), 2))


def _row(wide: float, narrow: float) -> tuple[Floats, Floats]:
    """Places and weights of Gaussians of sigma `narrow` on a line that add up to one of sigma `wide`."""
    rest = math.sqrt(max(0.0, wide**2 - narrow**2))
    if rest <= 1e-6 * narrow:
        return np.zeros(1), np.ones(1)
    # The trapezoid rule needs steps that are small for both Gaussians of the convolution.
    step = _WIDEST_GAP * narrow * rest / wide
    count = math.ceil(_TAIL * rest / step)
    places: Floats = step * np.arange(-count, count + 1, dtype=float)
    weights: Floats = np.exp(-((places / rest) ** 2) / 2)
    return places, weights / weights.sum()
