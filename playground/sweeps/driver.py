"""Has the cells of a sweep trained that are missing, and writes what comes of each as it comes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playground.sweeps.executors import Executor, Stopped
from playground.sweeps.folder import EndedCell, SweepFolder


@dataclass(frozen=True)
class Progress:
    """How far a sweep is: cells that have ended, of how many; seconds since this driver began, and those left."""

    ended: int
    cells: int
    seconds: float
    left: float | None

    def told(self) -> str:
        """In words."""
        left = "" if self.left is None else f", about {in_words(self.left)} left"
        return f"{self.ended:,} of {self.cells:,} cells{left}"


def drive(
    folder: SweepFolder,
    executor: Executor,
    stopped: Stopped = lambda: False,
    show: Callable[[Progress, EndedCell | None], None] = lambda progress, cell: None,
) -> Progress:
    """Train what is missing, until all is there or `stopped`; a cell that failed before is tried again."""
    sweep, began = folder.sweep, time.monotonic()
    missing = [cell for cell in sweep.cells if cell.index not in folder.ended]
    before = len(sweep.cells) - len(missing)
    fresh = 0

    def progress() -> Progress:
        spent = time.monotonic() - began
        left = spent / fresh * (len(missing) - fresh) if fresh else None
        return Progress(before + fresh, len(sweep.cells), spent, left)

    show(progress(), None)
    if missing and not stopped():
        outcomes = executor.run(missing, stopped)
        try:
            for outcome in outcomes:
                line = folder.add(outcome)
                fresh += 1
                show(progress(), line)
        finally:
            outcomes.close()  # type: ignore[attr-defined]
    return progress()


def in_words(seconds: float) -> str:
    """A stretch of time, such as "3 minutes"."""
    for limit, unit, length in ((90, "seconds", 1), (90 * 60, "minutes", 60), (float("inf"), "hours", 3600)):
        if seconds < limit:
            return f"{seconds / length:.0f} {unit}"
    raise AssertionError
