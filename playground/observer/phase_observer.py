"""Looks at a game of two numbers, the Dirac-GAN: where it stands in the plane of θ and ψ, its way there, the arrows."""

import math
from collections import deque
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import numpy as np
from torch import Tensor
from typing_extensions import override

from playground.config import RunConfig
from playground.data.distribution import Floats
from playground.frame import Frame, Layer, Row, Scene
from playground.observer.point_observer import PointObserver
from playground.observer.vector_field import VectorField
from playground.training.trainer import Trainer

ARROWS = 17
"""Places along each axis from which a step is tried."""
APART = 1 / 256
"""Of the stage's width: the way gets a point when the game has moved so far."""
LENGTH = 5
"""Stage's widths: the newest part of the way, some turns of a circle. What is older has faded."""


class PhaseObserver(PointObserver):
    """The phase portrait in place of points over D's map; the way since the run was started, opened or forked."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._trainer = trainer
        low, high = extent(trainer.config)
        ticks = low + (high - low) * (np.arange(ARROWS) + 0.5) / ARROWS
        self._field = VectorField(trainer, np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2))
        self._width = high - low
        self._begin()
        trainer.game.witness = self._follow

    @override
    def scene(self) -> Scene:
        config = self._trainer.config
        return Scene(kind="phase", dim=2, extent=extent(config), grid=ARROWS, real=[[0.0, 0.0]], seeds=config.seeds)

    @override
    def picture(self, lane: int = 0, layers: Collection[Layer] = ()) -> Frame:
        """The way of one seed, (n, 2) from its oldest point to where it stands, and the arrows, rows from low ψ.

        With an average of G's weights, `average` is θ of it and ψ, (1, 2).
        """
        trainer = self._trainer
        arrays = {"path": self._path(lane), "field": self._field.moves().reshape(ARROWS, ARROWS, 2)}
        if trainer.config.ema > 0:
            averaged = next(trainer.shown_maker.parameters()).detach().flatten()[lane].item()
            arrays["average"] = np.array([[averaged, arrays["path"][-1, 1]]])
        return Frame(self._values(lane), arrays)

    @override
    def lanes(self) -> np.ndarray:
        """The newest part of every seed's way, (S, lane_size, 2); a shorter one begins with its first point."""
        ways = [self._path(lane)[-self.lane_size :] for lane in range(len(self._trainer.seeds))]
        filled = [np.concatenate([way[:1].repeat(self.lane_size - len(way), axis=0), way]) for way in ways]
        return np.stack(filled).astype(np.float32)

    @override
    def closely(self) -> AbstractContextManager[None]:
        return nullcontext()

    @override
    def measure(self) -> Row:
        row, stand = super().measure(), self._stand()
        theta, psi = (tuple(column.tolist()) for column in stand.T)
        return replace(
            row, values={**row.values, "radius": tuple(map(math.hypot, theta, psi)), "theta": theta, "psi": psi}
        )

    def _stand(self) -> Floats:
        """θ and ψ of every seed, (S, 2)."""
        networks = self._trainer.generator, self._trainer.discriminator
        numbers = [next(network.parameters()).detach().cpu().flatten() for network in networks]
        return np.stack([number.double().numpy() for number in numbers], axis=1)

    def _begin(self) -> None:
        self._ways = [deque([place], maxlen=round(LENGTH / APART)) for place in self._stand()]
        self._at = self._trainer.steps

    def _follow(self, moment: str, **_: Tensor) -> None:
        """When a step begins: a further point of the way of each seed that the last step has moved on."""
        if self._trainer.steps == self._at:
            return
        if self._trainer.steps < self._at:
            self._begin()  # the run has gone back to its last good state
        self._at = self._trainer.steps
        for way, place in zip(self._ways, self._stand(), strict=True):
            if math.dist(way[-1], place) >= APART * self._width:  # NaN is not
                way.append(place)

    def _path(self, lane: int) -> Floats:
        way = np.array([*self._ways[lane], self._stand()[lane]])
        lengths = np.hypot(*np.diff(way, axis=0).T)
        too_far = np.flatnonzero(np.cumsum(lengths[::-1]) > LENGTH * self._width)
        return way[-1 - too_far[0] :] if len(too_far) else way


def extent(config: RunConfig) -> tuple[float, float]:
    """The plane that is shown: half as far again as the run starts from (0, 0), on both axes, in whole halves."""
    half = max(1.0, math.ceil(3 * math.hypot(config.theta, config.psi)) / 2)
    return -half, half
