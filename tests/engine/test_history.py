"""The rows of a run: kept in order, thinned for a chart, with plain numbers only."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.server.history import History
from playground.frame import Row


def row(step: int, *values: float) -> Row:
    return Row(step, {"jsd": values}, None)


def measured(history: History, limit: int | None = None) -> dict[str, list[float | None]]:
    """What the history says of steps and the measure, without the updates of D and the seconds."""
    columns = history.columns(limit=limit)
    return {name: column for name, column in columns.items() if name not in ("d_updates", "seconds")}


def filled(*steps: int) -> History:
    history = History()
    for step in steps:
        history.append(row(step, float(step)))
    return history


def test_rows_come_back_in_order() -> None:
    history = filled(0, 100, 200)
    assert measured(history) == {"step": [0, 100, 200], "jsd": [0, 100, 200]}
    assert len(history) == 3
    assert history.latest is not None and history.latest.step == 200


def test_an_empty_history_has_no_rows() -> None:
    history = History()
    assert len(history) == 0 and history.latest is None
    assert measured(history, limit=10) == {"step": []}


def test_a_row_at_the_last_step_takes_its_place() -> None:
    history = filled(0, 100)
    history.append(row(100, 5.0))
    assert measured(history) == {"step": [0, 100], "jsd": [0, 5]}
    assert history.latest is not None and history.latest.values["jsd"] == (5.0,)
    assert history.rewinds == 0


def test_a_row_at_an_earlier_step_takes_back_what_came_after() -> None:
    history = filled(0, 100, 200, 300)
    history.append(row(150, 1.0))
    assert measured(history) == {"step": [0, 100, 150], "jsd": [0, 100, 1]}
    assert history.rewinds == 1
    history.append(row(200, 2.0))
    assert history.rewinds == 1
    history.append(row(0, 3.0))
    assert measured(history) == {"step": [0], "jsd": [3]}
    assert history.rewinds == 2


def test_several_seeds_give_the_median_and_the_range() -> None:
    history = History()
    history.append(row(0, 1.0, 5.0, 3.0))
    history.append(row(10, 2.0, 2.0, -4.0))
    assert measured(history) == {
        "step": [0, 10],
        "jsd": [3, 2],
        "jsd_lo": [1, -4],
        "jsd_hi": [5, 2],
        "jsd_q1": [2, -1],
        "jsd_q3": [4, 2],
    }
    assert [list(seed) for seed in history.seeds("jsd")] == [[1, 2], [5, 2], [3, -4]]
    assert history.seeds("nothing") == []


def test_one_seed_has_no_range() -> None:
    assert set(filled(0).columns()) == {"step", "d_updates", "seconds", "jsd"}


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
    assert measured(history) == {"step": [0], **dict.fromkeys(("jsd", "jsd_lo", "jsd_hi", "jsd_q1", "jsd_q3"), [None])}


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


# Gaps, going back, and back from disk ---------------------------------------------------------------------------


def test_the_updates_of_d_and_the_seconds_come_with_every_row() -> None:
    history = History()
    history.append(Row(0, {"jsd": (1.0,)}, None))
    history.append(Row(10, {"jsd": (0.5,)}, None, d_updates=50, seconds=1.23456))
    columns = history.columns()
    assert columns["d_updates"] == [0, 50] and columns["seconds"] == [0, 1.2346]


def test_a_measure_that_comes_later_or_is_missing_for_a_while_leaves_gaps() -> None:
    """A classifier is there some rows late, and again after a new process has taken over."""
    history = History()
    history.append(Row(0, {"jsd": (1.0,)}, None))
    history.append(Row(10, {"jsd": (2.0,), "fid": (7.0,)}, ((0.5, 0.5),)))
    history.append(Row(20, {"jsd": (3.0,)}, None))
    history.append(Row(30, {"jsd": (4.0,), "fid": (9.0,)}, ((0.25, 0.75),)))
    columns = history.columns()
    assert columns["jsd"] == [1, 2, 3, 4] and columns["fid"] == [None, 7, None, 9]
    assert [history.row(index).mode_histogram for index in range(4)] == [None, ((0.5, 0.5),), None, ((0.25, 0.75),)]


def test_taking_back_forgets_the_rows_beyond_a_step_and_counts_as_a_rewind() -> None:
    history = filled(0, 100, 200)
    history.take_back(200)
    assert history.rewinds == 0 and len(history) == 3
    history.take_back(150)
    assert list(history.steps) == [0, 100] and history.rewinds == 1
    assert history.latest is not None and (history.latest.step, history.latest.values) == (100, {"jsd": (100.0,)})


@pytest.mark.parametrize(("step", "found"), [(0, 10), (10, 10), (19, 10), (20, 20), (99, 20)])
def test_the_row_at_a_step_is_the_last_one_not_beyond_it(step: int, found: int) -> None:
    row = filled(10, 20).at(step)
    assert row is not None and row.step == found
    assert History().at(step) is None


def test_stored_columns_and_back_are_the_same_rows() -> None:
    history = History()
    for step in range(0, 50, 10):
        history.append(Row(step, {"jsd": (step / 7, math.nan), "emd": (1.0, 2.0)}, None, 2 * step, step / 3))
    back = History.of(history.stored())
    assert json.dumps(back.columns()) == json.dumps(history.columns())
    back.append(Row(50, {"jsd": (0.0, 0.0), "emd": (0.0, 0.0)}, None))
    assert len(back) == 6 and back.rewinds == 0
