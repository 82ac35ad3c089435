"""What to try in each case: what did most seeds good where it was measured, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.config import RunConfig, difference
from playground.config.naming import change
from playground.reading.made import CURED, MADE, job_name, readings
from playground.reading.rules import Case
from playground.recipes.cures import ILLNESSES, UNTREATED, cell, cures, helped
from playground.recipes.measured import Measured
from playground.recipes.techniques import ALL


@dataclass(frozen=True)
class Try:
    """A suggestion. changes: the settings that it alters. restarts: whether it begins anew, as it was measured."""

    label: str
    changes: Mapping[str, Any]
    why: str
    restarts: bool


@dataclass(frozen=True)
class _Helped:
    """What a technique did to some runs. well, seeds: counts over all of them. restarts: from step 0 in any of them."""

    technique: str
    well: int
    seeds: int
    labels: tuple[str, ...]
    restarts: bool


MOST_TRIES = 3
HELPED = 0.5
"""A technique is suggested where it did more than this part of the seeds good, and more than came out by themselves."""


def tries(case: Case, config: RunConfig) -> tuple[Try, ...]:
    """The best few for a case that can be had with this config and change something in it: one of each kind, since the
    next of the same kind would do the same."""
    found: dict[str, Try] = {}
    for row in _ranked(case, config):
        technique = ALL[row.technique]
        treated = technique.on(config)
        if treated is None or technique.kind in found:
            continue
        changed = difference(config, treated)
        label = ", ".join(change(name, before, after, config.method) for name, (before, after) in changed.pairs.items())
        where = " and ".join(f"“{label}”" for label in row.labels)
        why = f"{technique.why} Helped in {row.well} of {row.seeds} seeds of {where}."
        found[technique.kind] = Try(label, changed.values, why, restarts=row.restarts or bool(changed.fixed))
    return tuple(found.values())[:MOST_TRIES]


def _ranked(case: Case, config: RunConfig) -> list[_Helped]:
    """The techniques that did most seeds of a case good, the best first."""
    found = [row for row in (*_cured(case), *_tried(case, config)) if row.well > HELPED * row.seeds]
    return sorted(found, key=lambda row: row.well / row.seeds, reverse=True)


def _cured(case: Case) -> Iterator[_Helped]:
    """As the table of cures has it, where each was trained from step 0."""
    if case not in CURED:
        return
    illness = CURED[case]
    base = cures().get(cell(illness, UNTREATED))
    for name, row in helped(illness):
        if row.well > (base.well if base else 0.0):
            yield _Helped(name, round(row.well * row.seeds), row.seeds, (ILLNESSES[illness].row.label,), True)


def _tried(case: Case, config: RunConfig) -> Iterator[_Helped]:
    """As the table of readings has it: on the runs with the config's data where there are any, else on all."""
    measured = readings()
    made = {
        name: row
        for name, row in MADE.items()
        if row.case == case and row.techniques and job_name(name, UNTREATED) in measured
    }
    alike = {name: row for name, row in made.items() if row.config.dataset == config.dataset}
    runs = alike or made
    for technique in dict.fromkeys(name for row in runs.values() for name in row.techniques):
        rows = [(row, *pair) for name, row in runs.items() if (pair := _pair(name, technique)) is not None]
        well = sum(round(outcome.helped * outcome.seeds) for _, outcome, _ in rows)
        if rows and well > sum(round(base.helped * base.seeds) for *_, base in rows):
            yield _Helped(
                technique,
                well,
                sum(outcome.seeds for _, outcome, _ in rows),
                tuple(row.label for row, *_ in rows),
                any(row.restarts(technique) for row, *_ in rows),
            )


def _pair(run: str, technique: str) -> tuple[Measured, Measured] | None:
    """What a technique did to a run, and what became of the run as it is; None where that was not measured."""
    rows = readings()
    one, base = rows.get(job_name(run, technique)), rows.get(job_name(run, UNTREATED))
    return None if one is None or base is None else (one, base)
