"""The list of runs as plain values: filtered, sorted, one page of it as columns. No widgets here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from playground.config.naming import value_in_words
from playground.data.image_table import IMAGE_DATASETS
from playground.recipes.run_names import changed, title_of
from playground.runs.place import in_words
from playground.runs.record import Record

ROWS = 200
"""Runs on one page of the list."""
STATUS = {
    "recording": "training",
    "paused": "paused",
    "interrupted": "interrupted",
    "diverged": "diverged",
    "failed": "failed",
}
"""What the list calls a record's status."""
SPARSE = {"Recorded by", "JSD", "Fréchet", "Changed on the way", "Parent", "Note"}
"""Columns that are left out where no run has anything in them."""
MINUTE, HOUR, DAY = 60, 3600, 86_400

Value = float | str | None


def dataset(record: Record) -> str:
    """The name of the run's dataset, "" where its settings name none."""
    return str(record.settings.get("dataset", ""))


def loss(record: Record) -> str:
    """The name of the run's loss, "" where its settings name none."""
    return str(record.settings.get("loss", ""))


def losses(record: Record) -> tuple[str, ...]:
    """The names of all losses that the run was trained with, in their order; the last is what `loss` says."""
    before = [
        fields["loss"][0] for step, fields in record.changes if "loss" in fields and step > (record.parent_step or 0)
    ]
    return (*map(str, before), loss(record))


def label(setting: Literal["dataset", "loss"], value: str) -> str:
    """What the pages call a dataset or a loss."""
    return value_in_words(setting, value)


def number(record: Record, name: str) -> float | None:
    """A value of the run's summary, None where it has none."""
    return record.summary.get(name)


def modes(record: Record) -> str:
    """Such as "7 of 8", or nothing."""
    final, total = number(record, "modes_final"), number(record, "modes_total")
    return "" if final is None or total is None else f"{final:g} of {total:.0f}"


SORTS: Mapping[str, Callable[[Record], Value]] = {
    "Created": lambda record: record.created,
    "Last trained": lambda record: record.updated,
    "Name": lambda record: title_of(record).lower(),
    "Status": lambda record: STATUS[record.status],
    "Dataset": lambda record: label("dataset", dataset(record)).lower(),
    "Loss": lambda record: label("loss", loss(record)).lower(),
    "Seeds": lambda record: float(record.settings.get("seeds", 1)),
    "Steps": lambda record: record.steps,
    "EMD": lambda record: number(record, "emd_final"),
    "JSD": lambda record: number(record, "jsd_final"),
    "Fréchet": lambda record: number(record, "fid_final"),
    "Modes": lambda record: number(record, "modes_final"),
    "Size": lambda record: record.size,
}
"""What the list can be sorted by."""


@dataclass(frozen=True)
class Wish:
    """What of the list is wanted. Empty fields ask for nothing."""

    text: str = ""
    dataset: str = ""
    loss: str = ""
    status: str = ""
    sort: str = "Created"
    descending: bool = True


def matching(records: Sequence[Record], wish: Wish) -> list[Record]:
    """The records that a wish asks for, in its order; those without a value come last whichever way."""
    words = wish.text.lower().split()
    found = [
        record
        for record in records
        if (not wish.status or record.status == wish.status)
        and (not wish.dataset or dataset(record) == wish.dataset)
        and (not wish.loss or wish.loss in losses(record))
        and (not words or _has(record, words))
    ]
    value = SORTS[wish.sort]
    missing = [record for record in found if value(record) is None]
    there = [record for record in found if value(record) is not None]
    there.sort(key=value, reverse=wish.descending)  # type: ignore[arg-type]
    return there + missing


def _has(record: Record, words: Collection[str]) -> bool:
    text = " ".join(
        (title_of(record), record.note, label("dataset", dataset(record)), label("loss", loss(record)), record.id)
    ).lower()
    return all(word in text for word in words)


def pages(count: int) -> int:
    """How many pages a list of so many runs has; one at least."""
    return max(1, -(-count // ROWS))


def columns(records: Sequence[Record], parents: Mapping[str, str], now: float, mine: str) -> dict[str, list[Any]]:
    """One page of the list, column by column. parents: names by id. now: unix seconds. mine: the owner who looks."""
    told: dict[str, list[Any]] = {
        "Name": [title_of(record) for record in records],
        "Recorded by": [{mine: "", "": "the command line"}.get(record.owner, "another browser") for record in records],
        "Status": [STATUS[record.status] for record in records],
        "EMD curve": [list(record.sparkline) for record in records],
        "EMD": [number(record, "emd_final") for record in records],
        "JSD": [number(record, "jsd_final") for record in records],
        "Fréchet": [number(record, "fid_final") for record in records],
        "Modes": [modes(record) for record in records],
        "Steps": [record.steps for record in records],
        "Dataset": [label("dataset", dataset(record)) for record in records],
        "Loss": [" → ".join(label("loss", name) for name in losses(record)) for record in records],
        "Changed on the way": [changed(record) for record in records],
        "Seeds": [record.settings.get("seeds", 1) for record in records],
        "Parent": [parents.get(record.parent, "deleted") if record.parent else "" for record in records],
        "Age": [age(now - record.created) for record in records],
        "Size": [in_words(record.size) for record in records],
        "Note": [record.note for record in records],
    }
    return {name: values for name, values in told.items() if name not in SPARSE or any(values)}


def age(seconds: float) -> str:
    """Such as "4 min", "3 h", "12 days"."""
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < DAY:
        return f"{seconds / HOUR:.0f} h"
    days = round(seconds / DAY)
    return "1 day" if days == 1 else f"{days:,} days"


def on_images(record: Record) -> bool:
    """Whether the run trains on images, not on points."""
    return dataset(record) in IMAGE_DATASETS
