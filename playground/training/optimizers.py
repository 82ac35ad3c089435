"""The rules that turn gradients into updates: one row each.

A row's `step` is the rule as a formula in tensors: unrolling differentiates it, and a compiled step is made of it.
Where torch has the rule, its fused form moves the networks of a step that is not compiled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from playground.config import Optimizer, RunConfig

Memory = Mapping[str, Any]
"""What an optimiser keeps of past gradients, by torch's names; empty before the first."""
Numbers = Mapping[str, Any]
"""What a formula computes one step with: Python's numbers, or tensors of one number each."""
Step = Callable[[Tensor, Tensor, Memory, Numbers], tuple[Tensor, dict[str, Any]]]
"""(weights, their gradient, memory, numbers) -> the next weights and memory. It changes none of its arguments."""


def adam_step(weights: Tensor, gradient: Tensor, memory: Memory, numbers: Numbers) -> tuple[Tensor, dict[str, Any]]:
    """Kingma and Ba 2015, algorithm 1."""
    direction, after = _adam_direction(gradient, memory, numbers)
    return weights - numbers["lr"] * direction, after


def optimistic_adam_step(
    weights: Tensor, gradient: Tensor, memory: Memory, numbers: Numbers
) -> tuple[Tensor, dict[str, Any]]:
    """Daskalakis et al. 2018, algorithm 1: twice this step's direction, less the last step's."""
    direction, after = _adam_direction(gradient, memory, numbers)
    last = memory.get("last", torch.zeros_like(weights))
    return weights - numbers["lr"] * (2 * direction - last), after | {"last": direction}


def rmsprop_step(weights: Tensor, gradient: Tensor, memory: Memory, numbers: Numbers) -> tuple[Tensor, dict[str, Any]]:
    """Tieleman and Hinton 2012, as in torch: ε is added to the square root."""
    square = _blend(memory.get("square_avg"), gradient.square(), numbers["alpha"])
    return weights - numbers["lr"] * gradient / (_root(square) + numbers["eps"]), {"square_avg": square}


def sgd_step(weights: Tensor, gradient: Tensor, memory: Memory, numbers: Numbers) -> tuple[Tensor, dict[str, Any]]:
    """Gradient descent with momentum, as in torch: the memory is a sum of gradients, and not a mean."""
    before = memory.get("momentum_buffer")
    velocity = gradient if before is None else numbers["momentum"] * before + gradient
    return weights - numbers["lr"] * velocity, {"momentum_buffer": velocity}


def _adam_direction(gradient: Tensor, memory: Memory, numbers: Numbers) -> tuple[Tensor, dict[str, Any]]:
    """Both means over past gradients, corrected for their start at 0: (the one over the root of the other, memory)."""
    mean = _blend(memory.get("exp_avg"), gradient, numbers["beta1"])
    square = _blend(memory.get("exp_avg_sq"), gradient.square(), numbers["beta2"])
    direction = (mean / numbers["new1"]) / (_root(square / numbers["new2"]) + numbers["eps"])
    return direction, {"step": torch.tensor(counted(memory) + 1), "exp_avg": mean, "exp_avg_sq": square}


def counted(memory: Memory) -> float:
    """How many gradients are in a memory that counts them."""
    return float(memory.get("step", 0.0))


def _adam_numbers(options: Mapping[str, Any], memory: Memory) -> dict[str, float]:
    """With 1 − βᵗ at the t-th gradient, in Python: in single precision 1 − β₂ᵗ would lose its digits."""
    (beta1, beta2), step = options["betas"], counted(memory) + 1
    new = {"new1": 1 - beta1**step, "new2": 1 - beta2**step}
    return {"lr": options["lr"], "beta1": beta1, "beta2": beta2, "eps": options["eps"]} | new


def _named(*names: str) -> Callable[[Mapping[str, Any], Memory], dict[str, float]]:
    return lambda options, memory: {name: options[name] for name in names}


def _blend(before: Tensor | None, new: Tensor, memory: float) -> Tensor:
    return (1 - memory) * new if before is None else memory * before + (1 - memory) * new


def _root(square: Tensor) -> Tensor:
    """The square root, whose slope at 0 is taken as 0: a weight that has never had a gradient does not go anywhere."""
    known = square > 0
    return torch.where(known, torch.where(known, square, 1.0).sqrt(), 0.0)


class OptimisticAdam(torch.optim.Optimizer):
    """Adam that goes twice its step and takes back the last one, which damps the rotation of a game."""

    def __init__(self, parameters: Sequence[nn.Parameter], **options: Any) -> None:
        super().__init__(parameters, {"eps": 1e-8} | options)

    @torch.no_grad()
    def step(self, closure: object = None) -> None:  # type: ignore[override]
        """Move every parameter by its gradient."""
        for group in self.param_groups:
            for weights in group["params"]:
                numbers = _adam_numbers(group, self.state[weights])
                moved, self.state[weights] = optimistic_adam_step(weights, weights.grad, self.state[weights], numbers)
                weights.copy_(moved)


@dataclass(frozen=True)
class Rule:
    """A row. `options` are those that come from the config; all of them may change while it runs. `numbers` is what
    the formula needs of all options, and of the memory before it, for one step."""

    build: Callable[..., torch.optim.Optimizer]
    options: Callable[[RunConfig], dict[str, Any]]
    step: Step
    numbers: Callable[[Mapping[str, Any], Memory], dict[str, float]]


def _betas(config: RunConfig) -> dict[str, Any]:
    return {"betas": (config.beta1, config.beta2)}


OPTIMIZERS: dict[Optimizer, Rule] = {
    "adam": Rule(
        lambda parameters, **options: torch.optim.Adam(parameters, fused=True, **options),
        _betas,
        adam_step,
        _adam_numbers,
    ),
    "optimistic_adam": Rule(OptimisticAdam, _betas, optimistic_adam_step, _adam_numbers),
    "rmsprop": Rule(
        lambda parameters, **options: torch.optim.RMSprop(parameters, foreach=True, **options),
        lambda config: {"alpha": config.beta2},
        rmsprop_step,
        _named("lr", "alpha", "eps"),
    ),
    "sgd": Rule(
        lambda parameters, **options: torch.optim.SGD(parameters, fused=True, **options),
        lambda config: {"momentum": config.beta1},
        sgd_step,
        _named("lr", "momentum"),
    ),
}
