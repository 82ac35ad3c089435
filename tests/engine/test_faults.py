"""Killed without warning at any moment: a worker or the whole server. Nothing is corrupted, and little is lost."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from playground.engine.server.engine import Engine
from playground.engine.server.returning import from_store
from playground.engine.server.run import Run
from playground.runs.store import RunStore
from playground.training.checkpoint import unpack
from tests.engine.running import PATIENCE, pid_of, quick, until

pytestmark = pytest.mark.slow
MOMENTS = int(os.environ.get("GAN_PLAYGROUND_FAULTS", "2"))
"""How many moments a process is killed at; 20 for the record: GAN_PLAYGROUND_FAULTS=20."""
MOST_LOST = 2.0
"""Seconds of training."""
ROOT = Path(__file__).parents[2]


def intact(folder: Path) -> str:
    """The database's own word on itself, and every checkpoint that it names can be read."""
    with sqlite3.connect(folder / "runs.sqlite") as database:
        (word,) = database.execute("PRAGMA integrity_check").fetchone()
        named = database.execute("SELECT run, step FROM checkpoints").fetchall()
    for run, step in named:
        assert unpack((folder / "checkpoints" / run / f"{step}.safetensors").read_bytes())["steps"] == step
    return str(word)


def report(lost: list[float], who: str) -> None:
    """Print what was measured (pytest -s shows it)."""
    most, mean = max(lost), sum(lost) / len(lost)
    print(f"\n{who} was killed {len(lost)} times: {most:.2f} s of training lost at most, {mean:.2f} s on average")


class Clock:
    """The seconds of training that the newest row tells of, and how far they ever fell back."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._newest = 0.0
        self.fell = 0.0

    def look(self) -> None:
        row = self._run.history.latest
        if row is not None:
            self.fell = max(self.fell, self._newest - row.seconds)
            self._newest = row.seconds


def test_a_worker_killed_at_any_moment_costs_no_more_than_two_seconds(tmp_path: Path) -> None:
    moments, lost = random.Random(1), []
    store = RunStore(tmp_path)
    engine = Engine(workers=1, store=store)
    try:
        run = engine.run(engine.start("me", quick()), "me")
        until(engine, run, lambda: run.status == "paused")
        engine.play(run, True)
        until(engine, run, lambda: run.kept is not None and run.steps > 100)
        for _ in range(MOMENTS):
            time.sleep(moments.uniform(0.0, 2.5))  # the moment itself is what is tested
            clock = Clock(run)
            unwatch = engine.watch(run, clock.look)
            pid = pid_of(engine, run)
            os.kill(pid, signal.SIGKILL)
            until(engine, run, lambda: pid_of(engine, run) != pid and run.status == "playing")  # noqa: B023
            stood = run.steps
            until(engine, run, lambda: run.steps > stood + 60)  # noqa: B023
            unwatch()
            lost.append(clock.fell)
            assert "died; it goes on from step" in run.message
        engine.close()
        steps, record = store.columns(run.id).steps.tolist(), store.record(run.id)
    finally:
        engine.close()
        store.close()
    assert intact(tmp_path) == "ok"
    assert steps == sorted(set(steps)) and record.status == "paused" and record.steps == steps[-1]
    report(lost, "A worker")
    assert max(lost) <= MOST_LOST


def test_a_server_killed_at_any_moment_costs_no_more_than_two_seconds(tmp_path: Path) -> None:
    """Each new server goes on with the run where the last one's records end."""
    moments, lost, known, last = random.Random(2), [], "", 0
    for _ in range(MOMENTS):
        known, told = killed_server(tmp_path, known, moments.uniform(1.0, 3.5))
        assert told[-1][0] > last  # it went on
        store = RunStore(tmp_path)
        [interrupted] = store.records()
        assert (interrupted.id, interrupted.status) == (known, "interrupted")
        back = from_store(store, known, "me")
        assert (back.status, back.message) == ("paused", f"Interrupted at step {back.steps:,}: press Play to go on.")
        state = unpack(store.checkpoint(known, store.checkpoint_steps(known)[-1]))
        lost.append(max(seconds for _, seconds in told) - state["seconds"])
        last = state["steps"]
        store.close()
        assert intact(tmp_path) == "ok"
    report(lost, "A server")
    assert max(lost) <= MOST_LOST


def killed_server(folder: Path, known: str, seconds: float) -> tuple[str, list[tuple[int, float]]]:
    """Train in another process and kill it so long after its first new row. The run, and the rows that it told of."""
    program = [sys.executable, "-m", "tests.engine.stored", str(folder), *filter(None, [known])]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        late = threading.Timer(PATIENCE + seconds, server.kill)  # a server that says nothing more is not waited for
        late.start()
        run = server.stdout.readline().split()[1]
        first = int(server.stdout.readline().split()[1])
        rows = [(first, 0.0)]
        begun = 0.0
        while not begun or time.monotonic() < begun + seconds:
            _, step, trained = server.stdout.readline().split()
            rows.append((int(step), float(trained)))
            begun = begun or (time.monotonic() if int(step) > first + 60 else 0.0)
        server.kill()
        late.cancel()
        for line in server.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                rows.append((int(line.split()[1]), float(line.split()[2])))
    return run, rows
