"""Optimisers take the config's numbers at the start and while they run."""

from typing import get_args

import pytest
import torch
from torch import nn

from playground.config import Optimizer, RunConfig
from playground.training.optimizers import OPTIMIZERS, make_optimizer, tune

GRADIENTS = [0.5, -2.0, 1.0, 0.25]


def descend(parameter: nn.Parameter, optimizer: torch.optim.Optimizer, gradients: list[float]) -> None:
    for value in gradients:
        parameter.grad = torch.full_like(parameter, value)
        optimizer.step()


def by_hand(
    name: str, gradients: list[float], lrs: list[float], beta1: float = 0.5, beta2: float = 0.9, eps: float = 1e-8
) -> float:
    """The parameter after these gradients from 0, by the formulas of the papers."""
    x = first = second = 0.0
    for t, (g, lr) in enumerate(zip(gradients, lrs, strict=True), 1):
        if name == "sgd":
            first = beta1 * first + g
            x -= lr * first
        else:
            second = beta2 * second + (1 - beta2) * g * g
            if name == "rmsprop":
                x -= lr * g / (second**0.5 + eps)
            else:
                first = beta1 * first + (1 - beta1) * g
                x -= lr * (first / (1 - beta1**t)) / ((second / (1 - beta2**t)) ** 0.5 + eps)
    return x


def test_the_table_is_the_configs_menu() -> None:
    assert list(OPTIMIZERS) == list(get_args(Optimizer))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_follows_its_papers_formula(name: Optimizer) -> None:
    parameter = nn.Parameter(torch.zeros(3))
    optimizer = make_optimizer(RunConfig(optimizer=name, beta1=0.5, beta2=0.9), [parameter], 0.1)
    descend(parameter, optimizer, GRADIENTS)
    wanted = by_hand(name, GRADIENTS, [0.1] * 4)
    torch.testing.assert_close(parameter.detach(), torch.full((3,), wanted), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_new_learning_rate_acts_at_once_and_the_memory_stays(name: Optimizer) -> None:
    parameter = nn.Parameter(torch.zeros(1))
    config = RunConfig(optimizer=name, beta1=0.5, beta2=0.9)
    optimizer = make_optimizer(config, [parameter], 0.1)
    descend(parameter, optimizer, GRADIENTS[:2])
    tune(optimizer, config, 0.01)
    descend(parameter, optimizer, GRADIENTS[2:])
    wanted = by_hand(name, GRADIENTS, [0.1, 0.1, 0.01, 0.01])
    assert parameter.item() == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_new_betas_act_at_once(name: Optimizer) -> None:
    """Momentum that comes up from 0 in the middle of a run is the hardest case: there was no memory before."""
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = make_optimizer(RunConfig(optimizer=name, beta1=0.0, beta2=0.5), [parameter], 0.1)
    descend(parameter, optimizer, [1.0])
    before = parameter.item()
    tune(optimizer, RunConfig(optimizer=name, beta1=0.5, beta2=0.9), 0.1)
    descend(parameter, optimizer, [1.0])
    moved = before - parameter.item()
    if name == "sgd":
        assert moved == pytest.approx(0.1, rel=1e-5)  # no memory yet
        descend(parameter, optimizer, [1.0])
        assert before - moved - parameter.item() == pytest.approx(0.15, rel=1e-5)
    elif name == "rmsprop":
        assert moved == pytest.approx(0.1 / (0.9 * 0.5 + 0.1) ** 0.5, rel=1e-4)
    else:
        first, second = (0.5 * 1 + 0.5 * 1) / (1 - 0.5**2), (0.9 * 0.5 + 0.1) / (1 - 0.9**2)
        assert moved == pytest.approx(0.1 * first / second**0.5, rel=1e-4)
