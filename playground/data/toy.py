"""The table of toy distributions: one row each, by name."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from playground.data.distribution import Distribution, Floats, Mixture, Modes, NoisyCurve

# The JSD's cells, in sigma. Coarse enough that 10,000 samples fill the cells of narrow modes; fine for broad ones.
_NARROW_CELLS = 2.0
_BROAD_CELLS = 1.0

PARAMETER_BOUNDS: dict[str, tuple[float, float]] = {
    "sigma_scale": (0.1, 10.0),
    "ring_modes": (1, 64),
    "ring_radius": (0.5, 4.0),
}
"""What `make` accepts, both ends included. Within them the JSD's grid stays below 8 million cells."""


@dataclass(frozen=True)
class Dataset:
    """A row of the table.

    label and description: for a student. source: the paper or the code that the numbers come from.
    build: makes the distribution from keyword arguments, whose names are `parameters`.
    """

    label: str
    description: str
    source: str
    build: Callable[..., Distribution]
    parameters: tuple[str, ...] = ("sigma_scale",)


def _mixture(
    centres: list[tuple[float, ...]], sigma: float, cell_sigmas: float, weights: list[float] | None = None
) -> Callable[..., Distribution]:
    """The builder of a mixture with fixed centres; equal weights unless given."""
    shares = np.array(weights) if weights else np.full(len(centres), 1 / len(centres))

    def build(*, sigma_scale: float) -> Distribution:
        return Mixture(Modes(np.array(centres), shares, sigma * sigma_scale), cell_sigmas)

    return build


def _curve(curve: Callable[[Floats], Floats], breaks: tuple[float, ...], sigma: float) -> Callable[..., Distribution]:
    """The builder of a curve with noise."""

    def build(*, sigma_scale: float) -> Distribution:
        return NoisyCurve.along(curve, breaks, sigma * sigma_scale, _NARROW_CELLS)

    return build


def _ring(*, sigma_scale: float, ring_modes: int, ring_radius: float) -> Distribution:
    angles = 2 * math.pi * np.arange(ring_modes) / ring_modes  # no endpoint: 2 pi would be the first mode again
    centres = ring_radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Mixture(Modes(centres, np.full(ring_modes, 1 / ring_modes), 0.02 * sigma_scale), _NARROW_CELLS)


def _swiss_roll(u: Floats) -> Floats:
    """t (cos t, sin t) / 7.5 with t = 1.5 pi (1 + 2u): scikit-learn's roll without its flat axis."""
    t = 1.5 * math.pi * (1 + 2 * u)
    return np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / 7.5


def _moons(u: Floats) -> Floats:
    """scikit-learn's two half circles, moved to the origin: the upper one for u < 1/2, the lower one after."""
    angle = math.pi * (2 * u % 1)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    return np.where((u < 0.5)[:, None], upper, -upper)


_GRID_LINE = (-4.0, -2.0, 0.0, 2.0, 4.0)

DATASETS: dict[str, Dataset] = {
    "ring8": Dataset(
        "Ring of 8 Gaussians",
        "Eight small, equally likely blobs on a circle: the classic test of whether a generator covers every mode.",
        "Metz et al. 2016 (1611.02163): radius 2, sigma 0.02",
        _ring,
        ("sigma_scale", "ring_modes", "ring_radius"),
    ),
    "grid25": Dataset(
        "Grid of 25 Gaussians",
        "Twenty-five blobs on a 5 by 5 grid: more modes to find, and more to lose.",
        "Srivastava et al. 2017 (1705.07761), Lin et al. 2018 (1712.04086): centres {-4, -2, 0, 2, 4}^2, sigma 0.05",
        _mixture(list(product(_GRID_LINE, _GRID_LINE)), 0.05, _NARROW_CELLS),
    ),
    "two_gaussians": Dataset(
        "Two Gaussians",
        "Two broad blobs that nearly touch: easy, and a good first run.",
        "GAN Lab's two centres, moved to the origin and enlarged five times; both round, sigma 0.5",
        _mixture([(-1.0, 0.75), (1.0, -0.75)], 0.5, _BROAD_CELLS),
    ),
    "swiss_roll": Dataset(
        "Swiss roll",
        "A spiral band: one connected, thin and curved piece instead of separate modes.",
        "Gulrajani et al. 2017 (1704.00028), code: scikit-learn's swiss roll with noise 0.25, divided by 7.5",
        _curve(_swiss_roll, (0.0, 1.0), 0.25 / 7.5),
    ),
    "moons": Dataset(
        "Two moons",
        "Two interlocking half circles: two curved pieces with a gap that the generator has to jump.",
        "scikit-learn's make_moons with noise 0.05, moved to the origin",
        _curve(_moons, (0.0, 0.5, 1.0), 0.05),
    ),
    "normal_1d": Dataset(
        "One normal (1-D)",
        "A single bell curve away from where the generator starts: it has to move, then to find the right width.",
        "The usual first 1-D example, as in Goodfellow et al. 2014 (1406.2661), figure 1; here mean 4, sigma 0.5",
        _mixture([(4.0,)], 0.5, _BROAD_CELLS),
    ),
    "two_normals_1d": Dataset(
        "Two normals (1-D)",
        "Two equally likely bell curves: the smallest example in which a generator can drop a mode.",
        "This playground: means -2 and 2, sigma 0.5",
        _mixture([(-2.0,), (2.0,)], 0.5, _BROAD_CELLS),
    ),
    "three_normals_1d": Dataset(
        "Three unequal normals (1-D)",
        "Three bell curves of unequal weight: finding them is not enough, their shares have to be right too.",
        "This playground: means -3, 0 and 3, weights 0.2, 0.5 and 0.3, sigma 0.5",
        _mixture([(-3.0,), (0.0,), (3.0,)], 0.5, _BROAD_CELLS, [0.2, 0.5, 0.3]),
    ),
}


def make(name: str, *, sigma_scale: float = 1.0, ring_modes: int = 8, ring_radius: float = 2.0) -> Distribution:
    """The distribution of that name; equal arguments give the same object.

    sigma_scale: multiplies the dataset's own sigma. ring_modes, ring_radius: only ring8 uses them.
    Raises ValueError for an unknown name or an argument outside PARAMETER_BOUNDS.
    """
    if name not in DATASETS:
        raise ValueError(f"There is no dataset {name!r}; choose one of {', '.join(DATASETS)}.")
    given = {"sigma_scale": sigma_scale, "ring_modes": ring_modes, "ring_radius": ring_radius}
    for parameter, (low, high) in PARAMETER_BOUNDS.items():
        if not low <= given[parameter] <= high:  # written so that NaN fails
            raise ValueError(f"{parameter} must lie between {low} and {high}, got {given[parameter]}.")
    # Only what the dataset understands is part of the key: grid25 is the same grid whatever the ring's radius.
    return _build(name, tuple((parameter, given[parameter]) for parameter in DATASETS[name].parameters))


@lru_cache(maxsize=64)
def _build(name: str, arguments: tuple[tuple[str, float], ...]) -> Distribution:
    return DATASETS[name].build(**dict(arguments))
