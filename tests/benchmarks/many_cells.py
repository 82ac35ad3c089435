"""A sweep of 10,000 cells that end at once: python -m tests.benchmarks.many_cells FOLDER. No torch, as the command."""

import sys
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from playground.metrics.evaluation import METRICS
from playground.sweeps.axis import read_axis
from playground.sweeps.cell import Done, Tiny
from playground.sweeps.driver import drive
from playground.sweeps.executors import Stopped
from playground.sweeps.folder import SweepFolder, read_cells
from playground.sweeps.sweep import Sweep
from playground.sweeps.task import Failed, Result, Task

RATES = "=1e-4..1e-2:log:100"
MANY = Sweep((read_axis(f"lr_d{RATES}"), read_axis(f"lr_g{RATES}")), seeds=8)


def drive_many(place: Path) -> int:
    """Megabytes that this process takes at most for a sweep whose cells end at once, the report at the end included."""
    rng = np.random.default_rng(0)

    class AtOnce:
        """Answers without training."""

        def run(self, tasks: Sequence[Task[Result]], stopped: Stopped) -> Generator[Result | Failed, None, None]:
            for task in tasks:
                yield simulated(task.index, rng)  # type: ignore[misc]

    with SweepFolder(place, MANY, resume=False) as folder:
        drive(folder, AtOnce())
    assert len(read_cells(place)) == len(MANY.cells)
    return most_memory()


def most_memory() -> int:
    """Megabytes that this process has had at most. Not by `resource`: that counts what its parent had when it began."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [most] = [line for line in lines if line.startswith("VmHWM")]
    return int(most.split()[1]) // 1024


def simulated(index: int, rng: np.random.Generator) -> Done:
    """A cell's outcome as it comes from training, with random numbers in it."""

    def look() -> dict[str, tuple[float | None, ...]]:
        return {name: tuple(np.round(rng.random(MANY.seeds), 4).tolist()) for name in METRICS}

    end = look() | {"modes": tuple(rng.integers(0, 9, MANY.seeds).astype(float).tolist())}
    looks = {step: look() for step in range(0, MANY.steps + 1, MANY.every)}
    whole, picture = (None,) * MANY.seeds, Tiny("points", (96, 2), rng.bytes(192))
    return Done(index, "done", MANY.steps, 1.0, end, looks, 8, whole, whole, picture, rng.bytes(20_000))


if __name__ == "__main__":
    print(drive_many(Path(sys.argv[1])))
