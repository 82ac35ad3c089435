"""Axes around a run: possible for every recipe, with the run's own values among theirs."""

import pytest

from playground.config import SETTINGS, RunConfig, bounds
from playground.recipes import RECIPES
from playground.sweeps.around import around, near
from playground.sweeps.axis import can_be_axis, read_axis, told
from playground.sweeps.sweep import Sweep


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_lies_in_a_sweep_around_it(name: str) -> None:
    config = RECIPES[name].config
    axes = around(config)
    assert len(axes) == 2
    assert all(getattr(config, axis.name) in axis.values and len(axis.values) > 2 for axis in axes)
    base = {field: value for field, value in config.to_query().items() if field != "seeds"}
    sweep = Sweep(axes, base, seeds=1, steps=100)
    own = {axis.name: getattr(config, axis.name) for axis in axes}
    assert own in [sweep.places[cell.index] for cell in sweep.cells]


@pytest.mark.parametrize("name", [name for name in SETTINGS if can_be_axis(name) and not SETTINGS[name].form])
def test_an_axis_can_be_made_of_every_setting_around_any_of_its_values(name: str) -> None:
    limits = bounds(name)
    for value in (RunConfig.model_fields[name].default, *(limits or ())):
        axis = near(name, value)
        assert value in axis.values and 1 < len(axis.values) == len(set(axis.values))
        assert read_axis(f"{name}={','.join(map(told, axis.values))}").name == name
