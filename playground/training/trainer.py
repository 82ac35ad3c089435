"""A GAN: the two players of Goodfellow et al. 2014, for S seeds side by side and for every rule, loss and penalty."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from typing_extensions import override

from playground.config import RunConfig
from playground.training.dynamics import ALONE, MOVES
from playground.training.game import Game
from playground.training.learner import Learner
from playground.training.player import Player
from playground.training.source import Batch
from playground.training.task import Task
from playground.training.unrolling import unrolled


class Trainer(Learner):
    """A game, the optimisers that move its two networks, and how far they have come. `steps` counts G's updates, and
    those in whose place only D moved."""

    LOSSES = ("d_loss", "g_loss")

    @override
    def begin(self, config: RunConfig, device: torch.device, folder: Path | None) -> tuple[Task, dict[str, nn.Module]]:
        self.game = Game(config, device, folder)
        self.g_updates = 0
        return self.game, {"generator": self.game.generator, "discriminator": self.game.discriminator}

    @property
    def g(self) -> Player:
        """The generator with its optimiser."""
        return self.players["g"]

    @property
    def d(self) -> Player:
        """The discriminator with its optimiser."""
        return self.players["d"]

    @property
    @override
    def updates(self) -> tuple[int, int]:
        return self.d_updates, self.g_updates

    @property
    def generator(self) -> nn.Module:
        """G, as it is trained."""
        return self.game.generator

    @property
    @override
    def maker(self) -> nn.Module:
        return self.game.generator

    @property
    def discriminator(self) -> nn.Module:
        """D."""
        return self.game.discriminator

    @property
    def d_loss(self) -> Tensor:
        """What D lost at its last update, (S,)."""
        return self.losses["d_loss"]

    @property
    def g_loss(self) -> Tensor:
        """What G lost at its last update, (S,)."""
        return self.losses["g_loss"]

    @property
    @override
    def halves(self) -> Mapping[str, Callable[[], object]]:
        return {"discriminator": self.update_discriminator, "generator": self.update_generator}

    @override
    def move(self) -> None:
        """One update of G, and those of D that belong to it, as far as they train. Raises Diverged without a lane."""
        (ALONE.get(self.config.trains) or MOVES[self.config.updates])(self)

    def update_discriminator(self, fakes: Batch | None = None) -> None:
        """One step of D on a fresh batch of real and fake points, (S, batch, dim) each; on these fakes if given."""
        game = self.game
        real = game.real()
        if fakes is None:
            with torch.no_grad():
                fakes = game.fakes("d")
        judged = game.discriminator_loss(real, game.replayed(fakes))
        self.move_discriminator(self.d.gradient(judged.total), judged.loss)

    def update_generator(self) -> Batch:
        """One step of G on fresh latents. Returns the fakes that it made, from before the step."""
        fake, classes = self.game.fakes("g")
        loss = self.generator_loss(fake, classes)
        self.move_generator(self.g.gradient(loss), loss)
        self.count()
        return fake.detach(), classes

    def generator_loss(self, fake: Tensor, classes: Tensor | None) -> Tensor:
        """What G loses on its examples (S, batch, dim), for each lane: (S,)."""
        with unrolled(self.game, self.d, (fake, classes)):
            loss = self.game.generator_loss(self.game.noisy(fake), classes)
        self.game.tell("generator", fake=fake, loss=loss)
        return loss

    def move_discriminator(self, gradient: Sequence[Tensor], loss: Tensor) -> None:
        """D follows a gradient in its weights, part by part. loss: what it lost before, (S,)."""
        self.d.descend(gradient)
        self.game.tell("descended")
        self.clip()
        self.game.tell("judged")
        self.losses["d_loss"] = loss.detach()
        self.d_updates += 1
        self.notice("the discriminator's loss", "d_loss")

    def move_generator(self, gradient: Sequence[Tensor], loss: Tensor) -> None:
        """G follows a gradient in its weights, and its average follows G. loss: what it lost before, (S,)."""
        self.g.descend(gradient)
        self.follow()
        self.game.tell("moved")
        self.losses["g_loss"] = loss.detach()
        self.g_updates += 1

    @override
    def count(self) -> None:
        super().count()
        if self.g_updates:
            self.notice("the generator's loss", "g_loss")

    def clip(self) -> None:
        """Cut D's weights back to their box, if they have one."""
        if self.config.clip > 0:
            clip = self.game.number("clip")
            with torch.no_grad():
                self.d.weights.vector.clamp_(-clip, clip)

    @property
    @override
    def watched(self) -> bool:
        return self.game.witness is not None

    @override
    def own_state(self) -> dict[str, Any]:
        return {"d_updates": self.d_updates, "g_updates": self.g_updates, "replay": self.game.past.rows()}

    @override
    def load_own(self, state: dict[str, Any]) -> None:
        self.d_updates = state["d_updates"]
        self.g_updates = state.get("g_updates", self.steps)  # in older versions every step moved G
        self.game.past.load(state.get("replay"), len(self.seeds), self.game.source.dim + self.game.source.classes)
