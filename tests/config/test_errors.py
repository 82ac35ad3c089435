"""What is impossible is refused in one sentence that names the field and what is allowed."""

from typing import Any

import pytest

from playground import config as settings
from playground.config import SETTINGS, ConfigError
from playground.objectives import LOSSES, PENALTIES
from tests.config.drafts import is_one_sentence


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("k", "0", "a whole number from 1 to 10"),
        ("k", "2.5", "a whole number from 1 to 10"),
        ("k", "many", "a whole number from 1 to 10"),
        ("k", "", "a whole number from 1 to 10"),
        ("lr_g", "nan", "a number from 1e-06 to 1"),
        ("lr_g", "inf", "a number from 1e-06 to 1"),
        ("lr_g", "-1", "a number from 1e-06 to 1"),
        ("lr_d", "0", "a number from 1e-06 to 1"),
        ("seed", "99999999999999999999", "a whole number from 0 to 2,147,483,647"),
        ("batch_size", "1e9", "a whole number from 1 to 2,048"),
        ("ema", "1", "a number from 0 to 0.9999"),
        ("spectral_norm", "perhaps", "true or false"),
        ("optimizer", "lion", "one of adam, optimistic_adam, rmsprop, sgd"),
        ("loss", "Hinge", f"one of {', '.join(LOSSES)}"),
        ("loss", "wasserstein\n", f"one of {', '.join(LOSSES)}"),
        ("penalty", "r2", f"one of {', '.join(PENALTIES)}"),
    ],
)
def test_a_bad_value_is_refused_with_the_field_and_the_allowed_range(name: str, value: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read_assignments([f"{name}={value}"]) if value.strip() == value else settings.read_text({name: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} must be {allowed} (got ")
    assert is_one_sentence(sentence)
    assert caught.value.field == name


@pytest.mark.parametrize("value", [None, [], {}, "x" * 100_000, "1\n2", object()])
@pytest.mark.parametrize("name", SETTINGS)
def test_nonsense_of_any_type_is_refused_by_every_setting(name: str, value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read({name: value})
    assert caught.value.field == name
    assert str(caught.value).startswith(f"{name} must be ")
    assert is_one_sentence(str(caught.value))


@pytest.mark.parametrize("name", ["colour", "", "__class__", "x" * 10_000])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read_text({name: "1"})
    assert str(caught.value).startswith(f"'{name[:40]}' is not a setting; the settings are method, ")
    assert caught.value.field == name
    assert is_one_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("K", "k, top_k"),
        ("sede", "seed, seeds"),
        ("ring_mode", "ring_modes, ring_radius"),
        ("noise", "instance_noise, noise_decay"),
        ("lr", "lr_g, lr_d, lr_decay"),
    ],
)
def test_a_slip_of_the_pen_is_told_what_is_near_it(name: str, near: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read_text({name: "1"})
    assert str(caught.value) == f"'{name}' is not a setting; near it: {near}."
    assert caught.value.field == name


def test_an_unknown_name_cannot_break_the_sentence_into_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read_text({"k\nseed": "1"})
    assert is_one_sentence(str(caught.value))


def test_an_assignment_without_equals_is_refused_with_an_example() -> None:
    with pytest.raises(ConfigError, match=r"^'k5' is not of the form key=value, such as k=5\.$"):
        settings.read_assignments(["k5"])
