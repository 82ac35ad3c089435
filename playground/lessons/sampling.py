"""Why a strong discriminator always finds something: few points from two distributions that are nearly the same."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

APART = 0.5
"""Between the two normals, in units of their σ."""
WIDTH = 0.15
"""Of the bumps that the discriminator is made of."""


def features(x: Floats, bumps: int) -> Floats:
    """What D sees of x (n,): a constant, x itself and so many Gaussian bumps spread over −4 to 4, (n, bumps + 2)."""
    centres = np.linspace(-4, 4, bumps) if bumps else np.empty(0)
    return np.column_stack([np.ones_like(x), x, np.exp(-0.5 * ((x[:, None] - centres) / WIDTH) ** 2)])


def accuracy(n: int, bumps: int, seed: int = 0, fresh: int = 1000) -> tuple[float, float]:
    """Of a D fitted by least squares to n points of N(0, 1) and n of N(APART, 1): how often it is right about those
    points, and about fresh ones."""
    rng = np.random.default_rng([seed, n])
    seen, labels = _draw(rng, n)
    weights, *_ = np.linalg.lstsq(features(seen, bumps), labels, rcond=1e-6)
    other, truth = _draw(rng, fresh)

    def right(x: Floats, of: Floats) -> float:
        return float(np.mean(np.sign(features(x, bumps) @ weights) == of))

    return right(seen, labels), right(other, truth)


def _draw(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """n points of each, and their labels, 1 and −1."""
    return np.concatenate([rng.normal(size=n), APART + rng.normal(size=n)]), np.repeat([1.0, -1.0], n)
