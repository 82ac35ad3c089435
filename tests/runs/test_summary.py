"""A run in a few numbers: from columns made by hand, so that every number is known."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from playground.config import RunConfig
from playground.runs.record import StoredColumns
from playground.runs.summary import SPARKLINE, outcome, sparkline, summarise

NAN = math.nan


def columns(steps: list[int], total: int = 8, **values: Sequence[Sequence[float]]) -> StoredColumns:
    """values: by measure, one list per seed. Ten steps take a second."""
    seeds = len(next(iter(values.values())))
    return StoredColumns(
        np.array(steps, np.int64),
        np.array(steps, np.int64),
        np.array(steps) / 10,
        {name: np.array(lanes, float) for name, lanes in values.items()},
        np.zeros((len(steps), seeds, total)) if total else None,
    )


def points(seeds: int = 1) -> RunConfig:
    return RunConfig(seeds=seeds)


def test_final_and_best_distances_floors_and_speed() -> None:
    found = summarise(
        columns([0, 100, 200], jsd=[[0.6, 0.1, 0.2]], emd=[[2.0, 0.5, NAN]], modes=[[0, 8, 7]]),
        {"jsd": (0.01, 0.03)},
        points(),
    )
    assert (found["jsd_final"], found["jsd_best"], found["jsd_floor"]) == (0.2, 0.1, 0.03)
    assert (found["emd_final"], found["emd_best"], found["emd_floor"]) == (None, 0.5, None)
    assert (found["steps"], found["rows"], found["seeds"], found["images"]) == (200, 3, 1, 0)
    assert found["steps_per_second"] == pytest.approx(10)
    assert (found["modes_final"], found["modes_best"], found["modes_total"]) == (7, 8, 8)


def test_medians_over_the_seeds_that_have_a_number() -> None:
    lanes = [[4.0, 1.0], [2.0, NAN], [9.0, 3.0], [3.0, 8.0]]
    found = summarise(columns([0, 10], emd=lanes), {}, points(4))
    assert found["emd_final"] == 3.0
    assert found["emd_best"] == 3.0  # the medians are 3.5 and 3
    two = summarise(columns([0, 10], emd=[[1.0, NAN], [2.0, 5.0], [NAN, NAN]]), {}, points(3))
    assert two["emd_final"] == 5.0 and two["emd_best"] == 1.5


def test_steps_to_all_modes_is_a_median_in_which_never_counts() -> None:
    one = [[0, 8, 3], [0, 2, 8], [0, 1, 2]]
    assert summarise(columns([0, 10, 20], modes=one), {}, points(3))["steps_to_all"] == 20
    assert summarise(columns([0, 10, 20], modes=one[1:] + one[2:]), {}, points(3))["steps_to_all"] is None
    assert summarise(columns([0, 10, 20], modes=one[:1]), {}, points())["steps_to_all"] == 10


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ([0, 8, 4, 3, 2], 20),
        ([0, 8, 4, 5, 2], None),  # only one row since it last had more than half
        ([0, 8, 4, 8, 3, 3, 1], 40),
        ([0, 8, 8, 3, 3], None),  # two rows are no collapse yet
        ([0, 1, 2, 3, 4], None),  # it never had more than half: nothing collapsed
        ([0, 8, 2, NAN, 2], None),
    ],
)
def test_the_collapse_step(modes: list[float], expected: float | None) -> None:
    steps = [10 * i for i in range(len(modes))]
    assert summarise(columns(steps, modes=[modes]), {}, points())["collapse_step"] == expected


def test_the_outcome_over_seeds() -> None:
    lanes = [[8.0, 8.0]] * 9 + [[8.0, 4.0]] * 5 + [[8.0, NAN]] + [[8.0, 6.0]]
    found = summarise(columns([0, 10], modes=lanes), {}, points(16))
    assert (found["seeds_all"], found["seeds_collapsed"], found["seeds_diverged"]) == (9, 5, 1)
    assert outcome(found) == (
        "5 of 16 seeds have at most 4 modes; 1 of 16 seeds diverged; 9 of 16 seeds have all 8 modes."
    )


@pytest.mark.parametrize(
    ("modes", "sentence"),
    [
        ([0, 8, 8], "All 8 modes are there, for the first time at step 10."),
        ([0, 8, 6], "It has 6 of 8 modes; all of them at step 10."),
        ([0, 7, 6], "It has 6 of 8 modes."),
        ([0, 3, 2], "It has 2 of 8 modes, and never had more than 3."),
        ([8, 3, 2, 2], "It collapsed to 2 of 8 modes: at most half of them are left from step 10 on."),
        ([8, NAN], "It diverged: its numbers are not finite."),
    ],
)
def test_the_outcome_of_one_seed(modes: list[float], sentence: str) -> None:
    steps = [10 * i for i in range(len(modes))]
    assert outcome(summarise(columns(steps, modes=[modes]), {}, points())) == sentence


def test_without_modes_the_distance_speaks() -> None:
    config = RunConfig(dataset="swiss_roll")
    found = summarise(columns([0, 10], total=0, emd=[[0.5, 0.25]], jsd=[[0.3, 0.2]]), {"emd": (0.01, 0.02)}, config)
    assert found["modes_total"] is None
    assert outcome(found) == "The EMD is 0.25, at best it was 0.25; perfect samples reach up to 0.02."


def test_images_have_classes_and_a_frechet_distance() -> None:
    config = RunConfig(dataset="digits", network="lecture")
    found = summarise(columns([0, 10], total=10, fid=[[9.0, 2.0]], emd=[[3.0, 1.0]], classes=[[1, 10]]), {}, config)
    assert (found["fid_final"], found["fid_best"], found["modes_total"], found["images"]) == (2, 2, 10, 1)
    assert "jsd_final" not in found
    assert outcome(found) == "All 10 classes are there, for the first time at step 10."
    start = summarise(columns([0], total=10, fid=[[9.0]], emd=[[3.0]], classes=[[1]]), {}, config)
    assert outcome(start) == "Too early to say: only the start has been measured."
    early = summarise(columns([0], total=0, d_loss=[[1.0]]), {}, config)
    assert early["fid_final"] is None and outcome(early) == "Nothing has been measured yet."


def test_nothing_measured_is_nothing_to_say() -> None:
    empty = columns([], emd=[[]])
    assert summarise(empty, {}, points()) == {}
    assert outcome({}) == "Nothing has been measured yet."
    assert sparkline(empty) == ()


def test_the_sparkline_is_short_and_ends_where_the_run_does() -> None:
    values = [1 / (1 + i) for i in range(1000)] + [NAN, 0.5]
    line = sparkline(columns(list(range(1002)), emd=[values]))
    assert len(line) == SPARKLINE and line[0] == 1.0 and line[-1] == 0.5
    assert sparkline(columns([0, 1], jsd=[[1.0, 2.0]])) == ()
