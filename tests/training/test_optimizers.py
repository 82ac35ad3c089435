"""Optimisers take the config's numbers at the start and while they run; each is also a formula with derivatives."""

from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from playground.config import Optimizer, RunConfig, choices
from playground.training.optimizers import OPTIMIZERS
from playground.training.player import Player
from playground.training.trainer import Trainer

GRADIENTS = [0.5, -2.0, 1.0, 0.25]
SMALL: dict[str, Any] = {"g_width": 8, "d_width": 8, "batch_size": 16}


class Numbers(nn.Module):
    """A network that is nothing but weights, all 0 at first."""

    def __init__(self, count: int, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(count, dtype=dtype))


def player(name: Optimizer, count: int = 1, **changes: Any) -> Player:
    config = RunConfig(optimizer=name, **({"beta1": 0.5, "beta2": 0.9} | changes))
    return Player(Numbers(count), name, config, 0.1)


def descend(mover: Player, gradients: list[float]) -> float:
    """The first weight after these gradients."""
    for value in gradients:
        mover.descend([torch.full_like(mover.weights.vector, value)])
    return mover.weights.vector[0].item()


def by_hand(
    name: str, gradients: list[float], lrs: list[float], beta1: float = 0.5, beta2: float = 0.9, eps: float = 1e-8
) -> float:
    """The parameter after these gradients from 0, by the formulas of the papers."""
    x = first = second = last = 0.0
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
                ahead = (first / (1 - beta1**t)) / ((second / (1 - beta2**t)) ** 0.5 + eps)
                x -= lr * (2 * ahead - last if name == "optimistic_adam" else ahead)
                last = ahead
    return x


def test_the_table_is_the_configs_menu() -> None:
    assert list(OPTIMIZERS) == list(get_args(Optimizer))
    assert choices("d_optimizer") == ("same", *OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_follows_its_papers_formula(name: Optimizer) -> None:
    wanted = by_hand(name, GRADIENTS, [0.1] * 4)
    assert descend(player(name, 3), GRADIENTS) == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_new_learning_rate_acts_at_once_and_the_memory_stays(name: Optimizer) -> None:
    mover = player(name)
    descend(mover, GRADIENTS[:2])
    mover.tune(RunConfig(optimizer=name, beta1=0.5, beta2=0.9), 0.01)
    wanted = by_hand(name, GRADIENTS, [0.1, 0.1, 0.01, 0.01])
    assert descend(mover, GRADIENTS[2:]) == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("beta1", [0.0, 0.5])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_formula_of_an_optimizer_is_what_moves_the_networks(name: Optimizer, beta1: float) -> None:
    """In double precision, from its own memory as from none, and where some weights have never had a gradient."""
    rng = torch.Generator().manual_seed(1)
    config = RunConfig(optimizer=name, beta1=beta1, beta2=0.9)
    mover = Player(Numbers(6, torch.float64), name, config, 0.1)
    weights: Tensor = mover.weights.vector.detach().clone()
    memory: dict[str, Any] = {}
    for step in range(6):
        if step == 3:
            memory = mover.optimizer.state[mover.weights.vector]
        gradient = torch.randn(6, dtype=torch.float64, generator=rng) * torch.tensor([1, 1e-6, 1e6, 1, 1, 0])
        weights, memory = mover.rule.step(weights, gradient, memory, mover.numbers(memory))
        mover.descend([gradient])
        torch.testing.assert_close(weights, mover.weights.vector.detach(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_formula_of_an_optimizer_can_be_differentiated(name: Optimizer) -> None:
    """Against finite differences: three steps, by what the weights and the gradients are."""
    rule, config = OPTIMIZERS[name], RunConfig(optimizer=name, beta1=0.5, beta2=0.9)
    options = {"lr": 0.1, "eps": 1e-8} | rule.options(config)

    def three(weights: Tensor, *gradients: Tensor) -> Tensor:
        memory: dict[str, Any] = {}
        for gradient in gradients:
            weights, memory = rule.step(weights, gradient, memory, rule.numbers(options, memory))
        return weights

    rng = torch.Generator().manual_seed(2)
    given = [torch.randn(4, dtype=torch.float64, generator=rng, requires_grad=True) for _ in range(4)]
    assert torch.autograd.gradcheck(three, given)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_weight_without_gradient_has_finite_derivatives_and_a_lost_one_is_seen(name: Optimizer) -> None:
    rule = OPTIMIZERS[name]
    options = {"lr": 0.1, "eps": 1e-8} | rule.options(RunConfig(optimizer=name))
    gradient = torch.tensor([0.0, 1.0, float("nan")], requires_grad=True)
    moved, _ = rule.step(torch.zeros(3), gradient, {}, rule.numbers(options, {}))
    assert moved.isfinite().tolist() == [True, True, False]
    (slope,) = torch.autograd.grad(moved[:2].sum(), gradient)
    assert slope[:2].isfinite().all()


def test_each_player_follows_its_own_rule() -> None:
    """D by SGD beside G by Adam moves as where both follow SGD, and G as where both follow Adam."""

    def first_step(**changes: Any) -> Trainer:
        trainer = Trainer(RunConfig(**SMALL, **changes))
        trainer.update_discriminator()
        trainer.discriminator.load_state_dict(Trainer(trainer.config).discriminator.state_dict())
        trainer.update_generator()
        return trainer

    def weights(trainer: Trainer) -> tuple[Tensor, Tensor]:
        alone = Trainer(trainer.config)
        alone.update_discriminator()
        return alone.d.weights.vector.detach(), trainer.g.weights.vector.detach()

    both = weights(first_step(d_optimizer="sgd"))
    sgd, adam = weights(first_step(optimizer="sgd")), weights(first_step())
    assert torch.equal(both[0], sgd[0]) and torch.equal(both[1], adam[1])
    assert not torch.equal(both[0], adam[0]) and not torch.equal(both[1], sgd[1])


@pytest.mark.parametrize("k", [1, 2])
def test_learning_rates_fall_in_a_straight_line_from_the_step_at_which_they_were_set(k: int) -> None:
    """Both fall with G's steps, as noise does; at 0 nothing moves any more."""
    trainer = Trainer(RunConfig(**SMALL, k=k, lr_d=4e-3, lr_decay=4))
    rates = []
    for _ in range(6):
        rates.append([player.optimizer.param_groups[0]["lr"] for player in (trainer.d, trainer.g)])
        trainer.step()
    assert rates == [pytest.approx([4 * lr, lr]) for lr in (1e-3, 0.75e-3, 0.5e-3, 0.25e-3, 0, 0)]
    before = trainer.d.weights.vector.detach().clone(), trainer.g.weights.vector.detach().clone()
    trainer.step()
    assert torch.equal(trainer.d.weights.vector, before[0]) and torch.equal(trainer.g.weights.vector, before[1])
    trainer.apply(trainer.config.replace(instance_noise=0.1, beta1=0.3))  # others do not start it anew
    assert trainer.g.optimizer.param_groups[0]["lr"] == 0
    trainer.apply(trainer.config.replace(lr_g=8e-3))
    assert [player.optimizer.param_groups[0]["lr"] for player in (trainer.d, trainer.g)] == [4e-3, 8e-3]
    trainer.step()
    assert trainer.g.optimizer.param_groups[0]["lr"] == pytest.approx(6e-3)
    trainer.apply(trainer.config.replace(lr_decay=0))
    trainer.step()
    assert trainer.g.optimizer.param_groups[0]["lr"] == 8e-3


def test_a_state_from_before_learning_rates_could_fall_goes_on() -> None:
    trainer = Trainer(RunConfig(**SMALL))
    trainer.step()
    state = trainer.state()
    del state["rates_since"]
    for name in ("d_optimizer", "lr_decay"):
        del state["config"][name]
    again = Trainer.restored(state)
    trainer.step()
    again.step()
    assert torch.equal(trainer.g.weights.vector, again.g.weights.vector)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_new_betas_act_at_once(name: Optimizer) -> None:
    """Momentum that comes up from 0 in the middle of a run is the hardest case: there was no memory before."""
    mover = player(name, beta1=0.0, beta2=0.5)
    before = descend(mover, [1.0])
    mover.tune(RunConfig(optimizer=name, beta1=0.5, beta2=0.9), 0.1)
    after = descend(mover, [1.0])
    moved = before - after
    if name == "sgd":
        assert moved == pytest.approx(0.1, rel=1e-5)  # no memory yet
        assert after - descend(mover, [1.0]) == pytest.approx(0.15, rel=1e-5)
    elif name == "rmsprop":
        assert moved == pytest.approx(0.1 / (0.9 * 0.5 + 0.1) ** 0.5, rel=1e-4)
    else:
        first, second = (0.5 * 1 + 0.5 * 1) / (1 - 0.5**2), (0.9 * 0.5 + 0.1) / (1 - 0.9**2)
        ahead = first / second**0.5
        assert moved == pytest.approx(0.1 * (2 * ahead - 1 if name == "optimistic_adam" else ahead), rel=1e-4)
