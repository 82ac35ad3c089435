"""Looks at a run on points: clouds over D's map, divergence, transport and modes."""

from collections.abc import Collection
from contextlib import AbstractContextManager

import numpy as np
import torch
from typing_extensions import override

from playground.config import DATA_FIELDS, RunConfig
from playground.data.distribution import Distribution
from playground.frame import Frame, Layer, Row, Scene
from playground.metrics.critic import implied_wasserstein
from playground.metrics.evaluation import Evaluator, FloorEstimate
from playground.metrics.modes import mode_report
from playground.observer.base import Observer, picture_values
from playground.observer.layers import Layers
from playground.observer.microscope import Microscope
from playground.training.trainer import Trainer

PICTURE_POINTS = 1000
"""Generated points in a picture; always the same latents, so that a point's way can be followed."""
REAL_POINTS = 1000
GRID_2D, GRID_1D = 64, 257
"""Points per axis at which D is drawn."""
GRADIENT_POINTS = 512
"""Fresh points at which D(x), V and the generator's gradients are measured."""

FLOOR_FIELDS = (*DATA_FIELDS, "jsd_samples", "emd_samples", "mode_samples")
"""The settings that the noise floors depend on."""


class PointObserver(Observer):
    """Points over D's map; divergence, transport and modes."""

    picture_size = PICTURE_POINTS
    game_size = GRADIENT_POINTS
    lane_size = 256

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._evaluator = make_evaluator(trainer.data, trainer.config)
        self._measured = trainer.config
        self._layers = Layers(trainer, grid_axis(trainer.data))
        self._microscope = Microscope(trainer, self._map, self._shown)
        axis = grid_axis(trainer.data).astype(np.float32)
        mesh = np.stack(np.meshgrid(*[axis] * trainer.data.dim), axis=-1)
        self._grid_shape = mesh.shape[:-1]
        self._grid = torch.from_numpy(mesh.reshape(1, -1, trainer.data.dim)).to(trainer.device)

    @override
    def scene(self) -> Scene:
        return scene(self._trainer.data, self._trainer.config)

    @torch.no_grad()
    def picture(self, lane: int = 0, layers: Collection[Layer] = ()) -> Frame:
        """Generated points and D's logits over the stage, for one seed; layers add values and arrays of their own."""
        trainer = self._trainer
        fake = self._shown()[lane]
        logits = self._layers.judge(lane, self._grid, fake[None]).reshape(self._grid_shape)
        values = picture_values(trainer, lane) | {"without": self._layers.missing()}
        arrays = {"fake": fake.cpu().numpy(), "discriminator": logits.cpu().numpy()}
        if layers:
            more_values, more_arrays = self._layers.arrays(lane, layers, fake, arrays["discriminator"])
            values, arrays = values | more_values, arrays | more_arrays
        if "microscope" in layers and self._microscope.fresh:
            more_values, more_arrays = self._microscope.tell(lane)
            values, arrays = values | more_values, arrays | more_arrays
        return Frame(values, arrays)

    @override
    def closely(self) -> AbstractContextManager[None]:
        return self._microscope.watch()

    @torch.no_grad()
    def _shown(self) -> torch.Tensor:
        """The picture's generated points in every lane, (S, n, dim)."""
        return self._show(self._picture_latents)

    @torch.no_grad()
    def _map(self) -> torch.Tensor:
        """D's logits over the stage in every lane, (S, grid…); where D judges in groups, beside generated points."""
        trainer = self._trainer
        trainer.discriminator.eval()
        logits = trainer.game.judge_among(self._grid.expand(len(trainer.seeds), -1, -1), self._shown())
        trainer.discriminator.train()
        return logits.reshape(-1, *self._grid_shape)

    @override
    def measure(self) -> Row:
        rngs = self._rngs()
        samples = self.samples(rngs, self.evaluator().n)
        evaluations = [self._evaluator.evaluate(x, rng) for x, rng in zip(samples, rngs, strict=True)]
        values: dict[str, list[float]] = {
            name: [evaluation.values()[name] for evaluation in evaluations] for name in evaluations[0].values()
        }
        values |= self._game(rngs)
        values["critic_w"] = self._critic(rngs)
        histograms = [evaluation.mode_histogram for evaluation in evaluations]
        return Row(
            self._trainer.steps,
            {name: tuple(column) for name, column in values.items()},
            None if histograms[0] is None else tuple(tuple(h.tolist()) for h in histograms if h is not None),
        )

    @override
    def shares(self) -> np.ndarray | None:
        modes = self._trainer.data.modes
        if modes is None:
            return None
        samples = self.samples(self._rngs(), self.evaluator().n_modes)
        return np.stack([mode_report(x, modes).histogram for x in samples])

    def _critic(self, rngs: list[np.random.Generator]) -> list[float]:
        """The W1 that a Wasserstein critic of single points implies, per seed; NaN for other losses and for groups."""
        trainer = self._trainer
        if trainer.config.loss != "wasserstein" or not trainer.config.judges_alone:
            return [float("nan")] * len(rngs)
        real = trainer.game.source.sample(rngs, GRADIENT_POINTS)[0].to(trainer.device)
        with torch.no_grad():
            fake = self._show(self._latents(rngs, GRADIENT_POINTS))
        points = torch.cat([real, fake, self._grid.expand(len(rngs), -1, -1)], dim=1).requires_grad_()
        trainer.discriminator.eval()
        scores = trainer.game.judge(points)
        (slopes,) = torch.autograd.grad(scores.sum(), points)
        trainer.discriminator.train()
        d, steepness = scores.detach().cpu().numpy(), slopes.norm(dim=-1).cpu().numpy()
        n = GRADIENT_POINTS
        return [implied_wasserstein(s[:n], s[n : 2 * n], k) for s, k in zip(d, steepness, strict=True)]

    @property
    @override
    def sample_size(self) -> int:
        return self.evaluator().n

    @property
    @override
    def floor_key(self) -> tuple[object, ...]:
        config = self._trainer.config
        return tuple(getattr(config, name) for name in FLOOR_FIELDS)

    @override
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
