"""Two densities on a line against closed forms and SciPy's own integration."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

from playground.lessons import densities


def normal_kl(mu: float, sigma: float, other_mu: float, other: float) -> float:
    return math.log(other / sigma) + (sigma**2 + (mu - other_mu) ** 2) / (2 * other**2) - 0.5


@pytest.mark.parametrize(("mu", "sigma"), [(0.0, 1.0), (1.5, 0.7), (-2.0, 1.8)])
def test_the_divergence_of_two_normals_is_the_closed_form(mu: float, sigma: float) -> None:
    p, q = densities.normal(0, 1), densities.normal(mu, sigma)
    assert densities.kl(p, q) == pytest.approx(normal_kl(0, 1, mu, sigma), abs=1e-8)
    assert densities.log_likelihood(p, densities.log_normal(mu, sigma)) == pytest.approx(
        -stats.norm.entropy() - normal_kl(0, 1, mu, sigma), abs=1e-8
    )


def test_the_jsd_is_symmetric_bounded_and_agrees_with_quadrature() -> None:
    p, q = densities.normal(0, 1), densities.normal(1.5, 0.6)

    def integrand(x: float) -> float:
        a, b = stats.norm.pdf(x), stats.norm.pdf(x, 1.5, 0.6)
        return float(0.5 * (a * math.log(2 * a / (a + b)) + b * math.log(2 * b / (a + b))))

    assert densities.jsd(p, q) == pytest.approx(integrate.quad(integrand, -9, 9)[0], abs=1e-8)
    assert densities.jsd(p, q) == pytest.approx(densities.jsd(q, p))
    far = densities.jsd(densities.normal(-6, 0.3), densities.normal(6, 0.3))
    assert far == pytest.approx(math.log(2), abs=1e-9)


@pytest.mark.parametrize("push", [-1.0, 0.5, 3.0, 4.5])
def test_boxes_are_as_far_apart_as_quadrature_says(push: float) -> None:
    found = densities.boxes(push, 3.0)
    p, q = stats.uniform(0, 3), stats.uniform(push, 3)
    ends = sorted([0, 3, push, push + 3])

    def integrand(x: float) -> float:
        a, b = p.pdf(x), q.pdf(x)
        return float(sum(0.5 * one * math.log(2 * one / (a + b)) for one in (a, b) if one))

    pieces = (integrate.quad(integrand, low, high)[0] for low, high in itertools.pairwise(ends) if high > low)
    assert found.jsd == pytest.approx(sum(pieces), abs=1e-9) and found.kl == math.inf
    assert found.wasserstein == pytest.approx(abs(p.mean() - q.mean()))


def test_boxes_in_the_same_place_are_the_same() -> None:
    assert densities.boxes(0.0, 3.0) == densities.Boxes(0.0, 0.0, 0.0)


def test_the_divergence_is_finite_where_a_density_is_too_small_for_a_number() -> None:
    log_p, log_q = densities.log_normal(-4, 0.6), densities.log_normal(4, 0.1)
    assert densities.normal(4, 0.1).min() == 0
    kl = float(np.trapezoid(densities.kl_integrand(log_p, log_q), densities.GRID))
    assert kl == pytest.approx(normal_kl(-4, 0.6, 4, 0.1), rel=1e-8)


def test_the_best_discriminators_value_is_two_jsd_below_nothing_known() -> None:
    p, q = densities.normal(0, 1), densities.normal(2, 0.8)
    best = densities.best_logit(p, q)
    value = densities.value(p, q, best)
    assert value == pytest.approx(-2 * math.log(2) + 2 * densities.jsd(p, q), abs=1e-9)
    for worse in (np.zeros_like(best), best + 0.2, best - 0.2):
        assert densities.value(p, q, worse) < value
    assert densities.value(p, q, np.zeros_like(best)) == pytest.approx(-2 * math.log(2), abs=1e-9)


@pytest.mark.parametrize(("mu", "sigma"), [(2.0, 0.7), (-3.0, 0.7), (0.5, 1.5)])
def test_the_best_critic_measures_the_earth_movers_distance(mu: float, sigma: float) -> None:
    p, q = densities.normal(0, 0.7), densities.normal(mu, sigma)
    f = densities.best_critic(p, q)
    assert np.abs(np.diff(f)).max() <= np.diff(densities.GRID).max() * (1 + 1e-9)
    gained = float(np.trapezoid((p - q) * f, densities.GRID))
    assert gained == pytest.approx(densities.wasserstein(p, q), abs=1e-4)
    if sigma == 0.7:
        assert gained == pytest.approx(abs(mu), abs=1e-4)


def test_noise_makes_two_points_overlap() -> None:
    narrow, wide = (densities.jsd_of_blurred_points(1.5, sigma) for sigma in (0.2, 1.0))
    assert narrow == pytest.approx(math.log(2), abs=1e-3) and wide < 0.3
    assert densities.jsd_of_blurred_points(0.0, 0.5) == pytest.approx(0, abs=1e-12)
    p, q = stats.norm(0, 0.5), stats.norm(1.2, 0.5)
    shared = integrate.quad(lambda x: min(p.pdf(x), q.pdf(x)), -5, 6, points=[0.6])[0]
    assert densities.overlap(1.2, 0.5) == pytest.approx(shared, abs=1e-8)


def test_points_climb_the_slope_of_log_p_and_end_on_a_top() -> None:
    x = np.array([-3.0, -0.3, 0.7, 2.5])
    way = densities.climb(x, 4.0, 0.8, 0.05, 200)
    small = 1e-6
    rise = np.log(densities.two_normals(4.0, 0.8, x + small)) - np.log(densities.two_normals(4.0, 0.8, x - small))
    np.testing.assert_allclose(way[1] - way[0], 0.05 * rise / (2 * small), rtol=1e-6)
    np.testing.assert_allclose(way[-1], [-2, -2, 2, 2], atol=1e-3)
    assert way.shape == (201, 4)


def test_a_critic_of_straight_pieces_wins_the_sum_over_its_slopes_and_never_more_than_the_distance() -> None:
    p, q, places = densities.normal(0.5, 0.6), densities.two_normals(5.0, 0.7), np.linspace(-4.5, 4.5, 7)
    gains = densities.critic_gains(p, q, places)
    rng = np.random.default_rng(0)
    for slopes in rng.uniform(-1, 1, (5, 6)):
        f = np.interp(densities.GRID, places, np.concatenate([[0], np.cumsum(slopes * np.diff(places))]))
        assert gains @ slopes == pytest.approx(float(np.trapezoid((p - q) * f, densities.GRID)))
        assert gains @ slopes <= densities.wasserstein(p, q)
    assert np.abs(gains).sum() > 0.9 * densities.wasserstein(p, q)
