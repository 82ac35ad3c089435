"""A run as the server's process knows it."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.config import RunConfig
from playground.engine.messages import (
    Answer,
    Checkpoint,
    Film,
    Floors,
    Measured,
    Opened,
    Picture,
    Progress,
    Refused,
    Report,
    State,
    Status,
)
from playground.engine.server.history import History
from playground.frame import Layer, Scene
from playground.runs.record import Record, Relation


class Letters:
    """The last few things said once, in order. A reader remembers how many it has had."""

    KEPT = 64

    def __init__(self) -> None:
        self.posted = 0
        self._kept: deque[Refused | Answer] = deque(maxlen=self.KEPT)

    def post(self, letter: Refused | Answer) -> None:
        """Add a letter; the oldest goes where there are too many."""
        self._kept.append(letter)
        self.posted += 1

    def since(self, had: int) -> list[Refused | Answer]:
        """What was posted after the first `had` letters, as far as it is kept."""
        fresh = min(self.posted - had, len(self._kept))
        return list(self._kept)[len(self._kept) - fresh :]


@dataclass(frozen=True)
class Lineage:
    """Where a run comes from, as its record will say."""

    name: str = ""
    parent: str | None = None
    parent_step: int | None = None
    relation: Relation = ""


@dataclass
class Run:
    """A run as the server's process knows it. Read it under the engine's lock, or field by field."""

    id: str
    owner: str
    config: RunConfig
    """The config that the worker confirmed last: what trains. At first the wanted one."""
    wanted: RunConfig
    """The config that the worker was asked for last, and confirms as `config`."""
    worker: int
    """The process that holds it, if one does: see `hosted`."""
    folder: Path | None = None
    """Where its image files are looked for first."""
    status: Status = "opening"
    message: str = ""
    steps: int = 0
    speed: float | None = None
    changes: tuple[tuple[int, Any], ...] = ()
    diverged: tuple[int | None, ...] = ()
    updates: tuple[int, int] = (0, 0)
    """Of D and of G, as the worker said last."""
    compiled: int | None = None
    """The step from which on it trains by its compiled step, if it does."""
    scene: Scene | None = None
    generation: int = 0
    """Counts the starts of this run; whatever was shown before belongs to another start."""
    history: History = field(default_factory=History)
    floors: dict[str, tuple[float, float]] = field(default_factory=dict)
    frame: bytes | None = None
    version: int = 0
    """Counts the pictures."""
    film: list[Film] = field(default_factory=list)
    progress: Progress | None = None
    letters: Letters = field(default_factory=Letters)
    """What the worker says once: refusals and answers."""
    touched: float = field(default_factory=time.monotonic)
    watchers: set[Callable[[], None]] = field(default_factory=set)
    lane: int = 0
    """The seed that pictures show."""
    layers: dict[Callable[[], None], frozenset[Layer]] = field(default_factory=dict)
    """What each watcher wants to see in the pictures beside points and D's map."""
    limit: float | None = None
    """The speed that was asked for last; `speed` is the confirmed one."""
    begun: bool = False
    """Something has been trained since the start, if only half a step."""
    wanting: bool = False
    """The worker has been asked for a picture and has not sent it yet."""

    hosted: bool = True
    """A worker holds it. A run that came back from disk is opened in one at first need."""
    mine: bool = True
    """Whoever asked for it may command it; somebody else's recorded run can be looked at and forked."""
    lineage: Lineage = Lineage()
    record: Record | None = None
    """What the store says of it, once it is recorded."""
    keyframes: tuple[int, ...] = ()
    """The steps whose pictures are recorded."""
    checkpoints: tuple[int, ...] = ()
    """The steps at which it can be forked."""
    unread: bool = False
    """It came back from the disk, and what it goes on from has not been read yet."""
    kept: tuple[int, bytes] | None = None
    """Its newest checkpoint and the step of it: from there it goes on when its worker dies."""
    until: int | None = None
    """It trains no further than this step, for now."""
    goal: int | None = None
    """The step at which it was told to pause."""
    queued: int = 0
    """Its place among the runs that start when there is room, counted from 1 as they came; 0 for one that does not."""
    starting: bool = False
    """It was told to play and has not answered yet."""
    falls: int = 0
    """How often its worker died since it last got any further, which was at step `fell_at`."""
    fell_at: int = -1

    def take(self, report: Report) -> None:
        """What the run's worker reports, under the engine's lock."""
        match report:
            case Opened():
                self._opened(report)
            case State():
                self.status, self.message, self.steps = report.status, report.message, report.steps
                self.config, self.changes = report.config, report.changes
                self.speed, self.diverged, self.updates = report.speed, report.diverged, report.updates
                self.compiled = report.compiled
                self.starting = self.starting and report.status in ("opening", "paused")  # it was said before
            case Measured(_, row):
                self.history.append(row)
                self.steps = max(self.steps, row.step)
            case Floors(_, bands):
                self.floors = dict(bands)
            case Picture(_, _, frame):
                self.frame, self.wanting = frame, False
                self.version += 1
            case Checkpoint(_, step, data):
                self.kept = step, data
            case Film():
                self.film.append(report)
            case Progress():
                self.progress = report
            case Refused() | Answer():
                self.letters.post(report)
            case _:
                pass

    def _opened(self, report: Opened) -> None:
        self.scene, self.lane = report.scene, min(self.lane, report.scene.seeds - 1)
        if report.resumed is None:
            self.history, self.floors, self.frame, self.film = History(), {}, None, []
            self.keyframes, self.checkpoints, self.kept = (), (), None
            self.generation += 1
            self.wanting = False
            return
        self.generation = max(self.generation, 1)
        self.steps = report.resumed
        self.history.take_back(self.steps)
        self.film = [frame for frame in self.film if frame.step <= self.steps]

    @property
    def trains(self) -> bool:
        """Whether it counts among the runs that train at once."""
        return self.status == "playing" or self.starting

    @property
    def wanted_layers(self) -> frozenset[Layer]:
        """The layers that anybody who watches wants to see."""
        return frozenset().union(*self.layers.values())
