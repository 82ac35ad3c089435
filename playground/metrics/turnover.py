"""Which modes a generator serves as time goes by: what tells hopping between modes from having lost them for good."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.distribution import Floats

SERVED_SHARE = 0.25
"""A mode is served when it gets at least this part of its true weight. Higher, and sampling noise (2,500 samples over
25 modes: 10 % each) or a merely uneven G would count as missing; lower, and stragglers would count as a mode."""


@dataclass(frozen=True)
class Service:
    """What a series of looks at one generator says, (T, K) shares by mode.

    served: modes served at the last look. kept: the share of those that were served at every look (1 where none is
    served: nothing was lost). hops: the share of looks at which another mode has most samples than at the look before.
    turnover: the share of the samples that changes modes from one look to the next; sampling alone moves some too.
    hops and turnover are NaN for a single look, all of them where a share is not finite.
    """

    served: float
    kept: float
    hops: float
    turnover: float


def served(shares: Floats, weights: Floats) -> NDArray[np.bool_]:
    """Whether each mode is served, (…, K), by the samples' shares (…, K) and the modes' true weights (K,)."""
    return np.asarray((shares >= SERVED_SHARE * weights) & (weights > 0))


def turnover(shares: Floats) -> float:
    """The mean total variation between successive looks (T, K); NaN for a single one."""
    return float(np.abs(np.diff(shares, axis=0)).sum(axis=1).mean() / 2) if len(shares) > 1 else float("nan")


def service(shares: Floats, weights: Floats) -> Service:
    """Of looks (T, K), T >= 1, oldest first, and the modes' true weights (K,)."""
    if not np.isfinite(shares).all():
        return Service(*[float("nan")] * 4)
    there = served(shares, weights)
    most = shares.argmax(axis=1)
    return Service(
        served=float(there[-1].sum()),
        kept=float(there.all(axis=0).sum() / there[-1].sum()) if there[-1].any() else 1.0,
        hops=float((most[1:] != most[:-1]).mean()) if len(most) > 1 else float("nan"),
        turnover=turnover(shares),
    )
