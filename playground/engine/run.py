"""A run as the server's process knows it."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.config import RunConfig
from playground.engine.history import History
from playground.engine.messages import Answer, Film, Progress, Refused, Status
from playground.frame import Scene


class Letters:
    """The last few things said once, in order. A reader remembers how many it has had."""

    KEPT = 64

    def __init__(self) -> None:
        self.posted = 0
        self._kept: deque[Refused | Answer] = deque(maxlen=self.KEPT)

    def post(self, letter: Refused | Answer) -> None:
        self._kept.append(letter)
        self.posted += 1

    def since(self, had: int) -> list[Refused | Answer]:
        """What was posted after the first `had` letters, as far as it is kept."""
        fresh = min(self.posted - had, len(self._kept))
        return list(self._kept)[len(self._kept) - fresh :]


@dataclass
class Run:
    """A run as the server's process knows it. Read it under the engine's lock, or field by field."""

    id: str
    owner: str
    config: RunConfig
    """The config that the worker confirmed last (at first: that it was asked for)."""
    asked: RunConfig
    """The config that the worker was asked for last."""
    worker: int
    folder: Path | None = None
    """Where its image files are looked for first."""
    status: Status = "opening"
    message: str = ""
    steps: int = 0
    speed: float | None = None
    changes: tuple[tuple[int, Any], ...] = ()
    diverged: tuple[int | None, ...] = ()
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
    limit: float | None = None
    """The speed that was asked for last; `speed` is the confirmed one."""
    begun: bool = False
    """Something has been trained since the start, if only half a step."""
    wanting: bool = False
    """The worker has been asked for a picture and has not sent it yet."""

    @property
    def refusals(self) -> list[str]:
        """The sentences with which the worker refused something, as far as they are kept."""
        return [letter.sentence for letter in self.letters.since(0) if isinstance(letter, Refused)]
