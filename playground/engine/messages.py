"""What the engine and its workers say to each other: frozen plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from playground.config import RunConfig
from playground.frame import Layer, Row, Scene

Status = Literal["opening", "paused", "playing", "diverged", "failed"]
Part = Literal["both", "discriminator", "generator"]

# Engine → worker -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """Start a run, or start it anew (perhaps with other settings), or go on from a checkpoint."""

    run: str
    config: RunConfig
    folder: Path | None = None
    """Where image files are looked for first."""
    state: bytes | None = None
    """The checkpoint to go on from; the live settings of `config` are then applied on top."""
    message: str = ""
    """What the run says of itself until it is played or paused."""
    playing: bool = False


@dataclass(frozen=True)
class Apply:
    """Train on with these live settings."""

    run: str
    config: RunConfig


@dataclass(frozen=True)
class Play:
    """Train on, or pause. to: the step at which to pause; None for no such step."""

    run: str
    playing: bool
    to: int | None = None


@dataclass(frozen=True)
class Step:
    """Make one step by hand, or one player's half of it; a playing run pauses first."""

    run: str
    part: Part


@dataclass(frozen=True)
class Speed:
    """At most this many steps a second; None is as fast as it goes."""

    run: str
    steps_per_second: float | None


@dataclass(frozen=True)
class Until:
    """Train no further than this step and wait there, still playing; None lifts that."""

    run: str
    step: int | None


@dataclass(frozen=True)
class Want:
    """Somebody is ready for the next picture of this lane, with these layers."""

    run: str
    lane: int
    layers: frozenset[Layer] = frozenset()


Kind = Literal["neighbours", "walk", "arithmetic"]
"""What can be asked of images: the nearest training images of one, a walk between two, a − b + c of three."""

ASKED_OF: dict[Kind, int] = {"neighbours": 1, "walk": 2, "arithmetic": 3}


@dataclass(frozen=True)
class Ask:
    """A question about images of the picture, by their places in it."""

    run: str
    id: int
    kind: Kind
    of: tuple[int, ...]


@dataclass(frozen=True)
class Close:
    """Leave a last checkpoint behind and forget the run."""

    run: str


Command = Open | Apply | Play | Step | Speed | Until | Want | Ask | Close

# Worker → engine -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """The run stands at step 0 and what came before is over; or it goes on from a checkpoint of this step."""

    run: str
    scene: Scene
    resumed: int | None = None


@dataclass(frozen=True)
class State:
    """The worker's own word on a run: what is shown is what trains. updates: of D and of G. compiled: the step from
    which on it trains by its compiled step, if it does."""

    run: str
    status: Status
    message: str
    steps: int
    config: RunConfig
    changes: tuple[tuple[int, Mapping[str, Any]], ...]
    speed: float | None
    diverged: tuple[int | None, ...]
    updates: tuple[int, int] = (0, 0)
    compiled: int | None = None


@dataclass(frozen=True)
class Measured:
    """A row of the run's numbers; it replaces an earlier one of the same step."""

    run: str
    row: Row


@dataclass(frozen=True)
class Floors:
    """For each measure the 5–95 % band of perfect samples."""

    run: str
    bands: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Picture:
    """The picture that somebody waited for: of this seed, as `frame.encode` packs it."""

    run: str
    lane: int
    frame: bytes


@dataclass(frozen=True)
class Keyframe:
    """A picture worth keeping: of the seed that is shown and, with several seeds, examples of all in `lanes`."""

    run: str
    step: int
    frame: bytes


@dataclass(frozen=True)
class Checkpoint:
    """All that the run's next step depends on, as `training.checkpoint` packs it."""

    run: str
    step: int
    data: bytes


@dataclass(frozen=True)
class Film:
    """What the first images of the picture looked like after so many epochs, (n, h, w) uint8."""

    run: str
    epoch: float
    step: int
    images: np.ndarray


@dataclass(frozen=True)
class Progress:
    """Something has to be prepared before everything can be measured; fraction 1 is done."""

    run: str
    what: str
    fraction: float


@dataclass(frozen=True)
class Answer:
    """To a question: images (n, h, w) uint8, with labels and distances where there are any, and a caption."""

    run: str
    id: int
    kind: Kind
    images: np.ndarray
    labels: tuple[str, ...] | None
    distances: tuple[float, ...] | None
    text: str


@dataclass(frozen=True)
class Refused:
    """A command that could not be carried out, in one sentence. The run goes on as before."""

    run: str
    sentence: str


Report = Opened | State | Measured | Floors | Picture | Keyframe | Checkpoint | Film | Progress | Answer | Refused
