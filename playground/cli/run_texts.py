"""Recorded runs as the command line tells them: a line of a table, a few paragraphs, JSON."""

import time
from collections.abc import Mapping
from typing import Any

from playground.cli.common import table
from playground.config import RunConfig, difference
from playground.exports.links import link
from playground.files import finite
from playground.methods import GAN
from playground.recipes.run_names import title_of
from playground.runs.place import in_words
from playground.runs.record import Record
from playground.runs.summary import outcome

ABOVE = ("steps", "rows", "seeds", "images")
"""Of a summary: what stands elsewhere in the same text."""
ID_SHOWN = 8
"""Characters of an id in a table: enough to name the run."""
TITLE_SHOWN, END_SHOWN = 40, 12
"""Characters of a title in a table, and how many of them are its end: it tells the run's number."""


def line(record: Record) -> list[object]:
    """A line of `runs list`."""
    given, summary = record.settings, record.summary
    distance = summary.get("fid_final") if summary.get("images") else summary.get("jsd_final")
    modes, total = summary.get("modes_final"), summary.get("modes_total")
    return [
        record.id[:ID_SHOWN],
        short_title(record),
        record.status,
        f"{record.steps:,}",
        given.get("dataset", "?"),
        given.get("loss", "?") if given.get("method", GAN) == GAN else given["method"],
        given.get("seeds", "?"),
        number(distance),
        number(summary.get("emd_final")),
        "-" if modes is None or total is None else f"{modes:g}/{total:g}",
        time.strftime("%Y-%m-%d %H:%M", time.localtime(record.updated)),
    ]


def names_of(record: Record) -> dict[str, Any]:
    """What a run is called, as plain JSON."""
    return {"id": record.id, "name": record.name, "title": title_of(record)}


def described(record: Record) -> dict[str, Any]:
    """Plain JSON; a number that is not finite, or does not apply, is null."""
    names = ("status", "message", "steps", "parent", "parent_step", "relation", "created", "updated")
    told = names_of(record) | {name: getattr(record, name) for name in names}
    told |= {"size": record.size, "colour": record.colour, "config": dict(record.settings)}
    told["summary"] = {key: finite(value) for key, value in record.summary.items()}
    return told | {"outcome": outcome(record.summary)}


def paragraphs(record: Record, kept: Mapping[str, Any], compiled: int | None = None) -> str:
    """A run in a few paragraphs. compiled: the step from which on it trained by compiled steps."""
    text = [f"{title_of(record)} ({record.id})"]
    text.append(f"{record.status}, {record.steps:,} steps, {in_words(record.size)}. {record.message}".rstrip())
    if record.parent:
        text.append(f"{record.relation} of {record.parent} at step {record.parent_step or 0:,}")
    if record.note:
        text += ["", record.note]
    text.append("")
    if record.problem:
        text.append(record.problem)
    else:
        changed = difference(RunConfig(), record.config).values
        text.append(
            "settings    " + (" ".join(f"{key}={setting(value)}" for key, value in changed.items()) or "the defaults")
        )
        text.append(f"link        {link(record.config)}")
    for step, fields in record.changes:
        told = ", ".join(f"{key} {setting(before)} → {setting(after)}" for key, (before, after) in fields.items())
        text.append(f"step {step:<7,}{told}")
    if compiled is not None:
        text.append(f"step {compiled:<7,}compiled from here on")
    text += ["", outcome(record.summary)]
    rows = [[key, number(value)] for key, value in record.summary.items() if value is not None and key not in ABOVE]
    if rows:
        text += ["", table(["measure", "value"], rows)]
    text.append("")
    text.append(
        f"{kept['rows']:,} rows; pictures at {_steps(kept['keyframes'])}; checkpoints at {_steps(kept['checkpoints'])}"
    )
    return "\n".join(text)


def short_title(record: Record) -> str:
    """A title short enough for a table: a long one loses its middle."""
    title = title_of(record)
    return title if len(title) <= TITLE_SHOWN else _clipped(title, TITLE_SHOWN - END_SHOWN) + title[-END_SHOWN:]


def setting(value: object) -> str:
    """A setting's value as `--set` takes it, clipped where it is long."""
    return str(value).lower() if isinstance(value, bool) else _clipped(str(value), 40)


def number(value: float | None) -> str:
    """A measure's value for a table; a dash where there is none."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:.4g}"


def _steps(steps: list[int]) -> str:
    if len(steps) > 6:
        return f"{len(steps)} steps from {steps[0]:,} to {steps[-1]:,}"
    return "steps " + ", ".join(f"{step:,}" for step in steps) if steps else "no step"


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
