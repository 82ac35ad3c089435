"""The Dirac-GAN against automatic differentiation of its game, and against what can be derived by hand."""

import math

import numpy as np
import pytest
import torch
from scipy.special import expit

from playground.lessons import circles
from playground.lessons.circles import GAMES, Order

POINTS = [(1.0, 1.0), (-0.3, 2.0), (0.7, -1.2), (3.0, 4.0), (0.0, 0.0)]


def value(theta: torch.Tensor, psi: torch.Tensor) -> torch.Tensor:
    """V = f(θψ) + f(0)."""
    return torch.nn.functional.logsigmoid(theta * psi) + torch.nn.functional.logsigmoid(torch.zeros(()))


def game(name: str, at: tuple[float, float]) -> tuple[float, float]:
    """The field by automatic differentiation, in double precision."""
    theta, psi = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in at)
    v = value(theta, psi)
    g_loss, d_gain = v, v
    if name == "non_saturating":
        g_loss = -torch.nn.functional.logsigmoid(-theta * psi)
    if name == "r1":
        d_gain = v - 0.3 * psi**2  # γ‖∇D‖² at the data, ∇D = ψ
    (push,) = torch.autograd.grad(-g_loss, theta, create_graph=True)
    (pull,) = torch.autograd.grad(d_gain, psi, create_graph=True)
    if name == "consensus":
        bend = torch.autograd.grad((push**2 + pull**2) / 2, (theta, psi), allow_unused=True)
        push, pull = push - bend[0], pull - bend[1]
    return push.item(), pull.item()


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("at", POINTS)
def test_every_field_is_its_games_gradient(name: str, at: tuple[float, float]) -> None:
    np.testing.assert_allclose(GAMES[name](*at), game(name, at), atol=1e-12)


def test_the_bilinear_game_grows_by_the_same_factor_each_step() -> None:
    """Simultaneous steps of x·y turn and stretch by √(1 + h²); alternating ones keep θ² + ψ² bounded."""
    path = circles.trajectory(circles.wasserstein, "simultaneous", step=0.1, steps=100)
    np.testing.assert_allclose(circles.radius(path)[-1], math.sqrt(2) * 1.01**50)
    turning = circles.radius(circles.trajectory(circles.wasserstein, "alternating", step=0.1, steps=5000))
    assert 1.3 < turning.min() < turning.max() < 1.6


@pytest.mark.parametrize(
    ("name", "order", "low", "high"),
    [
        ("gan", "simultaneous", 1.6, math.inf),  # spirals outwards from √2
        ("gan", "alternating", 1.2, 1.6),  # circles
        ("non_saturating", "simultaneous", 0.1, 1.4),  # comes in, and slowly
        ("r1", "simultaneous", 0, 1e-6),
        ("r1", "alternating", 0, 1e-6),
        ("consensus", "simultaneous", 0, 1e-6),
        ("consensus", "alternating", 0, 1e-6),
    ],
)
def test_who_arrives(name: str, order: Order, low: float, high: float) -> None:
    assert low <= circles.radius(circles.trajectory(GAMES[name], order))[-1] <= high


def test_the_eigenvalues_say_who_arrives() -> None:
    """At (0, 0): ±i/2 for the game alone; −γ ± √(γ² − ¼) under R1, so a negative real part."""
    alone = np.linalg.eigvals(circles.jacobian(circles.gan))
    np.testing.assert_allclose(sorted(alone.imag), [-0.5, 0.5], atol=1e-8)
    np.testing.assert_allclose(alone.real, 0, atol=1e-8)
    damped = np.linalg.eigvals(circles.jacobian(circles.r1(0.3)))
    np.testing.assert_allclose(damped.real, -0.3, atol=1e-6)
    np.testing.assert_allclose(np.abs(damped.imag), math.sqrt(0.25 - 0.09), atol=1e-6)


def test_an_exploding_game_ends_in_infinity() -> None:
    """By arithmetic that overflows without a word (×26 in the square each step), and by arithmetic that raises."""
    path = circles.trajectory(circles.wasserstein, "simultaneous", step=5.0, steps=1000)
    np.testing.assert_allclose(circles.radius(path)[400], math.sqrt(2) * 26.0**200)
    assert path.shape == (1001, 2) and not np.isfinite(path[-1]).any()
    wild = circles.trajectory(lambda theta, psi: (theta**3, psi**3), "simultaneous", step=10.0, steps=50)
    assert wild.shape == (51, 2) and np.isinf(wild[-1]).all()


def test_noise_on_both_points_is_the_mean_over_draws_and_pulls_inwards() -> None:
    noise = np.random.default_rng(0).normal(0, 0.7, size=400_000)
    theta, psi = 0.8, -0.5
    drawn = theta + noise
    slope = expit(-psi * drawn)
    expected = (-(psi * slope).mean(), (drawn * slope).mean() - (noise * expit(psi * noise)).mean())
    assert circles.instance_noise()(theta, psi) == pytest.approx(expected, abs=3e-3)
    assert np.linalg.eigvals(circles.jacobian(circles.instance_noise())).real.max() < -0.05


def test_a_penalty_for_slopes_other_than_one_does_not_come_to_rest() -> None:
    field = circles.wgan_gp()
    assert field(0.5, 2.0) == pytest.approx((-2.0, 0.5 - 0.6)) and field(0.5, -2.0) == pytest.approx((2.0, 0.5 + 0.6))
    late = circles.radius(circles.trajectory(field, "alternating", 0.1, steps=3000))[-500:]
    assert late.min() > 0.2 or late.max() > 0.5
