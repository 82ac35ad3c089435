"""What is on its way to a worker: commands in their order, put in without ever waiting."""

import threading
from collections import deque
from dataclasses import dataclass

from playground.engine.messages import Command, Speed, Until, Want

FULL = 1000
"""Commands that wait from which on the worker counts as not listening; one that listens takes all there are at once."""
NEWEST_COUNTS = (Speed, Until, Want)
"""Of these a run's newest takes the place of the one before it, if nothing else has been said to the run since."""


@dataclass
class _Place:
    command: Command


class Outbox:
    """A queue that any thread fills and one thread empties."""

    def __init__(self) -> None:
        self._waiting: deque[_Place] = deque()
        self._newest: dict[tuple[str, type[Command]], _Place] = {}
        """Places whose command may still be replaced."""
        self._changed = threading.Condition()
        self._closed = False

    @property
    def full(self) -> bool:
        """Whether so much waits that nobody should be let add to it."""
        return len(self._waiting) >= FULL

    def put(self, command: Command) -> None:
        """Add a command; nothing, once the outbox is closed."""
        with self._changed:
            if self._closed:
                return
            place = _Place(command)
            if not isinstance(command, NEWEST_COUNTS):
                for kind in NEWEST_COUNTS:
                    self._newest.pop((command.run, kind), None)
            elif self._newest.setdefault((command.run, type(command)), place) is not place:
                self._newest[command.run, type(command)].command = command
                return
            self._waiting.append(place)
            self._changed.notify()

    def take(self) -> Command | None:
        """The next command, waited for; None once the outbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            place = self._waiting.popleft()
            command = place.command
            if self._newest.get((command.run, type(command))) is place:
                del self._newest[command.run, type(command)]
            return command

    def close(self) -> None:
        """Nobody takes anything any more: what waits is dropped, and so is what comes."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._newest.clear()
            self._changed.notify_all()
