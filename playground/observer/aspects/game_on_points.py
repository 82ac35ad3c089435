"""A GAN on points as it is looked at: D's map, the layers over it, the microscope, the W that a critic implies."""

from collections.abc import Collection
from contextlib import AbstractContextManager

import torch
from torch import Tensor
from typing_extensions import override

from playground.frame import Layer
from playground.metrics.critic import implied_wasserstein
from playground.observer.aspects.aspect import Picture
from playground.observer.aspects.game import GameAspect
from playground.observer.aspects.game_layers import GameLayers
from playground.observer.draws import Draws, Rngs
from playground.observer.grid import grid_axis, grid_points
from playground.observer.microscope import Microscope, weight_bins, weight_shares
from playground.training.learner import Learner

AT_THE_END = 0.999
"""Of the clipping's bound, from which on a weight counts as held there."""


class GameOnPoints(GameAspect):
    """What a GAN has beside its points."""

    def __init__(self, learner: Learner, draws: Draws, picture_latents: Tensor, fresh: int) -> None:
        super().__init__(learner, draws, picture_latents, fresh)
        self._layers = GameLayers(self._trainer, draws, grid_axis(learner.data))
        self._microscope = Microscope(self._trainer, self._map, self._shown)
        self._grid, self._grid_shape = grid_points(learner.data, learner.device)

    @override
    def numbers(self, rngs: Rngs) -> dict[str, list[float]]:
        return super().numbers(rngs) | {"critic_w": self._critic(rngs), "at_clip": self._at_clip()}

    @override
    def missing(self) -> dict[str, str]:
        return self._layers.missing()

    @torch.no_grad()
    def picture(self, lane: int, layers: Collection[Layer], fake: Tensor) -> Picture:
        """D's logits over the stage, for one seed; layers add values and arrays of their own."""
        logits = self._layers.judge(lane, self._grid, fake[None]).reshape(self._grid_shape).cpu().numpy()
        values, arrays = self._layers.arrays(lane, layers, fake, logits) if layers else ({}, {})
        arrays = {"discriminator": logits} | arrays
        if "weights" in layers:
            values = values | {"bars": {"weights": weight_shares(self._trainer.discriminator, lane)}}
        if "microscope" in layers:
            players = {"generator": self._trainer.generator, "discriminator": self._trainer.discriminator}
            values = values | {"weights": {name: weight_bins(player, lane) for name, player in players.items()}}
        if "microscope" in layers and self._microscope.fresh:
            more_values, more_arrays = self._microscope.tell(lane)
            values, arrays = values | more_values, arrays | more_arrays
        return values, arrays

    @override
    def closely(self) -> AbstractContextManager[None]:
        return self._microscope.watch()

    @torch.no_grad()
    def _shown(self) -> Tensor:
        """The picture's generated points in every lane, (S, n, dim)."""
        return self._learner.show(self._picture_latents)

    @torch.no_grad()
    def _map(self) -> Tensor:
        """D's logits over the stage in every lane, (S, grid…); where D judges in groups, beside generated points."""
        trainer = self._trainer
        trainer.discriminator.eval()
        logits = trainer.game.judge_among(self._grid.expand(len(trainer.seeds), -1, -1), self._shown())
        trainer.discriminator.train()
        return logits.reshape(-1, *self._grid_shape)

    def _at_clip(self) -> list[float]:
        """The share of D's weights that clipping holds at its ends, per seed; NaN without clipping."""
        clip, lanes = self._trainer.config.clip, len(self._trainer.seeds)
        if clip == 0:
            return [float("nan")] * lanes
        weights = torch.cat([part.detach().reshape(lanes, -1) for part in self._trainer.discriminator.parameters()], 1)
        held: list[float] = (weights.abs() >= AT_THE_END * clip).float().mean(1).tolist()
        return held

    def _critic(self, rngs: Rngs) -> list[float]:
        """The W1 that a Wasserstein critic of single points implies, per seed; NaN for other losses and for groups."""
        trainer, n = self._trainer, self._fresh
        if trainer.config.loss != "wasserstein" or not trainer.config.judges_alone:
            return [float("nan")] * len(rngs)
        real = trainer.game.source.sample(rngs, n)[0].to(trainer.device)
        with torch.no_grad():
            fake = self._learner.show(self._draws.latents(rngs, n))
        points = torch.cat([real, fake, self._grid.expand(len(rngs), -1, -1)], dim=1).requires_grad_()
        trainer.discriminator.eval()
        scores = trainer.game.judge(points)
        (slopes,) = torch.autograd.grad(scores.sum(), points)
        trainer.discriminator.train()
        d, steepness = scores.detach().cpu().numpy(), slopes.norm(dim=-1).cpu().numpy()
        return [implied_wasserstein(s[:n], s[n : 2 * n], k) for s, k in zip(d, steepness, strict=True)]
