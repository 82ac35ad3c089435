"""Thirty browser sessions that each play a run of their own, and change their minds all the time."""

import time
from pathlib import Path
from random import Random
from typing import Any

from playground.runs.store import RunStore
from tests.benchmarks.crowd import Crowd
from tests.engine.running import PATIENCE, quick
from tests.faults.outcome import Outcome
from tests.faults.reference import newest, rows_of, served

SESSIONS = 30
WISHES: tuple[dict[str, Any], ...] = (
    {"do": "play"},
    {"do": "pause"},
    {"do": "play"},
    {"do": "step", "part": "both"},
    {"do": "speed", "steps_per_second": 20},
    {"do": "speed", "steps_per_second": None},
    {"do": "rewind", "step": None},
    {"do": "until", "step": None},
    {"do": "layers", "on": ["optimal", "gradients", "manifold"]},
    {"do": "layers", "on": []},
)


def thirty(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """For so many seconds. All of them train, nobody is told of an error, and all rows stay."""
    names = [f"session-{index}" for index in range(SESSIONS)]

    def prepare(store: RunStore) -> None:
        for name in names:
            store.create(name, name, quick())

    def wish() -> dict[str, Any] | None:
        return rng.choice(WISHES) if rng.random() < 0.9 else None

    with served(outcome, folder, prepare) as (address, _):
        crowd = Crowd(address, names, wish=wish)
        crowd.start()
        if not crowd.ready.wait(PATIENCE):
            outcome.broken.append("Not every session had a picture.")
        began = time.monotonic()
        time.sleep(count)
        outcome.tried = round(time.monotonic() - began)
        crowd.stop()
        outcome.broken += [f"A session was told: {text}" for text in crowd.errors]
        outcome.notes.append(f"{crowd.pictures:,} pictures were drawn by {SESSIONS} sessions.")
    store = RunStore(folder / "runs", writable=False)
    for name in names:
        steps = list(rows_of(store, name))
        if newest(store, name) < 1 or steps != sorted(steps):
            outcome.lost.append(f"Of {name} the rows {steps[:3]} … {steps[-3:]} were recorded.")
    store.close()
