"""kill -9 of a worker or of a whole server while they record. Nothing is corrupted, and little is lost."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from random import Random

from playground.engine.server.returning import from_store
from playground.engine.server.run import Run
from playground.runs.store import RunStore
from tests.engine.running import PATIENCE, pid_of, quick, until
from tests.faults.outcome import Outcome
from tests.faults.reference import check_checkpoints, compare, recording

ROOT = Path(__file__).parents[2]


def intact(outcome: Outcome, folder: Path) -> None:
    """The database's own word on itself, and every checkpoint that it names can be read."""
    with closing(sqlite3.connect(folder / "runs.sqlite")) as database:
        (word,) = database.execute("PRAGMA integrity_check").fetchone()
    if word != "ok":
        outcome.lost.append(f"The database says {word!r}.")
    with closing(RunStore(folder, writable=False)) as store:
        for record in store.records():
            check_checkpoints(outcome, store, record.id)


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


def worker(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """The reference trains in the other worker. What was killed ends with the numbers of a run that never was."""
    with recording(outcome, folder / "runs", workers=2) as (engine, _, other):
        run = engine.run(engine.start("me", quick()), "me")
        until(engine, run, lambda: run.status == "paused")
        assert run.worker != other.worker
        engine.play(run, True)
        until(engine, run, lambda: run.kept is not None and run.steps > 100)
        for _ in range(count):
            time.sleep(rng.uniform(0.0, 2.5))  # the moment itself is what is tested
            clock = Clock(run)
            unwatch = engine.watch(run, clock.look)
            pid = pid_of(engine, run)
            os.kill(pid, signal.SIGKILL)
            until(engine, run, lambda: pid_of(engine, run) != pid and run.status == "playing")  # noqa: B023
            stood = run.steps
            until(engine, run, lambda: run.steps > stood + 60)  # noqa: B023
            unwatch()
            outcome.tried += 1
            outcome.seconds = max(outcome.seconds, clock.fell)
            if "died; it goes on from step" not in run.message:
                outcome.broken.append(f"The run says {run.message!r} of its worker's death.")
    with closing(RunStore(folder / "runs")) as store:
        steps, record = store.columns(run.id).steps.tolist(), store.record(run.id)
        if steps != sorted(set(steps)) or record.status != "paused" or record.steps != steps[-1]:
            outcome.lost.append(
                f"The record says {record.status} at step {record.steps:,}, its rows end at {steps[-1]:,}."
            )
        compare(outcome, store, run.id)
    intact(outcome, folder / "runs")


def server(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """Each new server goes on with the run where the last one's records end."""
    place, known, last = folder / "runs", "", 0
    for _ in range(count):
        known, told = _killed_server(place, known, rng.uniform(1.0, 3.5))
        outcome.tried += 1
        if told[-1][0] <= last:
            outcome.lost.append(f"The server that was to go on from step {last:,} only came to {told[-1][0]:,}.")
        store = RunStore(place)
        back = from_store(store, known, "me")
        if (back.status, back.message) != ("paused", f"Interrupted at step {back.steps:,}: press Play to go on."):
            outcome.lost.append(f"The run comes back {back.status}, {back.message!r}.")
        last = back.steps
        kept = max(row.seconds for row in store.rows(known) if row.step <= last)
        outcome.seconds = max(outcome.seconds, max(seconds for _, seconds in told) - kept)
        store.close()
        intact(outcome, place)
    store = RunStore(place)
    compare(outcome, store, known)
    store.close()


def _killed_server(folder: Path, known: str, seconds: float) -> tuple[str, list[tuple[int, float]]]:
    """Train in another process and kill it so long after its first new row. The run, and the rows that it told of."""
    program = [sys.executable, "-m", "tests.engine.stored", str(folder), *filter(None, [known])]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        late = threading.Timer(PATIENCE + seconds, process.kill)  # a server that says nothing more is not waited for
        late.start()
        run = process.stdout.readline().split()[1]
        first = int(process.stdout.readline().split()[1])
        rows = [(first, 0.0)]
        begun = 0.0
        while not begun or time.monotonic() < begun + seconds:
            _, step, trained = process.stdout.readline().split()
            rows.append((int(step), float(trained)))
            begun = begun or (time.monotonic() if int(step) > first + 60 else 0.0)
        process.kill()
        late.cancel()
        for line in process.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                rows.append((int(line.split()[1]), float(line.split()[2])))
    return run, rows
