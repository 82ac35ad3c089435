"""Looks at a Trainer: measures it and takes its picture, without touching its random numbers.

A row's numbers depend on the run and the step alone, not on when or how often somebody looked.
"""

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor

from playground.config import RunConfig
from playground.data.distribution import Distribution
from playground.frame import Frame, Row, Scene
from playground.metrics.divergence import implied_jsd
from playground.metrics.evaluation import Evaluator
from playground.objectives import LOSSES
from playground.training.streams import lane_generators
from playground.training.trainer import Trainer, latents

PICTURE_POINTS = 1000
"""Generated points in a picture; always the same latents, so that a point's way can be followed."""
REAL_POINTS = 1000
GRID_2D, GRID_1D = 64, 257
"""Points per axis at which D is drawn."""
GRADIENT_POINTS = 512
"""Fresh points at which D(x), V and the generator's gradients are measured."""


def make_evaluator(data: Distribution, config: RunConfig) -> Evaluator:
    """The measures of a run with this config."""
    return Evaluator(data, n_jsd=config.jsd_samples, n_emd=config.emd_samples, n_modes=config.mode_samples)


def scene(data: Distribution, config: RunConfig) -> Scene:
    real = data.stratified(np.random.default_rng([config.seed, *b"scene"]), REAL_POINTS)
    axis = grid_axis(data)
    return Scene(
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


class Observer:
    """Measures and pictures of one Trainer."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._evaluator = make_evaluator(trainer.data, trainer.config)
        self._measured = trainer.config
        device, config = trainer.device, trainer.config
        draw = latents(config.prior, config.latent_dim)
        fixed = [draw(rng, PICTURE_POINTS) for rng in lane_generators(trainer.seeds, "picture")]
        self._picture_latents = torch.from_numpy(np.stack(fixed).astype(np.float32)).to(device)
        axis = grid_axis(trainer.data).astype(np.float32)
        mesh = np.stack(np.meshgrid(*[axis] * trainer.data.dim), axis=-1)
        self._grid_shape = mesh.shape[:-1]
        self._grid = torch.from_numpy(mesh.reshape(1, -1, trainer.data.dim)).to(device)

    @torch.no_grad()
    def picture(self, lane: int = 0) -> Frame:
        """Generated points and D's logits over the stage, for one seed."""
        trainer = self._trainer
        fake = trainer.shown_generator(self._picture_latents)[lane]
        logits = self._logits(self._grid.expand(len(trainer.seeds), -1, -1))[lane]
        return Frame(
            {
                "step": trainer.steps,
                "d_updates": trainer.d_updates,
                "lane": lane,
                "noise_sigma": trainer.noise_sigma,
                "log_odds": LOSSES[trainer.config.loss].log_odds,
            },
            {"fake": fake.cpu().numpy(), "discriminator": logits.reshape(self._grid_shape).cpu().numpy()},
        )

    def measure(self) -> Row:
        """Every number of the charts at the trainer's present step, for each seed."""
        trainer = self._trainer
        rngs = [np.random.default_rng([seed, trainer.steps, *b"measure"]) for seed in trainer.seeds]
        samples = self.samples(rngs, self.evaluator().n)
        evaluations = [self._evaluator.evaluate(x, rng) for x, rng in zip(samples, rngs, strict=True)]
        values: dict[str, list[float]] = {
            name: [evaluation.values()[name] for evaluation in evaluations] for name in evaluations[0].values()
        }
        values |= self._game(rngs)
        values["noise_sigma"] = [trainer.noise_sigma] * len(trainer.seeds)
        histograms = [evaluation.mode_histogram for evaluation in evaluations]
        return Row(
            trainer.steps,
            {name: tuple(column) for name, column in values.items()},
            None if histograms[0] is None else tuple(tuple(h.tolist()) for h in histograms if h is not None),
        )

    def evaluator(self) -> Evaluator:
        """The measures for the trainer's present config: the sample sizes may change live."""
        sizes = ("jsd_samples", "emd_samples", "mode_samples")
        config = self._trainer.config
        if any(getattr(config, name) != getattr(self._measured, name) for name in sizes):
            self._evaluator = make_evaluator(self._trainer.data, config)
            self._measured = config
        return self._evaluator

    @torch.no_grad()
    def samples(self, rngs: list[np.random.Generator], n: int) -> np.ndarray:
        """n fresh generated points per seed, (S, n, dim)."""
        points: np.ndarray = self._trainer.shown_generator(self._latents(rngs, n)).cpu().numpy()
        return points

    def _latents(self, rngs: list[np.random.Generator], n: int) -> Tensor:
        config = self._trainer.config
        draw = latents(config.prior, config.latent_dim)
        return torch.from_numpy(np.stack([draw(rng, n) for rng in rngs]).astype(np.float32)).to(self._trainer.device)

    def _logits(self, x: Tensor) -> Tensor:
        """D's logits without moving the state of its spectral norms, (S, n)."""
        discriminator = self._trainer.discriminator.eval()
        logits: Tensor = discriminator(x).squeeze(-1)
        discriminator.train()
        return logits

    def _game(self, rngs: list[np.random.Generator]) -> dict[str, list[float]]:
        """How the two players stand at fresh, noise-free points: D(x), V, and what G's gradient is."""
        trainer = self._trainer
        drawn = np.stack([trainer.data.sample(rng, GRADIENT_POINTS) for rng in rngs])
        real = torch.from_numpy(drawn.astype(np.float32)).to(trainer.device)
        trainer.discriminator.eval()
        fake = trainer.generator(self._latents(rngs, GRADIENT_POINTS))
        loss = trainer.generator_loss(fake, real)
        by_point, *by_weight = torch.autograd.grad(loss.sum(), [fake, *trainer.generator.parameters()])
        with torch.no_grad():
            real_logits = self._logits(real).cpu().numpy()
            fake_logits = self._logits(fake).cpu().numpy()
            # The loss is a mean over points: times n it is one point's own gradient.
            at_points = GRADIENT_POINTS * by_point.norm(dim=-1).mean(1)
            at_weights = torch.stack([g.flatten(1).square().sum(1) for g in by_weight]).sum(0).sqrt()
        log_odds = LOSSES[trainer.config.loss].log_odds
        return {
            "d_loss": trainer.d_loss.tolist(),
            "g_loss": trainer.g_loss.tolist(),
            "d_real": _mean_score(real_logits, log_odds),
            "d_fake": _mean_score(fake_logits, log_odds),
            "jsd_implied": [
                implied_jsd(r, f) if log_odds else float("nan") for r, f in zip(real_logits, fake_logits, strict=True)
            ],
            "g_gradient": at_weights.tolist(),
            "x_gradient": at_points.tolist(),
        }


def _mean_score(logits: np.ndarray, log_odds: bool) -> list[float]:
    """D's mean verdict per seed: a probability where the loss makes it one, else the plain score."""
    scores = expit(logits.astype(float)) if log_odds else logits.astype(float)
    return [float(score) for score in scores.mean(axis=1)]
