"""All settings in their order, and what can be asked of one by its name: bounds, choices, whether it is live."""

from dataclasses import replace
from typing import Literal, get_args, get_origin

from playground.config.groups.data import Data
from playground.config.groups.game import Game
from playground.config.groups.measuring import Measuring
from playground.config.groups.method import Method
from playground.config.groups.networks import Networks
from playground.config.groups.noise import Noise
from playground.config.groups.optimisation import Optimisation
from playground.methods import has
from playground.setting import Setting


class Fields(Measuring, Optimisation, Networks, Noise, Game, Data, Method):
    """Every setting of a run. The page begins with the last of the groups above: pydantic reads them from the right."""


_GROUPS = (Method, Data, Game, Noise, Networks, Optimisation, Measuring)

SETTINGS: dict[str, Setting] = {
    name: row if row.part is not None else replace(row, part=group.part)
    for group in _GROUPS
    for name, info in group.model_fields.items()
    for row in info.metadata
    if isinstance(row, Setting)
}

DATA_FIELDS: tuple[str, ...] = tuple(Data.model_fields)
"""The settings that decide the data."""

DECAYS: dict[str, frozenset[str]] = {
    "noise_since": frozenset({"instance_noise", "noise_decay"}),
    "labels_since": frozenset({"label_flip", "label_smoothing", "label_decay"}),
    "rates_since": frozenset({"lr_g", "lr_d", "lr_decay"}),
}
"""What falls to 0 over the steps begins anew where one of these is set; a state keeps the step under this name."""


def belongs(name: str, method: str) -> bool:
    """Whether a setting means something to a method."""
    return has(method, SETTINGS[name].part or "")


def applies(name: str, config: Fields) -> bool:
    """Whether a setting has any effect in a config."""
    when = SETTINGS[name].when
    return belongs(name, config.method) and (when is None or when(config))


def is_live(name: str) -> bool:
    """Whether a setting may change while the run trains."""
    return SETTINGS[name].live


def choices(name: str) -> tuple[str, ...] | None:
    """The allowed values of a field with a menu, or None."""
    info = Fields.model_fields[name]
    if get_origin(info.annotation) is Literal:
        return get_args(info.annotation)
    labels = SETTINGS[name].labels
    return tuple(labels) if labels else None


def bounds(name: str) -> tuple[float, float] | None:
    """The smallest and the largest allowed value of a number, or None."""
    metadata = Fields.model_fields[name].metadata
    low = [item.ge for item in metadata if hasattr(item, "ge")]
    high = [item.le for item in metadata if hasattr(item, "le")]
    return (low[0], high[0]) if low and high else None


def allowed(name: str) -> str:
    """What a field may be, in words."""
    options, form = choices(name), SETTINGS[name].form
    if form:
        return form
    if options:
        return f"one of {', '.join(options)}"
    limits = bounds(name)
    if limits is None:
        return "true or false"
    kind = "a whole number" if Fields.model_fields[name].annotation is int else "a number"
    low, high = (f"{limit:,}" if isinstance(limit, int) else f"{limit:g}" for limit in limits)
    return f"{kind} from {low} to {high}"
