"""Runs that diverge, workers that die or can't start, and what the end leaves behind."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.config import RunConfig
from playground.engine.server import pool as pool_module
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.run import Run
from tests.engine.running import DOOMED, alive, pid_of, quick, refusals, until, wait_for_death


def test_a_run_that_cannot_even_be_opened_says_so(engine: Engine) -> None:
    impossible = RunConfig.model_construct(**(quick().model_dump() | {"dataset": "nowhere"}))
    run = engine.run(engine.start("me", impossible), "me")
    until(engine, run, lambda: run.status == "failed" or bool(refusals(run)))
    assert "nowhere" in run.message + "".join(refusals(run))
    assert run.status == "failed"  # not "opening" for ever
    engine.stop(run)


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
    assert run.message == pool_module.NO_WORKER
    commands: list[Callable[[], object]] = [
        lambda: engine.play(run, True),
        lambda: engine.restart(run),
        lambda: engine.start("me", quick()),
    ]
    for command in commands:  # nothing is shown as opening for ever
        with pytest.raises(EngineError, match="could be started"):
            command()
    engine.want(run)
    assert run.status == "failed" and not run.trains
    engine.close()
    assert (tmp_path / "starts").read_text() == "started\n"


@pytest.mark.slow
def test_a_worker_ends_when_its_engines_process_is_killed() -> None:
    program = (
        "from playground.engine.server.engine import Engine\n"
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
