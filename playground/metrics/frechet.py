"""The Fréchet distance between Gaussians fitted to features of images."""

import math
from dataclasses import dataclass

import numpy as np

from playground.data.distribution import Floats


@dataclass(frozen=True, eq=False)
class Gaussian:
    """Mean (f,) and covariance of features; the covariance (f, f) is root.T @ root, root (r, f)."""

    mean: Floats
    root: Floats

    @property
    def variance(self) -> float:
        """The trace of the covariance: the mean squared distance from the mean."""
        return float(np.square(self.root).sum())


@np.errstate(over="ignore", invalid="ignore")
def gaussian(features: Floats) -> Gaussian:
    """The mean and the unbiased covariance of features (n, f), n > 0; that of a single one is 0.

    Raises ValueError for another shape.
    """
    features = np.asarray(features, dtype=float)
    if features.ndim != 2 or features.size == 0:
        raise ValueError(f"A covariance needs features of shape (n, f) with n and f > 0, got {features.shape}.")
    mean = features.mean(axis=0)
    centred = (features - mean) / math.sqrt(max(1, len(features) - 1))
    return Gaussian(mean, np.asarray(np.linalg.qr(centred, mode="r")))


def frechet_distance(features: Floats, others: Floats) -> float:
    """The squared Fréchet distance of the Gaussians fitted to features (n, f) and others (m, f).

    |mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2)) (Dowson & Landau 1982, 10.1016/0047-259X(82)90077-X; the FID of
    Heusel et al. 2017, 1706.08500). Few samples raise it: compare equal numbers only.
    NaN where a feature is not finite or a square is too large for a float. Raises ValueError for other shapes.
    """
    a, b = gaussian(features), gaussian(others)
    if len(a.mean) != len(b.mean):
        raise ValueError(f"Both sets of features need the same number per image, got {len(a.mean)} and {len(b.mean)}.")
    return frechet_between(a, b)


@np.errstate(over="ignore", invalid="ignore")
def frechet_between(a: Gaussian, b: Gaussian) -> float:
    """`frechet_distance` of two Gaussians.

    With A = R'R and B = S'S, tr (A B)^(1/2) is the sum of the singular values of R S'. No matrix root is taken, so
    directions without any variance lose no digits (a root of a rounding error of 1e-16 is one of 1e-8).
    """
    product = a.root @ b.root.T
    if not np.isfinite(product).all():
        return math.nan
    apart = float(np.square(a.mean - b.mean).sum())
    spread = a.variance + b.variance - 2 * float(np.linalg.svd(product, compute_uv=False).sum())
    return max(0.0, apart + spread) if math.isfinite(apart + spread) else math.nan
