"""What the store gives and takes: a run's record, what a recording thread hands in, and a run's columns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.errors import PlaygroundError
from playground.frame import Row, Scene
from playground.palette import RUN_COLOURS

Status = Literal["recording", "paused", "interrupted", "diverged", "failed"]
Relation = Literal["", "fork", "same start"]
Changes = tuple[tuple[int, Mapping[str, Any]], ...]

COLOURS = len(RUN_COLOURS)
"""How many run colours there are; a record's colour is one of their places."""


class StoreError(PlaygroundError):
    """Something that can't be read or kept, in one sentence."""


@dataclass(frozen=True)
class Record:
    """What a list shows of a run; no rows, no frames. Texts from the database are parsed when they are looked at."""

    id: str
    owner: str
    name: str
    note: str
    parent: str | None
    parent_step: int | None
    relation: Relation
    status: Status
    message: str
    steps: int
    created: float
    """Unix seconds."""
    updated: float
    """Unix seconds of the last change."""
    colour: int
    """Place in the palette of run colours, the same everywhere."""
    size: int
    """Bytes on disk."""
    deleted: bool
    config_json: str = field(repr=False)
    start_json: str = field(repr=False)
    changes_json: str = field(repr=False)
    summary_json: str = field(repr=False)
    sparkline_json: str = field(repr=False)

    @cached_property
    def config(self) -> RunConfig:
        """The newest confirmed config. Raises StoreError where this version doesn't know it: see `problem`."""
        return self._config(self.config_json)

    @cached_property
    def start_config(self) -> RunConfig:
        """The config at step 0, or at the fork. Raises StoreError."""
        return self._config(self.start_json)

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The config's plain values as they were stored, known to this version or not; empty where damaged."""
        return dict(_parsed(self.config_json, dict) or {})

    @cached_property
    def problem(self) -> str:
        """Why this run can't be opened here, in one sentence; empty where it can."""
        try:
            _ = self.config, self.start_config
        except StoreError as error:
            return str(error)
        return ""

    @cached_property
    def damaged(self) -> str:
        """A sentence where one of the record's texts is damaged; empty where all can be read."""
        mappings = (self.config_json, self.start_json, self.summary_json)
        whole = all(_parsed(text, dict) is not None for text in mappings)
        whole &= all(_parsed(text, list) is not None for text in (self.changes_json, self.sparkline_json))
        return "" if whole else f"The record of the run '{self.name}' is damaged."

    @cached_property
    def changes(self) -> Changes:
        """Live changes as (step, {setting: [before, after]}); empty where damaged."""
        return tuple((int(step), dict(fields)) for step, fields in _parsed(self.changes_json, list) or ())

    @cached_property
    def summary(self) -> Mapping[str, float | None]:
        """Final and best values for the table, see summary.py; empty before the first row, and where damaged."""
        return dict(_parsed(self.summary_json, dict) or {})

    @cached_property
    def sparkline(self) -> tuple[float, ...]:
        """At most 40 values of the main distance over the run; empty where damaged."""
        return tuple(_parsed(self.sparkline_json, list) or ())

    def _config(self, text: str) -> RunConfig:
        if self.damaged:
            raise StoreError(self.damaged)
        try:
            return settings.read(json.loads(text))
        except ConfigError as error:
            raise StoreError(
                f"The settings of the recorded run '{self.name}' don't fit this version: {error}"
            ) from None


def _parsed(text: str, kind: type) -> Any:
    """The value of a JSON text, or None where the text is damaged: one such run must not spoil a list of them."""
    try:
        value = from_json(text)  # three times as fast as json's: a list of runs has thousands
    except (ValueError, TypeError):
        return None
    return value if isinstance(value, kind) else None


@dataclass(frozen=True, eq=False)
class FilmFrame:
    """The first images of the picture after so many epochs: images (n, h, w) uint8."""

    epoch: float
    step: int
    images: NDArray[np.uint8]


@dataclass
class RunBatch:
    """What came for one run since the last batch. None: nothing new. It is carried out from top to bottom."""

    truncate_after: int | None = None
    """Rows, keyframes, checkpoints and film beyond this step go first: the run stands at an earlier step again."""
    scene: Scene | None = None
    status: Status | None = None
    message: str | None = None
    steps: int | None = None
    config: RunConfig | None = None
    changes: Changes | None = None
    floors: Mapping[str, tuple[float, float]] | None = None
    rows: list[Row] = field(default_factory=list)
    """A row takes the place of those at its step and beyond."""
    keyframes: list[tuple[int, bytes]] = field(default_factory=list)
    """(step, what frame.encode() made); the step's earlier one is replaced."""
    checkpoints: list[tuple[int, bytes]] = field(default_factory=list)
    film: list[FilmFrame] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Bytes that it brings, about."""
        rows = sum(8 * (3 + sum(map(len, row.values.values()))) for row in self.rows)
        frames = sum(len(data) for _, data in self.keyframes) + sum(frame.images.nbytes for frame in self.film)
        return rows + frames + sum(len(data) for _, data in self.checkpoints)


@dataclass
class Batch:
    """What is written in one transaction, by run id."""

    runs: dict[str, RunBatch] = field(default_factory=dict)

    def of(self, run: str) -> RunBatch:
        """The run's part of the batch, made at first need."""
        return self.runs.setdefault(run, RunBatch())

    def __bool__(self) -> bool:
        return bool(self.runs)


@dataclass(frozen=True, eq=False)
class StoredColumns:
    """All rows of a run as arrays of n rows. A value that a row lacks is NaN."""

    steps: NDArray[np.int64]
    """(n,)"""
    d_updates: NDArray[np.int64]
    """(n,)"""
    seconds: NDArray[np.float64]
    """(n,) seconds of training so far."""
    values: Mapping[str, NDArray[np.float64]]
    """By measure: (S, n)."""
    histogram: NDArray[np.float64] | None
    """(n, S, K): share of the samples nearest to each mode."""

    def __len__(self) -> int:
        return len(self.steps)
