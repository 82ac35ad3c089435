"""RunConfig: every setting is declared once, travels unharmed, and says in one sentence what it can't be."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from playground import config as settings
from playground.config import SETTINGS, ConfigError, RunConfig
from playground.data import DATASETS, make
from playground.objectives import LOSSES
from playground.training.trainer import Diverged, Trainer

every_setting = pytest.mark.parametrize("name", SETTINGS)
numbers = [name for name in SETTINGS if settings.bounds(name)]
menus = [name for name in SETTINGS if settings.choices(name)]

# Sizes at which 20 steps take milliseconds; every other setting is drawn from its whole range.
SMALL = {
    "seeds": (1, 3),
    "batch_size": (1, 64),
    "g_width": (1, 24),
    "d_width": (1, 24),
    "g_depth": (1, 3),
    "d_depth": (1, 3),
    "latent_dim": (1, 16),
    "k": (1, 3),
}


def values_of(name: str, caps: Mapping[str, tuple[int, int]]) -> st.SearchStrategy[Any]:
    """Every value that a field allows by itself, derived from its declaration."""
    options, limits = settings.choices(name), settings.bounds(name)
    if options:
        return st.sampled_from(options)
    if RunConfig.model_fields[name].annotation is str:
        return st.sampled_from(["", "0123456789abcdef01234567"])
    if limits is None:
        return st.booleans()
    if RunConfig.model_fields[name].annotation is int:
        low, high = caps.get(name, limits)
        return st.integers(int(low), int(high))
    return st.sampled_from(limits) | st.floats(*limits)


def drafts(
    caps: Mapping[str, tuple[int, int]] | None = None, most: int | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Some fields with values that are each allowed; together they may be impossible."""
    fields = st.lists(st.sampled_from(list(SETTINGS)), unique=True, max_size=most)
    return fields.flatmap(lambda names: st.fixed_dictionaries({name: values_of(name, caps or {}) for name in names}))


@st.composite
def valid_configs(draw: st.DrawFn) -> RunConfig:
    try:
        return settings.read(draw(drafts(most=8)))
    except ConfigError:
        assume(False)
        raise


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 1500


# Declarations ---------------------------------------------------------------------------------------------------


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


@every_setting
def test_every_setting_is_a_number_with_bounds_or_a_menu_or_a_switch_or_set_by_something_else(name: str) -> None:
    kind = RunConfig.model_fields[name].annotation
    if not SETTINGS[name].by_hand:
        assert kind is str and settings.bounds(name) is None
        return
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


@every_setting
def test_whether_a_setting_has_an_effect_can_be_asked_of_any_config(name: str) -> None:
    when = SETTINGS[name].when
    if when is not None:
        assert {when(settings.read(changes)) for changes in TELLING} == {True, False}


TELLING: list[dict[str, Any]] = [
    {"optimizer": "rmsprop"},
    {"optimizer": "sgd"},
    {"dataset": "moons", "loss": "wasserstein"},
    {"dataset": "gaussians"},
    {"dataset": "imbalanced_ring"},
    {"dataset": "parallel_lines"},
    {"dataset": "own_points"},
    {"dataset": "digits", "network": "lecture"},
    {"penalty": "r1", "instance_noise": 0.1, "label_flip": 0.1},
]
"""Configs among which every conditional setting has an effect in one and none in another."""


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


def test_live_settings_are_those_that_a_trainer_accepts() -> None:
    """`live` is a promise of the declaration; the Trainer keeps it."""
    for name in SETTINGS:
        before = RunConfig(instance_noise=0.1)
        low_high, options = settings.bounds(name), settings.choices(name)
        others = options or (low_high if low_high else ("0" * 24,) if name == "points_id" else (True, False))
        value = next(other for other in others if other != getattr(before, name))
        try:
            after = before.replace(**{name: value})
        except ConfigError:
            continue
        trainer = Trainer(before)
        if settings.is_live(name):
            trainer.apply(after)
            assert trainer.config == after
        else:
            with pytest.raises(ConfigError, match=name):
                trainer.apply(after)
            assert trainer.config == before


# Round trips ----------------------------------------------------------------------------------------------------


@given(valid_configs())
@examples(deadline=None)
def test_a_config_survives_the_url(config: RunConfig) -> None:
    query = config.to_query()
    assert all(isinstance(value, str) for value in query.values())
    assert set(query) == {name for name, value in config.model_dump().items() if value != getattr(RunConfig(), name)}
    assert settings.read_text(query) == config


@given(valid_configs())
@examples(deadline=None)
def test_a_config_survives_json(config: RunConfig) -> None:
    assert settings.read(json.loads(json.dumps(config.model_dump()))) == config
    assert RunConfig.model_validate_json(config.model_dump_json()) == config


@given(valid_configs(), valid_configs())
@examples(deadline=None)
def test_a_config_survives_set_arguments_on_any_base(config: RunConfig, base: RunConfig) -> None:
    text = [f"{name}={value}" for name, value in RunConfig(**config.model_dump()).model_dump().items()]
    assert settings.read_assignments(text, base) == config
    assert settings.read_assignments([f" {name} = {value} " for name, value in config.to_query().items()]) == config


def test_defaults_leave_the_url_empty() -> None:
    assert RunConfig().to_query() == {}
    assert settings.read_text({}) == RunConfig()


def test_switches_are_written_as_true_and_false() -> None:
    assert RunConfig(spectral_norm=True).to_query() == {"spectral_norm": "true"}
    assert settings.read_text({"spectral_norm": "false"}) == RunConfig()


def test_text_changes_the_base_and_leaves_the_rest() -> None:
    base = RunConfig(k=5, loss="hinge")
    assert settings.read_text({"k": "3"}, base) == RunConfig(k=3, loss="hinge")


def test_a_setting_of_the_data_is_shown_for_the_datasets_that_have_it() -> None:
    def shown(dataset: str) -> set[str]:
        config = RunConfig(dataset=dataset)
        return {name for name in settings.DATA_FIELDS if (when := SETTINGS[name].when) is None or when(config)}

    assert shown("ring8") == {"dataset", "ring_modes", "ring_radius", "sigma_scale"}
    assert shown("gaussians") == {"dataset", "gaussians", "arrangement", "ring_radius", "gaussian_sigma"}
    assert shown("imbalanced_ring") == {"dataset", "ring_modes", "ring_radius", "imbalance", "sigma_scale"}
    assert shown("parallel_lines") == {"dataset", "theta", "sigma_scale"}
    assert shown("own_points") == {"dataset", "points_id"}
    assert shown("digits") == {"dataset"}


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_is_made_from_a_configs_own_settings(name: str) -> None:
    distribution = RunConfig(dataset=name, sigma_scale=2, ring_modes=3, gaussians=2).distribution()
    changed = {"sigma_scale": 2, "ring_modes": 3, "gaussians": 2}
    assert distribution is make(name, **changed)


def test_a_replacement_is_validated_and_leaves_the_original_alone() -> None:
    config = RunConfig()
    assert config.replace(k=3).k == 3
    assert config.k == 1
    with pytest.raises(ConfigError, match="^k must be"):
        config.replace(k=0)


def test_changes_between_names_the_new_values() -> None:
    assert settings.changes_between(RunConfig(k=2), RunConfig(k=3, seed=1)) == {"k": 3, "seed": 1}
    assert settings.changes_between(RunConfig(), RunConfig()) == {}


# Refusals -------------------------------------------------------------------------------------------------------


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
        ("optimizer", "lion", "one of adam, rmsprop, sgd"),
        ("loss", "Hinge", f"one of {', '.join(LOSSES)}"),
        ("loss", "wasserstein\n", f"one of {', '.join(LOSSES)}"),
        ("penalty", "r2", "one of none, gradient_penalty, r1, r1_r2"),
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
@every_setting
def test_nonsense_of_any_type_is_refused_by_every_setting(name: str, value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read({name: value})
    assert caught.value.field == name
    assert str(caught.value).startswith(f"{name} must be ")
    assert is_one_sentence(str(caught.value))


@pytest.mark.parametrize("name", ["learning_rate", "", "K", "__class__", "x" * 10_000])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read_text({name: "1"})
    assert str(caught.value).startswith(f"'{name[:40]}' is not a setting; the settings are dataset, ")
    assert caught.value.field == name
    assert is_one_sentence(str(caught.value))


def test_an_unknown_name_cannot_break_the_sentence_into_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read_text({"k\nseed": "1"})
    assert is_one_sentence(str(caught.value))


def test_an_assignment_without_equals_is_refused_with_an_example() -> None:
    with pytest.raises(ConfigError, match=r"^'k5' is not of the form key=value, such as k=5\.$"):
        settings.read_assignments(["k5"])


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"seeds": 32, "batch_size": 2048}, ["seeds", "batch_size", "32,768", "65,536"]),
        (
            {"g_width": 512, "d_width": 512, "g_depth": 6, "seeds": 8},
            ["seeds", "g_width", "g_depth", "d_width", "d_depth", "8,000,000"],
        ),
        ({"clip": 0.01, "penalty": "gradient_penalty"}, ["clip", "penalty"]),
        ({"clip": 0.01, "spectral_norm": True}, ["clip", "spectral_norm"]),
        ({"label_flip": 0.1, "loss": "wasserstein"}, ["label_flip", "loss=wasserstein"]),
        ({"label_smoothing": 0.1, "loss": "relativistic"}, ["label_smoothing", "loss=relativistic"]),
    ],
)
def test_an_impossible_combination_names_its_fields(changes: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.read(changes)
    assert [field for field in fields if field not in str(caught.value)] == []
    assert caught.value.field is None
    assert is_one_sentence(str(caught.value))


def test_the_limit_on_samples_per_step_is_itself_allowed() -> None:
    assert settings.read({"seeds": 16, "batch_size": 2048}).seeds == 16


def test_the_count_of_weights_is_the_networks_own_within_a_percent() -> None:
    changes = {"g_width": 300, "g_depth": 4, "d_width": 200, "d_depth": 6, "latent_dim": 128}
    trainer = Trainer(settings.read(changes))
    actual = sum(p.numel() for net in (trainer.generator, trainer.discriminator) for p in net.parameters())
    fitting = int(settings.MAX_PARAMETERS / actual)
    settings.read(changes | {"seeds": fitting})
    with pytest.raises(ConfigError, match="weights") as caught:
        settings.read(changes | {"seeds": fitting + 1})
    stated = int(str(caught.value).split(" weights")[0].split()[-1].replace(",", ""))
    assert stated == pytest.approx(actual * (fitting + 1), rel=0.01)


@given(drafts(most=10))
@examples(deadline=None)
def test_allowed_values_are_accepted_or_refused_as_a_combination(draft: dict[str, Any]) -> None:
    try:
        config = settings.read(draft)
    except ConfigError as error:
        assert error.field is None
        assert is_one_sentence(str(error))
        assert sum(name in str(error) for name in SETTINGS) >= 2
    else:
        assert all(getattr(config, name) == value for name, value in draft.items())


@pytest.mark.slow
@given(drafts(SMALL))
@examples(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
def test_a_config_is_refused_or_trains_20_steps_to_finite_numbers_or_a_reported_divergence(
    draft: dict[str, Any],
) -> None:
    small = {"g_width": 8, "d_width": 8, "batch_size": 16}
    try:
        config = settings.read(small | draft)
    except ConfigError as error:
        assert is_one_sentence(str(error))
        return
    if config.on_images:
        config = config.replace(dataset="digits")  # the one image dataset that every machine has
    if config.dataset == "own_points":
        config = config.replace(dataset="moons")  # nobody has drawn any
    trainer = Trainer(config)
    try:
        for _ in range(20):
            trainer.step()
    except Diverged as error:
        assert f"At step {trainer.steps:,} " in str(error)
        assert is_one_sentence(str(error))
        assert None not in trainer.diverged
        return
    assert trainer.steps == 20
    assert trainer.d_updates == 20 * config.k
    for lane, reported in enumerate(trainer.diverged):
        if reported is not None:
            assert 0 <= reported <= 20
            continue
        assert math.isfinite(trainer.d_loss[lane]) and math.isfinite(trainer.g_loss[lane])
    weights = [*trainer.generator.parameters(), *trainer.discriminator.parameters()]
    if not all(bool(torch.isfinite(weight).all()) for weight in weights):
        # Weights lost in the very last update show in the next loss at the latest.
        with suppress(Diverged):
            trainer.step()
        assert any(step is not None for step in trainer.diverged)
