"""A variational autoencoder (Kingma and Welling 2013): the code of an example is known up to a normal."""

import math
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from playground.config import RunConfig
from playground.models.mlp import Mlp
from playground.training.autoencoder import Autoencoder
from playground.training.streams import Draw, normals
from playground.training.task import Task

SPREAD = "log_sigma"
"""A Gaussian decoder's parameter (S, 1, 1): the logarithm of its standard deviation, in units of the data's size."""
STARTS = -1.0
"""What it starts at. With a σ as large as the data no code pays, and on data without a longest axis, as the ring of 8
Gaussians, none ever does: in 4 of 4 seeds the codes collapsed within 1,000 steps. From here on all were used."""
LOWEST = -6.0
"""It falls no further than this: without a floor the loss has none where examples can be told without error (Rybkin et
al. 2021, appendix)."""


class Vae(Autoencoder):
    """Descends −E log p(x | z) + β KL(q(z | x) ‖ N(0, 1)), with one z = μ + σ ε for each example."""

    LOSSES = ("loss", "reconstruction", "kl")

    @override
    def begin(self, config: RunConfig, device: torch.device, folder: Path | None) -> tuple[Task, dict[str, nn.Module]]:
        task, networks = super().begin(config, device, folder)
        task.stream("posterior", normals(config.latent_dim))
        if config.decoder == "gaussian":
            start = nn.Parameter(torch.full((len(task.seeds), 1, 1), STARTS, device=device))
            networks["decoder"].register_parameter(SPREAD, start)
        return task, networks

    @override
    def move(self) -> None:
        x, _ = self.task.real()
        log_p, kl = self.terms(x, self.task.take("posterior"), self.maker)
        reconstruction, distance = -log_p.mean(1), kl.mean(1)
        loss = reconstruction + self.config.vae_beta * distance
        self.descend(loss, reconstruction=reconstruction, kl=distance)

    def terms(self, x: Tensor, noise: Tensor, decoder: nn.Module) -> tuple[Tensor, Tensor]:
        """log p(x | z) of examples (S, n, dim) at z = μ + σ · noise, and KL(q(z | x) ‖ N(0, 1)): both (S, n), nats."""
        middle, log_sigma = self.posterior(x)
        kl = 0.5 * (middle.square() + (2 * log_sigma).exp() - 1 - 2 * log_sigma).sum(-1)
        return self.log_likelihood(x, middle + log_sigma.exp() * noise, decoder), kl

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Where the codes of examples (S, n, dim) may be: μ and log σ, (S, n, latent_dim) each."""
        middle, log_sigma = self.networks["encoder"](x).chunk(2, dim=-1)
        return middle, log_sigma

    def log_likelihood(self, x: Tensor, z: Tensor, decoder: nn.Module) -> Tensor:
        """log p(x | z) of examples (S, n, dim) in nats, (S, n): of a density, or of shares of white."""
        if self.config.decoder == "bernoulli":  # sigmoid(2a) = (1 + tanh a) / 2: the picture is the probability
            logits, white = 2 * cast(Mlp, decoder).free(z), (x + 1) / 2
            return -functional.binary_cross_entropy_with_logits(logits, white, reduction="none").sum(-1)
        log_sigma = self.log_spread(decoder)
        middle: Tensor = decoder(z)
        off = (x - middle) * (-log_sigma).exp()
        return -0.5 * off.square().sum(-1) - x.shape[-1] * (log_sigma.squeeze(-1) + 0.5 * math.log(2 * math.pi))

    def log_spread(self, decoder: nn.Module) -> Tensor:
        """The logarithm of a Gaussian decoder's standard deviation in units of the data, (S, 1, 1)."""
        softly = LOWEST + functional.softplus(decoder.get_parameter(SPREAD) - LOWEST)
        return softly + math.log(self.task.source.scale)

    @property
    @override
    def latents(self) -> Draw:
        """Of points the decoder's noise comes after z."""
        config = self.config
        return normals(config.latent_dim + (0 if config.on_images else self.task.source.dim))

    @override
    def show(self, z: Tensor, classes: Tensor | None = None) -> Tensor:
        """Examples of latents (S, n, …): points with the decoder's noise, images without, as is usual."""
        code, noise = z[..., : self.config.latent_dim], z[..., self.config.latent_dim :]
        made = super().show(code, classes)
        return made + self.log_spread(self.shown_maker).exp() * noise if noise.shape[-1] else made
