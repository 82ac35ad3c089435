"""A sweep as plain values, for the browser: `SweepSheet` in common/page.d.ts."""

from collections.abc import Collection, Sequence
from typing import Any

from playground.config import DIRAC, SETTINGS, RunConfig
from playground.config.naming import value_in_words
from playground.data.own_points import OWN_POINTS
from playground.sweeps.against import Against, against
from playground.sweeps.axis import Axis, SweepError, told
from playground.sweeps.outcomes import Results, over_steps, steps, values
from playground.sweeps.sweep import Sweep

MANY = 1000
"""Cells from which on a sheet is brief: so many have no room for their pictures, and a page has to come at once."""


def sheet(
    results: Results, looks_of: Collection[str] = (), shown: str = "", chosen: int | None = None
) -> dict[str, Any]:
    """What has come of a sweep so far. looks_of: the measures that are told at every step, not at the end alone.

    shown: of MANY cells or more only this measure is told, and all about the cell `chosen`; "" tells all of all.
    """
    sweep, ended = results.sweep, results.ended
    axes = [_values(sweep, axis) for axis in sweep.axes]
    places = [{value: at for at, value in enumerate(there)} for there in axes]

    def at(index: int) -> list[int]:
        place = sweep.places[index]
        return [each[place[axis.name]] for axis, each in zip(sweep.axes, places, strict=True)]

    marks, kinds = _marks(sweep)

    def row(index: int, only: str) -> dict[str, Any]:
        cell = ended[index]
        found, picture = values(cell), None if only else cell["picture"]
        whole = {name: cell[name] for name in ("index", "end", "steps")} | {"at": at(index), "picture": picture}
        return whole | {"marks": kinds[index], "values": {only: found.get(only, [])} if only else found}

    only = shown if len(ended) >= MANY else ""
    if only not in results.told:
        results.told[only] = [row(index, only) for index in ended]
    cells = [row(each["index"], "") if each["index"] == chosen else each for each in results.told[only]]
    failed = {int(cell["index"]): str(cell["failed"]) for cell in results.cells if "failed" in cell}
    known = results.measures
    return {
        "name": results.name,
        "axes": [_axis(axis, there) for axis, there in zip(sweep.axes, axes, strict=True)],
        "measures": [{"name": name} | vars(row) for name, row in known.items()],
        "grid": sweep.design == "grid",
        "seeds": sweep.seeds,
        "steps": steps(sweep),
        "cells": cells,
        "missing": [{"at": at(index), "why": why} for index, why in (sweep.impossible | failed).items()],
        "opens": dict(results.opens),
        "marks": marks,
        "looks": {name: over_steps(results, name) for name in looks_of if name in known},
    }


def card(name: str, says: Sequence[str], results: Results) -> dict[str, Any]:
    """A sweep as small as it can be shown, with the one measure that it opens with: `SweepCard`."""
    whole = sheet(results)
    shown = results.opens.get("measure", "")
    cells = [cell | {"picture": None, "values": {shown: cell["values"].get(shown, [])}} for cell in whole["cells"]]
    return {"name": name, "says": list(says), "sheet": whole | {"cells": cells}}


def beside(first: Results, second: Results, names: Sequence[str], step: int | None) -> dict[str, Any]:
    """A second sweep beside the first, and how it differs in these measures at a step, or where both end: the fields
    `beside` and `differences` of `SweepData`."""
    found: dict[str, Any] = {}
    for name in names:
        try:
            apart = against(first, second, name, step)
        except SweepError as error:
            apart = Against({}, 0.0, str(error))
        cells = {
            index: {field: getattr(each, field) for field in ("first", "second", "value", "low", "high", "up", "down")}
            | {"clear": each.is_clear, "seeds": list(each.seeds)}
            for index, each in apart.by_cell.items()
        }
        found[name] = {"told": apart.told, "step": step or first.sweep.steps, "cells": cells}
    brief = names[0] if len(names) == 1 else ""
    return {"beside": sheet(second, names if step is not None else (), brief), "differences": found}


def _marks(sweep: Sweep) -> tuple[list[list[list[float]]], dict[int, int]]:
    """The modes of each kind of data in the sweep, and which kind each cell has."""
    names = [axis.name for axis in sweep.axes if SETTINGS[axis.name].group == "Data"]
    found: list[list[list[float]]] = []
    seen: dict[tuple[Any, ...], int] = {}
    kinds: dict[int, int] = {}
    for cell in sweep.cells:
        kind = tuple(sweep.places[cell.index][name] for name in names)
        if kind not in seen:
            seen[kind] = len(found)
            found.append(_modes(cell.config))
        kinds[cell.index] = seen[kind]
    return found, kinds


def _modes(config: RunConfig) -> list[list[float]]:
    """Where the modes of points in the plane are, as shares of a `Tiny`'s frame."""
    if config.on_images or config.dataset in (DIRAC, OWN_POINTS):
        return []
    data = config.distribution()
    low, high = data.extent
    if data.modes is None or data.dim != 2:
        return []
    return [[round(float((place - low) / (high - low)), 4) for place in mean] for mean in data.modes.centres]


def _values(sweep: Sweep, axis: Axis) -> list[Any]:
    """What the axis takes, in its order; of a design that is no grid all that was drawn."""
    if sweep.design == "grid":
        return list(axis.values)
    drawn = {place[axis.name] for place in sweep.places}
    return sorted(drawn) if axis.numeric else [value for value in axis.values if value in drawn]


def _axis(axis: Axis, there: Sequence[Any]) -> dict[str, Any]:
    shown = dict.fromkeys(axis.at(share) for share in (0, 0.25, 0.5, 0.75, 1)) if axis.numeric else axis.values
    return {
        "name": axis.name,
        "label": axis.label,
        "texts": [_text(axis, value) for value in there],
        "share": [axis.share(value) for value in there],
        "ticks": [{"share": axis.share(value), "text": _text(axis, value)} for value in shown],
    }


def _text(axis: Axis, value: Any) -> str:
    if not axis.numeric:
        return value_in_words(axis.name, value)
    zero = "" if value else SETTINGS[axis.name].zero
    return f"{told(value)} ({zero})" if zero else told(value)
