"""A training as a plain value, which any process or machine can do."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from playground.errors import PlaygroundError
from playground.version import VERSION

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Task(Protocol[Result_co]):
    """What an executor is given."""

    @property
    def index(self) -> int:
        """Among the tasks of one call."""

    @property
    def version(self) -> str:
        """Of the project that made it."""

    def done(self) -> Result_co:
        """Do it in this process."""


@dataclass(frozen=True)
class Failed:
    """A task that could not be done, with the reason in one sentence: an error of ours, or its process died again and
    again."""

    index: int
    reason: str


def perform(task: Task[Result]) -> Result | Failed:
    """What comes of a task in this process. Whatever goes wrong in it is its own failure, in one sentence."""
    if task.version != VERSION:
        return Failed(
            task.index,
            f"This was made by version {task.version} of the project, and the node has version {VERSION}: install "
            "the same on all nodes.",
        )
    try:
        return task.done()
    except PlaygroundError as error:
        return Failed(task.index, str(error))
    except Exception as error:  # an error of ours: the other tasks go on
        return Failed(task.index, f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
