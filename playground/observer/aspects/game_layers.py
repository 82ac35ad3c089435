"""What a picture of a GAN on points can hold beyond points and D's map: D*, and where G's loss pushes.

Each layer is made only while somebody looks at it. Where the generator's own samples are needed they come from
latents drawn once per run, so that a layer moves with the networks and never flickers with the sampling.
"""

from collections.abc import Collection
from functools import cached_property, partial
from typing import Any, cast

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor, nn

from playground.data.distribution import Floats
from playground.frame import Layer
from playground.lessons import densities
from playground.models.lanes import in_lane
from playground.models.networks import HasFeatures
from playground.objectives import OWN, objective
from playground.observer.aspects.aspect import Picture
from playground.observer.draws import Draws
from playground.observer.seen import Seen
from playground.training import elementwise
from playground.training.feedback import feature_distance, most_convincing
from playground.training.trainer import Trainer

OPTIMAL_POINTS = 4096
"""Generated points from which p_G is estimated."""
LEAST_EXPECTED = 0.02
"""Where fewer than this many of those points are to be expected in a cell, from the data and from G alike, there is
no D*: it would compare two tails from which no point has been seen."""
ARROWS = 200
"""Generated points that get an arrow: the first of the picture."""
RELATIVE_POINTS = 256
"""Real points against which a relativistic loss holds each generated one."""
NO_OPTIMUM = {
    "wasserstein": "A critic says no probability, so there is no D*. The best critic is drawn for data on a line only.",
    "hinge": "The best D for the hinge loss says +1 where the data are denser and −1 elsewhere: no probability.",
    "slides": "For ±D the best D only says where the data are denser: no probability.",
    "relativistic": "A relativistic D compares pairs of points, so it has no D* at a single point.",
    "fgan_kl": "For KL the best D says 1 + log(p_data/p_G): a score, no probability.",
    "fgan_pearson": "For Pearson's χ² the best D says 2 (p_data/p_G − 1): a score, no probability.",
    "fgan_neyman": "For Neyman's χ² the best D says 2 log(p_data/p_G): a score, no probability.",
    "fgan_hellinger": "For the Hellinger distance the best D says ½ log(p_data/p_G): a score, no probability.",
    "fgan_total_variation": "For the total variation the best D only says where the data are denser: no probability.",
    OWN: "Nobody has said what the best D is for a loss of one's own.",
}
"""Why there is no p_data/(p_data + p_G) that a loss's D should be."""

GROUPED = "D judges points in groups, so there is no D* at a single point."


class GameLayers:
    """The layers of one trainer's pictures. `axis`: where the stage's grid has its points, ascending."""

    def __init__(self, trainer: Trainer, draws: Draws, axis: Floats) -> None:
        self._trainer = trainer
        self._draws = draws
        self._data = trainer.data
        self._seen = Seen(trainer.data, axis)

    def missing(self) -> dict[str, str]:
        """What every picture says of its layers: the ones that have no meaning here, each with the reason."""
        reasons: dict[str, str] = {}
        loss = self._trainer.config.loss
        if loss in NO_OPTIMUM and not self._has_best_critic:
            reasons["optimal"] = NO_OPTIMUM[loss]
        if not self._trainer.config.judges_alone:
            reasons["optimal"] = GROUPED
        if self._data.dim == 1:
            reasons["gradients"] = "Only points in the plane have this layer."
        return reasons

    @torch.no_grad()
    def arrays(self, lane: int, on: Collection[Layer], fake: Tensor, logits: np.ndarray) -> Picture:
        """Values and arrays of these layers for one lane; `fake` (n, dim) and `logits` (grid…) are the picture's.

        optimal: p_generated on the grid (rows from low y) and, where the loss has one, optimal, NaN where both
        densities are next to nothing; on a line the best critic in its place, where the loss is a critic's.
        gradients: push (ARROWS, dim), −∂loss_G/∂x at the first points.
        """
        values: dict[str, Any] = {}
        arrays: dict[str, np.ndarray] = {}
        missing = self.missing()
        if "optimal" in on:
            q = arrays["p_generated"] = self._seen.seen(self._seen.cell_shares(self._generated(lane)))
            values["optimal"] = {"samples": OPTIMAL_POINTS, "bandwidth": self._seen.bandwidth}
            if "optimal" not in missing and self._has_best_critic:
                arrays["optimal"] = self.best_critic(logits, q)
                values["optimal"] |= {"critic": True}
            elif "optimal" not in missing:
                best = arrays["optimal"] = self.optimal(q)
                values["optimal"] |= self.gap(logits, best, q)
        if "gradients" in on and "gradients" not in missing:
            arrays["push"] = self.push(lane, fake)[:ARROWS]
        return values, arrays

    # D* -------------------------------------------------------------------------------------------------------

    def optimal(self, q: Floats) -> Floats:
        """D*(x) = p_data/(p_data + p_G) on the grid (Goodfellow et al. 2014, proposition 1); q is p_G as `seen`.

        Both densities are seen through the same cells and the same kernel, so that D* is ½ where G is right.
        """
        both = self._seen.data + q
        there = both * self._seen.spacing**self._data.dim * OPTIMAL_POINTS >= LEAST_EXPECTED
        return np.divide(self._seen.data, both, out=np.full_like(both, np.nan), where=there)

    @property
    def _has_best_critic(self) -> bool:
        """On a line the best function of a bounded slope is known."""
        return self._trainer.config.loss == "wasserstein" and self._data.dim == 1

    def best_critic(self, logits: np.ndarray, q: Floats) -> Floats:
        """The function that, no steeper than the trained critic at its steepest, says most of real against generated
        (Kantorovich and Rubinstein 1958), on the grid; a critic means nothing by its height, so as high as the trained
        one in the mean. Flat where the two distributions differ by no more than the samples' chance."""
        axis = self._seen.axis
        best = densities.best_critic(self._seen.data, q, axis, 1 / np.sqrt(OPTIMAL_POINTS))
        steepest = float(np.abs(np.diff(logits.astype(float))).max()) / self._seen.spacing
        scaled: Floats = steepest * (best - best.mean()) + float(logits.mean())
        return scaled

    def gap(self, logits: np.ndarray, optimal: Floats, q: Floats) -> dict[str, float]:
        """The mean of |D − D*| over the data's and G's points alike; nothing where it is not finite."""
        weights = (self._seen.data + q) * np.isfinite(optimal)
        off = np.abs(self.judged(logits) - np.nan_to_num(optimal))
        mean = float((weights * off).sum() / max(weights.sum(), 1e-300))
        return {"gap": round(mean, 4)} if np.isfinite(mean) else {}

    def judged(self, logits: np.ndarray) -> np.ndarray:
        """D(x), to be compared with D*: least squares trains the plain output towards it, the others its sigmoid."""
        judged: np.ndarray = logits.astype(float) if self._trainer.config.loss == "least_squares" else expit(logits)
        return judged

    @cached_property
    def _density_latents(self) -> Tensor:
        """(S, OPTIMAL_POINTS, latent_dim)."""
        return self._draws.fixed("density", OPTIMAL_POINTS)

    def _generated(self, lane: int) -> Floats:
        maker = self._trainer.shown_maker.eval()
        with torch.no_grad():
            points: Floats = in_lane(maker, lane, self._density_latents[lane][None])[0].cpu().numpy().astype(float)
        maker.train()
        return points

    # Where G is pushed ----------------------------------------------------------------------------------------

    def push(self, lane: int, points: Tensor) -> np.ndarray:
        """−∂loss_G/∂x for each point (n, dim) by itself: the way downhill for that point, (n, dim).

        The loss of one point, not of the batch (that is n times smaller), without input noise; none where G does not
        learn from the point. A relativistic loss is averaged over fixed real points; feature matching compares the
        means over all of these points and over those.
        """
        with torch.enable_grad():
            x = points.detach()[None].clone().requires_grad_()
            (slope,) = torch.autograd.grad(self._losses(lane, x).sum(), x)
        downhill: np.ndarray = -slope[0].cpu().numpy()
        return downhill

    def _losses(self, lane: int, x: Tensor) -> Tensor:
        """What has each point's own loss as its slope in that point; x: (1, n, dim)."""
        config, row = self._trainer.config, objective(self._trainer.config)
        if config.feature_matching:
            fake, real = self._features(lane, x), self._features(lane, self._relative_points)
            return x.shape[1] * feature_distance(fake, real)
        logits = self.judge(lane, x, x.detach())
        if row.relative:
            real = self._relative_points
            compared = logits[..., None] - self.judge(lane, real, real)[:, None]
            losses = row.generator(compared, elementwise).mean(-1)
        else:
            losses = row.generator(logits, elementwise)
        return most_convincing(losses, logits, config.top_k)

    @cached_property
    def _relative_points(self) -> Tensor:
        rng = np.random.default_rng([self._trainer.config.seed, *b"relative"])
        real = self._data.stratified(rng, RELATIVE_POINTS).astype(np.float32)
        return torch.from_numpy(real)[None].to(self._trainer.device)

    # The networks -------------------------------------------------------------------------------------------

    def judge(self, lane: int, x: Tensor, companions: Tensor) -> Tensor:
        """One lane's logits of each of points (1, n, dim) by itself, with `companions` (1, k, dim) where D judges it
        in a group: (1, n)."""
        discriminator = self._trainer.discriminator.eval()
        logits = self._trainer.game.judge_among(x, companions, partial(in_lane, discriminator, lane))
        discriminator.train()
        return logits

    def _features(self, lane: int, x: Tensor) -> Tensor:
        """D's last hidden layer in one lane at points (1, n, dim): (1, n, units)."""
        discriminator = self._trainer.discriminator.eval()
        features = in_lane(_LastHidden(discriminator), lane, x)
        discriminator.train()
        return features


class _LastHidden(nn.Module):
    """A discriminator that says its features instead of its verdict."""

    def __init__(self, discriminator: nn.Module) -> None:
        super().__init__()
        self.discriminator = discriminator

    def forward(self, x: Tensor) -> Tensor:
        return cast(HasFeatures, self.discriminator).features(x)
