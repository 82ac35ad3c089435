"""What a method learns from, for S seeds side by side: settings, data, random streams, and how far it is."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from playground.config import DECAYS, Prior, RunConfig
from playground.training.source import Batch, make_source
from playground.training.streams import Draw, LaneStream, normals, uniforms


class Task:
    """The settings of a run, where its examples come from, and the random numbers that it uses.

    `steps` counts the updates that have been made: what decays, decays with it.
    """

    def __init__(self, config: RunConfig, device: torch.device, folder: Path | None = None) -> None:
        """folder: where image files are looked for first. Raises DataError where they are not found."""
        self.config = config
        self.device = device
        self.seeds = [config.seed + lane for lane in range(config.seeds)]
        self.source = make_source(config, self.seeds, device, folder)
        self.streams = {"data": self.source.stream}
        self.steps = 0
        self.since = dict.fromkeys(DECAYS, 0)
        """The steps at which what decays was set."""

    def real(self) -> Batch:
        """A fresh batch of the data."""
        return self.source.take(self.take("data"))

    def take(self, stream: str) -> Tensor:
        """The next batch of one of the streams: (S, batch, …)."""
        return self.streams[stream].take(self.config.batch_size)

    def number(self, name: str) -> Any:
        """A setting as the step computes with it: a Python number, or a tensor while the step is being compiled.

        average_share is how far an average goes towards what it follows.
        """
        return 1 - self.config.ema if name == "average_share" else getattr(self.config, name)

    def class_codes(self, draws: Tensor) -> Tensor | None:
        """One-hots of classes picked by draws from U(0, 1), (S, n, 1) -> (S, n, classes); None without classes."""
        if not self.source.classes:
            return None
        picked = (draws.squeeze(-1) * self.source.classes).long()
        return functional.one_hot(picked, self.source.classes).float()

    def stream(self, purpose: str, draw: Draw) -> None:
        """A further stream of random numbers, by the name of its purpose."""
        self.streams[purpose] = LaneStream(self.seeds, purpose, draw, self.device)


def latents(prior: Prior, dim: int) -> Draw:
    """How z is drawn: N(0, 1) or U(−1, 1) in each of `dim` coordinates."""
    return normals(dim) if prior == "normal" else uniforms(dim, -1.0, 1.0)
