"""What a picture of points can hold beyond points and D's map: D*, the generator's push, its manifold, p_data.

Each layer is made only while somebody looks at it. Where the generator's own samples are needed they come from
latents drawn once per run, so that a layer moves with the networks and never flickers with the sampling.
"""

from collections.abc import Collection
from functools import cached_property, partial
from typing import Any, cast

import numpy as np
import torch
from scipy.special import expit, ndtri
from torch import Tensor, nn
from torch.func import functional_call

from playground.data.distribution import Distribution, Floats
from playground.frame import Layer
from playground.models.networks import HasFeatures
from playground.objectives import OWN, objective
from playground.training import elementwise
from playground.training.feedback import feature_distance, most_convincing
from playground.training.game import latents
from playground.training.streams import lane_generators
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
MANIFOLD_SIDE = 25
"""Lines of the latent grid in each direction."""
MANIFOLD_LINE = 401
"""Points of the latent line where z is one number."""
EDGE = 0.005
"""Prior mass left out at each end of the latent grid: 0.5 % is 2.58 standard deviations."""
FINEST = 384
"""Points per axis, at most, at which the density is given for contours."""
COARSEST = 96
CONTOURS = (0.5, 0.9, 0.99)
"""A contour encloses this share of the data, in the smallest area that does."""
DENSITY_SAMPLES = 20_000
"""Of the data, from which the heights of the contours follow …"""
ESTIMATE_SAMPLES = 2000
"""… and where the density is an estimate, which is slower to work out."""

NO_OPTIMUM = {
    "wasserstein": "A critic says no probability, so there is no D*: only its slope is bounded.",
    "hinge": "The best D for the hinge loss says +1 where the data are denser and −1 elsewhere: no probability.",
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


class Layers:
    """The layers of one trainer's pictures. `axis`: where the stage's grid has its points, ascending."""

    def __init__(self, trainer: Trainer, axis: Floats) -> None:
        self._trainer = trainer
        self._data = trainer.data
        self._axis = axis
        self._spacing = float(axis[1] - axis[0])

    def missing(self) -> dict[str, Any]:
        """What every picture says of its layers: the ones that have no meaning here, each with the reason."""
        reasons: dict[str, str] = {}
        loss = self._trainer.config.loss
        if loss in NO_OPTIMUM:
            reasons["optimal"] = NO_OPTIMUM[loss]
        if not self._trainer.config.judges_alone:
            reasons["optimal"] = GROUPED
        if self._data.dim == 1:
            reasons |= dict.fromkeys(("gradients", "manifold"), "Only points in the plane have this layer.")
        return reasons

    @torch.no_grad()
    def arrays(
        self, lane: int, on: Collection[Layer], fake: Tensor, logits: np.ndarray
    ) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Values and arrays of these layers for one lane; `fake` (n, dim) and `logits` (grid…) are the picture's.

        optimal: p_generated on the grid (rows from low y) and, where the loss has one, optimal, NaN where both
        densities are next to nothing.
        gradients: push (ARROWS, dim), −∂loss_G/∂x at the first points. manifold: see `manifold`.
        density: p_data_seen on the stage's grid, through the same kernel as p_generated, and in the plane p_data on
        a finer grid, with the heights of the contours.
        """
        values: dict[str, Any] = {}
        arrays: dict[str, np.ndarray] = {}
        missing = self.missing()
        if "optimal" in on:
            q = arrays["p_generated"] = self.seen(self.cell_shares(self._generated(lane)))
            values["optimal"] = {"samples": OPTIMAL_POINTS, "bandwidth": self.bandwidth}
            if "optimal" not in missing:
                best = arrays["optimal"] = self.optimal(q)
                values["optimal"] |= self.gap(logits, best, q)
        if "gradients" in on and "gradients" not in missing:
            arrays["push"] = self.push(lane, fake)[:ARROWS]
        if "manifold" in on and "manifold" not in missing:
            arrays["manifold"], arrays["manifold_latents"] = self.manifold(lane)
            values["manifold"] = self.manifold_text
        if "density" in on:
            values["density"] = {"levels": self.contour_levels, "shares": CONTOURS, "bandwidth": self._data.bandwidth}
            arrays["p_data_seen"] = self._data_seen
            if self._data.dim == 2:
                arrays["p_data"] = self.fine_density
        return values, arrays

    # D* -------------------------------------------------------------------------------------------------------

    @property
    def bandwidth(self) -> float:
        """Standard deviation of the Gaussian through which D* sees both densities, in data units."""
        return max(self._data.cell, self._spacing)

    @cached_property
    def _edges(self) -> Floats:
        """Of the cells whose centres are the grid's points."""
        ends = self._axis[0] - self._spacing / 2, self._axis[-1] + self._spacing / 2
        return np.linspace(*ends, len(self._axis) + 1)

    @cached_property
    def _kernel(self) -> Floats:
        """N(x_i − x_j; bandwidth²): turns the masses of the cells into a smooth density at their centres."""
        z = (self._axis[:, None] - self._axis) / self.bandwidth
        kernel: Floats = np.exp(-(z**2) / 2) / (self.bandwidth * np.sqrt(2 * np.pi))
        return kernel

    def cell_shares(self, points: Floats) -> Floats:
        """The share of points (n, dim) in each cell, indexed like the picture: [y, x] in the plane."""
        cells = len(self._axis)
        # Clipped to just outside the grid: a diverged point would not fit into an integer. NaN is in no cell.
        near = np.clip(points, self._edges[0] - self._spacing, self._edges[-1] + self._spacing)
        places = np.floor((near - self._edges[0]) / self._spacing)
        inside = ((places >= 0) & (places < cells)).all(axis=1)
        columns = places[inside].astype(np.intp)
        flat = columns[:, 0] if self._data.dim == 1 else columns[:, 1] * cells + columns[:, 0]
        counts = np.bincount(flat, minlength=cells**self._data.dim)
        return counts.reshape((cells,) * self._data.dim) / len(points)

    def seen(self, masses: Floats) -> Floats:
        """The density (per unit of length or area) of these cell masses through the kernel, on the grid."""
        smooth: Floats = self._kernel @ masses
        return smooth if self._data.dim == 1 else smooth @ self._kernel

    @cached_property
    def _data_seen(self) -> Floats:
        return self.seen(self._data.cell_masses(self._edges).T)

    def optimal(self, q: Floats) -> Floats:
        """D*(x) = p_data/(p_data + p_G) on the grid (Goodfellow et al. 2014, proposition 1); q is p_G as `seen`.

        Both densities are seen through the same cells and the same kernel, so that D* is ½ where G is right.
        """
        both = self._data_seen + q
        there = both * self._spacing**self._data.dim * OPTIMAL_POINTS >= LEAST_EXPECTED
        return np.divide(self._data_seen, both, out=np.full_like(both, np.nan), where=there)

    def gap(self, logits: np.ndarray, optimal: Floats, q: Floats) -> dict[str, float]:
        """The mean of |D − D*| over the data's and G's points alike; nothing where it is not finite."""
        weights = (self._data_seen + q) * np.isfinite(optimal)
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
        config = self._trainer.config
        draw = latents(config.prior, config.latent_dim)
        fixed = [draw(rng, OPTIMAL_POINTS) for rng in lane_generators(self._trainer.seeds, "density")]
        return torch.from_numpy(np.stack(fixed).astype(np.float32)).to(self._trainer.device)

    def _generated(self, lane: int) -> Floats:
        points: Floats = self._generate(lane, self._density_latents[lane]).cpu().numpy().astype(float)
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

    # G's manifold ---------------------------------------------------------------------------------------------

    @cached_property
    def _manifold_latents(self) -> tuple[Tensor, Floats]:
        """Latents (points, latent_dim) of a grid whose cells hold equal prior mass, and their two coordinates."""
        config = self._trainer.config
        normal, dim = config.prior == "normal", config.latent_dim
        shares = np.linspace(EDGE, 1 - EDGE, MANIFOLD_LINE if dim == 1 else MANIFOLD_SIDE)
        ticks = ndtri(shares) if normal else 2 * shares - 1
        if dim == 1:
            return torch.from_numpy(ticks[:, None].astype(np.float32)), ticks[None, :, None].repeat(2, axis=2) * [1, 0]
        grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
        plane = np.eye(2)
        if dim > 2:
            rng = np.random.default_rng([config.seed, *b"plane"])
            # A rotation would leave the cube of a uniform prior, so there the plane lies along two axes.
            spread = rng.standard_normal((dim, 2)) if normal else np.eye(dim)[:, rng.choice(dim, 2, replace=False)]
            plane = np.linalg.qr(spread)[0].T if normal else spread.T
        return torch.from_numpy((grid.reshape(-1, 2) @ plane).astype(np.float32)), grid

    @property
    def manifold_text(self) -> str:
        """Which part of the latents the manifold shows, in words."""
        config = self._trainer.config
        if config.latent_dim == 1:
            return "the line of z, mapped by G"
        if config.latent_dim == 2:
            return "a grid over the plane of z, mapped by G"
        plane = "a random plane through 0" if config.prior == "normal" else "the plane of two of the numbers"
        return f"a grid over {plane} in the {config.latent_dim} dimensions of z, mapped by G"

    def manifold(self, lane: int) -> tuple[np.ndarray, np.ndarray]:
        """G of a latent grid, (rows, columns, 2), and the grid itself in two coordinates of z, same shape.

        Neighbouring lines enclose equal prior mass, so a cell's density is in proportion to 1 / its area. A
        one-dimensional z gives a single row.
        """
        z, grid = self._manifold_latents
        made = self._generate(lane, z.to(self._trainer.device)).cpu().numpy()
        return made.reshape(grid.shape), grid

    # p_data ---------------------------------------------------------------------------------------------------

    @cached_property
    def fine_density(self) -> Floats:
        """p_data at evenly spaced points over the stage, ends included, (m, m), rows from low y."""
        low, high = self._data.extent
        count = int(np.clip(np.ceil((high - low) / self._data.sigma) + 1, COARSEST, FINEST))
        ticks = np.linspace(low, high, count)
        if self._data.estimated:  # of very many Gaussians: cells are a matrix product, and near enough
            spacing = ticks[1] - ticks[0]
            edges = np.linspace(low - spacing / 2, high + spacing / 2, count + 1)
            masses: Floats = self._data.cell_masses(edges).T / spacing**2
            return masses
        mesh = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
        return self._data.density(mesh).reshape(count, count)

    @cached_property
    def contour_levels(self) -> list[float]:
        """See the function of that name; computed once."""
        return contour_levels(self._data)

    # The networks ---------------------------------------------------------------------------------------------

    def _generate(self, lane: int, z: Tensor) -> Tensor:
        """What one lane's shown generator makes of latents (n, latent_dim), without gradient: (n, dim)."""
        generator = self._trainer.shown_generator.eval()
        with torch.no_grad():
            made = in_lane(generator, lane, z[None])[0]
        generator.train()
        return made

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


def in_lane(network: nn.Module, lane: int, *inputs: Tensor) -> Tensor:
    """What a network of S lanes makes of inputs (1, n, dim) in one of them; the others compute nothing."""
    held = [*network.named_parameters(), *network.named_buffers()]
    made: Tensor = functional_call(network, {name: tensor[lane : lane + 1] for name, tensor in held}, inputs)
    return made


def contour_levels(data: Distribution) -> list[float]:
    """The densities above which CONTOURS of the data lie: quantiles of the density at the data's own points.

    These bound the highest-density regions (Hyndman 1996, 10.2307/2684423). By 20,000 samples a share is off by
    less than 0.4 % (one standard deviation).
    """
    rng = np.random.default_rng([*b"contours"])
    heights = data.density(data.sample(rng, ESTIMATE_SAMPLES if data.estimated else DENSITY_SAMPLES))
    return [float(level) for level in np.quantile(heights, [1 - share for share in CONTOURS])]
