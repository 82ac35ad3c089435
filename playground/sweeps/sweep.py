"""A sweep: what is trained over which settings, and the cells that this makes."""

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from scipy.stats import qmc

from playground import config as settings
from playground.config import ConfigError
from playground.sweeps.axis import Axis, SweepError, of_values
from playground.sweeps.cell import Cell

MAX_AXES = 6
MAX_CELLS = 20_000
"""Of one sweep: as many as a page can show, and a cluster can do in an afternoon."""
MAX_SEEDS = int((settings.bounds("seeds") or (1, 1))[1])
MAX_STEPS = 1_000_000
MAX_LOOKS = 50
Design = Literal["grid", "random", "latin_hypercube", "sobol"]
DESIGNS: dict[Design, str] = {
    "grid": "every value of each axis with every value of the others",
    "random": "places drawn independently of each other",
    "latin_hypercube": "random places, but evenly many in every slice of each axis",
    "sobol": "places that fill the ranges evenly (Sobol, scrambled)",
}
"""How the cells lie in the ranges of the axes."""


@dataclass(frozen=True)
class Sweep:
    """base: what differs from the defaults in every cell. seeds: of each cell. steps: of each seed.

    points: how many cells a design that is no grid has, and `draw` which of all such designs it is. looks: how many
    times the cells are measured, evenly apart, the end included. Raises SweepError for what can't be.
    """

    axes: tuple[Axis, ...]
    base: Mapping[str, Any] = field(default_factory=dict)
    seeds: int = 8
    steps: int = 4000
    design: Design = "grid"
    points: int = 64
    draw: int = 0
    looks: int = 10
    name: str = ""

    def __post_init__(self) -> None:
        names = [axis.name for axis in self.axes]
        if not 1 <= len(names) <= MAX_AXES:
            raise SweepError(f"A sweep has from 1 to {MAX_AXES} axes (got {len(names)}).")
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise SweepError(f"{twice} is an axis twice; list all of its values in one.")
        fixed = {name: value for name, value in self.base.items() if name not in names}
        object.__setattr__(self, "base", fixed)  # what is an axis is not fixed
        _within("seeds", self.seeds, 1, MAX_SEEDS)
        _within("steps", self.steps, 1, MAX_STEPS)
        _within("looks", self.looks, 1, MAX_LOOKS)
        if self.design not in get_args(Design):
            raise SweepError(f"design must be one of {', '.join(DESIGNS)} (got {str(self.design)[:40]!r}).")
        if self.design != "grid":
            _within("points", self.points, 1, MAX_CELLS)
        elif self.size > MAX_CELLS:
            raise SweepError(
                f"{' × '.join(f'{len(axis.values):,}' for axis in self.axes)} values make {self.size:,} cells; a sweep "
                f"may have {MAX_CELLS:,}. Take fewer values, or a design that is no grid with fewer cells."
            )

    @property
    def size(self) -> int:
        """How many cells it would have if all of them were possible."""
        return math.prod(len(axis.values) for axis in self.axes) if self.design == "grid" else self.points

    @property
    def every(self) -> int:
        """Steps from one measurement of the cells to the next."""
        return max(1, round(self.steps / self.looks))

    @cached_property
    def places(self) -> tuple[dict[str, Any], ...]:
        """The values of the axes, cell by cell; those of a grid run fastest on its last axis."""
        if self.design == "grid":
            return tuple(
                dict(zip((axis.name for axis in self.axes), values, strict=True))
                for values in itertools.product(*(axis.values for axis in self.axes))
            )
        shares = _shares(self.design, len(self.axes), self.points, self.draw)
        return tuple(
            {axis.name: axis.at(float(share)) for axis, share in zip(self.axes, row, strict=True)} for row in shares
        )

    @cached_property
    def _sorted(self) -> tuple[tuple[Cell, ...], dict[int, str]]:
        cells, refused = [], {}
        for index, place in enumerate(self.places):
            changes = dict(self.base) | {"measure_every": self.every} | place | {"seeds": self.seeds}
            try:
                settings.read(changes)
            except ConfigError as error:
                refused[index] = str(error)
            else:
                cells.append(Cell(index, changes, self.steps))
        return tuple(cells), refused

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All that can be trained."""
        return self._sorted[0]

    @property
    def impossible(self) -> dict[int, str]:
        """The cells that can't, each with the reason."""
        return self._sorted[1]

    def as_json(self) -> str:
        """For a file; `from_json` is the way back."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "axes"}
        axes = [{"name": axis.name, "values": list(axis.values), "log": axis.log} for axis in self.axes]
        return json.dumps(told | {"base": dict(self.base), "axes": axes}, indent=1)


def from_json(text: str) -> Sweep:
    """Raises SweepError where the text says no sweep."""
    try:
        told = json.loads(text)
        axes = tuple(
            Axis(axis.name, axis.values, bool(each["log"]))
            for each in told.pop("axes")
            for axis in [of_values(str(each["name"]), list(each["values"]))]
        )
        return Sweep(axes, **told)
    except SweepError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SweepError(f"This is not a sweep of this version: {error}") from None


def _shares(design: Design, axes: int, points: int, draw: int) -> np.ndarray:
    """Places (points, axes) from 0 to 1."""
    if design == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(axes, rng=draw).random(points))
    if design == "sobol":
        return np.asarray(qmc.Sobol(axes, rng=draw).random_base2(math.ceil(math.log2(max(points, 2)))))[:points]
    return np.random.default_rng(draw).random((points, axes))


def _within(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise SweepError(f"{name} must be a whole number from {low:,} to {high:,} (got {str(value)[:40]!r}).")
