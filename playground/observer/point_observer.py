"""Looks at a run on points: clouds of them, divergence, transport and modes."""

from collections.abc import Collection

import numpy as np
import torch
from typing_extensions import override

from playground.config import DATA_FIELDS, RunConfig
from playground.data.distribution import Distribution
from playground.frame import Frame, Layer, Row, Scene, columns
from playground.metrics.evaluation import Evaluator, FloorEstimate
from playground.metrics.modes import mode_report
from playground.observer.aspects import ON_POINTS
from playground.observer.base import Observer
from playground.observer.grid import grid_axis
from playground.observer.layers import Layers
from playground.training.learner import Learner

PICTURE_POINTS = 1000
"""Generated points in a picture; always the same latents, so that a point's way can be followed."""
REAL_POINTS = 1000
GRADIENT_POINTS = 512
"""Fresh points at which what belongs to a method is measured."""

FLOOR_FIELDS = (*DATA_FIELDS, "jsd_samples", "emd_samples", "mode_samples")
"""The settings that the noise floors depend on."""


class PointObserver(Observer):
    """Points over what their method draws below them; divergence, transport and modes."""

    picture_size = PICTURE_POINTS
    game_size = GRADIENT_POINTS
    lane_size = 256

    def __init__(self, learner: Learner) -> None:
        super().__init__(learner, ON_POINTS[learner.config.method])
        self._evaluator = make_evaluator(learner.data, learner.config)
        self._measured = learner.config
        self._layers = Layers(learner, grid_axis(learner.data))

    @override
    def scene(self) -> Scene:
        return scene(self._learner.data, self._learner.config)

    @torch.no_grad()
    def picture(self, lane: int = 0, layers: Collection[Layer] = ()) -> Frame:
        """Generated points and what else the method has on the stage, for one seed; layers add values and arrays."""
        fake = self._learner.show(self._picture_latents)[lane]
        values = self._values(lane) | {"without": self._aspect.missing()}
        arrays = {"fake": fake.cpu().numpy()}
        for more_values, more_arrays in (
            self._layers.arrays(lane, layers, arrays["fake"]),
            self._aspect.picture(lane, layers, fake),
        ):
            values, arrays = values | more_values, arrays | more_arrays
        return Frame(values, arrays)

    @override
    def measure(self) -> Row:
        rngs = self._rngs()
        if not self._learner.config.learning.generates:
            return Row(self._learner.steps, columns(self._aspect.numbers(rngs)), None)
        samples = self.samples(rngs, self.evaluator().n)
        evaluations = [self._evaluator.evaluate(x, rng) for x, rng in zip(samples, rngs, strict=True)]
        values: dict[str, list[float]] = {
            name: [evaluation.values()[name] for evaluation in evaluations] for name in evaluations[0].values()
        }
        values |= self._aspect.numbers(rngs)
        histograms = [evaluation.mode_histogram for evaluation in evaluations]
        shares = None if histograms[0] is None else tuple(tuple(h.tolist()) for h in histograms if h is not None)
        return Row(self._learner.steps, columns(values), shares)

    @override
    def shares(self) -> np.ndarray | None:
        modes = self._learner.data.modes
        if modes is None or not self._learner.config.learning.generates:
            return None
        samples = self.samples(self._rngs(), self.evaluator().n_modes)
        return np.stack([mode_report(x, modes).histogram for x in samples])

    @property
    @override
    def sample_size(self) -> int:
        return self.evaluator().n

    @property
    @override
    def floor_key(self) -> tuple[object, ...]:
        config = self._learner.config
        return tuple(getattr(config, name) for name in FLOOR_FIELDS)

    @override
    def floors(self) -> FloorEstimate:
        return FloorEstimate(self.evaluator(), np.random.default_rng([*b"floors"]))

    def evaluator(self) -> Evaluator:
        """The measures for the present config: the sample sizes may change live."""
        sizes = ("jsd_samples", "emd_samples", "mode_samples")
        config = self._learner.config
        if any(getattr(config, name) != getattr(self._measured, name) for name in sizes):
            self._evaluator = make_evaluator(self._learner.data, config)
            self._measured = config
        return self._evaluator


def make_evaluator(data: Distribution, config: RunConfig) -> Evaluator:
    """The measures of a run with this config."""
    return Evaluator(data, n_jsd=config.jsd_samples, n_emd=config.emd_samples, n_modes=config.mode_samples)


def scene(data: Distribution, config: RunConfig) -> Scene:
    """The scene of points from this distribution."""
    real = data.stratified(np.random.default_rng([config.seed, *b"scene"]), REAL_POINTS)
    axis = grid_axis(data)
    return Scene(
        kind="points",
        dim=data.dim,
        extent=(float(data.extent[0]), float(data.extent[1])),
        grid=len(axis),
        real=real.round(4).tolist(),
        modes=None if data.modes is None else data.modes.centres.round(6).tolist(),
        density=data.density(axis[:, None]).round(6).tolist() if data.dim == 1 else None,
        seeds=config.seeds,
    )
