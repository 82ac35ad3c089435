"""A learner's step as a graph of operations, for a compiler: the step itself is made once, and noted down.

What is differentiated is noted down with its derivatives, so nothing that trains is written a second time.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx
from typing_extensions import override

from playground.models.image_networks import LaneDropout
from playground.training import products
from playground.training.compiled import MOST_NUMBERS, Plan, held
from playground.training.learner import Learner
from playground.training.optimizers import Memory, Numbers, counted
from playground.training.player import Player
from playground.training.source import Batch
from playground.training.unrolling import put

Call = tuple[str, ...]
Answer = Callable[[Call, Callable[[], list[Tensor]]], list[Tensor]]
"""(what is drawn, what draws it) -> the tensors."""


@dataclass(frozen=True)
class Traced:
    """A step's graph, tensors of the shapes that it is made for, and what they are."""

    graph: GraphModule
    examples: tuple[Tensor, ...]
    plan: Plan


def traced(learner: Learner) -> Traced:
    """The graph of a learner's step with the settings that it has. It trains for two steps meanwhile, and is then of
    no further use: it has been taken apart."""
    learner.step()  # its optimisers have a memory from now on
    places = held(learner)
    calls, drawn = _drawn(learner)
    numbers = Given()
    told = Told(learner)
    examples = (*(place().detach().clone() for place in places.values()), numbers.example(learner), *drawn)

    def step(*given: Tensor) -> Tensor:
        rest = iter(given[len(places) + 1 :])
        numbers.vector = given[len(places)]
        with _standing_on(learner, dict(zip(places, given, strict=False)), numbers), _handed_out(learner, calls, rest):
            with told.listening():
                learner.move()
        return told.stacked()

    graph = make_fx(step, products.table(), tracing_mode="fake", _allow_non_fake_inputs=True)(*examples)
    plan = Plan(
        held=tuple(places),
        numbers=tuple(numbers.names),
        drawn=tuple(calls),
        notices=tuple(told.notices),
        losses=tuple(learner.losses),
        gradients=numbers.gradients,
        counted=told.counted,
    )
    return Traced(graph, examples, plan)


class Given:
    """The numbers of a step as places of one tensor, in the order in which the step asks for them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.gradients: dict[str, int] = {}
        self.vector = torch.zeros(MOST_NUMBERS, dtype=torch.float64)

    def example(self, learner: Learner) -> Tensor:
        """A tensor to trace with."""
        return self.vector.to(learner.device)

    def __call__(self, name: str) -> Tensor:
        """The number of this name, a tensor without axes."""
        if name not in self.names:
            self.names.append(name)
        return self.vector[self.names.index(name)]


class Formula(Player):
    """A player whose weights and memory are tensors of the graph, which its rule's formula moves."""

    def __init__(self, player: Player, letter: str, tensors: dict[str, Tensor], given: Given) -> None:
        """tensors: those that it changes, by the names of `held`."""
        self.rule = player.rule
        self.weights = player.weights.over(tensors.pop(f"{letter}.weights"))
        self.optimizer = player.optimizer
        self._ones = torch.ones_like(player._ones)
        self._names = player.numbers(player.memory).keys()
        self._start = counted(player.memory)
        self._memory: dict[str, Any] = {
            name: tensors.pop(f"{letter}.{name}", value) for name, value in player.memory.items()
        }
        self._letter, self._given = letter, given

    @property
    @override
    def memory(self) -> Memory:
        return self._memory

    @override
    def numbers(self, memory: Memory) -> Numbers:
        ahead = round(counted(memory) - self._start) if "step" in memory else 0
        return {name: self._given(f"{self._letter}.{name}.{ahead}") for name in self._names}

    @override
    @torch.no_grad()
    def descend(self, gradient: Sequence[Tensor]) -> None:
        vector, whole = self.weights.vector, torch.cat([part.reshape(-1) for part in gradient])
        moved, after = self.rule.step(vector, whole, self._memory, self.numbers(self._memory))
        vector.copy_(moved)
        for name, value in after.items():
            if name == "step":
                self._memory[name] = counted(self._memory) + 1
            elif name in self._memory:
                self._memory[name].copy_(value)
        self._given.gradients[self._letter] = self._given.gradients.get(self._letter, 0) + 1


class Told:
    """The losses that a step looks at while it is made, and those that it ends with."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._tensors: list[Tensor] = []
        self.notices: list[tuple[str, str, bool]] = []
        self.counted: dict[str, int] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """What is noticed within is noted instead."""
        learner, steps = self._learner, self._learner.steps
        counters = {name: getattr(learner, name) for name in ("d_updates", "g_updates") if hasattr(learner, name)}

        def notice(what: str, column: str) -> None:
            self.notices.append((what, column, learner.steps > steps))
            self._tensors.append(learner.losses[column])

        with patch.object(learner, "notice", notice):
            yield
        moved = {name: getattr(learner, name) - before for name, before in counters.items()}
        self.counted = {name: count for name, count in moved.items() if count}

    def stacked(self) -> Tensor:
        """All of them, (n, S), the last losses at the end."""
        return torch.stack([*self._tensors, *self._learner.losses.values()])


@contextmanager
def _standing_on(learner: Learner, tensors: dict[str, Tensor], given: Given) -> Iterator[None]:
    """The learner's weights, memories and buffers are these tensors, and its numbers the given ones."""
    players = dict(learner.players)
    [dtype] = {player.weights.vector.dtype for player in players.values()}
    learner.players = {letter: Formula(player, letter, tensors, given) for letter, player in players.items()}
    for letter, player in players.items():
        put(player.network, learner.players[letter].weights.parts)
    if (average := tensors.pop("average.weights", None)) is not None:
        learner.average_weights.vector = average  # type: ignore[assignment]
    buffers = {name: (*_buffer(learner, name), tensor) for name, tensor in tensors.items()}
    for table, name, tensor in buffers.values():
        table[name] = tensor
    with patch.object(learner.task, "number", lambda name: given(f"task.{name}").to(dtype)):
        yield
    with torch.no_grad():
        for table, name, tensor in buffers.values():
            if table[name] is not tensor:
                tensor.copy_(table[name])


def _buffer(learner: Learner, name: str) -> tuple[dict[str, Any], str]:
    network, path, own = name.split("/")
    return learner.networks[network].get_submodule(path)._buffers, own


def _drawn(learner: Learner) -> tuple[list[Call], list[Tensor]]:
    """What a step draws, call by call, and the tensors that it got. The learner makes a step."""
    calls: list[Call] = []
    tensors: list[Tensor] = []

    def noted(call: Call, drawing: Callable[[], list[Tensor]]) -> list[Tensor]:
        got = drawing()
        calls.append(call)
        tensors.extend(got)
        return got

    with _answering(learner, noted):
        learner.move()
    return calls, tensors


@contextmanager
def _handed_out(learner: Learner, calls: Sequence[Call], tensors: Iterator[Tensor]) -> Iterator[None]:
    """The step is given these tensors where it draws."""
    expected = iter(calls)

    def given(call: Call, drawing: Callable[[], list[Tensor]]) -> list[Tensor]:
        if call != next(expected, None):
            raise ValueError(f"this step drew something else before: {call}")
        return [next(tensors) for _ in range(2 if call == ("real",) and learner.task.source.classes else 1)]

    with _answering(learner, given):
        yield


@contextmanager
def _answering(learner: Learner, answer: Answer) -> Iterator[None]:
    """Whatever the step draws comes from `answer`."""
    task = learner.task
    real, take = task.real, task.take

    def example() -> Batch:
        with patch.object(task, "take", take):
            got = answer(("real",), lambda: [tensor for tensor in real() if tensor is not None])
        return got[0], got[1] if len(got) > 1 else None

    with ExitStack() as patches:
        patches.enter_context(patch.object(task, "real", example))
        patches.enter_context(
            patch.object(task, "take", lambda stream: answer(("take", stream), lambda: [take(stream)])[0])
        )
        for name, network in learner.networks.items():
            for path, module in network.named_modules():
                if isinstance(module, LaneDropout):
                    patches.enter_context(patch.object(module, "kept", _asking(answer, name, path, module.kept)))
        yield


def _asking(answer: Answer, network: str, path: str, kept: Callable[[Sequence[int]], Tensor]) -> Any:
    """A dropout's `kept`, answered."""
    return lambda shape: answer(("kept", network, path, *map(str, shape)), lambda: [kept(shape)])[0]
