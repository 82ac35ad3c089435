"""What trains: all that the engine, the observers, recording and the commands know of a run's method."""

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from playground import config as settings
from playground.checkpoint_file import compiled_since
from playground.config import DECAYS, ConfigError, RunConfig
from playground.data.distribution import Distribution
from playground.errors import PlaygroundError
from playground.methods import Part
from playground.training import library
from playground.training.compiled import CompiledStep
from playground.training.flat import FlatParameters
from playground.training.player import Player
from playground.training.schedule import decayed
from playground.training.streams import Draw
from playground.training.task import Task, latents

LATER_STREAMS = {"replay"}
"""States of older versions lack these: nothing had been drawn from them."""
LETTERS: dict[Part, str] = {"maker": "g", "judge": "d"}
"""What the settings of a network begin with, by the part that it has in its method, and its optimiser in a state."""


class Diverged(PlaygroundError):
    """No lane has finite numbers left. Says at which step, and which number it was."""


class Learner(ABC):
    """One run: what it learns from, the networks that it trains, their optimisers, and how far they have come.

    It knows nothing of metrics, pictures or processes. losses: what each was at the last update, by the name of its
    column, (S,). d_updates: those of a discriminator; `steps` counts all others. changes: (step, settings with their
    values before and after). ways: (step, `way` from there on), empty before its first change; ahead: those of the run
    that it is a fork of, to which it has still to come. diverged: for each lane the step at which its numbers were
    lost, or None. players: by their letters.
    """

    LOSSES: ClassVar[tuple[str, ...]]
    """Columns of its rows."""

    def __init__(self, config: RunConfig, device: str = "cpu", folder: Path | None = None) -> None:
        """At step 0. folder: where image files are looked for first. Raises DataError where they are not found."""
        self.device = torch.device(device)
        self.task, networks = self.begin(config, self.device, folder)
        self.seeds = self.task.seeds
        self.d_updates = 0
        self.changes: list[tuple[int, dict[str, list[Any]]]] = []
        self.ways: list[tuple[int, str]] = []
        self.ahead: list[tuple[int, str]] = []
        self.compiled: CompiledStep | None = None
        self.losses = {name: torch.full((len(self.seeds),), math.nan, device=self.device) for name in self.LOSSES}
        self.diverged: list[int | None] = [None] * len(self.seeds)
        self.networks = dict(networks)
        self._parts = {name: config.learning.networks[name] for name in networks}
        if "maker" in self._parts.values():
            self.average = self.networks["average"] = copy.deepcopy(self.maker)
        self._arm()

    @abstractmethod
    def begin(self, config: RunConfig, device: torch.device, folder: Path | None) -> tuple[Task, dict[str, nn.Module]]:
        """What is learned from, and the networks that are trained, by the names in the method's row.

        What makes examples of z gets an average besides. Raises DataError where the data are not found.
        """

    @property
    def config(self) -> RunConfig:
        """The settings that it trains with now."""
        return self.task.config

    @property
    def steps(self) -> int:
        """Updates that have been made: a GAN's are those of G."""
        return self.task.steps

    @property
    def updates(self) -> tuple[int, int]:
        """Those of a discriminator, and all others."""
        return self.d_updates, self.steps

    @property
    def moment(self) -> tuple[int, int]:
        """Where it stands: it has changed where this has."""
        return self.steps, self.d_updates

    @property
    def data(self) -> Distribution:
        """The distribution that is to be learned, where the data are points."""
        return self.config.distribution()

    @property
    def halves(self) -> Mapping[str, Callable[[], object]]:
        """The halves of a step that can be made by hand, by name; none where a step has no halves."""
        return {}

    def step(self) -> None:
        """One update of all that is trained. Raises Diverged when no lane is left."""
        if self.compiled and not self.compiled.fits:
            self.go(library.find(self))
        if not self.compiled:
            self.move()
            return
        if self.watched:
            self._show()
        self.compiled()

    @property
    def watched(self) -> bool:
        """Whether somebody wants to see what happens within a step."""
        return False

    def go(self, compiled: CompiledStep | None) -> None:
        """Train on by this compiled step, or operation by operation, from the next step on."""
        key = compiled.key if compiled else ""
        if key != self.way:
            self.ways.append((self.steps, key))
        self.compiled = compiled

    @property
    def way(self) -> str:
        """The key of the compiled step that it trains by; empty where each operation is made by itself."""
        return self.ways[-1][1] if self.ways else ""

    @property
    def compiled_since(self) -> int | None:
        """The step from which on it has trained by compiled steps; None where each operation is made by itself."""
        return compiled_since(self.ways) if self.compiled else None

    def _show(self) -> None:
        """Make the step operation by operation for whoever watches; it is then made again, compiled."""
        before = self.state()
        try:
            self.move()
        finally:
            self.load(before)

    @abstractmethod
    def move(self) -> None:
        """The same, operation by operation: this is also what is compiled."""

    @property
    def maker(self) -> nn.Module:
        """What makes examples of z, where the method has such a network."""
        return next(self.networks[name] for name, part in self._parts.items() if part == "maker")

    @property
    def shown_maker(self) -> nn.Module:
        """What pictures and metrics look at where examples are made of z: the average if there is one."""
        return self.average if self.config.ema > 0 else self.maker

    @property
    def latents(self) -> Draw:
        """How rows of what `show` is given are drawn."""
        return latents(self.config.prior, self.config.latent_dim)

    def show(self, z: Tensor, classes: Tensor | None = None) -> Tensor:
        """What the shown maker makes of latents (S, n, …), without moving its batch statistics: (S, n, dim)."""
        maker = self.shown_maker.eval()
        made: Tensor = maker(z if classes is None else torch.cat([z, classes], dim=-1))
        maker.train()
        return made

    def count(self) -> None:
        """An update is done."""
        self.counted()

    def counted(self) -> None:
        """There is a step more: what falls with the steps falls."""
        self.task.steps += 1
        if self.config.lr_decay > 0:
            self._tune()

    def apply(self, config: RunConfig) -> None:
        """Train on with other live settings, from the next step. Raises ConfigError if one needs a restart."""
        changed = settings.difference(self.config, config)
        if changed.fixed:
            raise ConfigError(f"{', '.join(changed.fixed)} can't change while the run trains: restart it.")
        if not changed:
            return
        for name, decaying in DECAYS.items():
            if decaying & changed.values.keys():
                self.task.since[name] = self.steps
        if self.config.ema == 0 and config.ema > 0:
            self.average.load_state_dict(self.maker.state_dict())
        self.changes.append((self.steps, changed.pairs))
        self.ahead = []
        self.task.config = config
        self._tune()

    def finite_lanes(self) -> list[bool]:
        """For each lane whether all weights of its networks are finite."""
        lanes = len(self.seeds)
        all_of_them = [player.weights.finite_lanes(lanes) for player in self.players.values()]
        fine: list[bool] = torch.stack(all_of_them).all(0).tolist()
        return fine

    def healthy(self) -> bool:
        """Whether every lane that has not diverged can be trained on: its weights are finite."""
        return all(fine or step is not None for fine, step in zip(self.finite_lanes(), self.diverged, strict=True))

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on, copied: plain values and tensors."""
        return copy.deepcopy(
            {
                "config": self.config.model_dump(),
                "steps": self.steps,
                "changes": [[step, fields] for step, fields in self.changes],
                "ways": [[step, key] for step, key in self.ways],
                "ahead": [[step, key] for step, key in self.ahead],
                **self.task.since,
                **self.losses,
                "diverged": self.diverged,
                **{name: network.state_dict() for name, network in self.networks.items()},
                **{f"{letter}_optimizer": player.optimizer.state_dict() for letter, player in self.players.items()},
                "streams": {name: stream.state() for name, stream in self.task.streams.items()},
                **self.own_state(),
            }
        )

    def own_state(self) -> dict[str, Any]:
        """What a state holds of this method beside what all have."""
        return {}

    @classmethod
    def restored(cls, state: dict[str, Any], device: str = "cpu", folder: Path | None = None) -> Self:
        """The run that `state` was taken from."""
        learner = cls(settings.read(state["config"]), device, folder)
        learner.load(state)
        return learner

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a state of a run whose restart-needing settings are the same."""
        state = copy.deepcopy(state)
        self.task.config = settings.read(state["config"])
        self.task.steps = state["steps"]
        self.changes = [(step, fields) for step, fields in state["changes"]]
        self.task.since = {name: state.get(name, 0) for name in DECAYS}  # what an older version had not
        self.losses = {name: state[name] for name in self.losses}
        self.diverged = state["diverged"]
        for name, network in self.networks.items():
            network.load_state_dict(state[name])
        for letter, player in self.players.items():
            player.optimizer.load_state_dict(state[f"{letter}_optimizer"])
        for name, stream in self.task.streams.items():
            if name in state["streams"] or name not in LATER_STREAMS:
                stream.load(state["streams"][name])
        self.load_own(state)
        self.ways, self.ahead = ([(step, key) for step, key in state.get(name, [])] for name in ("ways", "ahead"))
        self.go(library.find(self, self.way) or library.find(self) if self.way else None)

    def load_own(self, state: dict[str, Any]) -> None:  # noqa: B027 (not abstract: most methods have nothing)
        """Go on from what `own_state` gave."""

    def descend(self, loss: Tensor, **halves: Tensor) -> None:
        """One update of all networks, down a loss that they share: (S,). halves: what it is made of, by the columns."""
        players = list(self.players.values())
        parts = [part for player in players for part in player.weights.parts]
        gradient = iter(torch.autograd.grad(loss, parts, torch.ones_like(loss)))
        for player in players:
            player.descend([next(gradient) for _ in player.weights.parts])
        self.follow()
        told = halves | {"loss": loss}
        self.losses = {name: told[name].detach() for name in self.LOSSES}
        self.count()
        self.notice("the loss", self.LOSSES[0])

    def follow(self) -> None:
        """Let the average follow what makes examples of z, if there is one."""
        if self.config.ema > 0:
            self._average()

    def notice(self, what: str, column: str) -> None:
        """Mark the lanes whose loss is no longer finite; the others train on until none is left."""
        self.look_at(what, self.losses[column].tolist())

    def look_at(self, what: str, values: Sequence[float]) -> None:
        """The same of a loss that each lane has had."""
        if all(map(math.isfinite, values)):
            return
        for lane, value in enumerate(values):
            if not math.isfinite(value) and self.diverged[lane] is None:
                self.diverged[lane] = self.steps
        if all(step is not None for step in self.diverged):
            raise Diverged(f"At step {self.steps:,} {what} was no longer a finite number ({values[-1]}).")

    @torch.no_grad()
    def _average(self) -> None:
        self.average_weights.vector.lerp_(self.players["g"].weights.vector, self.task.number("average_share"))
        for held, present in zip(self.average.buffers(), self.maker.buffers(), strict=True):
            held.copy_(present)  # batch norm's statistics are averages already

    def _arm(self) -> None:
        """Lay each network's weights end to end and give each that is trained a fresh optimiser."""
        config, (d_optimizer, g_optimizer) = self.config, self.config.optimizers
        rules = {"maker": (g_optimizer, config.lr_g), "judge": (d_optimizer, config.lr_d)}
        self.players = {
            LETTERS[part]: Player(self.networks[name], rules[part][0], config, rules[part][1])
            for name, part in self._parts.items()
        }
        if "average" in self.networks:
            self.average_weights = FlatParameters(self.average)

    def _tune(self) -> None:
        """Give the optimisers the numbers of this step."""
        config, since = self.config, self.task.since["rates_since"]
        for letter, player in self.players.items():
            player.tune(config, decayed(getattr(config, f"lr_{letter}"), config.lr_decay, since, self.steps))
