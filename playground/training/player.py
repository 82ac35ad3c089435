"""One of the two players: its network's weights, and the optimiser that moves them."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from playground.config import Optimizer, RunConfig
from playground.training.flat import FlatParameters
from playground.training.optimizers import OPTIMIZERS, Memory, Numbers


class Player:
    """A network with a fresh optimiser. What changes its weights changes them in place."""

    def __init__(self, network: nn.Module, optimizer: Optimizer, config: RunConfig, lr: float) -> None:
        """optimizer: the name of its row; config: the run's, for the row's numbers."""
        self.network = network
        self.rule = OPTIMIZERS[optimizer]
        self.weights = FlatParameters(network)
        self.optimizer = self.rule.build([self.weights.vector], lr=lr, **self.rule.options(config))
        self._ones = self.weights.vector.new_ones(config.seeds)

    @property
    def memory(self) -> Memory:
        """What the optimiser keeps of past gradients; empty before the first."""
        memory: Memory = self.optimizer.state.get(self.weights.vector, {})
        return memory

    def numbers(self, memory: Memory) -> Numbers:
        """What the rule's formula computes the next step with, where its memory is this one."""
        return self.rule.numbers(self.optimizer.param_groups[0], memory)

    def gradient(self, loss: Tensor, differentiable: bool = False) -> tuple[Tensor, ...]:
        """Of a loss for each lane, (S,), in this player's weights alone, part by part.

        A one for each lane's loss leaves each lane its own gradient. differentiable: it can be differentiated again.
        """
        return torch.autograd.grad(loss, self.weights.parts, self._ones, create_graph=differentiable)

    def descend(self, gradient: Sequence[Tensor]) -> None:
        """One step of the optimiser."""
        self.weights.set_gradient(gradient)
        self.optimizer.step()

    def tune(self, config: RunConfig, lr: float) -> None:
        """Give the running optimiser the config's numbers; its memory of past gradients stays."""
        for group in self.optimizer.param_groups:
            group.update(lr=lr, **self.rule.options(config))
