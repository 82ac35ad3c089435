"""How the two players move in one step: one rule a row. `Trainer.step` follows the one that the config names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from playground.config import Trains, Updates

if TYPE_CHECKING:
    from playground.training.trainer import Trainer


def alternating(trainer: Trainer) -> None:
    """Goodfellow et al. 2014, algorithm 1: k updates of D and one of G. Each answers the other's last move."""
    fakes = trainer.update_generator() if trainer.config.g_first else None
    for _ in range(trainer.config.k):
        trainer.update_discriminator(fakes)
        fakes = None
    if not trainer.config.g_first:
        trainer.update_generator()


def simultaneous(trainer: Trainer) -> None:
    """Both players move at once: neither knows the other's move (Mescheder et al. 2017, algorithm 1)."""
    _move(trainer, field(trainer))


def extragradient(trainer: Trainer) -> None:
    """A step to look ahead, and then the step from here by the gradients found there (Korpelevich 1976).

    Both steps go through the optimiser, whose memory takes in both gradients, and both end within the clipping's box:
    with Adam that is ExtraAdam (Gidel et al. 2019, algorithm 4). What is told of the step is its first half.
    """
    players = trainer.d, trainer.g
    here = [player.weights.vector.detach().clone() for player in players]
    first = field(trainer)
    for player, gradient in zip(players, (first.d, first.g), strict=True):
        player.descend(gradient)
    trainer.clip()
    with trainer.game.unwatched():
        ahead = field(trainer)
    for player, weights in zip(players, here, strict=True):
        player.weights.put(weights)
    _move(trainer, Field(ahead.d, ahead.g, first.d_loss, first.g_loss))


MOVES: dict[Updates, Callable[[Trainer], None]] = {
    "alternating": alternating,
    "simultaneous": simultaneous,
    "extragradient": extragradient,
}


def only_discriminator(trainer: Trainer) -> None:
    """D's k updates, while G stays as it is."""
    for _ in range(trainer.config.k):
        trainer.update_discriminator()
    trainer.count()


def only_generator(trainer: Trainer) -> None:
    """G's update, while D stays as it is."""
    trainer.update_generator()


ALONE: dict[Trains, Callable[[Trainer], None]] = {
    "discriminator": only_discriminator,
    "generator": only_generator,
}
"""Where one player is held, what a step is, whatever the rule for both."""


@dataclass(frozen=True)
class Field:
    """What both players would descend from where they stand, for each part of their weights, and their losses, (S,)."""

    d: Sequence[Tensor]
    g: Sequence[Tensor]
    d_loss: Tensor
    g_loss: Tensor


def field(trainer: Trainer) -> Field:
    """Both players' gradients at the same weights, on the same fakes."""
    game, weight = trainer.game, trainer.config.consensus
    fake, classes = game.fakes("g")
    g_loss = trainer.generator_loss(fake, classes)
    shown = game.replayed((fake if weight > 0 else fake.detach(), classes))
    judged = game.discriminator_loss(game.real(), shown)
    d = trainer.d.gradient(judged.total, differentiable=weight > 0)
    g = trainer.g.gradient(g_loss, differentiable=weight > 0)
    found = Field(d, g, judged.loss, g_loss)
    return consensus(trainer, found) if weight > 0 else found


def consensus(trainer: Trainer, at: Field) -> Field:
    """With weight · ½‖v‖² in both losses, where v is the gradients of both (Mescheder et al. 2017, algorithm 2).

    Both players descend it, so that they agree on where the game comes to rest. at: can be differentiated.
    """
    both = (*at.d, *at.g)
    energy = 0.5 * torch.stack([part.square().sum() for part in both]).sum()  # over all lanes: they never mix
    parts = (*trainer.d.weights.parts, *trainer.g.weights.parts)
    slopes = torch.autograd.grad(energy, parts, materialize_grads=True)
    weight = trainer.game.number("consensus")
    damped = [part.detach() + weight * slope for part, slope in zip(both, slopes, strict=True)]
    return Field(damped[: len(at.d)], damped[len(at.d) :], at.d_loss, at.g_loss)


def _move(trainer: Trainer, at: Field) -> None:
    trainer.move_generator(at.g, at.g_loss)
    trainer.move_discriminator(at.d, at.d_loss)
    trainer.count()
