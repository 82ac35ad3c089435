"""A network of the density as it is looked at: p̂ over the stage, its integral, its error, and what rejection costs."""

from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from playground.frame import Layer
from playground.observer.aspects.aspect import Aspect, Picture
from playground.observer.draws import Draws, Rngs
from playground.observer.grid import grid_points
from playground.training.density import Density
from playground.training.learner import Learner

FINE_1D, FINE_2D = 1024, 160
"""Places along each axis, in the middle of cells, over which p̂ is integrated."""


class DensityAspect(Aspect):
    """p̂ on the picture's grid, and the numbers that follow from it on a finer one."""

    def __init__(self, learner: Learner, draws: Draws, picture_latents: Tensor, fresh: int) -> None:
        super().__init__(learner, draws, picture_latents, fresh)
        assert isinstance(learner, Density)
        self._density = learner
        data = learner.data
        self._grid, self._grid_shape = grid_points(data, learner.device)
        (low, high), count = data.extent, FINE_1D if data.dim == 1 else FINE_2D
        axis = low + (high - low) * (np.arange(count) + 0.5) / count
        places = np.stack(np.meshgrid(*[axis] * data.dim), axis=-1).reshape(-1, data.dim)
        self._exact = data.density(places)
        self._cell = ((high - low) / count) ** data.dim
        self._places = torch.from_numpy(places.astype(np.float32))[None].to(learner.device)

    @override
    @torch.no_grad()
    def numbers(self, rngs: Rngs) -> dict[str, list[float]]:
        learned = self._density.density(self._places.expand(len(rngs), -1, -1)).cpu().numpy().astype(float)
        off = np.sqrt(np.square(learned - self._exact).mean(1) / np.square(self._exact).mean())
        return super().numbers(rngs) | {
            "integral": (learned.sum(1) * self._cell).tolist(),
            "error": off.tolist(),
            "rejected": (1 - learned.mean(1) / learned.max(1)).tolist(),
        }

    @override
    def picture(self, lane: int, layers: Collection[Layer], fake: Tensor) -> Picture:
        """density: p̂ over the stage, per unit of length or of area; top: where its colours end."""
        learned = self._density.density(self._grid.expand(len(self._learner.seeds), -1, -1))[lane]
        return {"top": self._density.top}, {"density": learned.detach().reshape(self._grid_shape).cpu().numpy()}
