"""Gradients through a draw and the halves of a bound, against closed forms and quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from playground.lessons import codes


@pytest.mark.parametrize("theta", [-1.5, 0.0, 2.0])
def test_both_estimates_have_the_right_mean_and_their_own_spread(theta: float) -> None:
    noise = np.random.default_rng(1).normal(size=(40_000, 5))
    for estimate, spread in zip((codes.by_reparameterising, codes.by_the_score), codes.spreads(theta, 5), strict=True):
        found = estimate(theta, noise)
        assert found.mean() == pytest.approx(2 * theta, abs=5 * spread / 200)
        assert found.std() == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize(("x", "mu", "sigma"), [(1.0, 0.2, 0.9), (-2.0, -1.0, 0.5)])
def test_the_halves_are_their_integrals_and_the_gap_is_how_far_q_is_from_the_best_code(
    x: float, mu: float, sigma: float
) -> None:
    found, q = codes.bound(x, mu, sigma), norm(mu, sigma)

    def mean(of: object) -> float:
        return float(quad(lambda z: q.pdf(z) * of(z), mu - 9 * sigma, mu + 9 * sigma)[0])  # type: ignore[operator]

    assert found.reconstruction == pytest.approx(-mean(lambda z: norm(z, 1).logpdf(x)))
    assert found.kl == pytest.approx(mean(lambda z: q.logpdf(z) - norm().logpdf(z)))
    assert found.exact == pytest.approx(norm(0, np.sqrt(2)).logpdf(x))
    best = norm(x / 2, np.sqrt(0.5))
    assert found.exact - found.bound == pytest.approx(mean(lambda z: q.logpdf(z) - best.logpdf(z)))


def test_the_best_code_reaches_log_p_and_a_width_of_zero_is_refused() -> None:
    found = codes.bound(1.3, 0.65, np.sqrt(0.5))
    assert found.bound == pytest.approx(found.exact)
    with pytest.raises(ValueError, match="above 0"):
        codes.bound(1.0, 0.0, 0.0)
