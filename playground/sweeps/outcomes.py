"""The numbers of a sweep's cells: what can be shown of them, seed by seed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.reading.rules import FEW_MODES
from playground.sweeps.folder import EndedCell, Looks
from playground.sweeps.sweep import Sweep

Numbers = Sequence[float | None]
"""One for each seed, None where there is none; one alone where it is of all seeds together."""


@dataclass(frozen=True)
class Measure:
    """A number that every seed of a cell has. share: it is 0 or 1, and of seeds one tells the share. better: which end
    is good, "" where none is. missing: what is said of a seed that has none."""

    label: str
    help: str
    better: str = ""
    share: bool = False
    missing: str = "–"


OWN: dict[str, Measure] = {
    "collapsed": Measure(
        "Collapsed",
        f"Seeds that end with at most {FEW_MODES:.0%} of the modes: also with none, as where G never comes near.",
        "lower",
        True,
    ),
    "diverged": Measure("Diverged", "Seeds whose loss stopped being finite.", "lower", True),
    "complete": Measure(
        "Steps until all modes",
        "The first measurement at which G captures every mode.",
        "lower",
        missing="never",
    ),
    "seconds": Measure(
        "Seconds", "Of training, for a cell with all of its seeds, on the machine that trained it.", "lower"
    ),
}
"""What is made of the metrics of each seed."""


@dataclass(frozen=True)
class Results:
    """A sweep and what has come of it so far. name: what it is called. looks: reads, cell by cell, what was measured on
    the way: much more than the cells themselves, so only when it is asked for. opens: what is shown at first, as an
    address says it. says: what was found, in words."""

    name: str
    sweep: Sweep
    cells: Sequence[EndedCell]
    looks: Callable[[], Iterable[tuple[int, Looks]]]
    opens: Mapping[str, str] = field(default_factory=dict)
    says: str = ""

    @cached_property
    def ended(self) -> dict[int, EndedCell]:
        """The cells that were trained, by index."""
        return {int(cell["index"]): cell for cell in self.cells if "failed" not in cell}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """What its cells have."""
        return measures(self.cells)

    @cached_property
    def told(self) -> dict[str, list[dict[str, Any]]]:
        """What `sheet` has told of all cells, by measure: for thousands of them that takes a moment."""
        return {}

    @cached_property
    def over_steps(self) -> dict[str, dict[int, list[Numbers]]]:
        """What `over_steps` has read, by measure: of thousands of cells reading takes seconds."""
        return {}


def measures(cells: Iterable[EndedCell]) -> dict[str, Measure]:
    """What the cells have, in the order of the menu."""
    there = {name for cell in cells if "failed" not in cell for name in values(cell)}
    table = IMAGE_METRICS if "classes" in there else METRICS
    known = {name: Measure(row.label, row.help, row.better) for name, row in table.items()}
    return {name: row for name, row in (known | OWN).items() if name in there}


def values(cell: EndedCell, looks: Looks | None = None, step: int | None = None) -> dict[str, Numbers]:
    """Every measure of a cell at its end; with its looks, at the newest of them up to `step`. What is not known before
    the end is left out there."""
    found: dict[str, Numbers] = dict(cell["metrics"] if looks is None or step is None else _newest(looks, step))
    if cell["modes"]:
        captured = found.get("classes", found.get("modes", []))
        found["collapsed"] = [
            None if count is None else float(count <= FEW_MODES * cell["modes"]) for count in captured
        ]
        found["complete"] = [None if when is None or _later(when, step) else when for when in cell["complete"]]
    found["diverged"] = [float(when is not None and not _later(when, step)) for when in cell["diverged"]]
    if step is None:
        found["seconds"] = [cell["seconds"]]
    return found


def steps(sweep: Sweep) -> list[int]:
    """At which steps every cell is measured, the start and the end included."""
    return [*range(0, sweep.steps, sweep.every), sweep.steps]


def over_steps(results: Results, measure: str) -> dict[int, list[Numbers]]:
    """One measure of every cell at each of `steps`."""
    if measure not in results.over_steps:
        ended, at = results.ended, steps(results.sweep)
        results.over_steps[measure] = {
            index: [values(ended[index], looks, step).get(measure, []) for step in at]
            for index, looks in results.looks()
            if index in ended
        }
    return results.over_steps[measure]


def _newest(looks: Looks, step: int) -> Mapping[str, Numbers]:
    """A cell whose seeds have all diverged was measured no further."""
    return looks[max((known for known in looks if known <= step), default=min(looks))]


def _later(when: int, step: int | None) -> bool:
    return step is not None and when > step
