"""Small sweeps for tests, and an executor that needs no process."""

from collections.abc import Generator, Sequence
from typing import Any

from playground.sweeps.axis import read_axis
from playground.sweeps.executors import Stopped
from playground.sweeps.sweep import Sweep
from playground.sweeps.task import Failed, Result, Task, perform

TINY = {"g_width": 4, "d_width": 4, "batch_size": 16, "emd_samples": 50, "jsd_samples": 1000, "mode_samples": 100}


def tiny(rates: int = 3, steps: int = 20, seeds: int = 2) -> Sweep:
    """A grid of 2 × rates cells that are trained in a moment."""
    axes = (read_axis("k=1,2"), read_axis(f"lr_d=1e-4..1e-2:log:{rates}"))
    return Sweep(axes, TINY, seeds=seeds, steps=steps, looks=2)


class Here:
    """Does the tasks in this process, one after the other. done: all that it was given."""

    def __init__(self) -> None:
        self.done: list[Task[Any]] = []

    def run(self, tasks: Sequence[Task[Result]], stopped: Stopped) -> Generator[Result | Failed, None, None]:
        """See `Executor`."""
        for task in tasks:
            if stopped():
                return
            self.done.append(task)
            yield perform(task)
