"""The penalty on D's slope: rows of objectives.PENALTIES, carried out."""

from collections.abc import Callable

import torch
from torch import Tensor

from playground.objectives import Penalty

Network = Callable[[Tensor], Tensor]


def slope_penalty(penalty: Penalty, discriminator: Network, points: dict[str, Tensor]) -> Tensor:
    """factor · Σ E(‖∇d(x)‖ − slope)² for each lane, (S,), before the weight.

    points: for each kind that the penalty looks at, (S, batch, dim). Where they are made of G's weights, so is it.
    A pack is one input of D, so the slope is that in the whole pack: ‖∇d‖² is a sum over its examples (as in CTGAN's
    code, Xu et al. 2019, 1907.00503).
    """
    x = torch.cat([points[kind] for kind in penalty.points], dim=1).requires_grad_()
    logits = discriminator(x)
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    gradient = gradient.reshape(*logits.shape[:2], -1)
    if penalty.slope == 0.0:
        excess = gradient.square().sum(-1)  # without the square root, whose gradient at 0 is infinite
    else:
        excess = (gradient.norm(dim=-1) - penalty.slope).square()
    # A mean over each kind of point, summed over the kinds: they have equally many points.
    return penalty.factor * len(penalty.points) * excess.mean(1)


def interpolates(real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Points on the lines between real and fake ones; mix ~ U(0, 1), (S, batch, 1), or fewer: one for each pack."""
    mix = mix.repeat_interleave(real.shape[1] // mix.shape[1], dim=1) if mix.shape[1] < real.shape[1] else mix
    return real + mix * (fake - real)
