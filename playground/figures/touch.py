"""Figures that follow the hand: everything that their sliders can ask for, worked out before.

The browser holds a figure's traces for every place of its sliders and draws the one that is asked for; so it follows at
once, and every number is one of the functions that the tests check.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from playground.frame import Frame, encode

Array = NDArray[np.float32]
MOST_NUMBERS = 2_000_000
"""In one figure: as float32 they are 8 MB before compression."""


@dataclass(frozen=True)
class Control:
    """A slider. values: its places, rising. start: the one where it stands at first. form: how a value is written.

    names: what its places are called, where numbers say nothing. drag: the axis along which the figure itself can be
    dragged instead of it.
    """

    label: str
    values: tuple[float, ...]
    start: float
    form: str = ".2f"
    names: tuple[str, ...] = ()
    drag: Literal["", "x", "y"] = ""

    def described(self) -> dict[str, Any]:
        """Plain values for the browser."""
        at = int(np.argmin(np.abs(np.array(self.values) - self.start)))
        return {
            "label": self.label,
            "values": list(self.values),
            "at": at,
            "format": self.form,
            "names": list(self.names),
            "drag": self.drag,
        }


@dataclass(frozen=True)
class Number:
    """A number beside a figure. form: as a chip's; tip: what it is."""

    label: str
    form: str = ".3f"
    tip: str = ""


@dataclass(frozen=True)
class Moment:
    """A figure at one place of its sliders. traces: what differs, by the trace's place: x, y or z. numbers: one for
    each of the figure's."""

    traces: Mapping[int, Mapping[str, Sequence[float] | NDArray[np.float64]]]
    numbers: Sequence[float] = ()


@dataclass(frozen=True)
class TouchFigure:
    """figure: its constant part. at: the values of all controls -> the rest. told: in words, for whoever can't see it.
    height: in CSS pixels."""

    figure: go.Figure
    controls: tuple[Control, ...]
    at: Callable[..., Moment]
    numbers: tuple[Number, ...] = ()
    told: str = ""
    height: int = 300

    def frame(self) -> Frame:
        """The figure with its traces at every place: an array for each field, its first axes the controls', of length
        1 along those that change nothing. Raises ValueError where that is too much."""
        sizes = tuple(len(control.values) for control in self.controls)
        moments = [self.at(*values) for values in itertools.product(*(control.values for control in self.controls))]
        arrays: dict[str, Array] = {}
        for place, fields in moments[0].traces.items():
            for name in fields:
                stacked = np.stack([np.asarray(moment.traces[place][name], np.float32) for moment in moments])
                arrays[f"{place}.{name}"] = _folded(_coarse(stacked).reshape(*sizes, *stacked.shape[1:]), len(sizes))
        if self.numbers:
            told = np.array([moment.numbers for moment in moments], np.float32)
            arrays["numbers"] = told.reshape(*sizes, len(self.numbers))
        total = sum(array.size for array in arrays.values())
        if total > MOST_NUMBERS:
            raise ValueError(f"A figure to touch may hold {MOST_NUMBERS:,} numbers (this one has {total:,}).")
        values = {
            "figure": self.figure.to_plotly_json(),
            "controls": [control.described() for control in self.controls],
            "numbers": [{"label": row.label, "format": row.form, "tip": row.tip} for row in self.numbers],
            "told": self.told,
            "height": self.height,
        }
        return Frame(_plain(values), arrays)

    def encoded(self) -> bytes:
        """The same in the binary form of a frame."""
        return encode(self.frame())


def _coarse(array: Array) -> Array:
    """With eleven bits after the first one: nobody sees more in a drawing, and the rest does not compress."""
    bits = array.view(np.uint32)
    coarse: Array = np.where(
        np.isfinite(array), ((bits + np.uint32(0x800)) & np.uint32(0xFFFFF000)).view(np.float32), array
    )
    return coarse


def _folded(array: Array, axes: int) -> Array:
    """Only once what is the same along one of the first axes."""
    for axis in range(axes):
        once = array.take([0], axis=axis)
        if np.array_equal(np.broadcast_to(once, array.shape), array, equal_nan=True):
            array = once
    return array


def _plain(value: Any) -> Any:
    """The value with lists in place of arrays and tuples."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
