"""A network that learns the density itself: for every place x of the stage, how dense the data are there."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from playground.config import RunConfig
from playground.data.distribution import Distribution
from playground.data.peak import HEADROOM, LOOKED_AT, highest
from playground.models.networks import Sizes, network_of
from playground.training.learner import Learner
from playground.training.streams import Draw, lane_generators, uniforms
from playground.training.task import Task

TRIES = 16
"""Proposals for each point that is drawn by rejection; where all are rejected there is no point."""

OUTPUTS: dict[str, Callable[[Tensor], Tensor]] = {"sigmoid": torch.sigmoid, "softplus": functional.softplus}


class Density(Learner):
    """Descends the mean of (p̂(x) − p(x))² at places drawn evenly over the stage, in units of the highest density."""

    LOSSES = ("loss",)

    @override
    def begin(self, config: RunConfig, device: torch.device, folder: Path | None) -> tuple[Task, dict[str, nn.Module]]:
        task = Task(config, device, folder)
        data = config.distribution()
        self.top = HEADROOM * highest(data)
        task.stream("places", places(data, self.top))
        sizes = Sizes(task.source.dim, task.source.scale, None, 0)
        self.network = network_of(config).discriminator(config, sizes, lane_generators(task.seeds, "density"))
        return task, {"density": self.network.to(device)}

    @override
    def move(self) -> None:
        rows = self.task.take("places")
        self.descend((self.share(rows[..., :-1]) - rows[..., -1]).square().mean(1))

    def share(self, x: Tensor) -> Tensor:
        """p̂ at places (S, n, dim), as a share of `top`: (S, n)."""
        shares: Tensor = OUTPUTS[self.config.density_output](self.network(x).squeeze(-1))
        return shares

    def density(self, x: Tensor) -> Tensor:
        """p̂ at places (S, n, dim), per unit of length or of area: (S, n)."""
        return self.top * self.share(x)

    @property
    @override
    def latents(self) -> Draw:
        """Proposals: for each point TRIES places of the stage with a height each, all from U(0, 1)."""
        return uniforms(TRIES * (self.data.dim + 1))

    @override
    def show(self, z: Tensor, classes: Tensor | None = None) -> Tensor:
        """Points of p̂ by rejection: of each row's proposals the first that lies below p̂; NaN where none does."""
        lanes, n, dim = z.shape[0], z.shape[1], self.data.dim
        low, high = self.data.extent
        proposed = z.reshape(lanes, n * TRIES, dim + 1)
        x = low + (high - low) * proposed[..., :dim]
        below = proposed[..., dim] * self._bound()[:, None] < self.share(x)
        below, x = below.reshape(lanes, n, TRIES), x.reshape(lanes, n, TRIES, dim)
        first = below.int().argmax(2)[..., None, None].expand(-1, -1, 1, dim)
        return torch.where(below.any(2)[..., None], x.gather(2, first).squeeze(2), torch.nan)

    @torch.no_grad()
    def _bound(self) -> Tensor:
        """The highest p̂ over the stage, as a share of `top`, (S,): proposals are as high at most."""
        axis = torch.linspace(*self.data.extent, LOOKED_AT, device=self.device)
        mesh = torch.stack(torch.meshgrid(*[axis] * self.data.dim, indexing="xy"), dim=-1).reshape(1, -1, self.data.dim)
        return self.share(mesh.expand(len(self.seeds), -1, -1)).amax(1)


def places(data: Distribution, top: float) -> Draw:
    """Rows of places, even over the stage, each with the data's density there as a share of `top`."""
    low, high = data.extent

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        x = low + (high - low) * rng.random((n, data.dim))
        return np.concatenate([x, data.density(x)[:, None] / top], axis=1)

    return draw
