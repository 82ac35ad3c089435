"""Has an executor do tasks and tells how far it is; of a sweep, writes what comes of each cell as it comes."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from playground.sweeps.executors import Executor, Stopped
from playground.sweeps.folder import EndedCell, SweepFolder
from playground.sweeps.task import Failed, Result, Task


@dataclass(frozen=True)
class Progress:
    """How far it is: tasks that have ended, of how many; seconds since this driver began, and those left."""

    ended: int
    tasks: int
    seconds: float
    left: float | None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.ended / max(1, self.tasks)

    def told(self, what: str = "cells") -> str:
        """In words; what: the tasks are called."""
        left = "" if not self.left else f", about {in_words(self.left)} left"
        return f"{self.ended:,} of {self.tasks:,} {what}{left}"


def watched(
    executor: Executor, tasks: Sequence[Task[Result]], stopped: Stopped = lambda: False, before: int = 0
) -> Iterator[tuple[Progress, Result | Failed | None]]:
    """What comes of each task with the progress so far, after the progress at the start; `before` had ended already."""
    began = time.monotonic()

    def progress(fresh: int) -> Progress:
        spent = time.monotonic() - began
        left = spent / fresh * (len(tasks) - fresh) if fresh else None
        return Progress(before + fresh, before + len(tasks), spent, left)

    yield progress(0), None
    if tasks and not stopped():
        outcomes = executor.run(tasks, stopped)
        try:
            for fresh, outcome in enumerate(outcomes, 1):
                yield progress(fresh), outcome
        finally:
            outcomes.close()


def drive(
    folder: SweepFolder,
    executor: Executor,
    stopped: Stopped = lambda: False,
    show: Callable[[Progress, EndedCell | None], None] = lambda progress, cell: None,
) -> Progress:
    """Train what is missing, until all is there or `stopped`; a cell that failed before is tried again."""
    cells = folder.sweep.cells
    missing = [cell for cell in cells if cell.index not in folder.ended]
    for progress, outcome in watched(executor, missing, stopped, len(cells) - len(missing)):
        show(progress, None if outcome is None else folder.add(outcome))
    return progress


def in_words(seconds: float) -> str:
    """A stretch of time, such as "3 minutes"."""
    for limit, unit, length in ((90, "seconds", 1), (90 * 60, "minutes", 60), (float("inf"), "hours", 3600)):
        if seconds < limit:
            return f"{seconds / length:.0f} {unit}"
    raise AssertionError
