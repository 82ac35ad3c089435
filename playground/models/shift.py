"""A generator of one number: the line x = θ of Arjovsky et al. 2017 (1701.07875), example 1."""

import math

import torch
from torch import Tensor, nn


class ShiftedLine(nn.Module):
    """G(z) = (θ, y) for S seeds at once, y ~ U(0, 1) made of the first coordinate of z: (S, n, latent) -> (S, n, 2).

    z's second coordinate, if it has one, makes the line as wide as the data's (`width`, a standard deviation), so that
    both have a density. uniform: z ~ U(-1, 1) instead of N(0, 1). θ is the same for every seed at the start.
    """

    def __init__(self, seeds: int, theta: float, width: float, *, uniform: bool) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.full((seeds, 1, 1), theta))
        self.width = width
        self.uniform = uniform

    def forward(self, z: Tensor) -> Tensor:
        """(S, n, latent) -> (S, n, 2)."""
        share = (z + 1) / 2 if self.uniform else (1 + torch.erf(z / math.sqrt(2))) / 2
        x = self.theta.expand(-1, z.shape[1], 1)
        if z.shape[2] > 1:
            normal = z[..., 1:2] if not self.uniform else torch.special.ndtri(share[..., 1:2].clamp(1e-6, 1 - 1e-6))
            x = x + self.width * normal
        return torch.cat([x, share[..., :1]], dim=-1)
