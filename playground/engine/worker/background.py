"""What a run needs done beside its training: its measures prepared, then its noise floors estimated."""

from playground.engine.messages import Floors, Progress, Report
from playground.observer import Observer
from playground.observer.base import FloorWork
from playground.observer.floors import KNOWN


class Background:
    """The work, in pieces, and what there is to report of it."""

    def __init__(self, run: str, observer: Observer) -> None:
        self._run = run
        self._observer = observer
        self._floors: FloorWork | None = None
        self._key: tuple[object, ...] | None = None
        self._told = -1.0

    @property
    def pending(self) -> bool:
        """Whether there is something left to do."""
        return not self._observer.prepared or self._floors is not None or self._key != self._observer.floor_key

    def step(self, seconds: float) -> list[Report]:
        """Work for about this long, or for one repetition of the floors' estimate."""
        if not self._observer.prepared:
            self._observer.prepare(seconds)
            return self._progress()
        if self._key != self._observer.floor_key:
            return self._begin_floors()
        if self._floors is None:
            return []
        self._floors.step()
        if not self._floors.done:
            return []
        bands = self._floors.bands()
        KNOWN[self._observer.floor_key] = bands
        self._floors = None
        return [Floors(self._run, bands)]

    def _begin_floors(self) -> list[Report]:
        """Look the floors up, or begin to estimate them: they depend on the data and the sample sizes alone."""
        self._key = self._observer.floor_key
        known = KNOWN.get(self._key)
        self._floors = None if known else self._observer.floors()
        return [Floors(self._run, known)] if known else []

    def _progress(self) -> list[Report]:
        what, fraction = self._observer.preparing
        if fraction < 1 and fraction - self._told < 0.02:
            return []
        self._told = fraction
        return [Progress(self._run, what, fraction)]
