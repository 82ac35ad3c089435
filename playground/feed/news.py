"""What a line tells of a run as it stands: whatever has changed since it was told last, in messages ready for JSON."""

import base64
import bisect
import time
from dataclasses import asdict
from typing import Any

import numpy as np

from playground.engine.messages import Answer, Film, Progress, Refused
from playground.engine.server.run import Run
from playground.feed.past import Past, shown
from playground.feed.reader import Reader
from playground.frame import Row

ROWS_EVERY = 0.22
"""Seconds between two batches of rows: charts are redrawn four to five times a second."""
CHART_ROWS = 1000
"""The most rows that a browser is given of a run's past."""


class News:
    """The news of one run, for one browser."""

    def __init__(self, run: Run, past: Past) -> None:
        self.generation = 0
        """The start of the run that the browser has been greeted with; 0 before the first greeting."""
        self._run = run
        self._past = past
        self._reader = Reader()
        self._state: dict[str, Any] = {}
        self._latest: Row | None = None
        self._last_step = -1
        self._rewinds = 0
        self._rows_at = 0.0
        self._lane = run.lane
        self._floors: dict[str, Any] = {}
        self._film = 0
        self._progress: Progress | None = None
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

    def messages(self) -> list[dict[str, Any]]:
        """What is to be said now, under the engine's lock."""
        messages = [*self._greeting(), *self._new_state(), *self._new_rows()]
        if self.generation:
            messages += [*self._reader.news(self._run), *self._past.messages()]
        return [*messages, *self._new_floors(), *self._new_film(), *self._new_progress(), *self._new_letters()]

    def _greeting(self) -> list[dict[str, Any]]:
        """The run stands, perhaps anew: what was told of another start is forgotten."""
        run = self._run
        if run.scene is None or run.generation == self.generation:
            return []
        self.generation, self._last_step, self._rewinds, self._rows_at = run.generation, -1, 0, 0.0
        self._floors, self._film = {}, 0
        scene = asdict(run.scene) | {"lane": run.lane}
        hello = {"type": "hello", "run": run.id, "scene": scene, "config": run.config.model_dump()}
        return [hello | {"record": self._past.begin()}]

    def _new_state(self) -> list[dict[str, Any]]:
        state = _state(self._run)
        if state == self._state:
            return []
        self._state = state
        return [{"type": "state", "steps": self._run.steps} | state]

    def _new_rows(self) -> list[dict[str, Any]]:
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
        message = {
            "type": "rows",
            "columns": history.columns(since, CHART_ROWS) | modes,
            "latest": shown(history.latest, self._lane),
            "replace": self._last_step < 0,
        }
        self._latest, self._last_step, self._rows_at = history.latest, history.steps[-1], now
        return [message]

    def _new_floors(self) -> list[dict[str, Any]]:
        floors = self._run.floors
        if not floors or floors == self._floors:
            return []
        self._floors = dict(floors)
        return [{"type": "floors", "bands": self._floors}]

    def _new_film(self) -> list[dict[str, Any]]:
        film, told = self._run.film, self._film
        if len(film) <= told:
            return []
        self._film = len(film)
        return [{"type": "film", "entries": [_film(entry) for entry in film[told:]], "replace": told == 0}]

    def _new_progress(self) -> list[dict[str, Any]]:
        progress = self._run.progress
        if progress is None or progress is self._progress:
            return []
        self._progress = progress
        return [{"type": "progress", "what": progress.what, "fraction": progress.fraction}]

    def _new_letters(self) -> list[dict[str, Any]]:
        letters, self._letters = self._run.letters.since(self._letters), self._run.letters.posted
        return [_letter(letter) for letter in letters]


def _state(run: Run) -> dict[str, Any]:
    return {
        "status": run.status,
        "message": run.message,
        "config": run.config.model_dump(),
        "changes": [{"step": step, "fields": fields} for step, fields in run.changes],
        "speed": run.speed,
        "diverged": run.diverged,
    }


def _film(entry: Film) -> dict[str, Any]:
    return {"epoch": entry.epoch, "step": entry.step, **_images(entry.images)}


def _letter(letter: Refused | Answer) -> dict[str, Any]:
    if isinstance(letter, Refused):
        return {"type": "error", "text": letter.sentence}
    return {
        "type": "answer",
        "id": letter.id,
        "kind": letter.kind,
        "labels": letter.labels,
        "distances": letter.distances,
        "text": letter.text,
        **_images(letter.images),
    }


def _images(images: np.ndarray) -> dict[str, Any]:
    """Images (n, h, w) uint8 for a message in text."""
    return {"images": base64.b64encode(images.tobytes()).decode(), "shape": images.shape}
