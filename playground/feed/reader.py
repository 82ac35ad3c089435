"""The reading in words that goes to a browser: a run's case as it changes, at most once a second."""

import math
import time
from dataclasses import replace

import numpy as np

from playground.config import SETTINGS
from playground.engine.server.run import Run
from playground.feed.messages import Reading
from playground.papers import linked
from playground.reading import READ, read_run, rows_to_read

READ_EVERY = 1.0
"""Seconds between two readings: nobody reads faster, and one takes a few milliseconds."""


class Reader:
    """Reads one run for one browser, and says something when it is something new."""

    def __init__(self) -> None:
        self._seen: tuple[object, ...] = ()
        self._said: Reading | None = None
        self._at = -math.inf

    def due_in(self, run: Run) -> float | None:
        """Seconds until there is something new to read; None where there is not. Under the engine's lock."""
        return None if _seen(run) == self._seen else max(0.0, self._at + READ_EVERY - time.monotonic())

    def news(self, run: Run) -> list[Reading]:
        """What is to be said now. Under the engine's lock."""
        if self.due_in(run) != 0.0:
            return []
        self._seen, self._at = _seen(run), time.monotonic()
        message = _message(run)
        if message == self._said:
            return []
        self._said = message
        return [message]


def _seen(run: Run) -> tuple[object, ...]:
    """What a reading depends on, by identity where comparing takes long."""
    shown = run.generation, run.lane, id(run.history.latest), len(run.floors)
    return *shown, id(run.config), run.changes, run.diverged, run.status == "diverged", run.updates


def _message(run: Run) -> Reading:
    lane = min(run.lane, run.config.seeds - 1)
    since = _last_change(run)
    rows = rows_to_read(np.array(run.history.steps, dtype=float), since)
    reading = read_run(
        run.history.lane(lane, READ, rows),
        run.history.shares(lane, rows),
        run.floors,
        run.config,
        at=run.steps,
        d_updates=run.updates[0],
        since=since,
        diverged=run.diverged[lane] if lane < len(run.diverged) else None,
        stands_at=run.steps if run.status == "diverged" else None,
    )
    number = reading.number if math.isfinite(reading.number) else None
    seed = run.config.seed + lane if run.config.seeds > 1 else None
    sources = {"why": linked(reading.why), "tries": [replace(each, why=linked(each.why)) for each in reading.tries]}
    return Reading(**(vars(reading) | sources | {"seed": seed, "number": number}))


def _last_change(run: Run) -> int:
    """The step at which a setting that matters to the game was changed last."""
    steps = [step for step, fields in run.changes if any(SETTINGS[name].group != "Measuring" for name in fields)]
    return max(steps, default=0)
