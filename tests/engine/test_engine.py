"""The engine with real worker processes: what is wished for happens, and one run's misfortune is its own."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.config import ConfigError, RunConfig
from playground.engine import pool as pool_module
from playground.engine import roster
from playground.engine.engine import Engine, EngineError
from playground.engine.limits import MAX_RUNS_PER_OWNER, Limits
from playground.engine.messages import Apply, Part
from playground.engine.run import Run
from playground.frame import decode
from tests.engine.stored import QUICK

PATIENCE = 120.0
"""Seconds to wait for what must happen. Reached only when it does not."""
DOOMED = {"loss": "least_squares", "optimizer": "sgd", "lr_g": 1, "lr_d": 1}
"""Settings at which the numbers leave the finite ones within some steps."""


def quick(**changes: Any) -> RunConfig:
    return RunConfig(**(QUICK | changes))


def until(engine: Engine, run: Run, condition: Callable[[], bool]) -> None:
    """Wait until the engine's news make a condition true."""
    news = threading.Event()
    unwatch = engine.watch(run, news.set)
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            news.clear()
            with engine.lock:
                if condition():
                    return
                stands = f"{run.status} at step {run.steps}, {len(run.history)} rows, {run.message!r} {run.refusals}"
            assert news.wait(max(0.0, deadline - time.monotonic())), f"waited in vain: {stands}"
    finally:
        unwatch()


@pytest.fixture
def begin(engine: Engine) -> Iterator[Callable[..., Run]]:
    """Start a run of an owner (this test's own unless given) and wait until it stands. They all end with the test."""
    started: list[Run] = []

    def begin(config: RunConfig | None = None, owner: str = "me") -> Run:
        run = engine.run(engine.start(owner, config or quick()), owner)
        started.append(run)
        until(engine, run, lambda: run.status == "paused" and len(run.history) > 0)
        return run

    yield begin
    for run in started:
        engine.stop(run)


def pid_of(engine: Engine, run: Run) -> int:
    return engine._pool.workers[run.worker]._process.pid


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def wait_for_death(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while alive(pid):
        assert time.monotonic() < deadline, "the process still lives"
        time.sleep(0.02)


# Start, play, pause, step ---------------------------------------------------------------------------------------


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


def test_a_step_by_hand_pauses_a_playing_run(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin()
    engine.play(run, True)
    until(engine, run, lambda: run.steps > 20)
    engine.step(run, "both")
    until(engine, run, lambda: run.status == "paused")


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


# Live changes and restarts --------------------------------------------------------------------------------------


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
    until(engine, run, lambda: bool(run.refusals))
    assert run.refusals == ["g_width can't change while the run trains: restart it."]
    stood = run.steps
    until(engine, run, lambda: run.steps > stood + 20)
    assert run.status == "playing" and run.config == quick()


def test_a_run_that_cannot_even_be_opened_says_so(engine: Engine) -> None:
    impossible = RunConfig.model_construct(**(quick().model_dump() | {"dataset": "nowhere"}))
    run = engine.run(engine.start("me", impossible), "me")
    until(engine, run, lambda: run.status == "failed" or bool(run.refusals))
    assert "nowhere" in run.message + "".join(run.refusals)
    assert run.status == "failed"  # not "opening" for ever
    engine.stop(run)


# Owners and limits ----------------------------------------------------------------------------------------------


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


# Misfortunes ----------------------------------------------------------------------------------------------------


def test_a_diverged_run_stops_with_step_and_reason_and_the_others_go_on(
    engine: Engine, begin: Callable[..., Run]
) -> None:
    other, run = begin(), begin(quick(**DOOMED))
    engine.play(other, True)
    engine.play(run, True)
    until(engine, run, lambda: run.status == "diverged")
    assert run.message.startswith("At step ") and "no longer a finite number" in run.message
    assert f"step {run.steps:,}" in run.message.split("last good state")[1]
    stood = other.steps
    until(engine, other, lambda: other.steps > stood + 50)
    assert other.status == "playing"
    # Its last good state is still there: gentler settings let it train on from it.
    good = run.steps
    engine.change(run, run.config.replace(lr_g=1e-5, lr_d=1e-5))
    engine.play(run, True)
    until(engine, run, lambda: run.status == "playing" and run.steps > good + 40)
    assert run.message == ""


def test_a_diverged_seed_is_reported_while_the_others_train_on(engine: Engine, begin: Callable[..., Run]) -> None:
    run = begin(quick(**DOOMED, seeds=16, measure_every=10_000))
    told: list[tuple[int | None, ...]] = []
    unwatch = engine.watch(run, lambda: told.append(run.diverged))
    engine.play(run, True)
    until(engine, run, lambda: run.status == "diverged")
    unwatch()
    lost = [sum(step is not None for step in lanes) for lanes in told]
    assert any(0 < count < 16 for count in lost)


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


def test_a_killed_worker_brings_its_runs_back_by_itself_and_disturbs_no_other(
    engine: Engine, begin: Callable[..., Run]
) -> None:
    first, second = begin(), begin()
    while first.worker == second.worker:
        second = begin()
    idle = begin()
    while idle.worker != first.worker:
        idle = begin()
    for run in (first, second):
        engine.limit(run, 50)
        engine.play(run, True)
    until(engine, first, lambda: first.steps > 20 and first.kept is not None)
    until(engine, second, lambda: second.status == "playing")
    before, stood = first.steps, second.steps
    pid = pid_of(engine, first)
    os.kill(pid, signal.SIGKILL)
    wait_for_death(pid)
    until(engine, second, lambda: second.steps > stood + 5)
    assert second.message == ""
    until(engine, first, lambda: first.status == "playing" and first.steps > before)
    assert "died; it goes on from step" in first.message and first.message.endswith("lost).")
    assert first.speed == 50 and first.generation == 1  # nothing starts over on the page
    assert list(first.history.steps) == sorted(set(first.history.steps))
    until(engine, idle, lambda: idle.status == "paused" and "it goes on from step 0" in idle.message)
    engine.play(first, False)
    until(engine, first, lambda: first.status == "paused" and first.message == "")
    begin()


def test_a_run_that_takes_every_worker_down_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "TRIES", 1)
    engine = Engine(workers=1)
    run = engine.run(engine.start("me", quick()), "me")
    try:
        for _ in range(2):
            until(engine, run, lambda: run.status == "paused")
            with engine.lock:
                run.status = "opening"
            os.kill(pid_of(engine, run), signal.SIGKILL)
            until(engine, run, lambda: run.status in ("paused", "failed"))
        assert run.status == "failed"
        assert run.message == "The process that trained this run died. Reset starts it anew."
        assert run.falls == 2 and not run.hosted
    finally:
        engine.close()


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


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "10001", "\u0661"])
def test_a_limit_that_is_none_is_named(text: str) -> None:
    with pytest.raises(EngineError, match="GAN_PLAYGROUND_RUNS_PER_SESSION must be a whole number from 1 to 10,000"):
        Limits.of({"GAN_PLAYGROUND_RUNS_PER_SESSION": text})
    assert Limits.of({"GAN_PLAYGROUND_RUNS_PER_SESSION": " 3 "}) == Limits(per_session=3)


# Ends -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opened", [False, True], ids=["starting", "idle"])
def test_closing_leaves_no_process(opened: bool) -> None:
    engine = Engine(workers=1)
    run = engine.run(engine.start("me", quick()), "me")
    pid = pid_of(engine, run)
    assert alive(pid)
    if opened:
        until(engine, run, lambda: bool(run.floors))  # then the worker sleeps until it is spoken to
    process = engine._pool.workers[run.worker]._process
    engine.close()
    assert not alive(pid)
    assert process.returncode != -signal.SIGKILL  # it ends when it is asked to; it need not be killed after a wait


def test_a_worker_that_cannot_start_fails_its_runs_and_is_not_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\necho started >> {tmp_path}/starts\nread key\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    engine = Engine(workers=1)
    run = engine.run(engine.start("me", quick()), "me")
    until(engine, run, lambda: run.status == "failed")
    assert run.message.endswith(".")
    engine.close()
    assert (tmp_path / "starts").read_text() == "started\n"


@pytest.mark.slow
def test_a_worker_ends_when_its_engines_process_is_killed() -> None:
    program = (
        "from playground.engine.engine import Engine\n"
        "from playground.config import RunConfig\n"
        "import threading\n"
        "engine = Engine(workers=1)\n"
        "run = engine.run(engine.start('me', RunConfig(jsd_samples=500, emd_samples=50)), 'me')\n"
        "ready = threading.Event()\n"
        "engine.watch(run, ready.set)\n"
        "ready.wait(120)\n"
        "engine.play(run, True)\n"
        "print(engine._pool.workers[0]._process.pid, flush=True)\n"
        "threading.Event().wait()\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program], cwd=root, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
        try:
            wait_for_death(pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


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
