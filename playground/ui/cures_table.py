"""The table of cures as plain values: which techniques are shown, and what was measured of each. No widgets here."""

from collections.abc import Collection, Sequence
from typing import Any

from playground.recipes.cures import ILLNESSES, UNTREATED, cell, cures
from playground.recipes.measured import Measured, told
from playground.recipes.techniques import TECHNIQUES

AS_IT_IS = "As it is"
MEASURES = {
    "served": "Served",
    "modes": "Captured",
    "high_quality": "High quality",
    "reverse_kl": "Reverse KL",
    "turnover": "Turnover",
    "emd": "EMD",
}
"""What is shown of an outcome, with its name on the page."""
OF_STEP = "Time of a step"
"""Beside the untreated one's."""

Columns = dict[str, list[Any]]


def matching(text: str = "", kinds: Collection[str] = (), illness: str = "") -> list[str]:
    """The rows that are asked for: the illnesses as they are, then techniques with all these words, of these kinds.

    One that has not been measured on any illness is left out. First come those that leave most seeds well, of that
    illness or else of any that is one.
    """
    words = text.lower().split()
    found = [
        name
        for name, row in TECHNIQUES.items()
        if (not kinds or row.kind in kinds)
        and any(outcome(illness, name) for illness in ILLNESSES)
        and all(word in f"{row.label} {row.kind} {row.why}".lower() for word in words)
    ]
    treated = [illness] if illness else [name for name in ILLNESSES if name != "healthy"]

    def helps(name: str) -> float:
        return max((row.well for each in treated if (row := outcome(each, name)) is not None), default=-1.0)

    return [UNTREATED, *sorted(found, key=helps, reverse=True)]


def outcome(illness: str, name: str) -> Measured | None:
    """What was measured of a row on an illness; None where nothing was."""
    return cures().get(cell(illness, name))


def overview(rows: Sequence[str]) -> Columns:
    """How each row stands on every illness, column by column."""
    columns = _named(rows)
    for illness, row in ILLNESSES.items():
        columns[f"{row.label}: well"] = _well(illness, rows)
        columns[f"{row.label}: served"] = _medians(illness, rows, "served")
    columns[OF_STEP] = _costs("healthy", rows)
    return columns | _kinds(rows)


def on_illness(illness: str, rows: Sequence[str]) -> Columns:
    """Everything that was measured of each row on one illness, column by column: medians over the seeds."""
    columns = _named(rows) | {"Well": _well(illness, rows)}
    for measure, label in MEASURES.items():
        columns[label] = _medians(illness, rows, measure)
    columns[OF_STEP] = _costs(illness, rows)
    return columns | _kinds(rows)


def absent(name: str) -> list[str]:
    """Why a row has no numbers on an illness, a sentence for each of those."""
    missing = [row for illness, row in ILLNESSES.items() if outcome(illness, name) is None]
    reasons = {row.label: TECHNIQUES[name].why_not(row.row.config) for row in missing}
    return [f"{label}: {reason or 'It has not been measured there.'}" for label, reason in reasons.items()]


def ranges(name: str) -> Columns:
    """One row on every illness, each number with its range: an illness to a line."""
    found = {illness: outcome(illness, name) for illness in ILLNESSES}
    measured = {illness: row for illness, row in found.items() if row is not None}
    columns: Columns = {
        "On": [ILLNESSES[illness].label for illness in measured],
        "Well": [row.of_seeds(row.well) for row in measured.values()],
    }
    for measure, label in MEASURES.items():
        columns[label] = [told(row.end[measure]) if measure in row.end else "–" for row in measured.values()]
    return columns


def label(name: str) -> str:
    """What a row is called."""
    return AS_IT_IS if name == UNTREATED else TECHNIQUES[name].label


def _named(rows: Sequence[str]) -> Columns:
    return {"Technique": [label(name) for name in rows]}


def _kinds(rows: Sequence[str]) -> Columns:
    return {"Kind": ["" if name == UNTREATED else TECHNIQUES[name].kind for name in rows]}


def _well(illness: str, rows: Sequence[str]) -> list[int | None]:
    """How many seeds are well."""
    return [None if found is None else round(found.well * found.seeds) for found in _outcomes(illness, rows)]


def _outcomes(illness: str, rows: Sequence[str]) -> list[Measured | None]:
    return [outcome(illness, name) for name in rows]


def _medians(illness: str, rows: Sequence[str], measure: str) -> list[float | None]:
    return [found.end[measure][0] if found and measure in found.end else None for found in _outcomes(illness, rows)]


def _costs(illness: str, rows: Sequence[str]) -> list[float | None]:
    """A step's time over that of the illness as it is."""
    base = outcome(illness, UNTREATED)
    return [found.ms / base.ms if found and base and base.ms else None for found in _outcomes(illness, rows)]
