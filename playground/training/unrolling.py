"""D as it will stand some of its own steps from now, so that G can answer what D is about to do (Metz et al. 2017)."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import nn

from playground.training.game import Game
from playground.training.player import Player
from playground.training.source import Batch


def unrolled(game: Game, discriminator: Player, fakes: Batch) -> AbstractContextManager[None]:
    """Within the block, D stands `unroll` of its own steps ahead, as a function of the fakes, which have a history.

    Each step is D's whole update: its loss with noisy labels and penalty, its own optimiser from where that stands, the
    clipping. As in the authors' code all are taken on one batch: fresh real examples, and the fakes that G is to be
    judged on. After the block D and its optimiser are as they were before; only random numbers have been used.
    """
    return _ahead(game, discriminator, fakes) if game.config.unroll > 0 else nullcontext()


@contextmanager
def _ahead(game: Game, discriminator: Player, fakes: Batch) -> Iterator[None]:
    weights, memory, clip = discriminator.weights, discriminator.memory, game.number("clip")
    vector = weights.vector.detach().requires_grad_()
    real = game.real()
    with as_it_was(game.discriminator), game.unwatched():
        for _ in range(game.config.unroll):
            put(game.discriminator, weights.split(vector))
            total = game.discriminator_loss(real, fakes).total
            (gradient,) = torch.autograd.grad(total.sum(), vector, create_graph=True)  # lanes never mix
            numbers = discriminator.numbers(memory)
            vector, memory = discriminator.rule.step(vector, gradient, memory, numbers)
            vector = vector.clamp(-clip, clip) if game.config.clip > 0 else vector
        put(game.discriminator, weights.split(vector))
        yield


def put(network: nn.Module, parts: Sequence[torch.Tensor]) -> None:
    """Give a network tensors with a history in place of its parameters, which `torch.nn` has no public way to do."""
    tables = [module._parameters for module in network.modules()]
    places = [(table, name) for table in tables for name, held in table.items() if held is not None]
    for (table, name), part in zip(places, parts, strict=True):
        table[name] = part  # type: ignore[assignment]


@contextmanager
def as_it_was(network: nn.Module) -> Iterator[None]:
    """Put a network's parameters back after the block, and its buffers: batch norm's statistics, singular vectors."""
    modules = list(network.modules())
    parameters = [dict(module._parameters) for module in modules]
    buffers = [copy.deepcopy(module._buffers) for module in modules]
    try:
        yield
    finally:
        for module, own, kept in zip(modules, parameters, buffers, strict=True):
            module._parameters.update(own)
            module._buffers.update(kept)
