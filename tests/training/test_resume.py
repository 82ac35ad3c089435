"""Saving and going on is the same as never having stopped, bit for bit, through a file without pickled code."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from playground.config import RunConfig
from playground.objectives import LOSSES
from playground.training.trainer import Trainer

SMALL: dict[str, Any] = {"g_width": 8, "d_width": 8, "batch_size": 12}
VARIANTS: dict[str, dict[str, Any]] = {
    "adam": {},
    "many_latents": {"latent_dim": 256},  # the latents' blocks of random numbers end within the run
    "noise": {"instance_noise": 0.3, "noise_decay": 150, "label_flip": 0.1, "label_smoothing": 0.1, "label_decay": 90},
    "gradient_penalty": {"loss": "wasserstein", "penalty": "gradient_penalty", "seeds": 3},
    "sgd_relativistic": {"loss": "relativistic", "penalty": "r1_r2", "optimizer": "sgd", "lr_d": 1e-4},
    "rmsprop_clip": {"loss": "wasserstein", "clip": 0.05, "optimizer": "rmsprop", "k": 3, "lr_d": 1e-4},
    "spectral_ema": {"loss": "hinge", "spectral_norm": True, "ema": 0.9, "seeds": 2},
    "feature_matching": {"feature_matching": True, "spectral_norm": True, "g_first": True},
    "replay": {"replay": 0.5, "replay_batches": 7, "k": 2, "seeds": 2},
    "replayed_digits": {"dataset": "digits", "network": "dcgan", "conditional": True, "replay": 0.3, "g_first": True},
    "auxiliary": {"dataset": "digits", "network": "lecture", "conditional": True, "auxiliary": 0.5, "penalty": "r1"},
    "top_k": {"top_k": 0.5, "loss": "relativistic"},
    "two_optimisers": {"optimizer": "optimistic_adam", "d_optimizer": "rmsprop", "lr_d": 1e-4, "lr_decay": 250},
    "own_loss": {"loss": "own", "own_real": "max(1 - d, 0)^2", "own_generator": "min(softplus(-d), 3)"},
    "consensus": {"updates": "simultaneous", "consensus": 0.5, "penalty": "r1", "instance_noise": 0.1},
    "extragradient": {"updates": "extragradient", "clip": 0.1, "ema": 0.9, "loss": "wasserstein", "seeds": 2},
    "unrolled": {"unroll": 2, "penalty": "r1", "instance_noise": 0.1, "d_optimizer": "rmsprop", "lr_d": 1e-4},
    "one_dimensional": {"dataset": "two_normals_1d", "prior": "uniform"},
    "packed": {"pack": 4, "penalty": "gradient_penalty", "label_flip": 0.1},
    "minibatch_discrimination": {"minibatch": "discrimination", "pack": 2, "spectral_norm": True, "seeds": 2},
    "minibatch_deviation": {"minibatch": "deviation", "penalty": "r1_r2"},
    "lecture_in_groups": {"dataset": "digits", "network": "lecture", "pack": 3, "minibatch": "deviation"},
}


def through_a_file(state: dict[str, Any], path: Path) -> dict[str, Any]:
    torch.save(state, path)
    loaded: dict[str, Any] = torch.load(path, weights_only=True)
    return loaded


def train(trainer: Trainer, until: int) -> None:
    """To that step, with live changes at steps 50 and 150."""
    while trainer.steps < until:
        if trainer.steps in (50, 150):
            batch = 24 if trainer.steps == 50 else 12
            noise = {"instance_noise": batch / 100, "noise_decay": 120}  # decays across the restore
            if LOSSES[trainer.config.loss].labels:
                noise |= {"label_smoothing": batch / 100, "label_decay": 120}
            changes = {"batch_size": batch, "lr_g": 2e-3, "beta1": batch / 100, "beta2": 0.95}
            trainer.apply(trainer.config.replace(**changes, **noise))
        trainer.step()


def differences(a: Any, b: Any, where: str = "state") -> list[str]:
    """The places at which two states differ in as much as a bit."""
    if isinstance(a, Tensor):
        return [] if a.dtype == b.dtype and torch.equal(a, b) else [where]
    if isinstance(a, dict):
        if a.keys() != b.keys():
            return [where]
        return [place for key in a for place in differences(a[key], b[key], f"{where}.{key}")]
    if isinstance(a, list | tuple):
        if len(a) != len(b):
            return [where]
        return [place for i, (x, y) in enumerate(zip(a, b, strict=True)) for place in differences(x, y, f"{where}.{i}")]
    return [] if a == b else [where]


@pytest.mark.parametrize("variant", VARIANTS)
def test_100_steps_and_100_more_after_a_restore_are_200_steps_bit_for_bit(variant: str, tmp_path: Path) -> None:
    config = RunConfig(**(SMALL | VARIANTS[variant]))
    whole, first = Trainer(config), Trainer(config)
    train(whole, 200)
    train(first, 100)
    second = Trainer.restored(through_a_file(first.state(), tmp_path / "run.pt"))
    assert second.steps == 100
    assert differences(first.state(), second.state()) == []
    train(second, 200)
    assert differences(whole.state(), second.state()) == []
    assert second.changes == whole.changes and len(whole.changes) == 2
    assert torch.isfinite(whole.d_loss).all()


def test_a_restored_run_draws_other_numbers_than_a_fresh_one() -> None:
    """Guards the test above: continuing with fresh random numbers would be noticed."""
    config = RunConfig(**SMALL)
    trainer = Trainer(config)
    train(trainer, 10)
    state = trainer.state()
    fresh = Trainer.restored(state | {"streams": Trainer(config).state()["streams"]})
    kept = Trainer.restored(state)
    train(fresh, 11)
    train(kept, 11)
    assert "state.d_loss" in differences(fresh.state(), kept.state())


def test_a_state_from_before_there_was_replay_goes_on_as_it_would_have() -> None:
    """It has neither the settings, nor what is kept, nor the stream."""
    trainer = Trainer(RunConfig(**SMALL))
    train(trainer, 10)
    state = trainer.state()
    old = {name: value for name, value in state.items() if name != "replay"}
    old["streams"] = {name: value for name, value in state["streams"].items() if name != "replay"}
    old["config"] = {name: value for name, value in state["config"].items() if not name.startswith("replay")}
    again = Trainer.restored(old)
    train(again, 20)
    train(trainer, 20)
    assert differences(again.state(), trainer.state()) == []
    again.apply(again.config.replace(replay=0.5))
    train(again, 25)
    assert len(again.game.past) == 5 * again.config.batch_size
    for stream in ("data", "latent_d"):  # those that every version has
        missing = state | {"streams": {name: value for name, value in state["streams"].items() if name != stream}}
        with pytest.raises(KeyError):
            Trainer.restored(missing)


@pytest.mark.parametrize("shape", [(2, 16, 2), (1, 16, 3), (16, 2), (1, 0, 2)])
def test_replayed_fakes_that_do_not_fit_the_run_are_refused(shape: tuple[int, ...]) -> None:
    state = Trainer(RunConfig(**SMALL)).state()
    with pytest.raises(ValueError, match="replayed fakes have the shape"):
        Trainer.restored(state | {"replay": torch.zeros(shape)})


def test_between_the_halves_of_a_step_works_too(tmp_path: Path) -> None:
    config = RunConfig(**SMALL)
    whole = Trainer(config)
    whole.update_discriminator()
    copy = Trainer.restored(through_a_file(whole.state(), tmp_path / "run.pt"))
    whole.update_generator()
    copy.update_generator()
    assert (copy.steps, copy.d_updates) == (1, 1)
    assert differences(whole.state(), copy.state()) == []


def test_a_state_is_a_copy_that_training_on_does_not_change() -> None:
    trainer = Trainer(RunConfig(**SMALL))
    train(trainer, 3)
    state = trainer.state()
    weight = state["generator"]["hidden.0.weight"].clone()
    train(trainer, 6)
    assert torch.equal(state["generator"]["hidden.0.weight"], weight)
    assert state["steps"] == 3
    again = Trainer.restored(state)
    train(again, 6)
    assert differences(again.state(), trainer.state()) == []


def test_loading_does_not_tie_the_run_to_the_state() -> None:
    trainer = Trainer(RunConfig(**SMALL))
    train(trainer, 3)
    state = trainer.state()
    first, second = Trainer.restored(state), Trainer.restored(state)
    train(first, 8)
    train(second, 8)
    assert differences(first.state(), second.state()) == []
    assert state["steps"] == 3
