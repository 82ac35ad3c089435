"""How many runs may be held, and how many may train at once. Those that train are limited in the environment."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from playground.engine.server.run import Run
from playground.errors import PlaygroundError

MAX_RUNS_PER_OWNER = 8
"""Runs that a browser session may have open; recorded ones that are not open do not count."""
MAX_RUNS = 64
MAX_LIMIT = 10_000
ROOM = "GAN_PLAYGROUND_ROOM"
"""The environment says so where visitors are strangers to each other: each sees only their own runs and shared ones."""


class EngineError(PlaygroundError):
    """A wish that the engine can't fulfil, in one sentence."""


class NoRoom(EngineError):
    """As many runs train as may."""


def is_room(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this server is open to a room."""
    return bool(environment.get(ROOM, "").strip())


@dataclass(frozen=True)
class Limits:
    """Runs that may train at once, and seconds after which one that nobody watches pauses and keeps its state."""

    per_session: int = 6
    per_server: int = 32
    unwatched_seconds: int = 300

    @staticmethod
    def of(environment: Mapping[str, str] = os.environ) -> "Limits":
        """As the environment has them. Raises EngineError."""
        usual = FOR_A_CLASS if is_room(environment) else Limits()
        return Limits(
            _read(environment, "GAN_PLAYGROUND_RUNS_PER_SESSION", usual.per_session),
            _read(environment, "GAN_PLAYGROUND_RUNS_PER_SERVER", usual.per_server),
            _read(environment, "GAN_PLAYGROUND_UNWATCHED_SECONDS", usual.unwatched_seconds),
        )

    def told(self) -> str:
        """In one sentence."""
        return (
            f"At most {self.per_server} runs train at once, {self.per_session} of each visitor; one that nobody "
            f"watches pauses after {self.unwatched_seconds} seconds."
        )

    def check(self, run: Run, runs: Iterable[Run]) -> None:
        """Raises NoRoom where this run may not train beside those that do."""
        training = [other for other in runs if other.trains and other is not run]
        mine = sum(other.owner == run.owner for other in training)
        if mine >= self.per_session:
            raise NoRoom(
                f"{_runs(self.per_session)} of this browser session train{_s(self.per_session)} already, "
                "which is the most at once: pause one first."
            )
        if len(training) >= self.per_server:
            raise NoRoom(
                f"{_runs(self.per_server)} train{_s(self.per_server)} on this server already, "
                "which is the most at once: try again when one has paused."
            )


FOR_A_CLASS = Limits(per_session=2, per_server=60, unwatched_seconds=60)
"""For thirty at one server: everybody gets a run and one to hold it against."""


def _read(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LIMIT):
        raise EngineError(f"{name} must be a whole number from 1 to {MAX_LIMIT:,} (got {text[:20]!r}).")
    return int(text)


def _runs(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"


def _s(count: int) -> str:
    return "s" if count == 1 else ""
