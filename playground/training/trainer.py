"""A run: the two players of Goodfellow et al. 2014, for S seeds side by side and for every rule, loss and penalty."""

import copy
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from playground import config as settings
from playground.config import DECAYS, ConfigError, RunConfig
from playground.data.distribution import Distribution
from playground.errors import PlaygroundError
from playground.training.dynamics import MOVES
from playground.training.flat import FlatParameters
from playground.training.game import Game
from playground.training.player import Player
from playground.training.schedule import decayed
from playground.training.source import Batch
from playground.training.unrolling import unrolled

LATER_STREAMS = {"replay"}
"""States of older versions lack these: nothing had been drawn from them."""


class Diverged(PlaygroundError):
    """No lane has finite numbers left. Says at which step, and which number it was."""


class Trainer:
    """One run: a game, the optimisers that move its networks, and how far they have come.

    It knows nothing of metrics, pictures or processes. `steps` counts generator updates.
    """

    def __init__(self, config: RunConfig, device: str = "cpu", folder: Path | None = None) -> None:
        """folder: where image files are looked for first. Raises DataError where they are not found."""
        self.device = torch.device(device)
        self.game = Game(config, self.device, folder)
        self.seeds = self.game.seeds
        self.average = copy.deepcopy(self.generator)
        self._arm()
        self.d_updates = 0
        self.changes: list[tuple[int, dict[str, list[Any]]]] = []
        self.d_loss = torch.full((config.seeds,), math.nan, device=self.device)
        self.g_loss = torch.full((config.seeds,), math.nan, device=self.device)
        self.diverged: list[int | None] = [None] * config.seeds

    @property
    def config(self) -> RunConfig:
        """The settings that it trains with now."""
        return self.game.config

    @property
    def steps(self) -> int:
        """Updates that G has made."""
        return self.game.steps

    @property
    def generator(self) -> nn.Module:
        """G, as it is trained."""
        return self.game.generator

    @property
    def discriminator(self) -> nn.Module:
        """D."""
        return self.game.discriminator

    def step(self) -> None:
        """One update of G, and those of D that belong to it. Raises Diverged when no lane is left."""
        MOVES[self.config.updates](self)

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
        self.d_loss = loss.detach()
        self.d_updates += 1
        self._notice("the discriminator's loss", self.d_loss)

    def move_generator(self, gradient: Sequence[Tensor], loss: Tensor) -> None:
        """G follows a gradient in its weights, and its average follows G. loss: what it lost before, (S,)."""
        self.g.descend(gradient)
        if self.config.ema > 0:
            self._average()
        self.game.tell("moved")
        self.g_loss = loss.detach()

    def count(self) -> None:
        """G's update is done: what falls with the steps falls."""
        self.game.steps += 1
        if self.config.lr_decay > 0:
            self._tune()
        self._notice("the generator's loss", self.g_loss)

    def clip(self) -> None:
        """Cut D's weights back to their box, if they have one."""
        clip = self.config.clip
        if clip > 0:
            with torch.no_grad():
                self.d.weights.vector.clamp_(-clip, clip)

    def apply(self, config: RunConfig) -> None:
        """Train on with other live settings, from the next step. Raises ConfigError if one needs a restart."""
        changed = settings.difference(self.config, config)
        if changed.fixed:
            raise ConfigError(f"{', '.join(changed.fixed)} can't change while the run trains: restart it.")
        if not changed:
            return
        for name, decaying in DECAYS.items():
            if decaying & changed.values.keys():
                self.game.since[name] = self.steps
        if self.config.ema == 0 and config.ema > 0:
            self.average.load_state_dict(self.generator.state_dict())
        self.changes.append((self.steps, changed.pairs))
        self.game.config = config
        self._tune()

    @property
    def data(self) -> Distribution:
        """The distribution that G has to learn, where the data are points."""
        return self.config.distribution()

    @property
    def shown_generator(self) -> nn.Module:
        """The generator that pictures and metrics look at: the averaged one if there is one."""
        return self.average if self.config.ema > 0 else self.generator

    def finite_lanes(self) -> list[bool]:
        """For each lane whether all weights of its two networks are finite."""
        lanes = len(self.seeds)
        both: list[bool] = (self.g.weights.finite_lanes(lanes) & self.d.weights.finite_lanes(lanes)).tolist()
        return both

    def healthy(self) -> bool:
        """Whether every lane that has not diverged can be trained on: its weights are finite."""
        return all(fine or step is not None for fine, step in zip(self.finite_lanes(), self.diverged, strict=True))

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on, copied: plain values and tensors."""
        return copy.deepcopy(
            {
                "config": self.config.model_dump(),
                "steps": self.steps,
                "d_updates": self.d_updates,
                "changes": [[step, fields] for step, fields in self.changes],
                **self.game.since,
                "d_loss": self.d_loss,
                "g_loss": self.g_loss,
                "diverged": self.diverged,
                "generator": self.generator.state_dict(),
                "discriminator": self.discriminator.state_dict(),
                "average": self.average.state_dict(),
                "g_optimizer": self.g.optimizer.state_dict(),
                "d_optimizer": self.d.optimizer.state_dict(),
                "streams": {name: stream.state() for name, stream in self.game.streams.items()},
                "replay": self.game.past.rows(),
            }
        )

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a state of a run whose restart-needing settings are the same."""
        state = copy.deepcopy(state)
        self.game.config = settings.read(state["config"])
        self.game.steps = state["steps"]
        self.d_updates = state["d_updates"]
        self.changes = [(step, fields) for step, fields in state["changes"]]
        self.game.since = {name: state.get(name, 0) for name in DECAYS}  # what an older version had not
        self.d_loss = state["d_loss"]
        self.g_loss = state["g_loss"]
        self.diverged = state["diverged"]
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        self.average.load_state_dict(state["average"])
        self.g.optimizer.load_state_dict(state["g_optimizer"])
        self.d.optimizer.load_state_dict(state["d_optimizer"])
        for name, stream in self.game.streams.items():
            if name in state["streams"] or name not in LATER_STREAMS:
                stream.load(state["streams"][name])
        self.game.past.load(state.get("replay"), len(self.seeds), self.game.source.dim + self.game.source.classes)

    @staticmethod
    def restored(state: dict[str, Any], device: str = "cpu", folder: Path | None = None) -> "Trainer":
        """The run that `state` was taken from."""
        trainer = Trainer(settings.read(state["config"]), device, folder)
        trainer.load(state)
        return trainer

    @torch.no_grad()
    def _average(self) -> None:
        self._average_weights.vector.lerp_(self.g.weights.vector, 1 - self.config.ema)
        for held, present in zip(self.average.buffers(), self.generator.buffers(), strict=True):
            held.copy_(present)  # batch norm's statistics are averages already

    def _arm(self) -> None:
        """Lay each network's weights end to end and give both players a fresh optimiser."""
        config = self.config
        d_optimizer, g_optimizer = config.optimizers
        self.d = Player(self.discriminator, d_optimizer, config, config.lr_d)
        self.g = Player(self.generator, g_optimizer, config, config.lr_g)
        self._average_weights = FlatParameters(self.average)

    def _tune(self) -> None:
        """Give the optimisers the numbers of this step."""
        config = self.config
        for player, lr in ((self.d, config.lr_d), (self.g, config.lr_g)):
            player.tune(config, decayed(lr, config.lr_decay, self.game.since["rates_since"], self.steps))

    def _notice(self, what: str, loss: Tensor) -> None:
        """Mark the lanes whose loss is no longer finite; the others train on until none is left."""
        values = loss.tolist()
        if all(map(math.isfinite, values)):
            return
        for lane, value in enumerate(values):
            if not math.isfinite(value) and self.diverged[lane] is None:
                self.diverged[lane] = self.steps
        if all(step is not None for step in self.diverged):
            raise Diverged(f"At step {self.steps:,} {what} was no longer a finite number ({values[-1]}).")
