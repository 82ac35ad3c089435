"""What only the command line exports, because it takes torch: a state dict, and fresh samples."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.runs.reader import RunReader
from playground.runs.record import StoreError

if TYPE_CHECKING:
    from playground.training.learner import Learner

Make = Callable[[RunReader, str, Path | None], bytes]
"""(store, run, where image files are looked for first) -> the file's content. Raises StoreError, DataError."""


@dataclass(frozen=True)
class TorchExport:
    """A row. ending: what the file's name ends with."""

    help: str
    ending: str
    make: Make


def _state_dict(store: RunReader, run: str, folder: Path | None) -> bytes:
    """{"generator": …, "discriminator": …, "average": …, "step": …}, for torch.load(…, weights_only=True): the networks
    of the run's method, and an average where there is one."""
    import torch

    learner = _newest(store, run, folder)
    averaged = learner.config.ema > 0
    parts: dict[str, object] = {
        name: network.state_dict() for name, network in learner.networks.items() if averaged or name != "average"
    }
    out = io.BytesIO()
    torch.save(parts | {"step": learner.steps, "config": learner.config.model_dump()}, out)
    return out.getvalue()


def _fresh_samples(store: RunReader, run: str, folder: Path | None) -> bytes:
    """As many fresh examples as a measurement takes: (n, dim) or (n, h, w), with several seeds (S, n, …)."""
    from playground.headless import fresh_samples
    from playground.observer import observe

    learner = _newest(store, run, folder)
    samples = fresh_samples(observe(learner), learner)
    out = io.BytesIO()
    np.save(out, samples[0] if len(samples) == 1 else samples, allow_pickle=False)
    return out.getvalue()


def _newest(store: RunReader, run: str, folder: Path | None) -> "Learner":
    """The run as it stood at its newest checkpoint."""
    from playground.training.checkpoint import CheckpointError, restored

    steps = store.checkpoint_steps(run)
    if not steps:
        raise StoreError("No checkpoint of this run has been recorded yet: train it first.")
    try:
        return restored(store.checkpoint(run, steps[-1]), folder=folder)
    except CheckpointError as error:
        raise StoreError(str(error)) from None


TORCH_EXPORTS: dict[str, TorchExport] = {
    "state-dict": TorchExport("The networks' state dicts (.pt)", "weights.pt", _state_dict),
    "fresh-samples": TorchExport("Freshly generated examples (.npy)", "fresh-samples.npy", _fresh_samples),
}
