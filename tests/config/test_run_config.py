"""A config travels unharmed through the address, JSON and `--set`, and changes only by making a new one."""

import json

import pytest
from hypothesis import given
from hypothesis import settings as examples

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.data import DATASETS, make
from tests.config.drafts import valid_configs


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


def test_a_replacement_is_validated_and_leaves_the_original_alone() -> None:
    config = RunConfig()
    assert config.replace(k=3).k == 3
    assert config.k == 1
    with pytest.raises(ConfigError, match="^k must be"):
        config.replace(k=0)


def test_a_difference_says_what_changed_and_what_of_it_may_change_live() -> None:
    changed = settings.difference(RunConfig(k=2), RunConfig(k=3, seed=1))
    assert changed.values == {"k": 3, "seed": 1} and changed.pairs == {"k": [2, 3], "seed": [RunConfig().seed, 1]}
    assert changed.live == {"k": 3} and changed.fixed == ["seed"] and changed
    assert not settings.difference(RunConfig(), RunConfig())


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_is_made_from_a_configs_own_settings(name: str) -> None:
    distribution = RunConfig(dataset=name, sigma_scale=2, ring_modes=3, gaussians=2).distribution()
    changed = {"sigma_scale": 2, "ring_modes": 3, "gaussians": 2}
    assert distribution is make(name, **changed)
