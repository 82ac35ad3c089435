"""What a config promises, a Trainer keeps: live settings act at once, and whatever is accepted trains."""

import math
from contextlib import suppress
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from playground import config as settings
from playground.config import SETTINGS, ConfigError, RunConfig
from playground.training.learner import Diverged
from playground.training.trainer import Trainer
from tests.config.drafts import TEXTS, drafts, is_one_sentence

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

NEEDED: dict[str, dict[str, Any]] = {"consensus": {"updates": "simultaneous"}}
"""What a setting can't be changed without."""


def test_live_settings_are_those_that_a_trainer_accepts() -> None:
    """`live` is a promise of the declaration; the Trainer keeps it."""
    impossible = set()
    for name in SETTINGS:
        before = RunConfig(instance_noise=0.1, **NEEDED.get(name, {}))
        low_high, options = settings.bounds(name), settings.choices(name)
        others = options or (low_high if low_high else TEXTS.get(SETTINGS[name].form) or (True, False))
        value = next(other for other in others if other != getattr(before, name))
        try:
            after = before.replace(**{name: value})
        except ConfigError:
            impossible.add(name)
            continue
        trainer = Trainer(before)
        if settings.is_live(name):
            trainer.apply(after)
            assert trainer.config == after
        else:
            with pytest.raises(ConfigError, match=name):
                trainer.apply(after)
            assert trainer.config == before
    assert impossible == {
        "method",
        "network",
        "conditional",
        "auxiliary",
        "entropy",
        "density_output",
        "vae_beta",
        "decoder",
    }


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
    assert trainer.d_updates == (0 if config.trains == "generator" else 20 * config.k)
    assert trainer.g_updates == (0 if config.trains == "discriminator" else 20)
    for lane, reported in enumerate(trainer.diverged):
        if reported is not None:
            assert 0 <= reported <= 20
            continue
        losses = (trainer.d_loss[lane], trainer.d_updates), (trainer.g_loss[lane], trainer.g_updates)
        assert all(math.isfinite(loss) for loss, updates in losses if updates)
    weights = [*trainer.generator.parameters(), *trainer.discriminator.parameters()]
    if not all(bool(torch.isfinite(weight).all()) for weight in weights):
        # Weights lost in the very last update show in the next loss at the latest.
        with suppress(Diverged):
            trainer.step()
        assert any(step is not None for step in trainer.diverged)
