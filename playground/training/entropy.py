"""How spread out a generator's points are: estimates of their entropy that can be differentiated."""

import math
from typing import Literal

import torch
from scipy.special import digamma
from torch import Tensor, nn

from playground.config import RunConfig

Estimate = Literal["log_determinant", "neighbours"]

NEIGHBOUR = 8
"""Which neighbour: with the first one the slopes, in 1 / r, have such heavy tails that G is shaken, not led."""
CLOSEST = 1e-6
"""Of the data's size: points nearer to each other are held to be so far apart. In single precision the distance of two
points that are this near is rounding, and may be 0, whose logarithm is none."""


def estimate_of(config: RunConfig, dim: int) -> Estimate:
    """By the slopes of G where it maps z to as many numbers, else by the distances between its points."""
    return "log_determinant" if config.latent_dim == dim else "neighbours"


def by_slopes(generator: nn.Module, z: Tensor, latent_entropy: float) -> tuple[Tensor, Tensor]:
    """G's points (S, n, dim) of latents (S, n, dim), and for each lane H(z) + the mean of log |det ∂G/∂z|, (S,).

    That is the entropy in nats where no two z lead to one point; where G folds z over itself it is more than that.
    """
    z = z.detach().requires_grad_()
    x: Tensor = generator(z)
    rows = [torch.autograd.grad(x[..., i].sum(), z, create_graph=True)[0] for i in range(x.shape[-1])]
    slopes = torch.stack(rows, dim=-2)
    return x, latent_entropy + torch.linalg.slogdet(slopes).logabsdet.mean(1)


def by_neighbours(x: Tensor, scale: float) -> Tensor:
    """The entropy of points (S, n, dim) in nats, for each lane, (S,), by the distance r of each to its k-th neighbour.

    dim · mean log r + log(volume of the unit ball) + ψ(n) − ψ(k) (Kozachenko and Leonenko 1987 for k = 1; Kraskov et
    al. 2004, equation 20). k is NEIGHBOUR, or fewer where there are not so many. scale: of the data.
    """
    n, dim = x.shape[1], x.shape[2]
    k = min(NEIGHBOUR, n - 1)
    squares = (x.unsqueeze(2) - x.unsqueeze(1)).square().sum(-1)
    kth = squares.kthvalue(k + 1, dim=2).values.clamp(min=(CLOSEST * scale) ** 2)  # the first is the point itself
    ball = 0.5 * dim * math.log(math.pi) - math.lgamma(0.5 * dim + 1)
    return 0.5 * dim * kth.log().mean(1) + ball + float(digamma(n) - digamma(k))


def latent_entropy(config: RunConfig) -> float:
    """Of z, in nats."""
    each = 0.5 * math.log(2 * math.pi * math.e) if config.prior == "normal" else math.log(2)
    return config.latent_dim * each
