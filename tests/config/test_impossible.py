"""Allowed values that can't stand together are refused in one sentence that names them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples

from playground import config as settings
from playground.config import SETTINGS, ConfigError
from playground.training.trainer import Trainer
from tests.config.drafts import drafts, is_one_sentence


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
        (
            {"replay": 0.5, "dataset": "mnist", "batch_size": 1024, "replay_batches": 50},
            ["replay ", "seeds", "batch_size", "replay_batches", "8,000,000"],
        ),
        ({"auxiliary": 1.0}, ["auxiliary", "dataset=ring8"]),
        ({"auxiliary": 1.0, "dataset": "digits", "conditional": True, "pack": 2}, ["auxiliary", "pack=1"]),
        ({"feature_matching": True, "pack": 2}, ["feature_matching", "pack=1"]),
        ({"auxiliary": 1.0, "dataset": "digits"}, ["auxiliary", "conditional=true"]),
        (
            {"auxiliary": 1.0, "dataset": "digits", "conditional": True, "feature_matching": True},
            ["auxiliary", "feature_matching"],
        ),
        ({"feature_matching": True, "dataset": "dirac"}, ["feature_matching", "dataset=dirac"]),
        ({"feature_matching": True, "top_k": 0.5}, ["feature_matching", "top_k"]),
        ({"label_flip": 0.1, "loss": "wasserstein"}, ["label_flip", "loss=wasserstein"]),
        ({"label_smoothing": 0.1, "loss": "relativistic"}, ["label_smoothing", "loss=relativistic"]),
        ({"pack": 3}, ["batch_size", "pack=3", "256"]),
        ({"minibatch": "deviation", "pack": 2, "batch_size": 2}, ["batch_size", "4", "minibatch=deviation", "pack=2"]),
        ({"minibatch": "discrimination", "batch_size": 2048}, ["seeds", "batch_size", "pack", "minibatch"]),
        ({"minibatch": "discrimination", "seeds": 17}, ["seeds", "batch_size", "1,048,576", "1,114,112"]),
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
    changes = {"g_width": 300, "g_depth": 4, "d_width": 200, "d_depth": 6, "latent_dim": 128, "pack": 4}
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
