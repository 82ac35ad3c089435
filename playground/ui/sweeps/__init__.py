"""The Sweeps page: designed, watched, read, and each cell opened as a recorded run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

from playground.feed.routes import assets
from playground.feed.scripts import scripts
from playground.sweeps.axis import Axis, told
from playground.sweeps.folder import EndedCell
from playground.sweeps.outcomes import measures, values
from playground.sweeps.sweep import Sweep
from playground.ui.component import component

_maps = component(Path(__file__).parent, "sweeps")


def show(
    key: str, sweep: Sweep, cells: Sequence[EndedCell], chosen: int | None, *, on_choose: Callable[[], None]
) -> BidiComponentResult:
    """Mount the maps of a sweep. Their trigger `choose`, in the session's state under `key`, is a cell's index."""
    data = {
        **described(sweep, cells),
        "chosen": chosen,
        **scripts("sweeps/sweeps.js"),
        **assets(st.get_option("server.baseUrlPath")),
    }
    return _maps(key=key, data=data, height="content", on_choose_change=on_choose)


def described(sweep: Sweep, cells: Sequence[EndedCell]) -> dict[str, Any]:
    """A sweep with what has come of it so far, as plain values: `SweepData` in common/page.d.ts."""
    axes = [_values(sweep, axis) for axis in sweep.axes]
    places = [{value: at for at, value in enumerate(there)} for there in axes]

    def at(index: int) -> list[int]:
        place = sweep.places[index]
        return [each[place[axis.name]] for axis, each in zip(sweep.axes, places, strict=True)]

    ended = [cell for cell in cells if "failed" not in cell]
    failed = {int(cell["index"]): str(cell["failed"]) for cell in cells if "failed" in cell}
    return {
        "axes": [_axis(axis, there) for axis, there in zip(sweep.axes, axes, strict=True)],
        "measures": [{"name": name} | vars(row) for name, row in measures(ended).items()],
        "grid": sweep.design == "grid",
        "cells": [
            {name: cell[name] for name in ("index", "end", "steps", "picture")}
            | {"at": at(cell["index"]), "values": values(cell)}
            for cell in ended
        ],
        "missing": [{"at": at(index), "why": why} for index, why in (sweep.impossible | failed).items()],
    }


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
        "texts": [told(value) for value in there],
        "share": [axis.share(value) for value in there],
        "ticks": [{"share": axis.share(value), "text": told(value)} for value in shown],
    }
