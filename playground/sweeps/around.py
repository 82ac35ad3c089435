"""Axes around the settings of one run: what somebody who has seen it would turn first."""

from typing import Any

from playground import config as settings
from playground.config import SETTINGS, RunConfig, applies
from playground.sweeps.axis import Axis, fitting, of_values, spread

RATES = ("lr_d", "lr_g")
CURES = (
    "penalty_weight",
    "clip",
    "instance_noise",
    "consensus",
    "label_smoothing",
    "label_flip",
    "replay",
    "vae_beta",
    "entropy",
)
"""Turned where the run has them, that is above 0."""
OTHERS = ("k", "lr_g", "latent_dim", "g_width", "d_width", "batch_size")
FACTORS = {"decimal": (0.1, 0.3, 1, 3, 10), "binary": (0.25, 0.5, 1, 2, 4), "": (0.5, 0.75, 1, 1.5, 2)}
"""From a value to those around it, by how its slider moves."""
SOME, FEWEST = 5, 3
"""Values of an axis over the whole range, and of one around a value: below that it is over the range."""
COUNTS = (1, 2, 5)
"""Of something that is counted and small, beside its own value."""


def around(config: RunConfig) -> tuple[Axis, ...]:
    """Two axes, with the run's own values among theirs."""
    there = [name for name in RATES if applies(name, config)][:1]
    there += [name for name in CURES if applies(name, config) and getattr(config, name) > 0]
    there += [name for name in OTHERS if applies(name, config) and name not in there]
    return tuple(near(name, getattr(config, name)) for name in there[:2])


def near(name: str, value: Any) -> Axis:
    """An axis of a setting with this value among its own: those around it, or all that there are of a menu."""
    limits, kind = settings.bounds(name), SETTINGS[name].log
    if limits is None:
        return of_values(name, settings.choices(name) or (False, True))
    few = isinstance(value, int) and kind == ""
    others = (*COUNTS, value, 2 * value) if few else tuple(value * factor for factor in FACTORS[kind])
    inside = [fitting(name, float(f"{each:.2g}")) for each in others if limits[0] <= each <= limits[1]]
    if len({*inside, value}) < FEWEST:  # at 0, or near an end
        first = max(SETTINGS[name].step or 0.0, limits[0])
        inside = list(spread(name, first, limits[1], SOME - 1, kind != "" and first > 0).values)
    return of_values(name, sorted({*inside, value}))
