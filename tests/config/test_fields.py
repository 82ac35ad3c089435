"""Every setting is declared once, with its words, its bounds or its menu, and when it has an effect."""

from contextlib import suppress
from typing import Any

import pytest

from playground import config as settings
from playground.config import SETTINGS, ConfigError, RunConfig
from playground.config.fields import Fields
from playground.config.groups.group import Group

every_setting = pytest.mark.parametrize("name", SETTINGS)
numbers = [name for name in SETTINGS if settings.bounds(name)]
menus = [name for name in SETTINGS if settings.choices(name)]


@every_setting
def test_every_setting_can_be_shown_and_explained(name: str) -> None:
    row, help = SETTINGS[name], RunConfig.model_fields[name].description
    assert row.label and row.group
    assert help and help.endswith(".")


def test_groups_are_contiguous_and_labels_unique() -> None:
    groups = [row.group for row in SETTINGS.values()]
    changes = sum(a != b for a, b in zip(groups, groups[1:], strict=False))
    assert changes == len(set(groups)) - 1
    assert len({row.label for row in SETTINGS.values()}) == len(SETTINGS)


def test_the_groups_stand_in_the_pages_order_each_in_a_class_of_its_own() -> None:
    """Guards the order in which pydantic reads the bases."""
    assert list(dict.fromkeys(row.group for row in SETTINGS.values())) == [
        "Method",
        "Data",
        "Game",
        "Noise",
        "Networks",
        "Optimisation",
        "Measuring",
    ]
    assert list(RunConfig.model_fields) == list(SETTINGS)
    for group in Fields.__bases__:
        assert issubclass(group, Group)
        assert list(group.model_fields) == [name for name, row in SETTINGS.items() if row.group == group.__name__]


@every_setting
def test_every_setting_is_a_number_with_bounds_or_a_menu_or_a_switch_or_a_text(name: str) -> None:
    kind = RunConfig.model_fields[name].annotation
    if kind is str and not settings.choices(name):
        assert SETTINGS[name].form and settings.bounds(name) is None
        return
    assert SETTINGS[name].by_hand and not SETTINGS[name].form
    if settings.choices(name):
        assert settings.bounds(name) is None
        assert getattr(RunConfig(), name) in (settings.choices(name) or ())
    elif kind is bool:
        assert settings.bounds(name) is None
    else:
        limits = settings.bounds(name)
        assert limits is not None and kind in (int, float)
        assert limits[0] <= getattr(RunConfig(), name) <= limits[1]


@pytest.mark.parametrize("name", menus)
def test_menu_labels_belong_to_the_choices(name: str) -> None:
    labels = SETTINGS[name].labels
    assert labels is None or tuple(labels) == settings.choices(name)


@pytest.mark.parametrize("name", numbers)
def test_the_bounds_are_allowed_and_just_beyond_them_is_refused(name: str) -> None:
    low, high = settings.bounds(name) or (0, 0)
    beyond = 1 if RunConfig.model_fields[name].annotation is int else 1e-3 * (high - low)
    for allowed in (low, high):
        with suppress(ConfigError):  # a bound may clash with another field, but never with itself
            settings.read({name: allowed})
            continue
        with pytest.raises(ConfigError) as caught:
            settings.read({name: allowed})
        assert caught.value.field is None
    for refused in (low - beyond, high + beyond):
        with pytest.raises(ConfigError) as caught:
            settings.read({name: refused})
        assert caught.value.field == name


@every_setting
def test_whether_a_setting_has_an_effect_can_be_asked_of_any_config(name: str) -> None:
    when = SETTINGS[name].when
    if when is not None:
        assert {when(settings.read(changes)) for changes in TELLING} == {True, False}


TELLING: list[dict[str, Any]] = [
    {"optimizer": "rmsprop", "loss": "own"},
    {"optimizer": "sgd"},
    {"updates": "simultaneous"},
    {"dataset": "moons", "loss": "wasserstein"},
    {"dataset": "gaussians"},
    {"dataset": "imbalanced_ring"},
    {"dataset": "parallel_lines"},
    {"dataset": "dirac"},
    {"dataset": "own_points"},
    {"dataset": "own_images"},
    {"dataset": "digits", "network": "lecture"},
    {"dataset": "digits", "conditional": True},
    {"feature_matching": True, "replay": 0.5},
    {"penalty": "r1", "instance_noise": 0.1, "label_flip": 0.1},
]
"""Configs among which every conditional setting has an effect in one and none in another."""


def test_a_setting_of_the_data_is_shown_for_the_datasets_that_have_it() -> None:
    def shown(dataset: str) -> set[str]:
        config = RunConfig(dataset=dataset)
        return {name for name in settings.DATA_FIELDS if settings.applies(name, config)}

    assert shown("ring8") == {"dataset", "ring_modes", "ring_radius", "sigma_scale"}
    assert shown("gaussians") == {"dataset", "gaussians", "arrangement", "ring_radius", "gaussian_sigma"}
    assert shown("imbalanced_ring") == {"dataset", "ring_modes", "ring_radius", "imbalance", "sigma_scale"}
    assert shown("parallel_lines") == {"dataset", "theta", "sigma_scale"}
    assert shown("dirac") == {"dataset", "theta", "psi"}
    assert shown("own_points") == {"dataset", "points_id"}
    assert shown("digits") == {"dataset"}
    assert shown("own_images") == {"dataset", "images_id"}
