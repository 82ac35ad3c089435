"""Axes around a run: possible for every recipe, with the run's own values among theirs."""

import pytest

from playground.recipes import RECIPES
from playground.sweeps.around import around
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
