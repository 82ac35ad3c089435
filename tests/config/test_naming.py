"""Settings in words."""

from typing import Any

import pytest

from playground import config as settings
from playground.config import SETTINGS, RunConfig, belongs
from playground.config.naming import change, short, told, value_in_words, words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("k", 5, "k 5"),
        ("jsd_samples", 10_000, "samples for the JSD 10,000"),
        ("lr_g", 1e-4, "lr G 0.0001"),
        ("lr_g", 5e-5, "lr G 0.00005"),
        ("instance_noise", 2.0, "noise σ 2"),
        ("dataset", "grid25", "Grid of 25 Gaussians"),
        ("optimizer", "sgd", "SGD"),
        ("prior", "uniform", "prior U(−1, 1)"),
        ("penalty", "r1", "R1"),
        ("penalty", "none", "no penalty"),
        ("g_activation", "leaky_relu", "G activation Leaky ReLU"),
        ("spectral_norm", True, "spectral normalisation of D"),
        ("spectral_norm", False, "no spectral normalisation of D"),
    ],
)
def test_a_setting_is_told_in_a_few_words(name: str, value: Any, words: str) -> None:
    assert told(name, value) == words


def test_a_change_is_told_before_and_after() -> None:
    assert change("k", 1, 5) == "k 1 → 5"
    assert change("loss", "non_saturating", "hinge") == "Loss Non-saturating → Hinge"
    assert change("conditional", False, True) == "Class-conditional off → on"


def test_every_value_of_a_menu_has_a_name_and_two_never_share_one() -> None:
    for name, row in SETTINGS.items():
        options = settings.choices(name)
        if options:
            assert row.labels is not None and set(row.labels) == set(options), name
            assert len({value_in_words(name, option) for option in options}) == len(options), name


def test_a_value_speaks_for_itself_only_where_it_has_a_name() -> None:
    assert all(row.labels for row in SETTINGS.values() if row.bare)


def test_no_two_settings_share_a_short_label() -> None:
    assert len({short(name) for name in SETTINGS}) == len(SETTINGS)


def test_the_browser_gets_every_setting_in_words_with_its_unit() -> None:
    said = words(RunConfig(jsd_samples=10_000, lr_g=5e-5, measure_every=1000).model_dump() | {"not a setting": 1})
    assert said.keys() == {name for name in SETTINGS if belongs(name, "gan")}
    assert (said["jsd_samples"], said["lr_g"], said["measure_every"]) == ("10,000", "0.00005", "1,000 steps")
    assert (said["loss"], said["conditional"]) == ("Non-saturating", "off")
