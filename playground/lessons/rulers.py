"""Two rulers for two parallel lines: P on x = 0 and G on x = θ, both with y ~ U(0, 1).

Example 1 of Arjovsky et al. 2017 (arXiv 1701.07875).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def parallel_jsd(theta: ArrayLike) -> Floats:
    """The Jensen-Shannon divergence in nats: 0 where the lines meet, log 2 wherever else G is. Any shape."""
    return np.where(np.asarray(theta, dtype=float) == 0, 0.0, np.log(2.0))


def parallel_w1(theta: ArrayLike) -> Floats:
    """The earth mover's distance in data units, |θ|: every grain moves straight across. Any shape."""
    distance: Floats = np.abs(np.asarray(theta, dtype=float))
    return distance
