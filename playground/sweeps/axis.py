"""An axis of a sweep: one setting and the values that it takes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from playground import config as settings
from playground.config import SETTINGS, ConfigError, RunConfig
from playground.errors import PlaygroundError

MAX_VALUES = 1000
"""Of one axis."""
SCALES = ("linear", "log")
EXAMPLE = "such as k=1,2,5 or lr_d=1e-4..1e-2:log:6"


class SweepError(PlaygroundError, ValueError):
    """A sweep that can't be: one sentence that names what is wrong and what is allowed."""


def not_twice(assignments: Iterable[str], axes: Iterable["Axis"]) -> None:
    """Raises SweepError where an axis is given one value for all cells too (NAME=VALUE)."""
    names = [axis.name for axis in axes]
    for text in assignments:
        if (name := text.partition("=")[0].strip()) in names:
            raise SweepError(f"{name} is an axis: it can't be given a value for all cells too (got '{text[:40]}').")


@dataclass(frozen=True)
class Axis:
    """name: of a setting. values: what it takes, in their order, each once. log: they span magnitudes."""

    name: str
    values: tuple[Any, ...]
    log: bool = False

    @property
    def label(self) -> str:
        """The setting as its widget is called."""
        return SETTINGS[self.name].label

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers, which have places between them."""
        return all(type(value) in (int, float) for value in self.values)

    def at(self, share: float) -> Any:
        """The value at a share from 0 to 1 of the way: between the outer ones for numbers, else one of the list."""
        if not self.numeric:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        low, high = min(self.values), max(self.values)
        between = math.exp(_mix(math.log(low), math.log(high), share)) if self.log else _mix(low, high, share)
        return fitting(self.name, between)

    def share(self, value: Any) -> float:
        """Where a value lies between the outer ones, from 0 to 1: the way back of `at` for numbers."""
        if not self.numeric:
            return (self.values.index(value) + 0.5) / len(self.values)
        low, high, here = min(self.values), max(self.values), value
        if self.log:
            low, high, here = math.log(low), math.log(high), math.log(value)
        return 0.5 if low == high else (here - low) / (high - low)


def can_be_axis(name: str) -> bool:
    """Whether this is a setting whose values can be the axis of a sweep."""
    return name in SETTINGS and SETTINGS[name].by_hand and name != "seeds"


def read_axis(text: str) -> Axis:
    """An axis as it is typed: NAME=VALUE,VALUE… or NAME=LOW..HIGH:COUNT or NAME=LOW..HIGH:log:COUNT.

    Raises SweepError.
    """
    name, separator, told = (part.strip() for part in text.partition("="))
    if not separator or not told:
        raise SweepError(f"{text[:40]!r} is not an axis; write NAME=VALUES, {EXAMPLE}.")
    if name == "seeds":
        raise SweepError("seeds is no axis: every cell is trained with as many as --seeds says.")
    if not can_be_axis(name):
        raise SweepError(f"{name[:40]!r} is not a setting that can be an axis; {_near(name)}")
    if ".." in told and settings.bounds(name) is not None:
        return _range(name, told)
    return of_values(name, [value.strip() for value in told.split(",")])


def of_values(name: str, values: Sequence[Any]) -> Axis:
    """An axis of listed values, as text or as they are. Raises SweepError where one is not allowed or comes twice."""
    read: list[Any] = []
    for value in values:
        one = _checked(name, value)
        if one in read:
            raise SweepError(f"The axis {name} has the value {value} twice.")
        read.append(one)
    if not 1 <= len(read) <= MAX_VALUES:
        raise SweepError(f"The axis {name} must have from 1 to {MAX_VALUES:,} values (got {len(read):,}).")
    return Axis(name, tuple(read), log=SETTINGS[name].log != "" and all(value > 0 for value in read))


def spread(name: str, low: float, high: float, count: int, log: bool) -> Axis:
    """An axis of `count` values from low to high, evenly apart or by equal factors; these have two digits where that
    keeps them apart, so that they can be read. Raises SweepError."""
    if not low < high:
        raise SweepError(f"The axis {name} must run upwards (got {low:g}..{high:g}).")
    if not 2 <= count <= MAX_VALUES:
        raise SweepError(f"The axis {name} must have from 2 to {MAX_VALUES:,} values (got {count:,}).")
    if log and low <= 0:
        raise SweepError(f"A logarithmic axis begins above 0 ({name} begins at {low:g}).")
    for end in (low, high):
        _checked(name, round(end) if _whole(name) else end)
    places = [place / (count - 1) for place in range(count)]
    ends = (math.log(low), math.log(high)) if log else (low, high)
    between = [_mix(*ends, place) for place in places]
    exact = [math.exp(value) if log else value for value in between]
    few, more = (
        tuple(dict.fromkeys(fitting(name, float(f"{value:.{digits}g}")) for value in exact)) for digits in (2, 4)
    )
    return Axis(name, few if log and len(few) == count else more, log)


def fitting(name: str, value: float) -> Any:
    """A number as the setting has it: whole where it must be, else with four digits, within its bounds."""
    limits = settings.bounds(name)
    assert limits is not None
    return min(max(round(value) if _whole(name) else float(f"{value:.4g}"), limits[0]), limits[1])


def told(value: Any) -> str:
    """A value of an axis, as it is typed and labelled."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(name: str, told: str) -> Axis:
    """LOW..HIGH:COUNT, LOW..HIGH:log:COUNT or LOW..HIGH:linear:COUNT."""
    ends, *rest = told.split(":")
    scale = rest.pop(0).strip() if len(rest) == 2 else "linear"
    try:
        low, high = (float(end) for end in ends.split(".."))
        (count,) = (int(number) for number in rest)
    except ValueError:
        raise SweepError(f"{name}={told[:40]} is not a range; write LOW..HIGH:COUNT or LOW..HIGH:log:COUNT.") from None
    if not math.isfinite(low) or not math.isfinite(high):
        raise SweepError(f"The ends of the axis {name} must be finite numbers.")
    if scale not in SCALES:
        raise SweepError(f"The scale of the axis {name} must be one of {', '.join(SCALES)} (got {scale[:20]!r}).")
    return spread(name, low, high, count, scale == "log")


def _checked(name: str, value: Any) -> Any:
    """The value as the setting has it, whatever it may go together with. Raises SweepError."""
    try:
        return settings.read_value(name, value)
    except ConfigError as error:
        raise SweepError(str(error)) from None


def _whole(name: str) -> bool:
    return RunConfig.model_fields[name].annotation is int


def _near(name: str) -> str:
    near = get_close_matches(name, SETTINGS)
    return f"near it: {', '.join(near)}." if near else f"write one {EXAMPLE}."


def _mix(low: float, high: float, share: float) -> float:
    return low + (high - low) * share
