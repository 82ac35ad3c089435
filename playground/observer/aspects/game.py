"""A GAN as it is looked at: how its two players stand."""

from typing import Any

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor
from typing_extensions import override

from playground.config import RunConfig
from playground.metrics.divergence import implied_jsd
from playground.objectives import objective
from playground.observer.aspects.aspect import Aspect
from playground.observer.draws import Draws, Rngs
from playground.training.feedback import learned_from
from playground.training.learner import Learner
from playground.training.trainer import Trainer


class GameAspect(Aspect):
    """D's verdicts, V, and G's gradient."""

    def __init__(self, learner: Learner, draws: Draws, picture_latents: Tensor, fresh: int) -> None:
        super().__init__(learner, draws, picture_latents, fresh)
        assert isinstance(learner, Trainer)
        self._trainer = learner

    @override
    def numbers(self, rngs: Rngs) -> dict[str, list[float]]:
        """How the two players stand at fresh, noise-free examples, or packs of them: D(x), V, and G's gradient."""
        trainer, config = self._trainer, self._trainer.config
        n = config.judged_at_once(self._fresh)
        log_odds = objective(config).log_odds
        drawn, real_classes = trainer.game.source.sample(rngs, n)
        real = drawn.to(trainer.device)
        fake_classes = self._draws.classes(rngs, n)
        trainer.discriminator.eval()
        trainer.generator.eval()
        z = self._draws.latents(rngs, n)
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
        return super().numbers(rngs) | {
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

    @override
    def values(self) -> dict[str, Any]:
        config = self._trainer.config
        return {
            "noise_sigma": self._trainer.game.noise_sigma,
            "log_odds": is_probability(config),
            "company": company(config),
        }


def is_probability(config: RunConfig) -> bool:
    """Whether sigmoid(d) is D's probability that one example is real: a pack's verdict is about all of it."""
    return objective(config).log_odds and config.judges_alone


def company(config: RunConfig) -> str:
    """With whom D judges a place of its map, as the end of a sentence; empty where it judges each example by itself."""
    packs = [f"in packs of {config.pack}"] if config.pack > 1 else []
    batch = [f"in a batch of {config.batch_size:,}"] if config.minibatch != "none" else []
    return f" {' and '.join(packs + batch)} with generated points" if packs or batch else ""


def _mean_score(logits: np.ndarray, log_odds: bool) -> list[float]:
    """D's mean verdict per seed: a probability where the loss makes it one, else the plain score."""
    scores = expit(logits.astype(float)) if log_odds else logits.astype(float)
    return [float(score) for score in scores.mean(axis=1)]
