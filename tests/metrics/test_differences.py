"""Differences between runs over their seeds, against tables and SciPy's exact tests."""

import numpy as np
import pytest
from scipy import stats

from playground.metrics.differences import (
    FEWEST_PAIRS,
    Measured,
    by_luck,
    common_step,
    differences,
    median_of_differences,
    shift_between,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_two_equal_constants_differ_by_exactly_nothing() -> None:
    found = shift_between([2.0] * 5, [2.0] * 4)
    assert found is not None
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    assert found.seeds == (5, 4) and not found.is_clear


def test_constants_apart_differ_for_certain() -> None:
    found = shift_between([1.0] * 4, [3.0] * 4)
    assert found is not None
    assert (found.first, found.second, found.value, found.low, found.high) == (1.0, 3.0, 2.0, 2.0, 2.0)
    assert found.is_clear


@pytest.mark.parametrize("pairs, left_out", [(5, None), (6, 0), (8, 0), (9, 1), (12, 2), (20, 5)])
def test_the_interval_of_pairs_ends_where_the_sign_tests_table_says(pairs: int, left_out: int | None) -> None:
    """How many differences may lie outside on each side: the table of Conover 1999 for 95 %."""
    apart = rng().permutation(np.arange(1.0, pairs + 1))
    found = median_of_differences(np.zeros(pairs), apart)
    assert found is not None
    ends = None if left_out is None else (left_out + 1.0, pairs - left_out + 0.0)
    assert ((found.low, found.high) if ends else found.low) == ends
    assert found.is_clear == (left_out is not None) == (pairs >= FEWEST_PAIRS)


@pytest.mark.parametrize("n, m", [(4, 4), (5, 3), (8, 8), (9, 6), (3, 3)])
def test_two_sides_agree_with_scipys_test(n: int, m: int) -> None:
    """0 lies outside the interval just where Mann and Whitney's exact test rejects at 5 %."""
    for seed in range(60):
        a, b = rng(seed).normal(size=n), rng(seed + 1000).normal(0.1 * (seed % 20), 1.0, m)
        found = shift_between(a, b)
        p = stats.mannwhitneyu(a, b, method="exact").pvalue
        assert found is not None
        assert found.is_clear == (p <= 0.05)


@pytest.mark.parametrize("pairs, chance", [(5, 0), (6, 2 / 64), (8, 2 / 256), (9, 2 * (1 + 9) / 512)])
def test_luck_marks_pairs_as_often_as_all_signs_say(pairs: int, chance: float) -> None:
    found = median_of_differences(np.zeros(pairs), np.ones(pairs))
    assert found is not None and by_luck(found) == pytest.approx(chance)


def test_luck_marks_two_sides_as_often_as_all_orders_say() -> None:
    """Of the 70 orders of 4 and 4 values the two where a side lies below the other; of 3 and 3 none is rare enough."""
    four, three = shift_between(np.zeros(4), np.ones(4)), shift_between(np.zeros(3), np.ones(3))
    assert four is not None and by_luck(four) == pytest.approx(2 / 70)
    assert three is not None and by_luck(three) == 0


def test_pairs_agree_with_scipys_test() -> None:
    for seed in range(60):
        a = rng(seed).normal(size=9)
        b = a + rng(seed + 1000).normal(0.1 * (seed % 20), 1.0, 9)
        found = median_of_differences(a, b)
        assert found is not None
        assert found.is_clear == (stats.binomtest(int((b > a).sum()), 9).pvalue <= 0.05)


@pytest.mark.parametrize("kind", ["paired", "apart"])
def test_equal_runs_are_called_different_in_one_comparison_of_twenty_at_most(kind: str) -> None:
    """However few seeds there are, and however their numbers are spread."""
    draws = rng(3).lognormal(size=(2000, 2, 8))
    for seeds in (2, 3, 4, 6, 8):
        compare = median_of_differences if kind == "paired" else shift_between
        found = [compare(a[:seeds], b[:seeds]) for a, b in draws]
        assert sum(each is not None and each.is_clear for each in found) / 2000 <= 0.06


def test_turning_the_sides_round_turns_the_interval_round() -> None:
    first, second = rng(5).normal(size=9), rng(6).normal(size=9)
    there, back = shift_between(first, second), shift_between(second, first)
    assert there is not None and back is not None and back.low is not None and back.high is not None
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))


def test_seeds_without_a_finite_number_are_left_out() -> None:
    found = shift_between([1.0, np.nan, 1.0, np.inf], [2.0, 2.0, 2.0])
    assert found is not None
    assert found.seeds == (2, 3) and found.value == 1.0


@pytest.mark.parametrize("first, second", [([1.0], [1.0, 2.0]), ([1.0, np.nan], [1.0, 2.0]), ([], [1.0, 2.0])])
def test_fewer_than_two_seeds_say_nothing(first: list[float], second: list[float]) -> None:
    assert shift_between(first, second) is None


def test_pairs_are_compared_pair_by_pair() -> None:
    """Seeds that differ a thousand times more than the runs do: only pairs can see that the second is larger."""
    first = np.arange(0.0, 7000.0, 1000.0)
    found = median_of_differences(first, first + [1.0, 2.0, 3.0, 4.0, 2.0, 1.0, 2.0])
    assert found is not None
    assert (found.first, found.second, found.value) == (3000.0, 3004.0, 2.0)
    assert (found.up, found.down, found.seeds, found.is_clear) == (7, 0, (7, 7), True)
    apart = shift_between(first, first + 2)
    assert apart is not None and apart.up is None and not apart.is_clear


def test_a_pair_with_a_number_that_is_not_finite_is_left_out() -> None:
    found = median_of_differences([1.0, np.nan, 3.0], [2.0, 2.0, 5.0])
    assert found is not None and (found.value, found.seeds, found.up, found.down) == (1.5, (2, 2), 2, 0)
    assert median_of_differences([1.0, np.nan], [2.0, 2.0]) is None


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
    found = differences(first, second, 10, ["jsd", "emd"])
    assert list(found) == ["emd"], "the first has no JSD"
    assert (found["emd"].value, found["emd"].up, found["emd"].down) == (0.5, 2, 1)
    other = differences(first, run(range(7, 10), [10], emd=[[2.5], [3.5], [3.0]]), 10, ["emd"])["emd"]
    assert (other.value, other.seeds, other.up) == (0.5, (4, 3), None)


def test_too_few_seeds_say_nothing() -> None:
    many, one = run(range(4), [0], emd=[[1.0]] * 4), run(range(1), [0], emd=[[1.0]])
    assert differences(many, one, 0, ["emd"]) == {}
