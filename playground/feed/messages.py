"""What the server says to a browser: one frozen dataclass for each message, and nothing else is sent.

`as_json` writes one as text: its fields and its `type`, which is its class's name in small letters. The browser's
types of them are made from these classes (`browser_files.py`). Frames go as bytes, as `frame.encode` packs them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from playground.engine.messages import Kind, Status
from playground.frame import Scene
from playground.reading import Case, Tone, Try
from playground.runs.record import Relation

Column = Sequence[float | None]
"""A measure over the rows; None where it is not finite, for which JSON has no word."""
Latest = Mapping[str, Any]
"""One row as a browser shows it: `step`, the shown seed's value of each measure (None where it is not finite), and
`mode_histogram`, its shares by mode or class, where there are any."""


@dataclass(frozen=True)
class Change:
    """Settings that were changed live. fields: name -> (before, after); words: the same in words."""

    step: int
    fields: Mapping[str, tuple[Any, Any]]
    words: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class FilmFrame:
    """What the first latents of the picture made after so many epochs: base64 of (n, h, w) bytes."""

    epoch: float
    step: int
    images: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Record:
    """What is recorded of the run; where nothing is (yet), what will be.

    title: what it is called everywhere. colour: on white and on black, None while it is not recorded. mine: whether
    this browser may command it.
    """

    id: str
    name: str
    title: str
    note: str
    parent: str | None
    parent_step: int | None
    relation: Relation
    colour: tuple[str, str] | None
    mine: bool


@dataclass(frozen=True)
class Hello:
    """The run stands, perhaps anew: what was told of another start is over.

    lane: the seed that pictures show. config and words: as in State, which may not change with a new start.
    """

    run: str
    lane: int
    scene: Scene
    config: Mapping[str, Any]
    words: Mapping[str, str]
    record: Record


@dataclass(frozen=True)
class State:
    """The worker's word on the run. config: the confirmed settings; words: the same in words, by their names.

    speed: the most steps per second, None for no limit. diverged: for each seed the step at which it was lost, or None.
    updates: of D and of G. queued: it is to train as soon as there is room. goal: the step at which it will pause, or
    None where it trains on. compiled: the step from which on it trains by its compiled step, or None.
    """

    steps: int
    status: Status
    message: str
    config: Mapping[str, Any]
    words: Mapping[str, str]
    changes: Sequence[Change]
    speed: float | None
    diverged: Sequence[int | None]
    updates: tuple[int, int]
    queued: bool
    goal: int | None
    compiled: int | None


@dataclass(frozen=True)
class Rows:
    """Rows to append; one whose step is not beyond the last one takes its place. replace: forget those before."""

    columns: Mapping[str, Column]
    latest: Latest
    replace: bool


@dataclass(frozen=True)
class Floors:
    """What perfect samples measure: for each measure the 5–95 % band."""

    bands: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Film:
    """More of the filmstrip. replace: forget what came before."""

    entries: Sequence[FilmFrame]
    replace: bool


@dataclass(frozen=True)
class Progress:
    """Something has to be prepared before everything can be measured; fraction 1 is done."""

    what: str
    fraction: float


@dataclass(frozen=True)
class Answer:
    """To the question `id` about images: base64 of (n, h, w) bytes, with labels and distances where there are any."""

    id: int
    kind: Kind
    labels: Sequence[str] | None
    distances: Sequence[float] | None
    text: str
    images: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Keyframes:
    """The steps whose frames are recorded, and those at which the run can be forked; both ascending."""

    steps: Sequence[int]
    checkpoints: Sequence[int]


@dataclass(frozen=True)
class Keyframe:
    """The frame that comes next is the recorded one of `step`, the nearest to the one that was asked for.

    latest: what had been measured by then.
    """

    asked: int
    step: int
    latest: Latest


@dataclass(frozen=True)
class Summary:
    """What the run has come to, in numbers and in one sentence."""

    values: Mapping[str, float | None]
    outcome: str


@dataclass(frozen=True)
class Reading:
    """The run's state in words, see `playground.reading`. seed: the one that was read, where there are several."""

    seed: int | None
    case: Case
    title: str
    tone: Tone
    sentence: str
    number: float | None
    why: str
    tries: Sequence[Try]


@dataclass(frozen=True)
class Error:
    """Something that could not be done, in one sentence."""

    text: str


Message = (
    Hello | State | Rows | Floors | Film | Progress | Answer | Keyframes | Keyframe | Record | Summary | Reading | Error
)


def as_json(message: Message) -> str:
    """The message as strict JSON. Raises ValueError where a number in it is not finite."""
    return json.dumps(message, default=_values, allow_nan=False)


def type_of(kind: type) -> str:
    """What a message of this class says that it is."""
    return kind.__name__.lower()


def _values(value: Any) -> dict[str, Any]:
    """A dataclass's fields, as they are: rows are long, so nothing is copied. A message also says what it is."""
    said = {"type": type_of(type(value))} if isinstance(value, Message) else {}
    return said | {field.name: getattr(value, field.name) for field in fields(value)}
