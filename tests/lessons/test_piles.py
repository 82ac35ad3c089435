"""Plans for piles of earth, and what a discriminator makes of few points."""

import numpy as np
import pytest
from scipy import stats

from playground.lessons import piles, sampling


@pytest.mark.parametrize("choices", [(0, 0, 0, 0), (1, 1, 1, 1), (0.5, 0.2, 0.9, 0.1), (1, 0, 0, 1)])
def test_every_choice_is_a_plan_that_moves_all_earth_and_costs_at_least_the_distance(
    choices: tuple[float, ...],
) -> None:
    plan = piles.filled(choices)
    assert plan.sum(1) == pytest.approx(piles.SHARES_FROM) and plan.sum(0) == pytest.approx(piles.SHARES_TO)
    assert (plan >= -1e-12).all()
    assert piles.cost(plan) >= piles.cost(piles.cheapest()) - 1e-12


def test_the_cheapest_plan_costs_the_earth_movers_distance_and_can_be_chosen() -> None:
    exact = stats.wasserstein_distance(piles.FROM, piles.TO, piles.SHARES_FROM, piles.SHARES_TO)
    assert piles.cost(piles.cheapest()) == pytest.approx(exact)
    assert piles.cost(piles.filled((1, 1, 1, 1))) == pytest.approx(exact)
    assert piles.cost(piles.filled((0, 0, 0, 0))) > 2 * exact  # the longest ways: the first pile into the last hole


def test_a_strong_discriminator_of_few_points_is_right_about_those_alone() -> None:
    seen, fresh = np.mean([sampling.accuracy(20, 40, seed) for seed in range(5)], axis=0)
    assert seen > 0.9 and fresh < 0.65
    seen, fresh = sampling.accuracy(1000, 0)
    best = stats.norm.cdf(sampling.APART / 2)
    assert seen == pytest.approx(best, abs=0.04) and fresh == pytest.approx(best, abs=0.05)
