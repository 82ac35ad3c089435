"""Whose runs there are, how many at once, and which of them have to go."""

import time
from collections.abc import Callable

import pytest

from playground.engine.server import roster
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.limits import MAX_RUNS_PER_OWNER, Limits
from playground.engine.server.run import Run
from tests.engine.running import PATIENCE, quick, until


def test_another_owner_is_told_that_there_is_no_such_run(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin(owner="ada")
    assert engine.run(run.id, "ada") is run
    sentences = set()
    for run_id, owner in ((run.id, "bob"), (run.id, ""), ("no-such-id", "ada"), (run.id, "ädä")):
        with pytest.raises(EngineError) as caught:
            engine.run(run_id, owner)
        sentences.add(str(caught.value))
    assert sentences == {"There is no such run in this browser session."}  # nobody learns which


def test_a_stopped_run_is_gone(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.stop(run)
    with pytest.raises(EngineError):
        engine.run(run.id, "me")
    engine.stop(run)  # again is no error


def test_an_owner_beyond_the_limit_loses_the_run_that_idled_longest(engine: Engine, begin: Callable[..., Run]) -> None:
    runs = [begin(owner="many") for _ in range(MAX_RUNS_PER_OWNER)]
    engine.play(runs[0], True)
    until(engine, runs[0], lambda: runs[0].status == "playing")
    unwatch = engine.watch(runs[1], lambda: None)
    bystander = begin(owner="other")
    newest = begin(owner="many")
    with pytest.raises(EngineError):
        engine.run(runs[2].id, "many")  # runs[0] plays, runs[1] is watched: the next oldest goes
    for kept in (runs[0], runs[1], *runs[3:], newest):
        assert engine.run(kept.id, "many") is kept
    assert engine.run(bystander.id, "other") is bystander
    unwatch()


def test_an_owner_whose_runs_are_all_in_use_is_refused_in_a_sentence(engine: Engine, begin: Callable[..., Run]) -> None:
    runs = [begin(owner="busy") for _ in range(MAX_RUNS_PER_OWNER)]
    unwatch = [engine.watch(run, lambda: None) for run in runs]
    with pytest.raises(EngineError) as caught:
        engine.start("busy", quick())
    assert str(MAX_RUNS_PER_OWNER) in str(caught.value) and str(caught.value).endswith(".")
    begin(owner="somebody else")
    for end in unwatch:
        end()
    begin(owner="busy")


def test_a_full_server_forgets_an_idle_run_of_anybody(
    engine: Engine, begin: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "MAX_RUNS", 2)
    first, second = begin(owner="a"), begin(owner="b")
    ends = engine.watch(second, lambda: None)
    third = begin(owner="c")
    with pytest.raises(EngineError):
        engine.run(first.id, "a")
    with engine.lock:
        engine.watch(third, lambda: None)
    with pytest.raises(EngineError, match="2 runs that this server may hold are in use"):
        engine.start("d", quick())
    ends()


def test_only_so_many_runs_train_at_once(begin: Callable[..., Run], engine: Engine) -> None:
    runs = [begin(owner="keen") for _ in range(3)]
    limits, engine._limits = engine._limits, Limits(per_session=2, per_server=3)
    try:
        for run in runs[:2]:
            engine.play(run, True)
        engine.play(runs[0], True)  # again: it trains already
        with pytest.raises(EngineError, match="^2 runs of this browser session train already, which is the most"):
            engine.play(runs[2], True)
        with pytest.raises(EngineError, match="pause one first"):
            engine.restart(runs[2], playing=True)
        other, another = begin(owner="other"), begin(owner="another")
        engine.play(other, True)
        with pytest.raises(EngineError, match="^3 runs train on this server already"):
            engine.play(another, True)
        engine.play(runs[0], False)
        until(engine, runs[0], lambda: runs[0].status == "paused")
        engine.play(runs[2], True)
        until(engine, runs[2], lambda: runs[2].status == "playing")
    finally:
        engine._limits = limits


def test_runs_that_wait_start_in_their_order_when_there_is_room(begin: Callable[..., Run], engine: Engine) -> None:
    first, second, third, fourth = (begin(owner="keen") for _ in range(4))
    limits, engine._limits = engine._limits, Limits(per_session=1)
    try:
        engine.play(first, True)
        for run in (second, third, fourth):
            engine.play(run, True, 3, wait=True)
        assert [run.queued for run in (first, second, third, fourth)] == [0, 1, 2, 3]
        engine.play(third, False)  # paused before it began: it waits no longer
        engine.play(first, False)
        until(engine, fourth, lambda: (second.steps, fourth.steps, fourth.status) == (3, 3, "paused"))
        assert third.steps == 0 and not any(run.queued for run in (second, third, fourth))
        engine.play(first, True)
        engine.play(second, True, 5, wait=True)
        engine.stop(first)
        until(engine, second, lambda: second.steps == 5)
    finally:
        engine._limits = limits


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "10001", "\u0661"])
def test_an_impossible_limit_is_named(text: str) -> None:
    with pytest.raises(EngineError, match="GAN_PLAYGROUND_RUNS_PER_SESSION must be a whole number from 1 to 10,000"):
        Limits.of({"GAN_PLAYGROUND_RUNS_PER_SESSION": text})
    assert Limits.of({"GAN_PLAYGROUND_RUNS_PER_SESSION": " 3 "}) == Limits(per_session=3)


def test_a_run_that_nobody_watches_pauses_and_keeps_its_state(
    engine: Engine, begin: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine._pool, "_limits", Limits(unwatched_seconds=0))
    run = begin()
    engine.play(run, True)
    deadline = time.monotonic() + PATIENCE
    while not (run.status == "paused" and run.steps > 0):  # asking the engine for news would be watching
        assert time.monotonic() < deadline
        time.sleep(0.01)
    kept = run.steps
    engine.play(run, True)
    until(engine, run, lambda: run.steps > kept)
