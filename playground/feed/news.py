"""What a line tells of a run as it stands: whatever has changed since it was told last."""

import base64
import bisect
import time
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from playground.config.naming import with_unit, words
from playground.engine import messages as engine
from playground.engine.server.run import Run
from playground.feed.messages import (
    Answer,
    Change,
    Error,
    Film,
    FilmFrame,
    Floors,
    Hello,
    Message,
    Progress,
    Record,
    Rows,
    State,
)
from playground.feed.past import shown
from playground.feed.reader import Reader
from playground.frame import Row

ROWS_EVERY = 0.22
"""Seconds between two batches of rows: charts are redrawn four to five times a second."""
CHART_ROWS = 1000
"""The most rows that a browser is given of a run's past."""


class PastNews(Protocol):
    """What is to be said of a run's past: a line's `Past`, or a file's."""

    def begin(self) -> Record:
        """The run's record, for the greeting."""

    def due_in(self) -> float | None:
        """How many seconds from now something that was held back may be said; None if nothing was."""

    def messages(self) -> list[Message]:
        """What has changed."""


QUEUED = "As many runs train as may at once: this one starts when there is room."
"""What is said of a run that waits for it."""


class News:
    """The news of one run, for one browser."""

    def __init__(self, run: Run, past: PastNews) -> None:
        self.generation = 0
        """The start of the run that the browser has been greeted with; 0 before the first greeting."""
        self._run = run
        self._past = past
        self._reader = Reader()
        self._state: tuple[object, ...] = ()
        self._latest: Row | None = None
        self._last_step = -1
        self._rewinds = 0
        self._rows_at = 0.0
        self._lane = run.lane
        self._floors: Mapping[str, tuple[float, float]] = {}
        self._film = 0
        self._progress: engine.Progress | None = None
        self._letters = run.letters.posted

    def due_in(self) -> float | None:
        """How many seconds from now something that was held back may be said; None if nothing was."""
        if not self.generation:
            return None  # nothing is held back before the greeting; waiting 0 s over and over starves the worker
        waits = [self._reader.due_in(self._run), self._past.due_in()]
        latest = self._run.history.latest
        if latest is not None and latest is not self._latest:
            waits.append(max(0.0, self._rows_at + ROWS_EVERY - time.monotonic()))
        return min((wait for wait in waits if wait is not None), default=None)

    def messages(self) -> list[Message]:
        """What is to be said now, under the engine's lock."""
        messages = [*self._greeting(), *self._new_state(), *self._new_rows()]
        if self.generation:
            messages += [*self._reader.news(self._run), *self._past.messages()]
        return [*messages, *self._new_floors(), *self._new_film(), *self._new_progress(), *self._new_letters()]

    def _greeting(self) -> list[Message]:
        """The run stands, perhaps anew: what was told of another start is forgotten."""
        run = self._run
        if run.scene is None or run.generation == self.generation:
            return []
        self.generation, self._last_step, self._rewinds, self._rows_at = run.generation, -1, 0, 0.0
        self._floors, self._film = {}, 0
        config = run.config.model_dump()
        return [Hello(run.id, run.lane, run.scene, config, words(config), self._past.begin())]

    def _new_state(self) -> list[Message]:
        run = self._run
        queued = run.queued > 0
        goal = run.goal if queued or run.status == "playing" else None
        told = run.changes, run.speed, run.diverged, run.updates, run.compiled
        state = run.status, run.message, queued, goal, run.config, *told
        if state == self._state:
            return []
        self._state = state
        config = run.config.model_dump()
        changes = [_change(step, fields) for step, fields in run.changes]
        message = QUEUED if queued else run.message
        said = run.steps, run.status, message, config, words(config), changes, run.speed, run.diverged, run.updates
        return [State(*said, queued, goal, run.compiled)]

    def _new_rows(self) -> list[Message]:
        history, now = self._run.history, time.monotonic()
        if self._lane != self._run.lane:  # another seed's modes and newest numbers
            self._lane, self._latest, self._last_step = self._run.lane, None, -1
        if history.latest is None or history.latest is self._latest or now < self._rows_at + ROWS_EVERY:
            return []
        if history.rewinds != self._rewinds:
            self._last_step, self._rewinds = -1, history.rewinds
        # The last row sent goes out again: half a step measures anew without moving the step.
        since = bisect.bisect_left(history.steps, self._last_step)
        modes = history.mode_columns(min(self._lane, self._run.config.seeds - 1), since, CHART_ROWS)
        columns = history.columns(since, CHART_ROWS) | modes
        message = Rows(columns, shown(history.latest, self._lane), replace=self._last_step < 0)
        self._latest, self._last_step, self._rows_at = history.latest, history.steps[-1], now
        return [message]

    def _new_floors(self) -> list[Message]:
        floors = self._run.floors
        if not floors or floors == self._floors:
            return []
        self._floors = dict(floors)
        return [Floors(self._floors)]

    def _new_film(self) -> list[Message]:
        film, told = self._run.film, self._film
        if len(film) <= told:
            return []
        self._film = len(film)
        entries = [FilmFrame(each.epoch, each.step, *_packed(each.images)) for each in film[told:]]
        return [Film(entries, replace=told == 0)]

    def _new_progress(self) -> list[Message]:
        progress = self._run.progress
        if progress is None or progress is self._progress:
            return []
        self._progress = progress
        return [Progress(progress.what, progress.fraction)]

    def _new_letters(self) -> list[Message]:
        letters, self._letters = self._run.letters.since(self._letters), self._run.letters.posted
        return [_letter(letter) for letter in letters]


def _change(step: int, fields: Mapping[str, tuple[object, object]]) -> Change:
    said = {name: (with_unit(name, before), with_unit(name, after)) for name, (before, after) in fields.items()}
    return Change(step, fields, said)


def _letter(letter: engine.Refused | engine.Answer) -> Message:
    if isinstance(letter, engine.Refused):
        return Error(letter.sentence)
    said = letter.id, letter.kind, letter.labels, letter.distances, letter.text
    return Answer(*said, *_packed(letter.images))


def _packed(images: np.ndarray) -> tuple[str, tuple[int, ...]]:
    """Images (n, h, w) uint8 for a message in text: base64 of their bytes, and their shape."""
    return base64.b64encode(images.tobytes()).decode(), images.shape
