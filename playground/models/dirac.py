"""Two networks of one number each: the Dirac-GAN of Mescheder et al. 2018 (1801.04406), definition 2.1.

A higher logit means "more real" here, so ψ has the opposite sign of the paper's. With the Wasserstein loss G minimises
−θψ and D minimises θψ: that is the bilinear game, min over x and max over y of x·y, with x = θ and y = −ψ.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Place(nn.Module):
    """G(z) = θ for S seeds at once, each from its own start: (S, n, latent) -> (S, n, 1)."""

    def __init__(self, starts: Sequence[float]) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(starts).reshape(-1, 1, 1))

    def forward(self, z: Tensor) -> Tensor:
        """(S, n, latent) -> (S, n, 1)."""
        return self.theta.expand(-1, z.shape[1], 1)


class Slope(nn.Module):
    """D(x) = ψ·x for S seeds at once, each from its own start: (S, n, 1) -> (S, n, 1)."""

    def __init__(self, starts: Sequence[float]) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.tensor(starts).reshape(-1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(S, n, 1) -> (S, n, 1)."""
        return self.psi * x
