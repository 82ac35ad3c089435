"""The table of toy distributions: one row each, by name."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from playground.data import curves
from playground.data.distribution import Curve, Distribution, Mixture, Modes, NoisyCurve
from playground.data.point import Point
from playground.data.shapes import Ellipses, SoftBoxes

# The JSD's cells, in sigma. Coarse enough that 10,000 samples fill the cells of narrow modes; fine for broad ones.
_NARROW_CELLS = 2.0
_BROAD_CELLS = 1.0

PARAMETER_BOUNDS: dict[str, tuple[float, float]] = {
    "sigma_scale": (0.1, 10.0),
    "ring_modes": (1, 64),
    "ring_radius": (0.5, 4.0),
    "imbalance": (1.0, 100.0),
    "gaussians": (1, 64),
    "gaussian_sigma": (0.01, 1.0),
}
"""What `make` accepts, both ends included. Within them the JSD's grid stays below 8 million cells."""

ARRANGEMENTS: dict[str, str] = {
    "ring": "On a ring",
    "grid": "In a square grid",
    "line": "In a line",
    "random": "At random",
}
"""How the free Gaussians stand, and what that is called."""


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
        return Mixture(Modes(np.array(centres), shares, sigma * sigma_scale), cell_sigmas=cell_sigmas)

    return build


def _curve(curve: Curve, breaks: tuple[float, ...], sigma: float) -> Callable[..., Distribution]:
    """The builder of a curve with noise."""

    def build(*, sigma_scale: float) -> Distribution:
        return NoisyCurve.along(curve, breaks, sigma * sigma_scale, _NARROW_CELLS)

    return build


def _on_a_ring(count: int, radius: float) -> np.ndarray:
    angles = 2 * math.pi * np.arange(count) / count  # no endpoint: 2 pi would be the first mode again
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _ring(*, sigma_scale: float, ring_modes: int, ring_radius: float, imbalance: float = 1.0) -> Distribution:
    """imbalance: how many times as likely the first mode is as the last; from mode to mode by equal factors."""
    weights = imbalance ** -np.linspace(0, 1, ring_modes)
    modes = Modes(_on_a_ring(ring_modes, ring_radius), weights / weights.sum(), 0.02 * sigma_scale)
    return Mixture(modes, cell_sigmas=_NARROW_CELLS)


def _gaussians(*, gaussians: int, arrangement: str, ring_radius: float, gaussian_sigma: float) -> Distribution:
    centres = _centres(gaussians, arrangement, ring_radius)
    cell_sigmas = _NARROW_CELLS if gaussian_sigma < 0.25 else _BROAD_CELLS
    return Mixture(Modes(centres, np.full(gaussians, 1 / gaussians), gaussian_sigma), cell_sigmas=cell_sigmas)


def _centres(count: int, arrangement: str, radius: float) -> np.ndarray:
    """Where that many Gaussians stand, (count, 2), within `radius` along each axis."""
    if arrangement == "ring":
        return _on_a_ring(count, radius)
    if arrangement == "random":
        rng = np.random.default_rng([count, *b"gaussians"])  # the same places at every call
        places = np.empty((0, 2))
        for _ in range(count):  # of some random places the one farthest from those taken (Mitchell 1991)
            distance, angle = np.sqrt(rng.random(20)), 2 * math.pi * rng.random(20)
            tried = distance[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
            gaps = np.linalg.norm(tried[:, None] - places, axis=2).min(axis=1, initial=np.inf)
            places = np.vstack([places, tried[gaps.argmax()]])
        return radius * places
    columns = count if arrangement == "line" else math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    x, y = (radius * np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in (columns, rows))
    return np.array([(x[i % columns], y[i // columns]) for i in range(count)])


def _checkerboard(*, sigma_scale: float) -> Distribution:
    corners = [(x, y) for x in range(-4, 4, 2) for y in range(-4, 4, 2) if (x + y) % 4 == 0]
    return SoftBoxes(np.array(corners, dtype=float), 2.0, 0.1 * sigma_scale, cell_sigmas=_NARROW_CELLS)


def _ganlab_gaussians(*, sigma_scale: float) -> Distribution:
    sigmas = sigma_scale * np.array([(0.5, 0.5), (0.25, 1.0)])
    return Ellipses.of(np.array([(-1.0, 0.75), (1.0, -0.75)]), sigmas, np.array([0.5, 0.5]), _BROAD_CELLS)


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
    "ganlab_gaussians": Dataset(
        "GAN Lab's two Gaussians",
        "A round blob and a tall one: the data that GAN Lab opens with.",
        "GAN Lab's 'gaussians', moved to the origin and enlarged five times: sigma (0.5, 0.5) and (0.25, 1)",
        _ganlab_gaussians,
    ),
    "imbalanced_ring": Dataset(
        "Unequal ring",
        "The ring, but each blob rarer than the one before: a generator tends to drop the rare ones first.",
        "This playground: ring8 (Metz et al. 2016, 1611.02163) with weights that fall tenfold by equal factors",
        _ring,
        ("sigma_scale", "ring_modes", "ring_radius", "imbalance"),
    ),
    "gaussians": Dataset(
        "Gaussians of your choice",
        "As many equal Gaussians as you like, in a ring, a grid, a line or at random, near or far, narrow or broad.",
        "This playground",
        _gaussians,
        ("gaussians", "arrangement", "ring_radius", "gaussian_sigma"),
    ),
    "disjoint3": Dataset(
        "Three separate blobs",
        "Three small blobs at unequal distances, with nothing between them.",
        "GAN Lab's 'disjoint', moved to the origin and enlarged five times: sigma 0.125",
        _mixture([(-5 / 6, 11 / 12), (7 / 6, 1 / 6), (-1 / 3, -13 / 12)], 0.125, _NARROW_CELLS),
    ),
    "swiss_roll": Dataset(
        "Swiss roll",
        "A spiral band: one connected, thin and curved piece instead of separate modes.",
        "Gulrajani et al. 2017 (1704.00028), code: scikit-learn's swiss roll with noise 0.25, divided by 7.5",
        _curve(curves.swiss_roll, (0.0, 1.0), 0.25 / 7.5),
    ),
    "moons": Dataset(
        "Two moons",
        "Two interlocking half circles: two curved pieces with a gap that the generator has to jump.",
        "scikit-learn's make_moons with noise 0.05, moved to the origin",
        _curve(curves.moons, (0.0, 0.5, 1.0), 0.05),
    ),
    "circles": Dataset(
        "Two circles",
        "A circle within a circle: the generator has to leave both the middle and the gap empty.",
        "scikit-learn's make_circles with factor 0.5 and noise 0.05",
        _curve(curves.circles, (0.0, 0.5, 1.0), 0.05),
    ),
    "line": Dataset(
        "Line",
        "One straight, thin line: easy to cover, hard to get thin.",
        "GAN Lab's 'line', moved to the origin and enlarged five times: sigma 0.05",
        _curve(curves.line, (0.0, 1.0), 0.05),
    ),
    "ring": Dataset(
        "Ring",
        "A circle without gaps: one connected piece with a hole, so the generator has to tear its plane.",
        "GAN Lab's 'ring', moved to the origin, enlarged five times and made round: radius 1.5, sigma 0.125",
        _curve(curves.ring, (0.0, 1.0), 0.125),
    ),
    "spiral": Dataset(
        "Two spirals",
        "Two arms wound around each other: thin, long and close together.",
        "FFJORD's 2spirals (Grathwohl et al. 2019, 1810.01367) without its jitter, from a quarter turn on; sigma 0.1",
        _curve(curves.spiral, (0.0, 0.5, 1.0), 0.1),
    ),
    "checkerboard": Dataset(
        "Checkerboard",
        "The dark squares of a board, evenly filled: sharp edges and corners that a smooth generator rounds off.",
        "FFJORD's checkerboard (Grathwohl et al. 2019, 1810.01367), squares of side 2, edges softened by sigma 0.1",
        _checkerboard,
    ),
    "parallel_lines": Dataset(
        "Parallel lines",
        "The data are the line x = 0, the generator is the line x = θ, and θ is all it can learn: until they touch, "
        "the JSD says log 2 whatever the distance, and the EMD says θ.",
        "Arjovsky et al. 2017 (1701.07875), example 1; both lines are as wide as sigma 0.02, to have a density",
        _curve(curves.upright, (0.0, 1.0), 0.02),
    ),
    "dirac": Dataset(
        "Dirac-GAN (one point)",
        "The data are the point 0, the generator is the point θ, the discriminator is the line ψ·x: the smallest GAN "
        "there is, and its two numbers go round in circles.",
        "Mescheder et al. 2018 (1801.04406), definition 2.1",
        Point,
        (),
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


DEFAULTS: dict[str, float | str] = {
    "sigma_scale": 1.0,
    "ring_modes": 8,
    "ring_radius": 2.0,
    "imbalance": 10.0,
    "gaussians": 5,
    "arrangement": "ring",
    "gaussian_sigma": 0.2,
}
"""What a parameter is where it is not given."""


def make(name: str, **parameters: float | str) -> Distribution:
    """The distribution of that name; equal arguments give the same object.

    parameters: any of DEFAULTS; a dataset uses those that its row names and leaves the others alone.
    sigma_scale: multiplies the dataset's own sigma. ring_modes, ring_radius, imbalance: of the ring.
    gaussians, arrangement, ring_radius, gaussian_sigma: of the free Gaussians.
    Raises ValueError for an unknown name or an argument that is not allowed, TypeError for an unknown parameter.
    """
    if name not in DATASETS:
        raise ValueError(f"There is no dataset {name!r}; choose one of {', '.join(DATASETS)}.")
    unknown = parameters.keys() - DEFAULTS.keys()
    if unknown:
        raise TypeError(f"make() has no parameter {', '.join(sorted(unknown))}; it takes {', '.join(DEFAULTS)}.")
    given = DEFAULTS | parameters
    for parameter, (low, high) in PARAMETER_BOUNDS.items():
        value = given[parameter]
        if isinstance(value, str) or not low <= value <= high:  # written so that NaN fails
            raise ValueError(f"{parameter} must lie between {low} and {high}, got {value}.")
    if given["arrangement"] not in ARRANGEMENTS:
        raise ValueError(f"arrangement must be one of {', '.join(ARRANGEMENTS)}, got {given['arrangement']!r}.")
    # Only what the dataset understands is part of the key: grid25 is the same grid whatever the ring's radius.
    return _build(name, tuple((parameter, given[parameter]) for parameter in DATASETS[name].parameters))


@lru_cache(maxsize=64)
def _build(name: str, arguments: tuple[tuple[str, float | str], ...]) -> Distribution:
    return DATASETS[name].build(**dict(arguments))
