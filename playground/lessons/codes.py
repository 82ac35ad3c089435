"""Codes that may be off: two ways to estimate a gradient through a draw, and the two halves of a VAE's bound.

Kingma and Welling 2013 (arXiv 1312.6114): section 2.4 for the draw, equation 10 for the bound. Everything in nats.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def by_reparameterising(theta: float, noise: Floats) -> Floats:
    """∇_θ E z² with z ~ N(θ, 1), from noise (…, L) drawn from N(0, 1): the mean of 2 (θ + ε) over the last axis."""
    found: Floats = 2 * (theta + noise).mean(-1)
    return found


def by_the_score(theta: float, noise: Floats) -> Floats:
    """The same without a slope of z²: the mean of z² ∇_θ log N(z; θ, 1) = z² (z − θ) over the last axis."""
    found: Floats = ((theta + noise) ** 2 * noise).mean(-1)
    return found


def spreads(theta: float, draws: int) -> tuple[float, float]:
    """Standard deviations of both estimates over so many draws: √(4/L) and √((θ⁴ + 14 θ² + 15)/L)."""
    return math.sqrt(4 / draws), math.sqrt((theta**4 + 14 * theta**2 + 15) / draws)


@dataclass(frozen=True)
class Bound:
    """The two halves of a bound, the bound, and log p(x), which is never below it."""

    reconstruction: float
    kl: float
    exact: float

    @property
    def bound(self) -> float:
        """Minus the sum of both halves."""
        return -self.reconstruction - self.kl


def bound(x: float, mu: float, sigma: float) -> Bound:
    """Of q(z) = N(mu, sigma²) as the code of x, where z ~ N(0, 1) and x ~ N(z, 1): so p(x) = N(0, 2), and the best q
    is N(x/2, 1/2). Raises ValueError where sigma is not positive."""
    if sigma <= 0:
        raise ValueError("sigma must be above 0.")
    return Bound(
        0.5 * math.log(2 * math.pi) + 0.5 * ((x - mu) ** 2 + sigma**2),
        0.5 * (mu**2 + sigma**2 - 1) - math.log(sigma),
        -0.5 * math.log(4 * math.pi) - x**2 / 4,
    )
