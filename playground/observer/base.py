"""What looking at a run has in common, whatever it learns from and by whichever method.

An observer measures a run and takes its picture without touching its random numbers. A row's numbers depend on the
run and the step alone, not on when or how often somebody looked.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from playground.frame import Frame, Layer, Row, Scene
from playground.observer.aspects import Aspect
from playground.observer.draws import Draws
from playground.training.learner import Learner


class FloorWork(Protocol):
    """An estimate of what perfect samples would measure, made one repetition at a time."""

    def step(self) -> None:
        """One more repetition."""
        ...

    @property
    def done(self) -> bool:
        """Whether all repetitions have been made."""
        ...

    def bands(self) -> dict[str, tuple[float, float]]:
        """Metric name -> the band that perfect samples fall into, from the repetitions so far."""
        ...


class Observer(ABC):
    """Measures and pictures of one learner: what is common to points and images."""

    picture_size: int
    """Latents in a picture."""
    game_size: int
    """Fresh examples at which D(x), V and the generator's gradients are measured."""
    lane_size: int
    """Examples of each seed in a picture that is kept."""

    def __init__(self, learner: Learner, aspect: type[Aspect]) -> None:
        """aspect: what belongs to the learner's method."""
        self._learner = learner
        self._draws = Draws(learner)
        self._picture_latents = self._draws.fixed("picture", self.picture_size)
        self._aspect = aspect(learner, self._draws, self._picture_latents, self.game_size)

    @abstractmethod
    def scene(self) -> Scene:
        """What stays the same in all pictures."""

    @abstractmethod
    def picture(self, lane: int = 0, layers: Collection[Layer] = ()) -> Frame:
        """What one seed's networks look like now, with these layers where the data have them."""

    def closely(self) -> AbstractContextManager[None]:
        """Within this context a training step is watched for the next picture's microscope, where there is one."""
        return self._aspect.closely()

    @abstractmethod
    def measure(self) -> Row:
        """Every number of the charts at the present step, for each seed."""

    @abstractmethod
    def shares(self) -> np.ndarray | None:
        """The share of each seed's samples by mode or class, (S, K), as `measure` finds it at this step, and nothing
        else: much faster. None where there is nothing to count by."""

    @property
    @abstractmethod
    def floor_key(self) -> tuple[object, ...]:
        """What the noise floors depend on: the data and the sample sizes."""

    @property
    def prepared(self) -> bool:
        """Whether everything can be measured."""
        return True

    def prepare(self, seconds: float) -> None:  # noqa: B027 (not abstract: most observers are ready at once)
        """Work for about this long on what has to be there before everything can be measured."""

    @property
    def preparing(self) -> tuple[str, float]:
        """What is being prepared, in words, and how much of it is done, 0 to 1."""
        return "", 1.0

    @abstractmethod
    def floors(self) -> FloorWork:
        """What perfect samples would measure, to be estimated bit by bit."""

    @property
    @abstractmethod
    def sample_size(self) -> int:
        """How many generated examples a measurement takes."""

    def samples(self, rngs: list[np.random.Generator], n: int) -> np.ndarray:
        """n fresh examples per seed, (S, n, dim)."""
        examples: np.ndarray = self._draws.examples(rngs, n).cpu().numpy()
        return examples

    def lanes(self) -> np.ndarray:
        """Something of every seed, seen side by side: examples (S, lane_size, dim), always of the same latents."""
        rngs = [np.random.default_rng([seed, *b"lanes"]) for seed in self._learner.seeds]
        return self.samples(rngs, self.lane_size)

    def _rngs(self) -> list[np.random.Generator]:
        """Generators for measuring at this step: one per seed."""
        return [np.random.default_rng([seed, self._learner.steps, *b"measure"]) for seed in self._learner.seeds]

    def _values(self, lane: int) -> dict[str, Any]:
        """What goes with every picture."""
        learner = self._learner
        d_updates, g_updates = learner.updates
        stand = {"step": learner.steps, "d_updates": d_updates, "g_updates": g_updates, "lane": lane}
        return stand | self._aspect.values()
