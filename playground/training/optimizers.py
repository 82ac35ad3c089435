"""The rules that turn gradients into updates: one row each."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from playground.config import Optimizer, RunConfig

OPTIMIZERS: dict[Optimizer, tuple[Callable[..., torch.optim.Optimizer], Callable[[RunConfig], dict[str, Any]]]] = {
    "adam": (
        lambda parameters, **options: torch.optim.Adam(parameters, fused=True, **options),
        lambda config: {"betas": (config.beta1, config.beta2)},
    ),
    "rmsprop": (
        lambda parameters, **options: torch.optim.RMSprop(parameters, foreach=True, **options),
        lambda config: {"alpha": config.beta2},
    ),
    "sgd": (
        lambda parameters, **options: torch.optim.SGD(parameters, fused=True, **options),
        lambda config: {"momentum": config.beta1},
    ),
}
"""Name -> (how to make it, which of its options come from the config). All may change while it runs."""


def make_optimizer(config: RunConfig, parameters: Sequence[nn.Parameter], lr: float) -> torch.optim.Optimizer:
    """The optimiser that the config names, for one player's weights."""
    build, options = OPTIMIZERS[config.optimizer]
    return build(parameters, lr=lr, **options(config))


def tune(optimizer: torch.optim.Optimizer, config: RunConfig, lr: float) -> None:
    """Give a running optimiser the config's numbers; its memory of past gradients stays."""
    _, options = OPTIMIZERS[config.optimizer]
    for group in optimizer.param_groups:
        group.update(lr=lr, **options(config))
