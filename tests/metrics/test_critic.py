"""The W1 that a critic implies, against critics whose answer is known."""

import math

import numpy as np
import pytest

from playground.metrics.critic import implied_wasserstein
from playground.metrics.transport import wasserstein_1

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("steepness", [0.01, 1.0, 40.0])
def test_a_linear_critic_along_a_shift_implies_the_length_of_the_shift(steepness: float) -> None:
    shift = np.array([3.0, -4.0])
    fake = RNG.normal(size=(200, 2))
    real = fake + shift
    direction = steepness * shift / 5.0
    slopes = np.full(7, steepness)
    found = implied_wasserstein(real @ direction, fake @ direction, slopes)
    assert found == pytest.approx(5.0)
    assert found == pytest.approx(wasserstein_1(real, fake))


def test_a_critic_across_the_shift_sees_less() -> None:
    fake = RNG.normal(size=(200, 2))
    real = fake + np.array([5.0, 0.0])
    angle = math.radians(60)
    direction = np.array([math.cos(angle), math.sin(angle)])
    assert implied_wasserstein(real @ direction, fake @ direction, np.ones(1)) == pytest.approx(2.5)


def test_the_steepest_slope_counts() -> None:
    assert implied_wasserstein(np.array([6.0]), np.array([0.0]), np.array([1.0, 3.0, 2.0])) == pytest.approx(2.0)


def test_a_critic_that_prefers_the_fakes_implies_less_than_nothing() -> None:
    assert implied_wasserstein(np.zeros(3), np.ones(3), np.ones(2)) == pytest.approx(-1.0)


def test_a_flat_critic_implies_nothing_and_a_broken_one_is_not_hidden() -> None:
    assert implied_wasserstein(np.ones(2), np.ones(2), np.zeros(2)) == 0.0
    assert math.isnan(implied_wasserstein(np.array([np.inf]), np.ones(2), np.ones(2)))
    assert math.isnan(implied_wasserstein(np.ones(1), np.ones(2), np.array([np.nan])))


def test_scores_and_slopes_are_needed() -> None:
    with pytest.raises(ValueError, match="at least one of each"):
        implied_wasserstein(np.ones(0), np.ones(2), np.ones(2))
