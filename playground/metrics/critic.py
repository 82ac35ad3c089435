"""What a Wasserstein critic says of the distance between real and generated samples."""

import math

import numpy as np

from playground.data.distribution import Floats


def implied_wasserstein(real_scores: Floats, fake_scores: Floats, slopes: Floats) -> float:
    """(E d(x) − E d(G)) / K, the W1 that a critic d implies once its slope is scaled to 1 (Arjovsky et al. 2017,
    1701.07875, equation 2), in the data's units.

    real_scores (n,), fake_scores (m,): d at real and at generated samples. slopes: ‖∇d‖ wherever it was looked at; the
    largest is K, the estimate of d's Lipschitz constant. An estimate can only be too small, so the number can be
    a little too large; with the true K it is a lower bound on W1. A flat critic implies 0. NaN where a number is not
    finite. Raises ValueError where there are no scores or slopes.
    """
    if min(len(real_scores), len(fake_scores), np.size(slopes)) == 0:
        raise ValueError("The critic's W1 needs real scores, fake scores and slopes, at least one of each.")
    gap = float(np.mean(real_scores, dtype=float) - np.mean(fake_scores, dtype=float))
    steepest = float(np.max(slopes))
    if not (math.isfinite(gap) and math.isfinite(steepest)):
        return math.nan
    return gap / steepest if steepest > 0 else 0.0
