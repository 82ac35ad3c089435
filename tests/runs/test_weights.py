"""Weights and config of a checkpoint, read without torch, are those that torch wrote."""

import subprocess
import sys

import numpy as np
import pytest

from playground.config import RunConfig
from playground.runs.record import StoreError
from playground.runs.weights import check_fits, read_config, read_steps, read_weights, weight_shapes
from playground.training.checkpoint import pack
from playground.training.trainer import Trainer
from tests.runs.making import checkpoint

CONFIG = RunConfig(g_width=4, d_width=6, seeds=2, batch_size=8, spectral_norm=True)


def test_the_weights_are_the_networks() -> None:
    trainer = Trainer(CONFIG)
    for _ in range(5):
        trainer.step()
    data = pack(trainer.state())
    weights = read_weights(data)
    for network in ("generator", "discriminator", "average"):
        for name, tensor in getattr(trainer, network).state_dict().items():
            np.testing.assert_array_equal(weights.pop(f"{network}.{name}"), tensor.numpy())
    assert weights == {}
    assert weight_shapes(data)["discriminator.hidden.0.weight"] == ("F32", (2, 2, 6))
    assert read_config(data) == CONFIG and read_steps(data) == 5
    check_fits(data, CONFIG.replace(k=3), 5)


@pytest.mark.parametrize(
    ("config", "step", "sentence"),
    [
        (CONFIG.replace(g_width=5), 0, "g_width differ"),
        (CONFIG.replace(seeds=3), 0, "seeds differ"),
        (CONFIG, 7, "step 7 was taken at step 0"),
    ],
)
def test_what_does_not_fit_is_named(config: RunConfig, step: int, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        check_fits(pack(Trainer(CONFIG).state()), config, step)


@pytest.mark.parametrize("data", [b"", b"short", bytes(100), checkpoint(0)[:60], (1 << 50).to_bytes(8, "little") * 2])
def test_other_bytes_are_refused(data: bytes) -> None:
    for read in (read_weights, weight_shapes, read_config, read_steps):
        with pytest.raises(StoreError, match="no checkpoint, or a damaged one"):
            read(data)


def test_nothing_of_it_needs_torch() -> None:
    program = "import sys, playground.runs.archive, playground.runs.weights; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
