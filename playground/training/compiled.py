"""A learner's step as one piece of machine code, whoever compiled it: what it is given, and what becomes of it.

Weights, what optimisers remember and buffers stay where they are and are changed there, so a compiled step and one that
is made operation by operation can follow each other. Random numbers are drawn here, from the streams that such a step
draws them from, and in its order; so is every number that a setting says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

if TYPE_CHECKING:
    from playground.training.learner import Learner

FADING = ("instance_noise", "label_flip", "label_smoothing")
"""Settings that come down to 0 by themselves where they decay."""
MOST_NUMBERS = 96
"""Numbers that the code of a step is given, at most; those that it does not take are 0."""
Run = Callable[[list[Tensor]], Sequence[Tensor]]
"""The code: all that `Plan` lists, in its order -> one tensor of what it tells, (n, S)."""


@dataclass(frozen=True)
class Plan:
    """What the code is given and what it tells, in order.

    held: tensors that it changes, by the names of `held`. numbers: by the names of `numbers`. drawn: calls that give
    tensors, see `draw`. notices: the losses that are looked at, as (what it is, its column, whether after the step has
    been counted). losses: the columns told behind those. gradients: how many each player's optimiser takes in.
    counted: the counters that go up, and by how much.
    """

    held: tuple[str, ...]
    numbers: tuple[str, ...]
    drawn: tuple[tuple[str, ...], ...]
    notices: tuple[tuple[str, str, bool], ...]
    losses: tuple[str, ...]
    gradients: Mapping[str, int]
    counted: Mapping[str, int]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Plan:
        """The plan that `plain` was made of, perhaps through JSON."""
        lists = {name: tuple(plain[name]) for name in ("held", "numbers", "losses")}
        drawn = tuple(tuple(call) for call in plain["drawn"])
        notices = tuple((str(what), str(column), bool(late)) for what, column, late in plain["notices"])
        return cls(**lists, drawn=drawn, notices=notices, gradients=plain["gradients"], counted=plain["counted"])


class CompiledStep:
    """The code of a step, for one learner. Call it for a step."""

    def __init__(self, learner: Learner, plan: Plan, run: Run, key: str = "") -> None:
        """key: of the code, see `compiling.py`. Raises KeyError where the code is not this learner's."""
        places = held(learner)
        self.key = key
        self._learner = learner
        self._config = learner.config
        self._fades = learner.config.noise_decay > 0 or learner.config.label_decay > 0
        self._pattern = pattern(learner)
        self._plan = plan
        self._run = run
        self._held = [places[name] for name in plan.held]
        self._draws = [draw(learner, call) for call in plan.drawn]
        self._numbers = Numbers(learner, plan.numbers)

    @property
    def fits(self) -> bool:
        """Whether the learner's settings are still those that it was taken for."""
        learner = self._learner
        return learner.config is self._config and (not self._fades or pattern(learner) == self._pattern)

    def __call__(self) -> None:
        """One step. Raises Diverged when no lane is left."""
        learner, plan = self._learner, self._plan
        drawn = [tensor for each in self._draws for tensor in each()]
        [told] = self._run([*(place() for place in self._held), self._numbers(), *drawn])
        values: list[list[float]] = told.tolist()
        learner.losses = dict(zip(plan.losses, told[len(plan.notices) :].unbind(0), strict=True))
        for letter, count in plan.gradients.items():
            memory = cast(dict[str, Any], learner.players[letter].memory)
            if "step" in memory:
                memory["step"] += count
        for counter, count in plan.counted.items():
            setattr(learner, counter, getattr(learner, counter) + count)
        self._notice(values, late=False)
        learner.counted()
        self._notice(values, late=True)

    def _notice(self, values: list[list[float]], late: bool) -> None:
        for (what, _, after), lanes in zip(self._plan.notices, values, strict=False):
            if after == late:
                self._learner.look_at(what, lanes)


def pattern(learner: Learner) -> tuple[bool, ...]:
    """Of what decays, what has not come down to 0 yet."""
    return tuple(learner.task.number(name) != 0.0 for name in FADING)


def held(learner: Learner) -> dict[str, Callable[[], Tensor]]:
    """Where the tensors are that a step changes, by name. They are looked up anew each time: others replace them."""
    places: dict[str, Callable[[], Tensor]] = {}
    for letter, player in learner.players.items():
        vector = player.weights.vector
        places[f"{letter}.weights"] = partial(_same, vector.detach())
        for name, value in player.memory.items():
            if isinstance(value, Tensor) and value.shape == vector.shape:
                places[f"{letter}.{name}"] = partial(_remembered, player.optimizer, vector, name)
    averaged = learner.config.ema > 0 and "average" in learner.networks
    if averaged:
        places["average.weights"] = partial(_same, learner.average_weights.vector.detach())
    for network_name, network in learner.networks.items():
        if network_name != "average" or averaged:
            for path, module in network.named_modules():
                for name, buffer in module._buffers.items():
                    if buffer is not None:
                        places[f"{network_name}/{path}/{name}"] = partial(module._buffers.__getitem__, name)
    return places


def _same(tensor: Tensor) -> Tensor:
    return tensor


def _remembered(optimizer: torch.optim.Optimizer, vector: Tensor, name: str) -> Tensor:
    found: Tensor = optimizer.state[vector][name]
    return found


def draw(learner: Learner, call: Sequence[str]) -> Callable[[], Sequence[Tensor]]:
    """What gives the tensors of one call: ("real",), ("take", stream) or ("kept", network, module, *shape)."""
    match call:
        case ["real"]:
            return lambda: [tensor for tensor in learner.task.real() if tensor is not None]
        case ["take", stream]:
            return lambda: [learner.task.take(stream)]
        case ["kept", network, path, *shape]:
            dropout, size = cast(Any, learner.networks[network].get_submodule(path)), tuple(map(int, shape))
            return lambda: [dropout.kept(size)]
    raise KeyError(call)


class Numbers:
    """The numbers that settings say, and what an optimiser makes of them, as one tensor in double precision.

    A name is `task.NAME`, see `Task.number`, or `LETTER.NAME.AHEAD`: of that player's rule, for the gradient that
    comes so many after its next one.
    """

    def __init__(self, learner: Learner, names: Sequence[str]) -> None:
        self._learner = learner
        self._tensor = torch.zeros(MOST_NUMBERS, dtype=torch.float64)
        self._values = self._tensor.numpy()
        self._of_task = [name.split(".")[1] for name in names if name.startswith("task.")]
        self._task_places = [i for i, name in enumerate(names) if name.startswith("task.")]
        self._of_players: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for i, name in enumerate(names):
            if not name.startswith("task."):
                letter, number, ahead = name.split(".")
                self._of_players.setdefault((letter, int(ahead)), []).append((i, number))

    def __call__(self) -> Tensor:
        """For the next step."""
        learner, values = self._learner, self._values
        for i, name in zip(self._task_places, self._of_task, strict=True):
            values[i] = learner.task.number(name)
        for (letter, ahead), wanted in self._of_players.items():
            player = learner.players[letter]
            made = player.numbers({"step": float(player.memory.get("step", 0.0)) + ahead})
            for i, name in wanted:
                values[i] = made[name]
        return self._tensor.to(learner.device)
