"""The numbers of a sweep's cells: what can be shown of them, seed by seed."""

from collections.abc import Iterable
from dataclasses import dataclass

from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.reading.rules import FEW_MODES
from playground.sweeps.folder import EndedCell


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
    table = IMAGE_METRICS if "classes" in there else METRICS
    known = {name: Measure(row.label, row.help, row.better) for name, row in table.items()}
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
