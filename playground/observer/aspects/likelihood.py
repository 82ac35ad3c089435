"""A generator that is told the density, as it is looked at: its push, its spread, how likely its points are."""

from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from playground.data.distribution import Floats
from playground.frame import Layer
from playground.metrics.modes import spread_at_modes
from playground.observer.aspects.aspect import Aspect, Picture
from playground.observer.aspects.game_layers import ARROWS
from playground.observer.draws import Draws, Rngs
from playground.training.entropy import by_neighbours
from playground.training.learner import Learner
from playground.training.likelihood import Likelihood


class LikelihoodAspect(Aspect):
    """log p at fresh points, their entropy, their spread, and the slope of log p at the picture's points."""

    def __init__(self, learner: Learner, draws: Draws, picture_latents: Tensor, fresh: int) -> None:
        super().__init__(learner, draws, picture_latents, fresh)
        assert isinstance(learner, Likelihood)
        self._log_density = learner.log_density
        self._modes = learner.data.modes

    @override
    def numbers(self, rngs: Rngs) -> dict[str, list[float]]:
        x = self._draws.examples(rngs, self._fresh)
        return super().numbers(rngs) | {
            "log_p": self._log_density(x).mean(1).tolist(),
            "entropy": by_neighbours(x, self._learner.task.source.scale).tolist(),
            "spread": [self._spread(points.cpu().numpy().astype(float)) for points in x],
        }

    def _spread(self, points: Floats) -> float:
        return float("nan") if self._modes is None else spread_at_modes(points, self._modes)

    @override
    def picture(self, lane: int, layers: Collection[Layer], fake: Tensor) -> Picture:
        """gradients: push (ARROWS, dim), the slope of log p at the first points."""
        return {}, {"push": self._push(fake[:ARROWS])} if "gradients" in layers and fake.shape[1] == 2 else {}

    def _push(self, points: Tensor) -> np.ndarray:
        with torch.enable_grad():
            x = points.detach().requires_grad_()
            (slope,) = torch.autograd.grad(self._log_density(x).sum(), x)
        uphill: np.ndarray = slope.cpu().numpy()
        return uphill
