"""The Dirac-GAN as a run: every rule's way is that of an independent simulation, in the Trainer's single precision."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from playground.config import ConfigError, RunConfig
from playground.lessons import circles
from playground.recipes import RECIPES
from playground.training.checkpoint import pack, unpack
from playground.training.trainer import Trainer

Floats = circles.Floats
LR, STEPS = 0.1, 200


def game(**changes: Any) -> RunConfig:
    plain = {"optimizer": "sgd", "beta1": 0.0, "lr_g": LR, "lr_d": LR, "batch_size": 4}
    return RunConfig(dataset="dirac", **plain | changes)  # type: ignore[arg-type]


def stands(trainer: Trainer) -> Floats:
    """θ and ψ of every lane, (S, 2)."""
    numbers = [*trainer.generator.parameters(), *trainer.discriminator.parameters()]
    found: Floats = np.stack([number.detach().flatten().double().numpy() for number in numbers], axis=1)
    return found


def path(config: RunConfig, steps: int = STEPS, act: Callable[[Trainer], object] = Trainer.step) -> Floats:
    """θ and ψ of the first lane at the start and after each step, (steps + 1, 2)."""
    trainer = Trainer(config)
    found = [stands(trainer)[0]]
    for _ in range(steps):
        act(trainer)
        found.append(stands(trainer)[0])
    return np.array(found)


def simulated(field: circles.Field, order: circles.Order = "alternating") -> Floats:
    """The lesson's trajectory from (1, 1). There a large D(x) means "generated", so ψ has the other sign."""
    found: Floats = circles.trajectory(field, order, LR, (1.0, -1.0), STEPS) * (1.0, -1.0)
    return found


GAMES: dict[str, tuple[dict[str, Any], circles.Field]] = {
    "minimax": ({"loss": "minimax"}, circles.gan),
    "non-saturating": ({"loss": "non_saturating"}, circles.non_saturating),
    "bilinear": ({"loss": "wasserstein"}, circles.wasserstein),
    "R1": ({"loss": "minimax", "penalty": "r1", "penalty_weight": 0.6}, circles.r1(0.3)),
    "R1 + R2": ({"loss": "minimax", "penalty": "r1_r2", "penalty_weight": 0.3}, circles.r1(0.3)),
}


@pytest.mark.parametrize("name", GAMES)
def test_the_way_is_that_of_the_lecture(name: str) -> None:
    changes, field = GAMES[name]
    np.testing.assert_allclose(path(game(**changes)), simulated(field), atol=1e-4)


@pytest.mark.parametrize("name", GAMES)
def test_both_at_once_is_the_lectures_simultaneous_descent(name: str) -> None:
    changes, field = GAMES[name]
    found = path(game(updates="simultaneous", **changes))
    np.testing.assert_allclose(found, simulated(field, "simultaneous"), atol=2e-4)


@pytest.mark.parametrize("weight", [0.3, 1.0])
def test_consensus_is_the_lectures(weight: float) -> None:
    found = path(game(loss="minimax", updates="simultaneous", consensus=weight))
    np.testing.assert_allclose(found, simulated(circles.consensus(weight), "simultaneous"), atol=1e-4)


@pytest.mark.parametrize(("updates", "factor"), [("simultaneous", 1 + LR**2), ("extragradient", 1 - LR**2 + LR**4)])
def test_the_bilinear_radius_grows_or_shrinks_by_the_known_factor(updates: str, factor: float) -> None:
    """Each step is a turn times √(1 + η²), or, by the gradients one step ahead, times √(1 − η² + η⁴)."""
    radius = circles.radius(path(game(loss="wasserstein", updates=updates)))
    np.testing.assert_allclose(radius, math.sqrt(2) * factor ** (np.arange(STEPS + 1) / 2), rtol=1e-4)


def softplus_slope(t: Floats | float) -> Any:
    return 1 / (1 + np.exp(-np.asarray(t, dtype=float)))


BY_HAND: dict[str, Callable[[float, float], tuple[float, float]]] = {
    # loss -> (dL_G/dθ, dL_D/dψ), derived from the formulas with d(0) = 0 and d(θ) = ψθ
    "least_squares": lambda t, p: (p * (p * t - 1), t * (p * t)),
    "hinge": lambda t, p: (-p, t * float(p * t > -1)),
    "relativistic": lambda t, p: (-p * softplus_slope(-p * t), t * softplus_slope(p * t)),
}


@pytest.mark.parametrize("loss", BY_HAND)
def test_the_other_losses_follow_their_derivatives(loss: str) -> None:
    theta, psi = 1.0, 1.0
    expected = [(theta, psi)]
    for _ in range(STEPS):
        psi -= LR * BY_HAND[loss](theta, psi)[1]
        theta -= LR * BY_HAND[loss](theta, psi)[0]
        expected.append((theta, psi))
    np.testing.assert_allclose(path(game(loss=loss)), expected, atol=1e-4)


def test_bilinear_alternating_keeps_its_quadratic_form() -> None:
    """ψ' = ψ − ηθ, θ' = θ + ηψ' keeps θ² + ψ² − ηθψ: the run stays on an ellipse, and so never gets anywhere."""
    theta, psi = path(game(loss="wasserstein")).T
    np.testing.assert_allclose(theta**2 + psi**2 - LR * theta * psi, 2 - LR, rtol=1e-5)


def test_clipping_keeps_the_critics_slope_within_its_bounds() -> None:
    """With |ψ| = c all the time but for the moment of turning, G walks ηc each step, to and fro."""
    theta, psi = path(game(loss="wasserstein", clip=0.05)).T
    expected = [(1.0, 1.0)]
    for _ in range(STEPS):
        t, p = expected[-1]
        p = min(max(p - LR * t, -0.05), 0.05)
        expected.append((t + LR * p, p))
    np.testing.assert_allclose(np.stack([theta, psi], axis=1), expected, atol=1e-4)


def test_k_updates_of_the_discriminator_are_k_steps_in_psi() -> None:
    expected = [(1.0, 1.0)]
    for _ in range(STEPS):
        t, p = expected[-1]
        p -= 3 * 0.02 * t
        expected.append((t + LR * p, p))
    np.testing.assert_allclose(path(game(loss="wasserstein", k=3, lr_d=0.02)), expected, atol=2e-4)


def test_instance_noise_pulls_in_as_an_independent_loop_does() -> None:
    """The same noise, in double precision, by a loop of one's own: the mean of softplus' over both noisy batches."""
    config = game(loss="minimax", instance_noise=0.7, batch_size=64)
    trainer, twin = Trainer(config), Trainer(config)
    theta, psi = 1.0, 1.0
    for _ in range(STEPS):
        noise = [twin.game.take("noise").double().numpy().ravel() for _ in range(3)]
        real, fake = 0.7 * noise[0], theta + 0.7 * noise[1]
        psi -= LR * float((-real * softplus_slope(-psi * real) + fake * softplus_slope(psi * fake)).mean())
        fake = theta + 0.7 * noise[2]
        theta -= LR * float((-psi * softplus_slope(psi * fake)).mean())
        trainer.step()
    np.testing.assert_allclose(stands(trainer)[0], (theta, psi), atol=1e-4)
    assert math.hypot(theta, psi) < 0.5 < math.sqrt(2)


def test_in_double_precision_the_way_is_exact() -> None:
    def in_double(trainer: Trainer) -> None:
        for network in (trainer.generator, trainer.discriminator):
            for number in network.parameters():
                number.data = number.data.double()

    trainer = Trainer(game(loss="minimax"))
    in_double(trainer)
    theta, psi = (next(network.parameters()) for network in (trainer.generator, trainer.discriminator))
    found = [(theta.item(), psi.item())]
    for _ in range(
        STEPS
    ):  # the Trainer's optimisers hold the single-precision vectors: here the losses alone are tried
        real = (torch.zeros(1, 4, 1, dtype=torch.float64), None)
        fake = (trainer.generator(torch.zeros(1, 4, 1)).detach(), None)
        (slope,) = torch.autograd.grad(trainer.game.discriminator_loss(real, fake).total.sum(), [psi])
        psi.data -= LR * slope
        loss = trainer.game.generator_loss(trainer.generator(torch.zeros(1, 4, 1)))
        (slope,) = torch.autograd.grad(loss.sum(), [theta])
        theta.data -= LR * slope
        found.append((theta.item(), psi.item()))
    np.testing.assert_allclose(found, simulated(circles.gan), atol=1e-12)


def test_at_learning_rate_1_the_bilinear_game_has_six_places() -> None:
    """(θ, ψ) -> (ψ, ψ − θ): a turn by a sixth in the metric of its quadratic form."""
    way = path(game(loss="wasserstein", lr_g=1, lr_d=1, theta=1, psi=0.5), steps=12)
    np.testing.assert_allclose(
        way[:7], [(1, 0.5), (0.5, -0.5), (-0.5, -1), (-1, -0.5), (-0.5, 0.5), (0.5, 1), (1, 0.5)]
    )
    np.testing.assert_allclose(way[6:], way[:7])


@pytest.mark.parametrize(
    ("recipe", "radius"),
    [
        ("dirac", 1.413),
        ("dirac_non_saturating", 0.703),
        ("dirac_r1", 0.284),
        ("dirac_noise", 0.718),
        ("dirac_clipping", 0.1),
        ("bilinear", 1.414),
        ("bilinear_simultaneous", 2.331),
        ("bilinear_extragradient", 0.858),
        ("dirac_consensus", 0.299),
    ],
)
def test_a_recipe_comes_where_it_says(recipe: str, radius: float) -> None:
    theta, psi = path(RECIPES[recipe].config, steps=2500)[-1]
    assert math.hypot(theta, psi) == pytest.approx(radius, rel=0.02)


# Starts, lanes, resuming


def test_seed_0_starts_at_theta_and_psi_and_the_others_on_the_same_circle() -> None:
    config = game(theta=0.6, psi=-0.8, seeds=8)
    starts = stands(Trainer(config))
    np.testing.assert_allclose(starts[0], (0.6, -0.8), rtol=1e-7)
    np.testing.assert_allclose(np.hypot(*starts.T), 1.0, rtol=1e-6)
    angles = np.sort(np.arctan2(starts[:, 1], starts[:, 0]))
    gaps = np.diff([*angles, angles[0] + 2 * math.pi])
    assert gaps.min() > math.radians(20) and gaps.max() < math.radians(60)  # eighths would be 45 degrees


def test_a_lane_of_several_is_that_seed_alone() -> None:
    config = game(seeds=4, seed=3, instance_noise=0.2)
    together = Trainer(config)
    alone = [Trainer(config.replace(seed=3 + lane, seeds=1)) for lane in range(4)]
    for trainer in (together, *alone):
        for _ in range(30):
            trainer.step()
    np.testing.assert_allclose(stands(together), np.concatenate([stands(one) for one in alone]), atol=1e-6)


def test_a_resumed_run_goes_on_bit_for_bit() -> None:
    config = game(optimizer="adam", beta1=0.5, instance_noise=0.3, penalty="r1", ema=0.9)
    straight, first = Trainer(config), Trainer(config)
    for _ in range(100):
        first.step()
    second = Trainer.restored(unpack(pack(first.state())))
    for _ in range(100):
        second.step()
    for _ in range(200):
        straight.step()
    assert (stands(straight) == stands(second)).all()


@pytest.mark.parametrize(
    "changes", [{"spectral_norm": True}, {"init": "orthogonal"}, {"data_units": False}, {"last_gain": 1.0}]
)
def test_what_two_numbers_can_not_have_is_refused_by_name(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(changes))} can't be changed for dataset=dirac, whose networks"):
        RunConfig().replace(dataset="dirac", **changes)


def test_the_networks_are_two_numbers() -> None:
    trainer = Trainer(game(seeds=3, g_width=512))
    both: list[nn.Module] = [trainer.generator, trainer.discriminator]
    assert [sum(number.numel() for number in network.parameters()) for network in both] == [3, 3]
