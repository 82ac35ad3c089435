"""A run in a worker process: it starts, plays, steps, takes live changes and starts anew."""

import time
from collections.abc import Callable

import pytest

from playground.config import ConfigError
from playground.engine.messages import Apply, Part
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.run import Run
from playground.frame import decode
from playground.training.checkpoint import unpack
from tests.engine.running import quick, refusals, until
from tests.training.test_resume import differences


def test_a_run_starts_paused_at_step_0_with_a_scene_a_row_and_floors(engine: Engine, begin: Callable[..., Run]) -> None:
    config = quick(seeds=2)
    run = begin(config)
    assert (run.status, run.steps, run.config, run.message) == ("paused", 0, config, "")
    assert run.scene is not None and run.scene.seeds == 2
    assert list(run.history.steps) == [0]
    until(engine, run, lambda: bool(run.floors))
    low, high = run.floors["jsd"]
    assert 0 < low <= high < 0.7


def test_a_runs_id_cannot_be_guessed(begin: Callable[..., Run]) -> None:
    first, second = begin(), begin()
    assert first.id != second.id and len(first.id) >= 20


def test_playing_raises_the_steps_and_pausing_stops_them(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.play(run, True)
    until(engine, run, lambda: run.steps >= 100 and run.status == "playing")
    engine.play(run, False)
    until(engine, run, lambda: run.status == "paused")
    stopped = run.steps
    assert run.history.steps[-1] == stopped  # the pause is measured
    # The worker answers in order: had a step followed the pause, this confirmation would carry it.
    engine.limit(run, 50)
    until(engine, run, lambda: run.speed == 50)
    assert run.steps == stopped


def test_rows_come_at_the_configs_interval(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin(quick(measure_every=25))
    engine.play(run, True)
    until(engine, run, lambda: len(run.history) > 5)
    assert list(run.history.steps[:6]) == [0, 25, 50, 75, 100, 125]


@pytest.mark.parametrize(("part", "steps", "d_updates"), [("both", 1, 2), ("discriminator", 0, 1), ("generator", 1, 0)])
def test_a_step_by_hand_is_a_whole_one_or_one_half(
    engine: Engine, begin: Callable[..., Run], part: Part, steps: int, d_updates: int
) -> None:
    run = begin(quick(k=2))
    before = run.history.latest
    engine.step(run, part)
    until(engine, run, lambda: run.history.latest is not before)
    assert run.steps == steps
    version = run.version
    engine.want(run)
    until(engine, run, lambda: run.version > version and run.frame is not None)
    assert run.frame is not None
    values = decode(run.frame).values
    assert (values["step"], values["d_updates"]) == (steps, d_updates)


def test_where_both_players_move_together_there_are_only_whole_steps(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin(quick(updates="simultaneous"))
    engine.step(run, "generator")
    until(engine, run, lambda: run.message == "Both players move together here: a step has no halves.")
    assert run.steps == 0
    engine.step(run, "both")
    until(engine, run, lambda: run.steps == 1 and run.message == "")


@pytest.mark.parametrize(
    ("part", "steps", "d_updates"), [("both", 41, 82), ("discriminator", 40, 81), ("generator", 41, 80)]
)
def test_a_step_by_hand_pauses_a_playing_run_and_is_the_last_thing_that_it_does(
    engine: Engine, begin: Callable[..., Run], part: Part, steps: int, d_updates: int
) -> None:
    run = begin(quick(k=2))
    engine.until(run, 40)
    engine.play(run, True)
    until(engine, run, lambda: run.history.steps[-1] == 40)
    assert run.status == "playing"  # it waits at a step that is known
    before = run.history.latest
    engine.step(run, part)
    until(engine, run, lambda: run.history.latest is not before and run.status == "paused")
    engine.until(run, None)
    engine.limit(run, 1000)  # the worker answers in order: had it trained on, this answer would say so
    until(engine, run, lambda: run.speed == 1000)
    assert run.history.latest is not None
    assert (run.history.latest.step, run.history.latest.d_updates) == (run.steps, d_updates) == (steps, d_updates)


@pytest.mark.parametrize(
    ("part", "moved"),
    [("both", {"generator", "discriminator"}), ("discriminator", {"discriminator"}), ("generator", {"generator"})],
)
def test_a_step_by_hand_moves_its_player_alone(
    engine: Engine, begin: Callable[..., Run], part: Part, moved: set[str]
) -> None:
    run = begin()
    engine.step(run, "both")
    until(engine, run, lambda: run.kept is not None and run.kept[0] == 1)
    before = run.kept
    engine.step(run, part)
    until(engine, run, lambda: run.kept is not before)
    assert before is not None and run.kept is not None
    old, new = unpack(before[1]), unpack(run.kept[1])
    players = ("generator", "discriminator")
    assert {name for name in players if differences(old[name], new[name])} == moved


@pytest.mark.slow
def test_a_speed_limit_is_held(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.limit(run, 20)
    engine.play(run, True)
    until(engine, run, lambda: run.steps > 2)
    before, start = run.steps, time.monotonic()
    until(engine, run, lambda: run.steps >= before + 30)
    rate = (run.steps - before) / (time.monotonic() - start)
    assert 12 < rate < 26  # rows come every 0.4 s, so a moment is known to a few steps
    engine.limit(run, None)
    until(engine, run, lambda: run.steps >= before + 500)


def test_pictures_come_when_asked_for_and_show_the_wanted_seed(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin(quick(seeds=2))
    with engine.lock:
        before = run.version
    engine.look_at(run, 1)
    until(engine, run, lambda: run.version > before)
    assert run.frame is not None and decode(run.frame).values["lane"] == 1
    with pytest.raises(EngineError, match=r"lane must be a whole number from 0 to 1 \(got 2\)\."):
        engine.look_at(run, 2)


def test_a_live_change_is_confirmed_and_recorded_and_the_run_goes_on(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.play(run, True)
    until(engine, run, lambda: run.steps >= 20)
    engine.change(run, run.config.replace(k=3))
    until(engine, run, lambda: run.config.k == 3)
    [(step, fields)] = run.changes
    assert 20 <= step and dict(fields) == {"k": [1, 3]}
    assert run.status == "playing" and run.steps >= step
    until(engine, run, lambda: run.steps > step + 20)


def test_a_change_that_needs_a_restart_restarts_a_run_that_has_not_begun(
    engine: Engine, begin: Callable[..., Run]
) -> None:
    run = begin()
    generation = run.generation
    engine.change(run, run.config.replace(dataset="grid25", k=2))
    until(engine, run, lambda: run.generation > generation and run.config.dataset == "grid25")
    until(engine, run, lambda: len(run.history) == 1)
    assert (run.config.k, run.steps, run.status) == (2, 0, "paused")
    assert run.scene is not None and len(run.scene.modes or []) == 25


def test_a_change_that_needs_a_restart_waits_for_it_once_the_run_has_begun(
    engine: Engine, begin: Callable[..., Run]
) -> None:
    run = begin()
    engine.step(run, "both")
    until(engine, run, lambda: run.steps == 1)
    wanted = run.config.replace(dataset="grid25", k=2)
    engine.change(run, wanted)
    until(engine, run, lambda: run.config.k == 2)  # what can act at once does
    assert (run.config.dataset, run.steps, run.generation) == ("ring8", 1, 1)
    engine.restart(run, wanted)
    until(engine, run, lambda: run.generation == 2 and run.config == wanted and len(run.history) == 1)
    assert (run.steps, run.status, run.changes) == (0, "paused", ())


def test_half_a_step_is_a_beginning_too(engine: Engine, begin: Callable[..., Run]) -> None:
    """After a step of D alone the counter still says 0, but there is something to lose."""
    run = begin()
    before = run.history.latest
    engine.step(run, "discriminator")
    until(engine, run, lambda: run.history.latest is not before)
    engine.change(run, run.config.replace(dataset="grid25", k=2))
    until(engine, run, lambda: run.config.k == 2)
    assert run.generation == 1 and run.config.dataset == "ring8"


def test_a_restart_can_play_on_and_keeps_the_speed(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.limit(run, 300)
    engine.restart(run, playing=True)
    until(engine, run, lambda: run.generation == 2 and run.status == "playing" and run.steps > 10)
    assert run.speed == 300


def test_equal_configs_are_equal_runs(engine: Engine, begin: Callable[..., Run]) -> None:
    first, second = begin(), begin()
    for run in (first, second):
        engine.play(run, True)
    for run in (first, second):
        until(engine, run, lambda run=run: len(run.history) > 4)  # type: ignore[misc]
        engine.play(run, False)
    a, b = (run.history.columns() for run in (first, second))
    assert a["step"][:4] == b["step"][:4] == [0, 20, 40, 60]
    for name in a.keys() - {"seconds"}:
        assert a[name][:4] == b[name][:4], name


def test_a_live_half_of_a_change_that_is_impossible_by_itself_is_refused(
    engine: Engine, begin: Callable[..., Run]
) -> None:
    """clip can act at once, but not under the spectral norm that only a restart switches off."""
    run = begin(quick(spectral_norm=True))
    engine.step(run, "both")
    until(engine, run, lambda: run.steps == 1)
    with pytest.raises(ConfigError, match="clip .* spectral_norm"):
        engine.change(run, run.config.replace(spectral_norm=False, clip=0.1))
    engine.step(run, "both")
    until(engine, run, lambda: run.steps == 2)
    assert run.config == quick(spectral_norm=True)


def test_what_the_worker_refuses_is_said_and_the_run_goes_on(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.play(run, True)
    engine._send(run, Apply(run.id, run.config.replace(g_width=16)))
    until(engine, run, lambda: bool(refusals(run)))
    assert refusals(run) == ["g_width can't change while the run trains: restart it."]
    stood = run.steps
    until(engine, run, lambda: run.steps > stood + 20)
    assert run.status == "playing" and run.config == quick()


def test_two_playing_runs_of_one_worker_share_the_time_fairly(engine: Engine, begin: Callable[..., Run]) -> None:
    runs: list[Run] = []
    while len(runs) < 2:
        run = begin()
        if not runs or run.worker == runs[0].worker:
            runs.append(run)
    for run in runs:
        engine.play(run, True)
    for run in runs:
        until(engine, run, lambda run=run: run.steps > 20)  # type: ignore[misc]
    with engine.lock:
        before = [run.steps for run in runs]
    until(engine, runs[0], lambda: runs[0].steps > before[0] + 600)
    with engine.lock:
        done = [run.steps - start for run, start in zip(runs, before, strict=True)]
    assert 0.5 < done[0] / done[1] < 2


def test_a_run_waits_at_the_step_it_was_told_to_and_then_plays_on(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.until(run, 40)
    engine.play(run, True)
    until(engine, run, lambda: run.history.steps[-1] == 40)
    engine.limit(run, 1000)  # the worker answers in order: it has stopped and still listens
    until(engine, run, lambda: run.speed == 1000)
    assert (run.status, run.steps) == ("playing", 40)
    engine.until(run, None)
    until(engine, run, lambda: run.steps > 60)
