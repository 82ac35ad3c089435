"""What a distribution is, and those that are sums of isotropic Gaussians: density and cell masses need no sampling.

A mixture is such a sum by definition. A curve with Gaussian noise is one by quadrature: its density is an integral of
Gaussians along the curve, and Gauss-Legendre nodes turn the integral into a sum. Isotropic Gaussians factor over the
axes, so the mass of every cell of a grid is a matrix product of differences of the normal distribution function.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.special import ndtr
from typing_extensions import override

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]  # parameters u in [0, 1], shape (m,) -> points, shape (m, 2)

_ROOM = 1.25  # the stage shows this multiple of the outermost centre, so that stray samples are seen
_MARGIN_SIGMAS = 5.0  # and this much beyond it: 5 sigma hold all but 6e-7 of a Gaussian along each axis
_TICK = 0.5  # the stage's range is rounded up to a multiple of this
_PANEL_NODES = 8  # Gauss-Legendre nodes per panel of a curve
_PANEL_SIGMAS = 2.5  # the longest panel: the widest gap between its nodes is then 0.46 sigma
_BLOCK = 2**20  # distances held at once by `density`, about 8 MB


@dataclass(frozen=True, eq=False)
class Modes:
    """K isotropic Gaussians of one width.

    centres: (K, dim), in data units. weights: (K,), positive, summing to 1. sigma: the standard deviation of each.
    The arrays are read-only copies. Raises ValueError where they do not fit together.
    """

    centres: Floats
    weights: Floats
    sigma: float

    def __post_init__(self) -> None:
        centres, weights = np.array(self.centres, dtype=float), np.array(self.weights, dtype=float)
        if centres.ndim != 2 or weights.shape != centres.shape[:1]:
            raise ValueError(f"Modes need centres (K, dim) and weights (K,), got {centres.shape} and {weights.shape}.")
        if not (weights > 0).all() or not math.isclose(weights.sum(), 1.0, abs_tol=1e-9):
            raise ValueError("Mode weights must be positive and sum to 1.")
        if not (self.sigma > 0 and math.isfinite(self.sigma)):
            raise ValueError(f"The sigma of a mode must be positive and finite, got {self.sigma}.")
        for name, array in (("centres", centres), ("weights", weights)):
            array.setflags(write=False)  # distributions are cached and shared
            object.__setattr__(self, name, array)


@dataclass(frozen=True, eq=False)
class Distribution(ABC):
    """A distribution of points in 1-D or 2-D whose density and cell masses are known. All lengths are in data units.

    cell_sigmas: the side of a cell in units of sigma.
    """

    cell_sigmas: float = field(kw_only=True)

    @abstractmethod
    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        """n independent points, shape (n, dim)."""

    @abstractmethod
    def stratified(self, rng: np.random.Generator, n: int) -> Floats:
        """n points, shape (n, dim), spread over the modes or along the curve as evenly as n allows; not shuffled.

        Removes the noise of how many points fall into each mode, which is most of the noise of an EMD.
        """

    @abstractmethod
    def density(self, points: Floats) -> Floats:
        """The probability density at points (m, dim), shape (m,), per unit of length (1-D) or of area (2-D).

        Raises ValueError for points of another shape. NaN coordinates give NaN.
        """

    @abstractmethod
    def cell_masses(self, edges: Floats) -> Floats:
        """The exact probability of each cell between consecutive edges (c + 1,), the same edges on both axes.

        Shape (c,) in 1-D; (c, c) in 2-D, where [i, j] is the cell at edges[i] in x and edges[j] in y.
        """

    @property
    @abstractmethod
    def dim(self) -> int:
        """1 or 2."""

    @property
    @abstractmethod
    def sigma(self) -> float:
        """The standard deviation of the Gaussian noise around each centre, around the curve or at the edges."""

    @property
    @abstractmethod
    def mean_square(self) -> float:
        """The mean of x^2 over points and coordinates."""

    @property
    @abstractmethod
    def reach(self) -> float:
        """The largest coordinate, in size, that a point would have without the noise."""

    @property
    def modes(self) -> Modes | None:
        """The modes, or None where the distribution is no mixture."""
        return None

    @property
    def estimated(self) -> bool:
        """Whether the density is an estimate, made from points, of what those points came from."""
        return self.bandwidth is not None

    @property
    def bandwidth(self) -> float | None:
        """The standard deviation of the Gaussians that an estimated density is made of; None where it is exact."""
        return None

    @property
    def cell(self) -> float:
        """The side of a cell for the JSD: 1 to 2.5 sigma, small enough to see a mode."""
        return self.cell_sigmas * self.sigma

    @cached_property
    def scale(self) -> float:
        """The root mean square coordinate: what networks divide by, so that they see numbers of order one.

        The convention of Gulrajani et al. 2017 (1704.00028), whose code divides its ring by 1.414, its grid by 2.828.
        """
        return math.sqrt(self.mean_square)

    @cached_property
    def extent(self) -> tuple[float, float]:
        """The stage's range, the same on every axis and symmetric about 0."""
        half = _ROOM * self.reach + _MARGIN_SIGMAS * self.sigma
        half = _TICK * math.ceil(round(half / _TICK, 9))  # round: 2.5 must not become 3 by a rounding error
        return -half, half

    def _checked(self, points: Floats) -> Floats:
        """The points as floats (m, dim). Raises ValueError for another shape."""
        points = np.asarray(points, dtype=float)
        if points.ndim != 2 or points.shape[1] != self.dim:
            raise ValueError(f"The density needs points of shape (m, {self.dim}), got {points.shape}.")
        return points


@dataclass(frozen=True, eq=False)
class GaussianSum(Distribution):
    """A distribution whose density is a sum of isotropic Gaussians.

    components: those Gaussians (for a curve, its quadrature nodes).
    """

    components: Modes

    @property
    @override
    def dim(self) -> int:
        return int(self.components.centres.shape[1])

    @property
    @override
    def sigma(self) -> float:
        return self.components.sigma

    @property
    @override
    def mean_square(self) -> float:
        return float(self.components.weights @ (self.components.centres**2).mean(axis=1)) + self.sigma**2

    @property
    @override
    def reach(self) -> float:
        return float(np.abs(self.components.centres).max())

    @override
    def density(self, points: Floats) -> Floats:
        points = self._checked(points)
        centres, weights = self.components.centres, self.components.weights
        heights = np.empty(len(points))
        rows = max(1, _BLOCK // len(centres))
        for start in range(0, len(points), rows):
            block = points[start : start + rows]
            squares = cdist(block, centres, "sqeuclidean")
            heights[start : start + rows] = np.exp(-squares / (2 * self.sigma**2)) @ weights
        heights /= (2 * math.pi * self.sigma**2) ** (self.dim / 2)
        return heights

    @override
    def cell_masses(self, edges: Floats) -> Floats:
        edges = np.asarray(edges, dtype=float)
        by_axis = [
            np.diff(ndtr((edges[:, None] - self.components.centres[:, axis]) / self.sigma), axis=0)
            for axis in range(self.dim)
        ]
        weighted = by_axis[0] * self.components.weights
        masses: Floats = weighted.sum(axis=1) if self.dim == 1 else weighted @ by_axis[1].T
        return masses


class Mixture(GaussianSum):
    """A mixture of isotropic Gaussians: its components are its modes."""

    @property
    @override
    def modes(self) -> Modes:
        return self.components

    @override
    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        chosen = rng.choice(len(self.components.weights), size=n, p=self.components.weights)
        return self._scatter(rng, chosen)

    @override
    def stratified(self, rng: np.random.Generator, n: int) -> Floats:
        counts = apportion(self.components.weights, n, rng)
        return self._scatter(rng, np.repeat(np.arange(len(counts)), counts))

    def _scatter(self, rng: np.random.Generator, chosen: NDArray[np.intp]) -> Floats:
        return self.components.centres[chosen] + self.sigma * rng.standard_normal((len(chosen), self.dim))


@dataclass(frozen=True, eq=False)
class NoisyCurve(GaussianSum):
    """Points uniform in the parameter u in [0, 1] of a curve in the plane, plus isotropic Gaussian noise."""

    curve: Curve

    @classmethod
    def along(cls, curve: Curve, breaks: tuple[float, ...], sigma: float, cell_sigmas: float) -> "NoisyCurve":
        """breaks: 0, the parameters at which the curve jumps or bends sharply, and 1."""
        return cls(quadrature(curve, breaks, sigma), curve, cell_sigmas=cell_sigmas)

    @override
    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        return self._scatter(rng, rng.random(n))

    @override
    def stratified(self, rng: np.random.Generator, n: int) -> Floats:
        return self._scatter(rng, (np.arange(n) + rng.random(n)) / n)  # one point in each nth of the parameter

    def _scatter(self, rng: np.random.Generator, u: Floats) -> Floats:
        return self.curve(u) + self.sigma * rng.standard_normal((len(u), 2))


def apportion(weights: Floats, n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """n whole points over K weights by largest remainder, shape (K,); equal remainders are ranked by rng.

    Each count differs from n * weight by less than 1.
    """
    shares = n * weights
    counts = np.floor(shares).astype(np.intp)
    remainders = np.round(shares - counts, 9)  # rounded, so that ties stay ties in floating point
    ranking = np.lexsort((rng.random(len(weights)), -remainders))
    counts[ranking[: n - counts.sum()]] += 1
    return counts


def quadrature(curve: Curve, breaks: tuple[float, ...], sigma: float) -> Modes:
    """Gauss-Legendre nodes along a curve as Gaussians: their sum is the density of the noisy curve to a relative 1e-10.

    Between breaks the curve is cut into panels no longer than 2.5 sigma, each with 8 nodes. A midpoint rule with the
    same number of nodes is off by up to 1 % near the curve's ends, where the integrand is cut off.
    """
    nodes, node_weights = np.polynomial.legendre.leggauss(_PANEL_NODES)
    parameters, weights = [], []
    for start, stop in zip(breaks, breaks[1:], strict=False):
        inside = np.linspace(start, stop, 2048, endpoint=False)[1:]
        longest_step = np.linalg.norm(np.diff(curve(inside), axis=0), axis=1).max()
        panels = math.ceil(2048 * longest_step / (_PANEL_SIGMAS * sigma))
        edges = np.linspace(start, stop, panels + 1)
        half = (stop - start) / panels / 2
        parameters.append((edges[:-1, None] + half * (1 + nodes)).ravel())
        weights.append(np.tile(half * node_weights, panels))
    return Modes(curve(np.concatenate(parameters)), np.concatenate(weights), sigma)
