"""What looking at a run asks of its method, beside the examples that it makes."""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from torch import Tensor

from playground.frame import Layer
from playground.observer.draws import Draws, Rngs
from playground.training.learner import Learner

Picture = tuple[dict[str, Any], dict[str, np.ndarray]]
"""Values and arrays of a frame."""


class Aspect:
    """One method, as it is looked at. What is here is what all methods have: their losses."""

    def __init__(self, learner: Learner, draws: Draws, picture_latents: Tensor, fresh: int) -> None:
        """picture_latents: of every picture, (S, n, …). fresh: examples on which its numbers are measured."""
        self._learner = learner
        self._draws = draws
        self._picture_latents = picture_latents
        self._fresh = fresh

    def numbers(self, rngs: Rngs) -> dict[str, list[float]]:
        """The columns of a row that belong to the method, a value for each seed."""
        return {name: loss.tolist() for name, loss in self._learner.losses.items()}

    def values(self) -> dict[str, Any]:
        """What goes with every picture."""
        return {}

    def missing(self) -> dict[str, str]:
        """The layers of the method that have no meaning here, each with the reason."""
        return {}

    def picture(self, lane: int, layers: Collection[Layer], fake: Tensor) -> Picture:
        """What a picture of points has of this method, for one seed. fake: the picture's examples, (n, dim)."""
        return {}, {}

    def closely(self) -> AbstractContextManager[None]:
        """Within this context a training step is watched for the next picture's microscope, where there is one."""
        return nullcontext()
