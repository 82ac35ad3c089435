"""Who does the trainings of a sweep, or of a table of `reproduce`."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from playground.sweeps.task import Failed, Result, Task

TRIES = 3
"""How often a task is tried whose process or node dies."""
DIED = f"The process that trained this died {TRIES} times."

Stopped = Callable[[], bool]


class Executor(Protocol):
    """Does tasks somewhere."""

    def run(self, tasks: Sequence[Task[Result]], stopped: Stopped) -> Generator[Result | Failed, None, None]:
        """What came of each task, in the order in which they end, each exactly once; none after `stopped`.

        A task whose process dies is tried again. Closing the generator ends all that was started.
        """


@dataclass(frozen=True)
class Kind:
    """label: in words. make: from what the command was told (workers, address). missing: why it can't be used here."""

    label: str
    make: Callable[..., Executor]
    missing: Callable[[], str] = lambda: ""


def _local(workers: int | None, address: str) -> Executor:
    from playground.sweeps.executors.local import LocalPool

    return LocalPool(workers)


def _ray(workers: int | None, address: str) -> Executor:
    from playground.sweeps.executors.ray import RayTasks

    return RayTasks(workers, address)


def _without_ray() -> str:
    from importlib.util import find_spec

    return "" if find_spec("ray") else "Ray is not installed: `pip install -r requirements-ray.txt` gets it."


EXECUTORS: dict[str, Kind] = {
    "local": Kind("processes of this machine", _local),
    "ray": Kind("a Ray cluster", _ray, _without_ray),
}


def executor(name: str, workers: int | None = None, address: str = "") -> Executor:
    """Raises SweepError where there is none such, or not here."""
    from playground.sweeps.axis import SweepError

    if name not in EXECUTORS:
        raise SweepError(f"executor must be one of {', '.join(EXECUTORS)} (got {name[:40]!r}).")
    if name == "local" and address:
        raise SweepError("--address is that of a Ray cluster: it goes with --executor ray.")
    if reason := EXECUTORS[name].missing():
        raise SweepError(reason)
    return EXECUTORS[name].make(workers, address)
