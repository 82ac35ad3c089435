"""What a picture of points can hold whichever method makes them: what it makes of a grid of z, and p_data.

Each layer is made only while somebody looks at it.
"""

from collections.abc import Collection
from functools import cached_property

import numpy as np
import torch
from scipy.special import ndtri
from torch import Tensor

from playground.data.distribution import Distribution, Floats
from playground.frame import Layer
from playground.metrics.transport import matching
from playground.models.lanes import in_lane
from playground.observer.aspects.aspect import Picture
from playground.observer.seen import Seen
from playground.training.learner import Learner

PLAN_POINTS = 256
"""Generated points that are matched with as many real ones: an assignment of more takes too long for each picture."""
MANIFOLD_SIDE = 25
"""Lines of the latent grid in each direction."""
MANIFOLD_LINE = 401
"""Points of the latent line where z is one number."""
MAPPED = 41
"""Lines from the latent axis to the data's, where these are on a line."""
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


class Layers:
    """The layers of one learner's pictures. `axis`: where the stage's grid has its points, ascending."""

    def __init__(self, learner: Learner, axis: Floats) -> None:
        self._learner = learner
        self._data = learner.data
        self._seen = Seen(learner.data, axis)

    @torch.no_grad()
    def arrays(self, lane: int, on: Collection[Layer], fake: Floats) -> Picture:
        """Values and arrays of these layers for one lane, whose generated points are fake (n, dim).

        plan: see `plan`, and the mean length of its lines. manifold: see `manifold`. density: p_data_seen on the
        stage's grid, through the same kernel as p_generated, and in the plane p_data on a finer grid, with the heights
        of the contours.
        """
        values: dict[str, object] = {}
        arrays: dict[str, np.ndarray] = {}
        if "plan" in on and self._data.dim == 2 and self._learner.config.learning.generates:
            arrays["plan"] = self.plan(fake)
            lengths = np.hypot(*(arrays["plan"][:, 2:] - arrays["plan"][:, :2]).T)
            values["plan"] = float(lengths.mean()) if len(lengths) else None
        if "manifold" in on and self._learner.config.learning.generates:
            arrays["manifold"], arrays["manifold_latents"] = self.manifold(lane)
            values["manifold"] = self.manifold_text
        if "density" in on:
            values["density"] = {"levels": self.contour_levels, "shares": CONTOURS, "bandwidth": self._data.bandwidth}
            arrays["p_data_seen"] = self._seen.data
            if self._data.dim == 2:
                arrays["p_data"] = self.fine_density
        return values, arrays

    # Transport ------------------------------------------------------------------------------------------------

    @cached_property
    def _targets(self) -> Floats:
        """Real points that the plan leads to, (PLAN_POINTS, 2): of every mode its share."""
        return self._data.stratified(np.random.default_rng([self._learner.config.seed, *b"plan"]), PLAN_POINTS)

    def plan(self, fake: Floats) -> Floats:
        """The cheapest plan from generated to real points: from x, from y, to x, to y of each pair, (at most
        PLAN_POINTS, 4). Points that are not finite have no pair."""
        moved = fake[:PLAN_POINTS]
        moved = moved[np.isfinite(moved).all(1)].astype(float)
        # where fewer are to be moved, the real points that nobody is near stay without a pair
        return np.concatenate([moved, self._targets[matching(moved, self._targets)]], axis=1)

    # G's manifold ---------------------------------------------------------------------------------------------

    @cached_property
    def _manifold_latents(self) -> tuple[Tensor, Floats]:
        """Latents (points, latent_dim) of a grid whose cells hold equal prior mass, and their two coordinates."""
        config = self._learner.config
        normal, dim = config.prior == "normal", config.latent_dim
        count = MAPPED if self._data.dim == 1 else MANIFOLD_LINE if dim == 1 else MANIFOLD_SIDE
        shares = np.linspace(EDGE, 1 - EDGE, count)
        ticks = ndtri(shares) if normal else 2 * shares - 1
        if self._data.dim == 1:
            return torch.from_numpy((ticks[:, None] * np.eye(dim)[0]).astype(np.float32)), ticks[:, None]
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
        config = self._learner.config
        if self._data.dim == 1:
            which = "z" if config.latent_dim == 1 else "z's first number, the others being 0,"
            return f"lines from {which} to G(z), as in figure 1 of Goodfellow et al. 2014"
        if config.latent_dim == 1:
            return "the line of z, mapped by G"
        if config.latent_dim == 2:
            return "a grid over the plane of z, mapped by G"
        plane = "a random plane through 0" if config.prior == "normal" else "the plane of two of the numbers"
        return f"a grid over {plane} in the {config.latent_dim} dimensions of z, mapped by G"

    def manifold(self, lane: int) -> tuple[np.ndarray, np.ndarray]:
        """G of a latent grid, (rows, columns, 2), and the grid itself in two coordinates of z, same shape; of data on a
        line G of places on a line of z, (MAPPED, 1), and these places.

        Neighbouring lines enclose equal prior mass, so a cell's density is in proportion to 1 / its area. A
        one-dimensional z gives a single row.
        """
        z, grid = self._manifold_latents
        maker = self._learner.shown_maker.eval()
        with torch.no_grad():
            made = in_lane(maker, lane, z[None].to(self._learner.device))[0].cpu().numpy()
        maker.train()
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


def contour_levels(data: Distribution) -> list[float]:
    """The densities above which CONTOURS of the data lie: quantiles of the density at the data's own points.

    These bound the highest-density regions (Hyndman 1996, 10.2307/2684423). By 20,000 samples a share is off by
    less than 0.4 % (one standard deviation).
    """
    rng = np.random.default_rng([*b"contours"])
    heights = data.density(data.sample(rng, ESTIMATE_SAMPLES if data.estimated else DENSITY_SAMPLES))
    return [float(level) for level in np.quantile(heights, [1 - share for share in CONTOURS])]
