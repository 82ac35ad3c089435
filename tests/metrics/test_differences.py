"""Differences between runs over their seeds, against cases counted by hand and against SciPy's bootstrap."""

import numpy as np
import pytest
from scipy import stats

from playground.metrics.differences import (
    Measured,
    common_step,
    difference_of_medians,
    differences,
    median_of_differences,
)


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


def test_pairs_are_compared_pair_by_pair() -> None:
    """Seeds that differ a thousand times more than the runs do: only pairs can see that the second is larger."""
    first = np.array([0.0, 1000.0, 2000.0, 3000.0, 4000.0])
    found = median_of_differences(first, first + [1.0, 2.0, 3.0, -1.0, 2.0], rng())
    assert found is not None
    assert (found.first, found.second, found.value) == (2000.0, 2003.0, 2.0)
    assert (found.up, found.down, found.seeds) == (4, 1, (5, 5))
    apart = difference_of_medians(first, first + 2, rng())
    assert apart is not None and apart.low < -1000 and apart.high > 1000 and apart.up is None


def test_the_interval_of_pairs_agrees_with_scipys() -> None:
    first = rng(1).normal(1.0, 0.3, 16)
    second = first + rng(2).normal(0.2, 0.3, 16)
    ours = median_of_differences(first, second, rng(3), resamples=20_000)
    theirs = stats.bootstrap(
        (first, second),
        lambda a, b, axis: np.median(b - a, axis=axis),
        paired=True,
        n_resamples=20_000,
        method="percentile",
        rng=rng(4),
    ).confidence_interval
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_a_pair_with_a_number_that_is_not_finite_is_left_out() -> None:
    found = median_of_differences([1.0, np.nan, 3.0], [2.0, 2.0, 5.0], rng())
    assert found is not None and (found.value, found.seeds, found.up, found.down) == (1.5, (2, 2), 2, 0)
    assert median_of_differences([1.0, np.nan], [2.0, 2.0], rng()) is None


def run(seeds: range, steps: list[int], **values: list[list[float]]) -> Measured:
    """A run of these seeds; of each metric one list a seed, a number a step."""
    return Measured(seeds, steps, {name: np.array(lanes) for name, lanes in values.items()})


def test_runs_meet_at_the_newest_step_that_all_have_measured() -> None:
    every_200 = run(range(1), [0, 200, 400, 600])
    stopped = run(range(1), [0, 150, 400, 583])
    assert common_step([every_200, stopped]) == 400
    assert common_step([every_200, run(range(1), [100, 300])]) is None
    assert common_step([every_200, run(range(1), [])]) is None


def test_runs_that_share_seeds_are_paired_by_them() -> None:
    first = run(range(4), [0, 10], emd=[[9.0, 1.0], [9.0, 2.0], [9.0, 3.0], [9.0, 4.0]])
    second = run(range(1, 4), [10], emd=[[2.5], [3.5], [3.0]], jsd=[[0.0], [0.0], [0.0]])
    found = differences(first, second, 10, ["jsd", "emd"], rng())
    assert list(found) == ["emd"], "the first has no JSD"
    assert (found["emd"].value, found["emd"].up, found["emd"].down) == (0.5, 2, 1)
    other = differences(first, run(range(7, 10), [10], emd=[[2.5], [3.5], [3.0]]), 10, ["emd"], rng())["emd"]
    assert (other.value, other.seeds, other.up) == (0.5, (4, 3), None)


def test_too_few_seeds_say_nothing() -> None:
    many, one = run(range(4), [0], emd=[[1.0]] * 4), run(range(1), [0], emd=[[1.0]])
    assert differences(many, one, 0, ["emd"], rng()) == {}
