"""Recorded runs for the benchmarks: one is trained, and as many as are needed are copies of it."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playground.config import RunConfig
from playground.engine.server.engine import Engine
from playground.frame import Row, Scene
from playground.runs.record import Batch, RunBatch
from playground.runs.store import RunStore

OWNER = "bench"


@dataclass(frozen=True)
class Trained:
    """What a short run left behind."""

    config: RunConfig
    scene: Scene | None
    rows: list[Row]
    keyframes: list[tuple[int, bytes]]
    checkpoint: tuple[int, bytes]


@contextmanager
def playground_folder() -> Iterator[Path]:
    """A folder for an app's runs (in runs/) that is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def trained(config: RunConfig, steps: int) -> Trained:
    """Train for at least so many steps, recording."""
    with playground_folder() as folder:
        store = RunStore(folder)
        engine = Engine(workers=1, store=store)
        try:
            run = engine.run(engine.start(OWNER, config), OWNER)
            engine.play(run, True)
            while run.steps < steps:
                time.sleep(0.05)
            engine.play(run, False)
            while run.status != "paused" or not store.checkpoint_steps(run.id):
                time.sleep(0.05)
            engine.close()
            newest = store.checkpoint_steps(run.id)[-1]
            return Trained(
                run.config,
                store.scene(run.id),
                store.rows(run.id),
                [store.keyframe(run.id, step) for step in store.keyframe_steps(run.id)],
                (newest, store.checkpoint(run.id, newest)),
            )
        finally:
            engine.close()
            store.close()


def add(store: RunStore, id: str, owner: str, of: Trained, *, length: int = 0, pictures: bool = True) -> None:
    """A copy in the store under another name. length: steps that its rows are stretched to; 0 leaves them."""
    rows = of.rows if not length else stretched(of.rows, length)
    store.create(id, owner, of.config, name=f"Bench {id}", scene=of.scene)
    part = RunBatch(status="paused", message="", steps=rows[-1].step, rows=rows, changes=())
    if pictures:
        part.keyframes = of.keyframes
        part.checkpoints = [of.checkpoint]
    store.write(Batch({id: part}))


def stretched(rows: list[Row], length: int) -> list[Row]:
    """The same rows again and again, as those of a run of so many steps."""
    every = rows[-1].step - rows[-2].step
    return [replace(rows[step // every % len(rows)], step=step) for step in range(0, length + 1, every)]
