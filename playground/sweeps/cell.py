"""What is trained of a sweep at once, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from playground import config as settings
from playground.config import RunConfig
from playground.sweeps.task import Failed
from playground.version import VERSION


@dataclass(frozen=True)
class Cell:
    """One training of a sweep; its seeds are lanes of one Trainer.

    index: in the sweep. changes: what differs from the defaults, seeds included. version: of the project that made it.
    """

    index: int
    changes: Mapping[str, Any]
    steps: int
    version: str = VERSION

    @property
    def config(self) -> RunConfig:
        """The settings that are trained."""
        return settings.read(self.changes)

    def done(self) -> "Done":
        """Train it in this process."""
        from playground.sweeps.training import train  # torch: only where cells are trained

        return train(self)


@dataclass(frozen=True)
class Tiny:
    """A cell's picture, small enough for a table: the places of points within the data's square, each from 0 to 255 and
    upwards (shape (n, 2), or (n, 1) on a line); or a sheet of grey images (shape (h, w), kind "image")."""

    kind: Literal["points", "image"]
    shape: tuple[int, int]
    data: bytes


@dataclass(frozen=True)
class Done:
    """What came of a cell; one that diverged is a result like any other.

    steps: how far it came. seconds: of training alone. metrics: name -> one value per seed, None where there is none.
    looks: step -> metrics, for every measurement on the way. modes: to be captured, or classes; 0
    where there are none. diverged: per seed the step, or None. complete: per seed the first measured step with all
    modes, or None. picture: what the first seed's G makes. parcel: the archive of the recorded run, with few pictures
    and one checkpoint.
    """

    index: int
    end: str
    steps: int
    seconds: float
    metrics: Mapping[str, tuple[float | None, ...]]
    looks: Mapping[int, Mapping[str, tuple[float | None, ...]]]
    modes: int
    diverged: tuple[int | None, ...]
    complete: tuple[int | None, ...]
    picture: Tiny | None
    parcel: bytes


def parcel_bytes(config: RunConfig) -> float:
    """About what a cell's parcel takes: its pictures and rows, and each weight with Adam's two numbers and G's mean
    over time, as a checkpoint has them."""
    return 90e3 + 14 * settings.weights_of(config)


Outcome = Done | Failed
