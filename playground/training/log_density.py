"""The logarithm of a known density, for torch: what its slope leads to can be learned from."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from playground.data.distribution import Distribution, GaussianSum
from playground.data.errors import DataError
from playground.data.shapes import Ellipses, SoftBoxes

LogDensity = Callable[[Tensor], Tensor]
"""Points (…, dim) -> log p of each, (…), in nats. It can be differentiated, and is finite wherever the points are."""


def log_density(data: Distribution, like: Tensor) -> LogDensity:
    """log p from the distribution's own parameters, on the device and in the precision of `like`.

    Raises DataError where the density is none that is known exactly.
    """
    if data.estimated:
        raise DataError("The density of these points is only an estimate.")
    match data:
        case Ellipses():
            return _gaussians(*(_tensor(part, like) for part in (data.centres, data.sigmas, data.weights)))
        case GaussianSum():
            centres = _tensor(data.components.centres, like)
            return _gaussians(centres, torch.full_like(centres, data.sigma), _tensor(data.components.weights, like))
        case SoftBoxes():
            return _boxes(_tensor(data.corners, like), data.side, data.noise)
    raise DataError("These data have no density.")


def _gaussians(centres: Tensor, sigmas: Tensor, weights: Tensor) -> LogDensity:
    """A sum of Gaussians whose axes lie along the coordinates; centres, sigmas (K, dim), weights (K,)."""
    heights = weights.log() - sigmas.log().sum(-1) - 0.5 * centres.shape[1] * math.log(2 * math.pi)

    def of(x: Tensor) -> Tensor:
        return torch.logsumexp(heights - 0.5 * ((x.unsqueeze(-2) - centres) / sigmas).square().sum(-1), dim=-1)

    return of


def _boxes(corners: Tensor, side: float, noise: float) -> LogDensity:
    """Squares with softened edges, all equally likely; corners (K, 2), the lower left ones."""

    def of(x: Tensor) -> Tensor:
        # log(Φ(a) − Φ(b)) with a > b, from the tail that is the smaller: the other one would be 1 − 1.
        middle = (x.unsqueeze(-2) - corners - side / 2).abs() / noise
        far, near = -(middle - side / (2 * noise)), -(middle + side / (2 * noise))
        above, below = torch.special.log_ndtr(far), torch.special.log_ndtr(near)
        inside = above + torch.log1p(-torch.exp(below - above))
        return torch.logsumexp(inside.sum(-1), dim=-1) - math.log(len(corners) * side**2)

    return of


def _tensor(numbers: object, like: Tensor) -> Tensor:
    return torch.tensor(numbers, dtype=like.dtype, device=like.device)
