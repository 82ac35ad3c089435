"""What looking at a Trainer has in common, whatever it trains on.

An observer measures a run and takes its picture without touching its random numbers. A row's numbers depend on the
run and the step alone, not on when or how often somebody looked.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor

from playground.config import RunConfig
from playground.frame import Frame, Layer, Row, Scene
from playground.metrics.divergence import implied_jsd
from playground.objectives import objective
from playground.training.feedback import learned_from
from playground.training.game import latents
from playground.training.streams import lane_generators
from playground.training.trainer import Trainer


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
    """Measures and pictures of one Trainer: what is common to points and images."""

    picture_size: int
    """Latents in a picture."""
    game_size: int
    """Fresh examples at which D(x), V and the generator's gradients are measured."""
    lane_size: int
    """Examples of each seed in a picture that is kept."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        device, config = trainer.device, trainer.config
        draw = latents(config.prior, config.latent_dim)
        fixed = [draw(rng, self.picture_size) for rng in lane_generators(trainer.seeds, "picture")]
        self._picture_latents = torch.from_numpy(np.stack(fixed).astype(np.float32)).to(device)

    @abstractmethod
    def scene(self) -> Scene:
        """What stays the same in all pictures."""

    @abstractmethod
    def picture(self, lane: int = 0, layers: Collection[Layer] = ()) -> Frame:
        """What one seed's networks look like now, with these layers where the data have them."""

    def closely(self) -> AbstractContextManager[None]:
        """Within this context a training step is watched for the next picture's microscope, where there is one."""
        return nullcontext()

    @abstractmethod
    def measure(self) -> Row:
        """Every number of the charts at the trainer's present step, for each seed."""

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

    @torch.no_grad()
    def samples(self, rngs: list[np.random.Generator], n: int) -> np.ndarray:
        """n fresh generated examples per seed, (S, n, dim)."""
        points: np.ndarray = self._show(self._latents(rngs, n), self._classes(rngs, n)).cpu().numpy()
        return points

    def lanes(self) -> np.ndarray:
        """Something of every seed, seen side by side: examples (S, lane_size, dim), always of the same latents."""
        rngs = [np.random.default_rng([seed, *b"lanes"]) for seed in self._trainer.seeds]
        return self.samples(rngs, self.lane_size)

    def _rngs(self) -> list[np.random.Generator]:
        """Generators for measuring at this step: one per seed."""
        return [np.random.default_rng([seed, self._trainer.steps, *b"measure"]) for seed in self._trainer.seeds]

    def _latents(self, rngs: list[np.random.Generator], n: int) -> Tensor:
        config = self._trainer.config
        draw = latents(config.prior, config.latent_dim)
        return torch.from_numpy(np.stack([draw(rng, n) for rng in rngs]).astype(np.float32)).to(self._trainer.device)

    def _classes(self, rngs: list[np.random.Generator], n: int) -> Tensor | None:
        if not self._trainer.game.source.classes:
            return None
        draws = np.stack([rng.random((n, 1), dtype=np.float32) for rng in rngs])
        return self._trainer.game.class_codes(torch.from_numpy(draws).to(self._trainer.device))

    def _show(self, z: Tensor, classes: Tensor | None = None) -> Tensor:
        """What the shown generator makes of latents, without moving its batch statistics: (S, n, dim)."""
        generator = self._trainer.shown_generator.eval()
        made: Tensor = generator(z if classes is None else torch.cat([z, classes], dim=-1))
        generator.train()
        return made

    def _game(self, rngs: list[np.random.Generator]) -> dict[str, list[float]]:
        """How the two players stand at fresh, noise-free examples, or packs of them: D(x), V, and G's gradient."""
        trainer, config = self._trainer, self._trainer.config
        n = config.judged_at_once(self.game_size)
        log_odds = objective(config).log_odds
        drawn, real_classes = trainer.game.source.sample(rngs, n)
        real = drawn.to(trainer.device)
        fake_classes = self._classes(rngs, n)
        trainer.discriminator.eval()
        trainer.generator.eval()
        z = self._latents(rngs, n)
        fake = trainer.generator(z if fake_classes is None else torch.cat([z, fake_classes], dim=-1))
        loss = trainer.game.generator_loss(fake, fake_classes, (real, real_classes))
        by_point, *by_weight = torch.autograd.grad(loss.sum(), [fake, *trainer.generator.parameters()])
        with torch.no_grad():
            real_logits = trainer.game.judge(real, real_classes).cpu().numpy()
            fake_logits = trainer.game.judge(fake, fake_classes).cpu().numpy()
            # The loss is a mean over the verdicts that count: times their number it is one point's own gradient.
            at_points = learned_from(config.top_k, fake_logits.shape[1]) * by_point.norm(dim=-1).mean(1)
            at_weights = torch.stack([g.reshape(len(rngs), -1).square().sum(1) for g in by_weight]).sum(0).sqrt()
        trainer.discriminator.train()
        trainer.generator.train()
        return {
            "d_loss": trainer.d_loss.tolist(),
            "g_loss": trainer.g_loss.tolist(),
            "d_real": _mean_score(real_logits, log_odds),
            "d_fake": _mean_score(fake_logits, log_odds),
            "jsd_implied": [
                implied_jsd(r, f) if is_probability(config) else float("nan")
                for r, f in zip(real_logits, fake_logits, strict=True)
            ],
            "g_gradient": at_weights.tolist(),
            "x_gradient": at_points.tolist(),
            "noise_sigma": [trainer.game.noise_sigma] * len(trainer.seeds),
        }


def is_probability(config: RunConfig) -> bool:
    """Whether sigmoid(d) is D's probability that one example is real: a pack's verdict is about all of it."""
    return objective(config).log_odds and config.judges_alone


def company(config: RunConfig) -> str:
    """With whom D judges a place of its map, as the end of a sentence; empty where it judges each example by itself."""
    packs = [f"in packs of {config.pack}"] if config.pack > 1 else []
    batch = [f"in a batch of {config.batch_size:,}"] if config.minibatch != "none" else []
    return f" {' and '.join(packs + batch)} with generated points" if packs or batch else ""


def picture_values(trainer: Trainer, lane: int) -> dict[str, object]:
    """The numbers that go with every picture."""
    return {
        "step": trainer.steps,
        "d_updates": trainer.d_updates,
        "lane": lane,
        "noise_sigma": trainer.game.noise_sigma,
        "log_odds": is_probability(trainer.config),
        "company": company(trainer.config),
    }


def _mean_score(logits: np.ndarray, log_odds: bool) -> list[float]:
    """D's mean verdict per seed: a probability where the loss makes it one, else the plain score."""
    scores = expit(logits.astype(float)) if log_odds else logits.astype(float)
    return [float(score) for score in scores.mean(axis=1)]
