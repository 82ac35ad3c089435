"""How runs differ beyond the luck of their seeds, as the command line tells it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from playground.cli import run_texts
from playground.cli.common import table
from playground.exports.differences import METHOD, between
from playground.metrics.differences import FEWEST, Difference, verdict
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.runs.record import Record, StoredColumns

MEASURES = METRICS | IMAGE_METRICS


def as_json(records: Sequence[Record], columns: Sequence[StoredColumns]) -> dict[str, Any]:
    """The common step, and for each run but the first its differences from the first, by metric."""
    step, found = _found(records, columns)
    told = [{name: asdict(row) | {"clear": row.is_clear} for name, row in run.items()} for run in found]
    return {"step": step, "differences": told}


def told(records: Sequence[Record], columns: Sequence[StoredColumns]) -> str:
    """The same as a table, or a sentence that says why there is none."""
    step, found = _found(records, columns)
    if step is None:
        return "These runs have no step at which all of them were measured."
    if not any(found):
        return f"What luck has to do with it needs {FEWEST} seeds or more in both runs (--set seeds=8)."
    rows = [
        [
            *(name, run_texts.short_title(record), *map(run_texts.number, (row.first, row.second, row.value))),
            "–" if row.low is None else f"{run_texts.number(row.low)} to {run_texts.number(row.high)}",
            f"{row.seeds[0]} and {row.seeds[1]}" if row.up is None else f"{row.up} up, {row.down} down",
            verdict(row, MEASURES[name].better),
        ]
        for record, run in zip(records[1:], found, strict=True)
        for name, row in run.items()
    ]
    head = ["measure", "B", "median A", "median B", "B - A", "95 % interval", "seeds", "beyond luck"]
    first = f"At step {step:,}, the newest at which all were measured; A is {run_texts.short_title(records[0])}:"
    return f"{first}\n{table(head, rows)}\n\n{METHOD}"


def _found(
    records: Sequence[Record], columns: Sequence[StoredColumns]
) -> tuple[int | None, list[dict[str, Difference]]]:
    return between([(record.config, rows) for record, rows in zip(records, columns, strict=True)])
