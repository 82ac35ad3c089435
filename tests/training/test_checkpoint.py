"""A state through a checkpoint's bytes is the same state, bit for bit; other bytes are refused in a sentence."""

import json
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from playground.config import RunConfig
from playground.training.checkpoint import CheckpointError, pack, restored, unpack
from playground.training.learner import Learner
from playground.training.trainer import Trainer

SMALL: dict[str, Any] = {"g_width": 8, "d_width": 8, "batch_size": 16}
VARIANTS: dict[str, dict[str, Any]] = {
    "adam": {},
    "sgd": {"optimizer": "sgd", "loss": "relativistic", "penalty": "r1_r2", "lr_d": 1e-4},
    "rmsprop_clip": {"optimizer": "rmsprop", "loss": "wasserstein", "clip": 0.05, "k": 3, "lr_d": 1e-4},
    "noise": {"instance_noise": 0.3, "noise_decay": 150, "label_flip": 0.1, "label_smoothing": 0.1, "seeds": 3},
    "optimistic": {"optimizer": "optimistic_adam", "d_optimizer": "sgd", "lr_decay": 150, "lr_d": 1e-4},
    "spectral_ema": {"loss": "hinge", "spectral_norm": True, "ema": 0.9, "seeds": 2, "latent_dim": 64},
    "batch_norm": {"dataset": "digits", "network": "dcgan", "conditional": True, "batch_size": 8},
    "dropout": {"dataset": "digits", "network": "lecture", "seeds": 2},
}
STEPS = {"batch_norm": 4, "dropout": 30}
"""Convolutions are slow; the others take 100 steps before and 100 after."""


def train(trainer: Learner, until: int) -> None:
    """To that step, with a live change on the way."""
    while trainer.steps < until:
        if trainer.steps == 3:
            trainer.apply(trainer.config.replace(batch_size=12, lr_g=2e-3, beta2=0.95))
        trainer.step()


def differences(a: Any, b: Any, where: str = "state") -> list[str]:
    """The places at which two states differ in as much as a bit, or in the type of a value."""
    if isinstance(a, Tensor):
        same = isinstance(b, Tensor) and a.dtype == b.dtype and a.shape == b.shape
        return [] if same and a.numpy().tobytes() == b.numpy().tobytes() else [where]
    if isinstance(a, dict):
        if not isinstance(b, dict) or list(a) != list(b):
            return [where]
        return [place for key in a for place in differences(a[key], b[key], f"{where}.{key}")]
    if isinstance(a, list | tuple):
        if type(a) is not type(b) or len(a) != len(b):
            return [where]
        return [place for i, (x, y) in enumerate(zip(a, b, strict=True)) for place in differences(x, y, f"{where}.{i}")]
    return [] if type(a) is type(b) and (a == b or a != a) else [where]


@pytest.mark.parametrize("variant", VARIANTS)
def test_going_on_from_a_checkpoint_is_never_having_stopped(variant: str) -> None:
    config, steps = RunConfig(**(SMALL | VARIANTS[variant])), STEPS.get(variant, 100)
    whole, first = Trainer(config), Trainer(config)
    train(whole, 2 * steps)
    train(first, steps)
    data = pack(first.state())
    assert differences(first.state(), unpack(data)) == []
    second = restored(data)
    train(second, 2 * steps)
    assert differences(whole.state(), second.state()) == []
    assert second.changes == whole.changes and len(whole.changes) == 1


def test_step_zero_and_a_diverged_lane_are_states_like_any_other() -> None:
    trainer = Trainer(RunConfig(**SMALL, seeds=2))
    trainer.diverged[1] = 7
    assert math.isnan(float(trainer.d_loss[0]))
    assert differences(trainer.state(), unpack(pack(trainer.state()))) == []


def test_what_json_has_no_form_for_comes_back_as_it_was() -> None:
    state = {
        "numbers": [2**127 + 1, -(2**64), 0.1, -0.0, math.inf, -math.inf, math.nan, True, None, 1e-320],
        "pairs": ((1, 2.0), ("a",), ()),
        "keys": {0: "zero", (1, 2): "pair", "$tensor": "no tensor"},
        "tensors": [torch.tensor(3.5), torch.tensor([], dtype=torch.int64), torch.tensor([[True, False]])],
        "single": torch.tensor(-0.0, dtype=torch.float64),
        "strided": torch.arange(6, dtype=torch.float32).reshape(2, 3).T,
        "a.b": torch.zeros(1),
        "a": {"b": torch.ones(1)},
    }
    assert differences(state, unpack(pack(state))) == []
    assert math.copysign(1, unpack(pack(state))["numbers"][3]) == -1


def test_equal_states_are_equal_bytes() -> None:
    assert pack(Trainer(RunConfig(**SMALL)).state()) == STATE == pack(unpack(STATE))


def test_tensors_have_readable_names() -> None:
    data = pack(Trainer(RunConfig(**SMALL)).state())
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert header["generator.hidden.0.weight"]["shape"] == [1, 2, 8]


def test_what_is_neither_plain_nor_a_tensor_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="streams.0 is a Generator"):
        pack({"streams": [np.random.default_rng(0)]})
    with pytest.raises(TypeError, match="complex64"):
        pack({"x": torch.zeros(1, dtype=torch.complex64)})


STATE = pack(Trainer(RunConfig(**SMALL)).state())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(STATE) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    damaged = bytearray(STATE)
    damaged[place] ^= change
    try:
        state = unpack(bytes(damaged))
    except CheckpointError as error:
        assert str(error).endswith(".") and len(str(error)) < 200
    else:  # white space, or a name within the metadata that nothing depends on
        assert differences(unpack(STATE), state) == []


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.integers(0, len(STATE) - 1).map(lambda n: STATE[:n])))
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CheckpointError, match="checkpoint"):
        unpack(data)


def test_a_huge_header_is_refused_without_being_believed() -> None:
    with pytest.raises(CheckpointError):
        unpack((1 << 62).to_bytes(8, "little") + b"{}")
    nested = b'{"__metadata__":{"gan-playground checkpoint":"1 0\\n' + b"[" * 100_000 + b'"}}'
    with pytest.raises(CheckpointError):
        unpack(len(nested).to_bytes(8, "little") + nested)


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.checkpoint_file.MAX_BYTES", 1000)
    with pytest.raises(CheckpointError, match="at most 1,000 bytes"):
        unpack(STATE)


@pytest.mark.parametrize(
    "change",
    [
        {"config": RunConfig(g_width=16, d_width=8).model_dump()},
        {"config": {"nonsense": 1}},
        {"generator": {}},
        {"streams": {}},
        {"steps": None, "g_optimizer": 3},
    ],
)
def test_a_state_that_does_not_fit_its_config_is_refused_in_a_sentence(change: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError, match="does not fit its config") as refusal:
        restored(pack(unpack(STATE) | change))
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 300


def test_a_newer_format_is_told_apart_from_damage() -> None:
    other = STATE.replace(b'checkpoint":"1 ', b'checkpoint":"2 ')
    assert other != STATE
    with pytest.raises(CheckpointError, match="format 2"):
        unpack(other)
