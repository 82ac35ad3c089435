"""A run that plays while others are attacked: it must train on, with its settings, as an undisturbed one does."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil

from playground.engine.server.engine import Engine
from playground.engine.server.run import Run
from playground.errors import PlaygroundError
from playground.runs.reader import RunReader
from playground.runs.record import StoreError
from playground.runs.store import RunStore
from tests.benchmarks.crowd import Crowd
from tests.browser.serving import running_app
from tests.engine.running import PATIENCE, quick, until
from tests.faults.outcome import Outcome

CONFIG = quick()
ID = WHOSE = "reference"
"""Its id on a real server, and the cookie of its browser."""
SPEED = 100.0
"""Steps per second: an undisturbed one catches up quickly."""
MOST_STEPS = 10_000
"""How far an undisturbed one is trained to compare with."""
FURTHER = 60
"""Steps that show that it trains."""
SETTINGS = {"GAN_PLAYGROUND_UNWATCHED_SECONDS": "5"}


@contextmanager
def beside(outcome: Outcome, engine: Engine) -> Iterator[Run]:
    """The reference in an engine of this process. What became of it is noted at the end."""
    assert engine.store is not None
    run = engine.run(engine.start(WHOSE, CONFIG), WHOSE)
    unwatch = engine.watch(run, lambda: None)
    engine.limit(run, SPEED)
    engine.play(run, True)
    until(engine, run, lambda: run.steps > FURTHER)
    yield run
    stood = run.steps
    try:
        until(engine, run, lambda: run.steps > stood + FURTHER)
    except AssertionError as error:
        outcome.disturbed.append(f"The reference stands still: {error}")
    if run.status != "playing" or run.message or run.config != CONFIG:
        outcome.disturbed.append(f"The reference is {run.status}, {run.message!r}, with {run.config!r}.")
    unwatch()
    engine.play(run, False)
    until(engine, run, lambda: run.status != "playing")
    compare(outcome, engine.store, run.id)


@contextmanager
def recording(outcome: Outcome, folder: Path, workers: int) -> Iterator[tuple[Engine, RunStore, Run]]:
    """An engine that records into a folder, with the reference."""
    store = RunStore(folder)
    engine = Engine(workers=workers, store=store)
    try:
        with beside(outcome, engine) as run:
            yield engine, store, run
    finally:
        engine.close()
        store.close()


@contextmanager
def served(
    outcome: Outcome, folder: Path, prepare: Callable[[RunStore], None] = lambda _: None
) -> Iterator[tuple[str, psutil.Process]]:
    """A real server on which the reference trains, watched: its address and process. prepare: more runs for it."""
    store = RunStore(folder / "runs")
    store.create(ID, WHOSE, CONFIG)
    prepare(store)
    store.close()
    with running_app(folder, SETTINGS) as (address, server):
        watcher = Crowd(address, [WHOSE], speed=SPEED)
        watcher.start()
        reading = RunStore(folder / "runs", writable=False)
        trains_on(outcome, reading)
        yield address, server
        trains_on(outcome, reading)
        record = reading.record(ID)
        if record.config != CONFIG or record.status != "recording":
            outcome.disturbed.append(f"The reference is {record.status}, {record.message!r}, with {record.config!r}.")
        watcher.stop()
        reading.close()
    reading = RunStore(folder / "runs", writable=False)
    compare(outcome, reading, ID)
    reading.close()


def trains_on(outcome: Outcome, store: RunReader) -> None:
    """Wait until the reference has trained further, as the disk tells."""
    stood = newest(store)
    if not came(lambda: newest(store) >= stood + FURTHER):
        outcome.disturbed.append(f"The reference has stood at step {newest(store):,} for {PATIENCE:.0f} s.")


def came(condition: Callable[[], bool]) -> bool:
    """Wait for what nobody announces. Whether it came in time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def newest(store: RunReader, id: str = ID) -> int:
    try:
        steps = store.columns(id).steps
    except StoreError:
        return 0
    return int(steps[-1]) if len(steps) else 0


def compare(outcome: Outcome, store: RunReader, id: str) -> None:
    """Note where the run's rows are not those of an undisturbed run with its settings and changes."""
    mine = rows_of(store, id)
    twins = undisturbed(min(MOST_STEPS, max(mine, default=0)))
    wrong = [step for step in mine.keys() & twins.keys() if mine[step] != twins[step]]
    if wrong:
        outcome.disturbed.append(f"From step {min(wrong):,} on the numbers of {id} are not those of its twin.")
    if len(mine.keys() & twins.keys()) < 3:
        outcome.disturbed.append(f"Only {len(mine)} rows of {id} were recorded, and its twin has {len(twins)}.")


def check_checkpoints(outcome: Outcome, store: RunReader, id: str) -> None:
    """Note which of those that the store lists can't be read."""
    from playground.training.checkpoint import unpack  # here, because no other attempt needs torch in this process

    for step in store.checkpoint_steps(id):
        try:
            unpack(store.checkpoint(id, step))
        except PlaygroundError as error:
            outcome.lost.append(f"The checkpoint of step {step:,} can't be read: {error}")


def rows_of(store: RunReader, id: str) -> dict[int, str]:
    """All that was measured at each step, as text, so that NaN equals NaN; not how long it took."""
    return {row.step: repr(replace(row, seconds=0.0)) for row in store.rows(id)}


def undisturbed(steps: int) -> dict[int, str]:
    """The rows of a run with the reference's settings, alone in an engine, up to a step."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        engine = Engine(workers=1, store=store)
        try:
            run = engine.run(engine.start(WHOSE, CONFIG), WHOSE)
            engine.play(run, True)
            for step in (*range(0, steps, 1000), steps):  # on a busy machine all of it may take long
                until(engine, run, lambda: run.steps >= step)  # noqa: B023
            engine.close()
            return rows_of(store, run.id)
        finally:
            engine.close()
            store.close()
