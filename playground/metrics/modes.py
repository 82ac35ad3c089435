"""How well generated samples cover the modes of a mixture."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import rel_entr
from scipy.stats import chi

from playground.data.distribution import Floats, Modes

HIGH_QUALITY_SIGMAS = 3.0
"""A sample is of high quality within this many sigma of a centre (Srivastava et al. 2017, 1705.07761)."""


@dataclass(frozen=True, eq=False)
class ModeReport:
    """captured: the number of modes that are nearest to at least one high-quality sample.

    high_quality: the share of samples within 3 sigma of the nearest centre. reverse_kl: KL(histogram || weights), nats.
    histogram: (K,), the share of all samples whose nearest centre is each mode's.
    All of them are NaN where a sample is not finite, the count too (its type is float for that).
    """

    captured: float
    high_quality: float
    reverse_kl: float
    histogram: Floats


def mode_report(samples: Floats, modes: Modes) -> ModeReport:
    """The mode metrics of samples (n, dim), after Srivastava et al. 2017 (1705.07761) and Lin et al. 2018 (1712.04086).

    Raises ValueError for another shape.
    """
    samples = np.asarray(samples, dtype=float)
    count, dim = modes.centres.shape
    if samples.ndim != 2 or samples.shape[1] != dim or len(samples) == 0:
        raise ValueError(f"The mode report needs samples of shape (n, {dim}) with n > 0, got {samples.shape}.")
    if not np.isfinite(samples).all():
        return ModeReport(math.nan, math.nan, math.nan, np.full(count, math.nan))
    distances = cdist(samples, modes.centres)
    nearest = distances.argmin(axis=1)
    high_quality = distances[np.arange(len(samples)), nearest] <= HIGH_QUALITY_SIGMAS * modes.sigma
    histogram = np.bincount(nearest, minlength=count) / len(samples)
    return ModeReport(
        captured=len(np.unique(nearest[high_quality])),
        high_quality=float(high_quality.mean()),
        reverse_kl=float(rel_entr(histogram, modes.weights).sum()),
        histogram=histogram,
    )


def spread_at_modes(samples: Floats, modes: Modes) -> float:
    """The standard deviation on one axis of samples (n, dim) around the nearest centre, in units of sigma.

    From the median of the distances, which the few samples on the way from mode to mode do not move: that of a normal
    is the median of the chi distribution. Samples of modes that do not overlap measure 1, samples at the centres 0. NaN
    where a sample is not finite.
    """
    nearest = cdist(np.asarray(samples, dtype=float), modes.centres).min(axis=1)
    return float(np.median(nearest) / (chi.median(modes.centres.shape[1]) * modes.sigma))
