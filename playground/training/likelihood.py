"""A generator that is told the density: it makes points that are as likely as can be, perhaps as varied as well."""

from pathlib import Path

import torch
from torch import Tensor, nn
from typing_extensions import override

from playground.config import RunConfig
from playground.models.networks import Sizes, network_of
from playground.training.entropy import by_neighbours, by_slopes, estimate_of, latent_entropy
from playground.training.learner import Learner
from playground.training.log_density import log_density
from playground.training.streams import lane_generators
from playground.training.task import Task, latents


class Likelihood(Learner):
    """Descends −E log p(G(z)) − β H(G). With β = 1 that is KL(p_G ‖ p_data); with β = 0 nothing keeps points apart."""

    LOSSES = ("loss",)

    @override
    def begin(self, config: RunConfig, device: torch.device, folder: Path | None) -> tuple[Task, dict[str, nn.Module]]:
        task = Task(config, device, folder)
        task.stream("latent_g", latents(config.prior, config.latent_dim))
        sizes = Sizes(task.source.dim, task.source.scale, None, 0)
        made = network_of(config).generator(config, sizes, lane_generators(task.seeds, "generator")).to(device)
        self.log_density = log_density(config.distribution(), next(made.parameters()))
        self.estimate = estimate_of(config, task.source.dim)
        return task, {"generator": made}

    @override
    def move(self) -> None:
        log_p, entropy = self.terms(self.maker, self.task.take("latent_g"), self.config.entropy > 0)
        self.descend(-log_p.mean(1) - self.config.entropy * entropy)

    def terms(self, generator: nn.Module, z: Tensor, entropy: bool = True) -> tuple[Tensor, Tensor]:
        """log p of each point that a generator makes of z, (S, n), and for each lane the points' entropy, (S,), or 0.

        Both in nats; the entropy as `estimate` says, see entropy.py.
        """
        if entropy and self.estimate == "log_determinant":
            x, spread = by_slopes(generator, z, latent_entropy(self.config))
            return self.log_density(x), spread
        x = generator(z)
        return self.log_density(x), by_neighbours(x, self.task.source.scale) if entropy else x.new_zeros(len(x))
