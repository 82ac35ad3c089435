"""The bootstrap of a difference of medians, against cases counted by hand and against SciPy's."""

import numpy as np
import pytest
from scipy import stats

from playground.metrics.bootstrap import difference_of_medians


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_two_equal_constants_differ_by_exactly_nothing() -> None:
    found = difference_of_medians([2.0, 2.0, 2.0], [2.0, 2.0], rng())
    assert found is not None
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    assert found.seeds == (3, 2) and not found.is_clear


def test_constants_apart_differ_for_certain() -> None:
    found = difference_of_medians([1.0] * 4, [3.0] * 4, rng())
    assert found is not None
    assert (found.first, found.second, found.value, found.low, found.high) == (1.0, 3.0, 2.0, 2.0, 2.0)
    assert found.is_clear


def test_a_case_that_can_be_counted() -> None:
    """Two values, 0 and 1: their resampled median is 0, ½ or 1 with chance ¼, ½, ¼. Beside a constant 0, the 95 %
    interval is therefore [0, 1] and the 40 % interval (30th to 70th percentile) [½, ½]."""
    wide = difference_of_medians([0.0, 0.0], [0.0, 1.0], rng())
    narrow = difference_of_medians([0.0, 0.0], [0.0, 1.0], rng(), level=0.4)
    assert wide is not None and narrow is not None
    assert (wide.value, wide.low, wide.high) == (0.5, 0.0, 1.0)
    assert (narrow.low, narrow.high) == (0.5, 0.5)


def test_it_agrees_with_scipys_bootstrap() -> None:
    first, second = rng(1).normal(1.0, 0.3, 16), rng(2).normal(0.6, 0.2, 12)
    ours = difference_of_medians(first, second, rng(3), resamples=20_000)
    theirs = stats.bootstrap(
        (first, second),
        lambda a, b, axis: np.median(b, axis=axis) - np.median(a, axis=axis),
        n_resamples=20_000,
        method="percentile",
        rng=rng(4),
    ).confidence_interval
    assert ours is not None
    assert ours.low == pytest.approx(theirs.low, abs=0.02)
    assert ours.high == pytest.approx(theirs.high, abs=0.02)
    assert ours.low < ours.value < ours.high < 0 and ours.is_clear


def test_turning_the_sides_round_turns_the_interval_round() -> None:
    first, second = rng(5).normal(size=9), rng(6).normal(size=9)
    there = difference_of_medians(first, second, rng(7), resamples=20_000)
    back = difference_of_medians(second, first, rng(8), resamples=20_000)
    assert there is not None and back is not None
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high, abs=0.05)


def test_seeds_without_a_finite_number_are_left_out() -> None:
    found = difference_of_medians([1.0, np.nan, 1.0, np.inf], [2.0, 2.0, 2.0], rng())
    assert found is not None
    assert found.seeds == (2, 3) and found.value == 1.0


@pytest.mark.parametrize("first, second", [([1.0], [1.0, 2.0]), ([1.0, np.nan], [1.0, 2.0]), ([], [1.0, 2.0])])
def test_fewer_than_two_seeds_say_nothing(first: list[float], second: list[float]) -> None:
    assert difference_of_medians(first, second, rng()) is None


def test_the_same_generator_gives_the_same_interval() -> None:
    values = rng(9).normal(size=8)
    assert difference_of_medians(values, values + 1, rng(1)) == difference_of_medians(values, values + 1, rng(1))
