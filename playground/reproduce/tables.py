"""The tables that can be reproduced: what is trained for each of their rows, and where the outcome is kept and told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from playground import config as settings
from playground.reading import made
from playground.reading.rules import VERSION
from playground.recipes import cures, measured
from playground.recipes.measured import Measured, kept_in
from playground.reproduce import cures as cures_table
from playground.reproduce import hacks as hacks_table
from playground.reproduce import lessons as lessons_table
from playground.reproduce import packing as packing_table
from playground.reproduce import readings as readings_table
from playground.reproduce import recipes as recipes_table
from playground.reproduce.training import Job, train

HACKS_FILE = Path(measured.__file__).with_name("hacks.json")
PACKING_FILE = Path(measured.__file__).with_name("packing.json")
LESSONS_FILE = Path(measured.__file__).with_name("lessons.json")


class Rows(Protocol):
    """What a module says of its table."""

    def names(self) -> list[str]:
        """Of the rows."""

    def jobs(self, name: str, /) -> list[Job]:
        """The trainings of a row."""

    def claim(self, name: str, /) -> str:
        """What the source of a row says of it."""

    def page(self, rows: Mapping[str, Measured], /) -> str:
        """What docs/ has of the outcomes."""


@dataclass(frozen=True)
class Table:
    """rows: the module that says what its rows are. file: where outcomes are kept. document: in docs/. train: how a
    training is made, over so many seeds. rules: the version of the rules by which outcomes are read."""

    rows: Rows
    file: Callable[[], Path]
    document: str
    train: Callable[[Job, int], Measured] = train
    rules: int = 0

    def missing(self, job: Job, seeds: int) -> bool:
        """Whether the file has no outcome of these settings by the present rules, with as many seeds or more, or as
        many as there may be."""
        kept = kept_in(self.file()).get(job.name)
        return kept is None or kept.rules < self.rules or not _is_of(kept, job, seeds)


TABLES: dict[str, Table] = {
    "recipes": Table(recipes_table, lambda: measured.FILE, "recipes.md"),
    "cures": Table(cures_table, lambda: cures.FILE, "cures.md"),
    "hacks": Table(hacks_table, lambda: HACKS_FILE, "hacks.md"),
    "packing": Table(packing_table, lambda: PACKING_FILE, "packing.md"),
    "lessons": Table(lessons_table, lambda: LESSONS_FILE, "lessons.md"),
    "readings": Table(readings_table, lambda: made.FILE, "readings.md", readings_table.train, VERSION),
}


def known(job: Job, seeds: int) -> Measured | None:
    """The outcome of the same settings under whatever name in whatever table of plain trainings; not one of a time when
    less was measured."""
    plain = (table for table in TABLES.values() if table.train is train)
    rows = (row for table in plain for row in kept_in(table.file()).values() if row.ms)
    if job.claim is not None:
        return None  # what was claimed of another training is another claim
    return next((replace(row, changes=dict(job.changes), seen=None) for row in rows if _is_of(row, job, seeds)), None)


def _is_of(row: Measured, job: Job, seeds: int) -> bool:
    """Whether this is an outcome of a job's settings, however they are written, with as many seeds or more."""
    return (
        row.seeds >= min(seeds, job.most)
        and row.steps == job.steps
        and settings.read(row.changes) == settings.read(job.changes)
    )
