"""The numbers of a sweep's cells: what can be shown of them, seed by seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.reading.rules import FEW_MODES
from playground.sweeps.folder import EndedCell
from playground.sweeps.sweep import Sweep


@dataclass(frozen=True)
class Measure:
    """A number that every seed of a cell has. share: it is 0 or 1, and of seeds one tells the share. better: which end
    is good, "" where none is."""

    label: str
    help: str
    better: str = ""
    share: bool = False


OWN: dict[str, Measure] = {
    "collapsed": Measure("Collapsed", f"Seeds that end with at most {FEW_MODES:.0%} of the modes.", "lower", True),
    "diverged": Measure("Diverged", "Seeds whose loss stopped being finite.", "lower", True),
    "complete": Measure(
        "Steps until all modes",
        "The first measurement at which G captures every mode; none where it never does.",
        "lower",
    ),
    "seconds": Measure(
        "Seconds", "Of training, for a cell with all of its seeds, on the machine that trained it.", "lower"
    ),
}
"""What is made of the metrics of each seed."""


def measures(cells: Iterable[EndedCell]) -> dict[str, Measure]:
    """What the cells have, in the order of the menu."""
    there = {name for cell in cells if "failed" not in cell for name in values(cell)}
    known = {name: Measure(row.label, row.help, row.better) for name, row in (IMAGE_METRICS | METRICS).items()}
    if "classes" in there:
        known |= {name: Measure(row.label, row.help, row.better) for name, row in IMAGE_METRICS.items()}
    return {name: row for name, row in (known | OWN).items() if name in there}


def values(cell: EndedCell) -> dict[str, list[float | None]]:
    """Every measure of a cell: one number per seed, None where there is none; one for all seeds of what is theirs
    together."""
    found: dict[str, list[float | None]] = dict(cell["metrics"])
    if cell["modes"]:
        captured = found.get("classes", found.get("modes", []))
        found["collapsed"] = [
            None if count is None else float(count <= FEW_MODES * cell["modes"]) for count in captured
        ]
        found["complete"] = list(cell["complete"])
    found["diverged"] = [float(step is not None) for step in cell["diverged"]]
    found["seconds"] = [cell["seconds"]]
    return found


def rows(sweep: Sweep, cells: Iterable[EndedCell]) -> list[dict[str, Any]]:
    """A flat table, a line for each seed of each cell: its settings, its seed, and every measure."""
    found = []
    for cell in cells:
        if "failed" in cell:
            continue
        told = values(cell)
        for lane in range(sweep.seeds):
            line: dict[str, Any] = dict(sweep.places[cell["index"]]) | {"seed": lane, "end": cell["end"]}
            for name, column in told.items():
                line[name] = column[lane] if len(column) > 1 or sweep.seeds == 1 else column[0]
            found.append(line)
    return found
