"""A density from points: each is blurred by a Gaussian whose width, the bandwidth, is chosen here."""

import math

import numpy as np
from scipy.spatial.distance import cdist

from playground.data.distribution import Floats

MAX_COMPONENTS = 12_000
"""Gaussians of an estimated density. More points than that are merged where they lie closest together."""

_FACTORS = 2.0 ** -np.arange(0, 6.25, 0.5)  # of Scott's bandwidth: what is tried
_JUDGES, _WITNESSES = 500, 8000  # points at which the likelihood is taken, and points that it is taken from
_FINEST = 1 / 500  # of the widest range: below it the JSD's grid would have more cells than samples can fill


def bandwidth(points: Floats) -> float:
    """The bandwidth for points (n, 2), n >= 2, not all of them equal, in their own units.

    Of Scott's n^(-1/6) times the standard deviation (Scott 1992, equation 6.42; in 2-D Silverman's is the same) and
    of its fractions down to 1/64 it is the one under which points are likeliest given all the others: Scott's alone
    suits one bell-shaped heap and would blur separate heaps into one. Always the same for the same points.
    """
    spread = math.sqrt(float(points.var(axis=0).mean()))
    finest = _FINEST * float(np.ptp(points, axis=0).max())
    rng = np.random.default_rng([len(points), *b"bandwidth"])
    shuffled = points[rng.permutation(len(points))]
    witnesses = shuffled[:_WITNESSES]
    judges = witnesses[:_JUDGES]
    squares = cdist(judges, witnesses, "sqeuclidean")
    squares[np.arange(len(judges)), np.arange(len(judges))] = np.inf  # a point does not count towards its own density
    scott = spread * float(len(witnesses) ** (-1 / 6))
    tried = np.maximum(scott * _FACTORS, finest)
    likelihoods = [_log_likelihood(squares, h) for h in tried]
    chosen = float(tried[int(np.argmax(likelihoods))])
    return max(finest, chosen * math.pow(len(points) / len(witnesses), -1 / 6))


def _log_likelihood(squares: Floats, h: float) -> float:
    """The mean log density at judges, up to a constant, from squared distances (judges, witnesses)."""
    heights = np.exp(-squares / (2 * h**2)).mean(axis=1)
    return float(np.log(np.maximum(heights, 1e-300)).mean() - 2 * math.log(h))


def merged(points: Floats, h: float) -> tuple[Floats, Floats]:
    """At most MAX_COMPONENTS points for these (n, 2), and their weights: neighbours become their mean.

    Equal points are always merged, others only where there are too many, within squares of a quarter of `h` at first.
    """
    places, counts = np.unique(points, axis=0, return_counts=True)
    side = h / 4
    while len(places) > MAX_COMPONENTS:
        low = points.min(axis=0)
        _, square, counts = np.unique(
            np.floor((points - low) / side).astype(np.int64), axis=0, return_inverse=True, return_counts=True
        )
        sums = [np.bincount(square.ravel(), points[:, axis]) for axis in (0, 1)]
        places = np.stack(sums, axis=1) / counts[:, None]
        side *= 1.5
    return places, counts / counts.sum()
