"""The rows of a run: kept in order, thinned for a chart, with plain numbers only."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.history import History
from playground.frame import Row


def row(step: int, *values: float) -> Row:
    return Row(step, {"jsd": values}, None)


def filled(*steps: int) -> History:
    history = History()
    for step in steps:
        history.append(row(step, float(step)))
    return history


def test_rows_come_back_in_order() -> None:
    history = filled(0, 100, 200)
    assert history.columns() == {"step": [0, 100, 200], "jsd": [0, 100, 200]}
    assert len(history) == 3
    assert history.latest is not None and history.latest.step == 200


def test_an_empty_history_has_no_rows() -> None:
    history = History()
    assert len(history) == 0 and history.latest is None
    assert history.columns(limit=10) == {"step": []}


def test_a_row_at_the_last_step_takes_its_place() -> None:
    history = filled(0, 100)
    history.append(row(100, 5.0))
    assert history.columns() == {"step": [0, 100], "jsd": [0, 5]}
    assert history.latest is not None and history.latest.values["jsd"] == (5.0,)
    assert history.rewinds == 0


def test_a_row_at_an_earlier_step_takes_back_what_came_after() -> None:
    history = filled(0, 100, 200, 300)
    history.append(row(150, 1.0))
    assert history.columns() == {"step": [0, 100, 150], "jsd": [0, 100, 1]}
    assert history.rewinds == 1
    history.append(row(200, 2.0))
    assert history.rewinds == 1
    history.append(row(0, 3.0))
    assert history.columns() == {"step": [0], "jsd": [3]}
    assert history.rewinds == 2


def test_several_seeds_give_the_median_and_the_range() -> None:
    history = History()
    history.append(row(0, 1.0, 5.0, 3.0))
    history.append(row(10, 2.0, 2.0, -4.0))
    assert history.columns() == {"step": [0, 10], "jsd": [3, 2], "jsd_lo": [1, -4], "jsd_hi": [5, 2]}
    assert [list(seed) for seed in history.seeds("jsd")] == [[1, 2], [5, 2], [3, -4]]
    assert history.seeds("nothing") == []


def test_one_seed_has_no_range() -> None:
    assert set(filled(0).columns()) == {"step", "jsd"}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_has_not_becomes_none(value: float) -> None:
    history = History()
    history.append(row(0, value))
    history.append(row(1, 0.5))
    assert history.columns()["jsd"] == [None, 0.5]
    json.dumps(history.columns(), allow_nan=False)


def test_a_seed_that_is_lost_shows_as_a_gap_and_is_not_masked() -> None:
    history = History()
    history.append(row(0, 1.0, math.nan, 2.0))
    assert history.columns() == {"step": [0], "jsd": [None], "jsd_lo": [None], "jsd_hi": [None]}


@given(st.integers(1, 300), st.integers(0, 300), st.integers(1, 50))
def test_thinning_keeps_the_first_the_newest_and_an_even_spacing(n: int, since: int, limit: int) -> None:
    steps = filled(*range(0, 10 * n, 10)).columns(since, limit)["step"]
    wanted = list(range(10 * since, 10 * n, 10))
    assert len(steps) == min(limit, len(wanted))
    if not wanted:
        return
    assert steps[-1] == wanted[-1] or limit == 1
    if len(steps) > 1:
        assert steps[0] == wanted[0]
        gaps = [int(b or 0) - int(a or 0) for a, b in zip(steps, steps[1:], strict=False)]
        assert min(gaps) > 0 and max(gaps) - min(gaps) <= 10


def test_thinning_to_a_single_row_keeps_the_newest() -> None:
    assert filled(0, 10, 20).columns(limit=1)["step"] == [20]


@given(st.lists(st.integers(0, 30), max_size=40))
def test_steps_only_ever_rise(steps: list[int]) -> None:
    history = filled(*steps)
    kept = list(history.steps)
    assert kept == sorted(set(kept))
    assert kept[-1:] == steps[-1:]
    assert len(history.columns()["jsd"] if steps else []) == len(kept)
