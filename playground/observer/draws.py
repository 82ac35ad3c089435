"""What a learner makes when it is looked at: from random numbers of its own, without touching training's."""

import numpy as np
import torch
from torch import Tensor

from playground.training.learner import Learner
from playground.training.streams import lane_generators

Rngs = list[np.random.Generator]
"""One generator for each seed."""


class Draws:
    """Latents, classes and examples of one learner, for all seeds at once."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner

    def fixed(self, purpose: str, n: int) -> Tensor:
        """n latents of each seed that are always the same, (S, n, …)."""
        return self.latents(lane_generators(self._learner.seeds, purpose), n)

    def latents(self, rngs: Rngs, n: int) -> Tensor:
        """n fresh latents of each seed, (S, n, …)."""
        drawn = np.stack([self._learner.latents(rng, n) for rng in rngs]).astype(np.float32)
        return torch.from_numpy(drawn).to(self._learner.device)

    def classes(self, rngs: Rngs, n: int) -> Tensor | None:
        """Fresh classes for n examples of each seed, as one-hots; None where nothing is told a class."""
        if not self._learner.task.source.classes:
            return None
        draws = np.stack([rng.random((n, 1), dtype=np.float32) for rng in rngs])
        return self._learner.task.class_codes(torch.from_numpy(draws).to(self._learner.device))

    @torch.no_grad()
    def examples(self, rngs: Rngs, n: int) -> Tensor:
        """n fresh examples of each seed, (S, n, dim)."""
        return self._learner.show(self.latents(rngs, n), self.classes(rngs, n)).detach()
