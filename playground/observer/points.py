"""Looks at a run on points: clouds over D's map, divergence, transport and modes."""

import numpy as np
import torch

from playground.config import RunConfig
from playground.data.distribution import Distribution
from playground.frame import Frame, Row, Scene
from playground.metrics.evaluation import Evaluator, FloorEstimate
from playground.observer.base import Observer, picture_values
from playground.training.trainer import Trainer

PICTURE_POINTS = 1000
"""Generated points in a picture; always the same latents, so that a point's way can be followed."""
REAL_POINTS = 1000
GRID_2D, GRID_1D = 64, 257
"""Points per axis at which D is drawn."""
GRADIENT_POINTS = 512
"""Fresh points at which D(x), V and the generator's gradients are measured."""

FLOOR_FIELDS = ("dataset", "ring_modes", "ring_radius", "sigma_scale", "jsd_samples", "emd_samples", "mode_samples")
"""The settings that the noise floors depend on."""


class PointObserver(Observer):
    """Points over D's map; divergence, transport and modes."""

    picture_size = PICTURE_POINTS
    game_size = GRADIENT_POINTS

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._evaluator = make_evaluator(trainer.data, trainer.config)
        self._measured = trainer.config
        axis = grid_axis(trainer.data).astype(np.float32)
        mesh = np.stack(np.meshgrid(*[axis] * trainer.data.dim), axis=-1)
        self._grid_shape = mesh.shape[:-1]
        self._grid = torch.from_numpy(mesh.reshape(1, -1, trainer.data.dim)).to(trainer.device)

    def scene(self) -> Scene:
        return scene(self._trainer.data, self._trainer.config)

    @torch.no_grad()
    def picture(self, lane: int = 0) -> Frame:
        """Generated points and D's logits over the stage, for one seed."""
        trainer = self._trainer
        fake = self._show(self._picture_latents)[lane]
        trainer.discriminator.eval()
        logits = trainer.judge(self._grid.expand(len(trainer.seeds), -1, -1))[lane]
        trainer.discriminator.train()
        return Frame(
            picture_values(trainer, lane),
            {"fake": fake.cpu().numpy(), "discriminator": logits.reshape(self._grid_shape).cpu().numpy()},
        )

    def measure(self) -> Row:
        rngs = self._rngs()
        samples = self.samples(rngs, self.evaluator().n)
        evaluations = [self._evaluator.evaluate(x, rng) for x, rng in zip(samples, rngs, strict=True)]
        values: dict[str, list[float]] = {
            name: [evaluation.values()[name] for evaluation in evaluations] for name in evaluations[0].values()
        }
        values |= self._game(rngs)
        histograms = [evaluation.mode_histogram for evaluation in evaluations]
        return Row(
            self._trainer.steps,
            {name: tuple(column) for name, column in values.items()},
            None if histograms[0] is None else tuple(tuple(h.tolist()) for h in histograms if h is not None),
        )

    @property
    def sample_size(self) -> int:
        return self.evaluator().n

    @property
    def floor_key(self) -> tuple[object, ...]:
        config = self._trainer.config
        return tuple(getattr(config, name) for name in FLOOR_FIELDS)

    def floors(self) -> FloorEstimate:
        return FloorEstimate(self.evaluator(), np.random.default_rng([*b"floors"]))

    def evaluator(self) -> Evaluator:
        """The measures for the trainer's present config: the sample sizes may change live."""
        sizes = ("jsd_samples", "emd_samples", "mode_samples")
        config = self._trainer.config
        if any(getattr(config, name) != getattr(self._measured, name) for name in sizes):
            self._evaluator = make_evaluator(self._trainer.data, config)
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


def grid_axis(data: Distribution) -> np.ndarray:
    """Where D is looked at, along each axis: evenly over the stage, ends included."""
    return np.linspace(*data.extent, GRID_1D if data.dim == 1 else GRID_2D)
