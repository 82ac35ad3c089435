"""Two sweeps cell by cell: how far a measure of the second lies beyond that of the first, and beyond luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from playground.config import SETTINGS, RunConfig, difference
from playground.config.naming import change
from playground.data.distribution import Floats
from playground.metrics.differences import FEWEST_PAIRS, Difference, Measured, by_luck, differences
from playground.recipes.run_names import UNTOLD
from playground.sweeps.axis import SweepError
from playground.sweeps.outcomes import Results, over_steps, steps, values
from playground.sweeps.sweep import Sweep

PLACE = 0
"""Of the one row that is compared."""


@dataclass(frozen=True)
class Against:
    """by_cell: for the first sweep's cells by index that both have. luck: how many of them luck alone would mark on
    average, or fewer. seeds: of the fewest that were compared in a cell. told: all of it in words."""

    by_cell: Mapping[int, Difference]
    luck: float
    told: str

    @property
    def clear(self) -> int:
        """Cells whose difference is beyond luck."""
        return sum(found.is_clear for found in self.by_cell.values())


def against(first: Results, second: Results, measure: str, step: int | None = None) -> Against:
    """The second sweep's cells against those of the first at the same values of the same axes, at the end or at a step
    that both were measured at. Seeds are paired where the cells share them. Raises SweepError where nothing is common.
    """
    pairs = _common(first, second)
    if measure not in second.measures:
        raise SweepError("The second sweep has not measured this.")
    one, two = (_numbers(results, measure, step) for results in (first, second))
    found = {}
    for index, other in pairs.items():
        sides = _measured(first, index, one[index], measure), _measured(second, other, two[other], measure)
        apart = differences(*sides, PLACE, [measure]).get(measure)
        if apart is not None:
            found[index] = apart
    luck = sum(by_luck(apart) for apart in found.values())
    made = Against(found, luck, "")
    return Against(found, luck, f"{_unlike(first.sweep, second.sweep)} {_told(len(pairs), made)}")


def _common(first: Results, second: Results) -> dict[int, int]:
    """Cells that have ended in both, at the same place: the first's index and the second's."""
    names = [{axis.name for axis in results.sweep.axes} for results in (first, second)]
    if names[0] != names[1]:
        axes = [", ".join(sorted(SETTINGS[name].label for name in each)) for each in names]
        raise SweepError(f"The sweeps have other axes ({axes[0]}; {axes[1]}): no cell of one is a cell of the other.")
    there = {frozenset(second.sweep.places[index].items()): index for index in second.ended}
    places = {index: frozenset(first.sweep.places[index].items()) for index in first.ended}
    found = {index: there[place] for index, place in places.items() if place in there}
    if not found:
        raise SweepError("The sweeps have the same axes, but no cell at the same values yet.")
    return found


def _numbers(results: Results, measure: str, step: int | None) -> Mapping[int, Sequence[float | None]]:
    if step is None:
        return {index: values(cell).get(measure, []) for index, cell in results.ended.items()}
    if step not in steps(results.sweep):
        raise SweepError(f"'{results.name}' was not measured at step {step:,}.")
    place = steps(results.sweep).index(step)
    return {index: column[place] for index, column in over_steps(results, measure).items()}


def _unlike(first: Sweep, second: Sweep) -> str:
    """In which settings the second differs, but for the axes and how it is measured."""
    one, two = ((sweep.cells[0].config if sweep.cells else RunConfig()) for sweep in (first, second))
    axes = {axis.name for axis in first.axes}
    told = [
        change(name, getattr(one, name), value)
        for name, value in difference(one, two).values.items()
        if name not in UNTOLD and name not in axes
    ]
    if first.steps != second.steps:
        told.append(f"steps {first.steps:,} → {second.steps:,}")
    return f"The second has {', '.join(told)}." if told else "Both have the same settings."


def _measured(results: Results, index: int, column: Sequence[float | None], measure: str) -> Measured:
    """One row with a cell's seeds. Who never comes to have all modes counts as one look later than the end."""
    sweep = results.sweep
    never = float(sweep.steps + sweep.every) if measure == "complete" else np.nan
    row: Floats = np.array([[never if value is None else value] for value in column], float).reshape(-1, 1)
    seed = (dict(sweep.base) | sweep.places[index]).get("seed", 0)
    return Measured(range(seed, seed + len(row)), [PLACE], {measure: row})


def _told(common: int, made: Against) -> str:
    enough = [found for found in made.by_cell.values() if found.low is not None]
    if not enough:
        return (
            f"{common:,} cells are in both sweeps. They have too few seeds to tell a difference from luck: "
            f"{FEWEST_PAIRS} that both share are enough."
        )
    marked = f"{made.clear:,} of {len(enough):,} cells differ beyond luck, and are marked"
    luck = f"luck alone would mark {made.luck:.1g} of them on average, or fewer"
    return f"{marked}; {luck}."
