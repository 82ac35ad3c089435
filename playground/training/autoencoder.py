"""An autoencoder: an encoder writes a code for each example, and a decoder reads the example from it."""

from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor, nn
from typing_extensions import override

from playground.config import RunConfig
from playground.models.networks import Sizes, network_of
from playground.training.learner import Learner
from playground.training.streams import lane_generators
from playground.training.task import Task


class Autoencoder(Learner):
    """Descends ‖x − x̂‖², summed over an example's numbers. Nothing says where the codes are to be."""

    LOSSES: ClassVar[tuple[str, ...]] = ("loss",)

    @override
    def begin(self, config: RunConfig, device: torch.device, folder: Path | None) -> tuple[Task, dict[str, nn.Module]]:
        task, row = Task(config, device, folder), network_of(config)
        source, code = task.source, config.learning.per_code * config.latent_dim
        sizes = Sizes(source.dim, source.scale, source.shape, 0, code=code)
        encoder = row.discriminator(config, sizes, lane_generators(task.seeds, "encoder"))
        decoder = row.generator(config, sizes, lane_generators(task.seeds, "decoder"))
        return task, {"encoder": encoder.to(device), "decoder": decoder.to(device)}

    @override
    def move(self) -> None:
        x, _ = self.task.real()
        self.descend(self.error(x, self.maker).mean(1))

    def error(self, x: Tensor, decoder: nn.Module) -> Tensor:
        """‖x − x̂‖² of examples (S, n, dim): (S, n)."""
        rebuilt: Tensor = decoder(self.codes(x))
        return (rebuilt - x).square().sum(-1)

    def codes(self, x: Tensor) -> Tensor:
        """The code of each example, or the middle of where it may be: (S, n, dim) -> (S, n, latent_dim)."""
        said: Tensor = self.networks["encoder"](x)
        return said[..., : self.config.latent_dim]
