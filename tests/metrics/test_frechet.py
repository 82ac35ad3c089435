"""The Fréchet distance: closed forms, and the published formula with SciPy's root of a matrix."""

import math

import numpy as np
import pytest
from scipy.linalg import sqrtm

from playground.data.distribution import Floats
from playground.metrics.frechet import Gaussian, frechet_between, frechet_distance, gaussian


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def cloud(seed: int, n: int, dim: int) -> Floats:
    """Correlated, off-centre points."""
    return rng(seed).standard_normal((n, dim)) @ rng(seed + 99).standard_normal((dim, dim)) + seed


@pytest.mark.parametrize("n, m, dim", [(300, 200, 5), (500, 500, 64), (40, 60, 1), (2, 3, 2)])
def test_frechet_distance_is_that_of_matrix_roots(n: int, m: int, dim: int) -> None:
    """The published formula, with SciPy's square root of a matrix."""
    x, y = cloud(1, n, dim), cloud(2, m, dim)
    a, b = np.cov(x.T).reshape(dim, dim), np.cov(y.T).reshape(dim, dim)
    wanted = np.square(x.mean(0) - y.mean(0)).sum() + np.trace(a + b - 2 * np.real(sqrtm(a @ b + 1e-13 * np.eye(dim))))
    assert frechet_distance(x, y) == pytest.approx(wanted, rel=1e-5)


def test_frechet_distance_of_known_gaussians() -> None:
    """Along each axis (mean difference)^2 + (difference of the standard deviations)^2, as covariances commute."""
    a = Gaussian(np.array([0.0, 1.0, 5.0]), np.diag([1.0, 2.0, 0.0]))
    b = Gaussian(np.array([3.0, 1.0, 5.0]), np.diag([4.0, 2.0, 7.0]))
    assert frechet_between(a, b) == pytest.approx(9 + 9 + 0 + 49)
    assert frechet_between(b, a) == pytest.approx(67)


def test_frechet_distance_of_scaled_and_shifted_features() -> None:
    """x -> s x + c: |(s - 1) mean + c|^2 + (s - 1)^2 tr(cov), whatever the distribution."""
    x, shift = cloud(3, 200, 6), np.arange(6.0)
    wanted = np.square(0.5 * x.mean(0) + shift).sum() + 0.25 * np.trace(np.cov(x.T))
    assert frechet_distance(1.5 * x + shift, x) == pytest.approx(wanted)


def test_frechet_distance_to_itself_is_zero_even_without_full_rank() -> None:
    x = cloud(4, 300, 8)
    x[:, 5:] = x[:, :3]  # three directions without variance
    for features in (x, x[:4], np.repeat(x[:1], 10, axis=0), x[:1]):
        order = rng().permutation(len(features))
        assert frechet_distance(features, features[order]) == pytest.approx(0, abs=1e-10)


def test_a_gaussian_has_numpys_moments() -> None:
    x = cloud(5, 50, 4)
    fitted = gaussian(x)
    np.testing.assert_allclose(fitted.mean, x.mean(0))
    np.testing.assert_allclose(fitted.root.T @ fitted.root, np.cov(x.T))
    assert fitted.variance == pytest.approx(np.trace(np.cov(x.T)))
    assert gaussian(x[:1]).variance == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e200])
def test_broken_features_give_nan(value: float) -> None:
    x, y = cloud(1, 30, 3), cloud(2, 30, 3)
    x[7, 1] = value
    assert math.isnan(frechet_distance(x, y)) and math.isnan(frechet_distance(y, x))


def test_features_of_other_shapes_are_refused() -> None:
    for x, y in (((5, 3), (5, 2)), ((0, 3), (5, 3)), ((5,), (5,))):
        with pytest.raises(ValueError, match="features"):
            frechet_distance(np.zeros(x), np.zeros(y))
