"""The pairs of networks that can play: one row each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from torch import Tensor, nn

from playground.config import DIRAC, SHIFTED, NetworkName, RunConfig
from playground.models.dirac import Place, Slope
from playground.models.image_networks import DcganDiscriminator, DcganGenerator, LectureDiscriminator, LectureGenerator
from playground.models.mlp import Mlp
from playground.models.shift import ShiftedLine

Rngs = list[np.random.Generator]


@dataclass(frozen=True)
class Sizes:
    """What the networks have to fit: flat examples of `dim` numbers of size `scale`, images of `shape`, `classes`
    one-hots appended to z (0: none). With an auxiliary classifier D names the classes; otherwise it is told them. Where
    it is an encoder it says the `code` numbers of a code instead."""

    dim: int
    scale: float
    shape: tuple[int, int] | None
    classes: int
    auxiliary: bool = False
    code: int = 0

    @property
    def told(self) -> int:
        """One-hots appended to the examples that D sees."""
        return 0 if self.auxiliary else self.classes

    @property
    def verdict(self) -> int:
        """Numbers that D says of an example: its logit, and one for each class that it has to name; or its code."""
        return self.code or 1 + (self.classes if self.auxiliary else 0)


class HasFeatures(Protocol):
    """What a discriminator with hidden layers can be asked beside its verdict."""

    def features(self, x: Tensor) -> Tensor:
        """What its last layer is given: (S, n, inputs) -> (S, n, units)."""
        ...


@dataclass(frozen=True)
class Network:
    """A row. Both builders take (config, sizes, one generator per lane). A D with hidden layers is a HasFeatures.

    one_pass: D may see real and fake in one pass. Batch norm forbids it: each half has its own statistics. Features of
    the batch forbid it too, whatever the networks are.
    """

    generator: Callable[[RunConfig, Sizes, Rngs], nn.Module]
    discriminator: Callable[[RunConfig, Sizes, Rngs], nn.Module]
    one_pass: bool = True


def _mlp_generator(config: RunConfig, sizes: Sizes, rngs: Rngs) -> nn.Module:
    return Mlp(
        rngs,
        config.latent_dim + sizes.classes,
        sizes.dim,
        width=config.g_width,
        depth=config.g_depth,
        activation=config.g_activation,
        init=config.init,
        gain=config.init_gain,
        last_gain=config.last_gain,
        output_scale=sizes.scale if config.data_units else 1.0,
        bounded=sizes.shape is not None,
    )


def _mlp_discriminator(config: RunConfig, sizes: Sizes, rngs: Rngs) -> nn.Module:
    return Mlp(
        rngs,
        sizes.dim + sizes.told,
        sizes.verdict,
        width=config.d_width,
        depth=config.d_depth,
        activation=config.d_activation,
        init=config.init,
        gain=config.init_gain,
        last_gain=config.last_gain,
        spectral=config.spectral_norm,
        input_scale=1 / ((sizes.scale if config.data_units else 1.0) * config.d_input_divisor),
        pack=config.pack,
        minibatch=config.minibatch,
    )


def _shifted_line(config: RunConfig, sizes: Sizes, rngs: Rngs) -> nn.Module:
    width = config.distribution().sigma
    return ShiftedLine(len(rngs), config.theta, width, uniform=config.prior == "uniform")


def _starts(config: RunConfig, rngs: Rngs) -> tuple[list[float], list[float]]:
    """θ and ψ of each lane at the start."""
    theta, psi = zip(*(config.start(config.seed + lane) for lane in range(len(rngs))), strict=True)
    return list(theta), list(psi)


NETWORKS: dict[NetworkName, Network] = {
    "mlp": Network(_mlp_generator, _mlp_discriminator),
    "lecture": Network(
        lambda config, sizes, rngs: LectureGenerator(rngs, config.latent_dim + sizes.classes, sizes.dim),
        lambda config, sizes, rngs: LectureDiscriminator(
            rngs, sizes.dim + sizes.told, config.pack, config.minibatch, sizes.verdict
        ),
    ),
    "dcgan": Network(
        lambda config, sizes, rngs: DcganGenerator(rngs, config.latent_dim + sizes.classes, sizes.shape or (28, 28)),
        lambda config, sizes, rngs: DcganDiscriminator(
            rngs, sizes.shape or (28, 28), sizes.told, config.pack, config.minibatch, sizes.verdict
        ),
        one_pass=False,
    ),
}

OF_THE_DATA: dict[str, Network] = {
    SHIFTED: Network(_shifted_line, _mlp_discriminator),
    DIRAC: Network(
        lambda config, sizes, rngs: Place(_starts(config, rngs)[0]),
        lambda config, sizes, rngs: Slope(_starts(config, rngs)[1]),
    ),
}
"""The pairs that belong to a dataset: with them it is an example of the literature."""


def network_of(config: RunConfig) -> Network:
    """The row of the pair that a config plays with."""
    return OF_THE_DATA.get(config.dataset) or NETWORKS[config.network]
