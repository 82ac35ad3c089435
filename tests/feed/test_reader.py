"""What a browser is told of a run in words, and the modes that go with the rows."""

import json
import math

import pytest

from playground.config import RunConfig
from playground.engine.server.run import Run
from playground.feed.messages import as_json
from playground.feed.reader import Reader
from playground.frame import Row
from tests.feed.conftest import SCENE, FakeEngine, Server


def run_of(seeds: int = 1, rows: int = 30) -> Run:
    """A run whose seed 0 serves one mode of two and whose seed 1 serves both, at an EMD that stays far off."""
    config = RunConfig(dataset="two_gaussians", seeds=seeds)
    run = Run("run", "ada", config, config, worker=0, status="playing", scene=SCENE, generation=1)
    run.floors = {"emd": (0.1, 0.2)}
    for i in range(rows):
        append(run, 100 * i)
    return run


def append(run: Run, step: int) -> None:
    seeds = run.config.seeds
    values = {"emd": (1.5,) * seeds, "d_real": (0.6,) * seeds, "d_fake": (0.4,) * seeds}
    run.history.append(Row(step, values, ((1.0, 0.0), (0.5, 0.5))[:seeds]))


def test_a_reading_is_plain_json_and_comes_once() -> None:
    run, reader = run_of(), Reader()
    (message,) = reader.news(run)
    assert message.case == "collapsed" and message.seed is None
    assert message.number == 1 and "1 of 2 modes" in message.sentence
    told = json.loads(as_json(message))
    assert told["type"] == "reading" and set(told["tries"][0]) == {"label", "changes", "why", "restarts"}
    assert reader.due_in(run) is None and reader.news(run) == []


def test_readings_are_a_second_apart_and_the_last_one_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 100.0
    monkeypatch.setattr("playground.feed.reader.time.monotonic", lambda: clock)
    run, reader = run_of(rows=1), Reader()
    assert reader.news(run)[0].case == "early"
    for i in range(1, 30):
        append(run, 100 * i)
    clock += 0.4
    assert reader.news(run) == [] and reader.due_in(run) == pytest.approx(0.6)
    clock += 0.6
    assert reader.news(run)[0].case == "collapsed"


def test_the_shown_seed_is_read() -> None:
    run, reader = run_of(seeds=2), Reader()
    assert (reader.news(run)[0].case, run.lane) == ("collapsed", 0)
    run.lane = 1
    (message,) = Reader().news(run)
    assert (message.case, message.seed) == ("standing", 1)


def test_a_change_of_the_game_starts_again_and_one_of_the_measuring_does_not() -> None:
    run = run_of()
    run.changes = ((2800, {"jsd_samples": [10_000, 500]}),)
    assert Reader().news(run)[0].case == "collapsed"
    run.changes = (*run.changes, (2850, {"k": [1, 2]}))
    assert Reader().news(run)[0].case == "early"


def test_a_lost_seed_is_told_as_such_and_one_that_is_not_measured_yet_is_waited_for() -> None:
    run = run_of(seeds=2)
    run.diverged = (1200, None)
    assert Reader().news(run)[0].sentence == "no finite numbers since step 1,200."
    empty = run_of(rows=0)
    empty.history.append(Row(700, {"emd": (math.nan,), "d_real": (0.5,), "d_fake": (0.5,)}, None))
    assert Reader().news(empty)[0].case == "early"


def test_the_modes_of_the_shown_seed_go_with_the_rows_and_follow_another_choice(
    server: Server, fake: FakeEngine
) -> None:
    run = fake.add(seeds=2)
    with fake.lock:
        run.history.append(Row(0, {"jsd": (0.5, 0.6)}, ((1.0, 0.0), (0.25, 0.75))))
        run.history.append(Row(100, {"jsd": (0.5, 0.6)}, ((0.0, 1.0), (0.5, 0.5))))
    with server.open() as browser:
        first = browser.until("rows")[-1]
        assert first["columns"]["mode_1"] == [1.0, 0.0] and first["columns"]["mode_2"] == [0.0, 1.0]
        fake.tell(run, lane=1)
        second = browser.until("rows")[-1]
    assert second["replace"] is True
    assert second["columns"]["mode_1"] == [0.25, 0.5] and second["latest"]["mode_histogram"] == [0.5, 0.5]
