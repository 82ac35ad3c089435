"""Games of two numbers that go round in circles: the Dirac-GAN, and what damps it (Mescheder et al. 2018, 1801.04406).

The data are one point at 0, the generator makes one point at θ, and D(x) = ψ x. With f(t) = −log(1 + e^(−t)) G
descends and D ascends V(θ, ψ) = f(θψ) + f(0), whose only equilibrium is (0, 0).
"""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Field = Callable[[float, float], tuple[float, float]]
"""(θ, ψ) -> the directions in which the two players move."""
Order = Literal["simultaneous", "alternating"]

STEP, START, STEPS, R1_GAMMA, CONSENSUS_GAMMA = 0.2, (1.0, 1.0), 500, 0.3, 1.0
"""The lesson's opening values."""


def _slope(t: float) -> float:
    """f'(t) = 1 / (1 + e^t), without overflow."""
    return 1 / (1 + math.exp(t)) if t < 0 else math.exp(-t) / (1 + math.exp(-t))


def gan(theta: float, psi: float) -> tuple[float, float]:
    """The minimax game: G descends f(θψ), D ascends it."""
    slope = _slope(theta * psi)
    return -psi * slope, theta * slope


def non_saturating(theta: float, psi: float) -> tuple[float, float]:
    """G ascends log D instead, −f(−θψ) descended: its push grows where D is sure."""
    return -psi * _slope(-theta * psi), theta * _slope(theta * psi)


def wasserstein(theta: float, psi: float) -> tuple[float, float]:
    """f(t) = t: the bilinear game x·y, whose players circle (0, 0) for ever."""
    return -psi, theta


def r1(gamma: float = R1_GAMMA) -> Field:
    """The minimax game with the penalty γ E‖∇D‖² at the data, as the lecture writes it, without the usual ½: γψ²."""

    def field(theta: float, psi: float) -> tuple[float, float]:
        push, pull = gan(theta, psi)
        return push, pull - 2 * gamma * psi

    return field


def consensus(gamma: float = CONSENSUS_GAMMA) -> Field:
    """The minimax game v with v − γ ∇ ½‖v‖² (Mescheder et al. 2017, arXiv 1705.10461)."""

    def field(theta: float, psi: float) -> tuple[float, float]:
        slope = _slope(theta * psi)
        bend = -slope * (1 - slope)  # f''
        # ½‖v‖² = ½ (θ² + ψ²) f'(θψ)²
        common = (theta**2 + psi**2) * slope * bend
        push, pull = gan(theta, psi)
        return push - gamma * (theta * slope**2 + psi * common), pull - gamma * (psi * slope**2 + theta * common)

    return field


def wgan_gp(gamma: float = 0.3) -> Field:
    """The bilinear game with the penalty γ (|∇D| − 1)²: it asks for a slope of 1, also where there is none to have."""

    def field(theta: float, psi: float) -> tuple[float, float]:
        push, pull = wasserstein(theta, psi)
        return push, pull - 2 * gamma * float(np.sign(psi)) * (abs(psi) - 1)

    return field


def instance_noise(sigma: float = 0.7) -> Field:
    """The minimax game with N(0, σ²) on both points, exactly in the mean: its gradients by Gauss-Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(32)
    noise, shares = sigma * nodes, weights / weights.sum()

    def field(theta: float, psi: float) -> tuple[float, float]:
        made = theta + noise
        on_made, on_data = expit(-psi * made), expit(psi * noise)
        return float(shares @ (-psi * on_made)), float(shares @ (made * on_made - noise * on_data))

    return field


GAMES: dict[str, Field] = {"gan": gan, "non_saturating": non_saturating, "r1": r1(), "consensus": consensus()}
"""The games whose radius the lesson compares."""


def trajectory(
    field: Field, order: Order, step: float = STEP, start: tuple[float, float] = START, steps: int = STEPS
) -> Floats:
    """θ and ψ at the start and after each step, (steps + 1, 2); inf or NaN where the game explodes.

    simultaneous: both move from where both stand. alternating: D moves first, as in Algorithm 1, and G answers.
    """
    path = np.empty((steps + 1, 2))
    path[0] = theta, psi = start
    for i in range(1, steps + 1):
        try:
            push, pull = field(theta, psi)
            psi_next = psi + step * pull
            if order == "alternating":
                push, _ = field(theta, psi_next)
            theta, psi = theta + step * push, psi_next
        except OverflowError:
            path[i:] = math.inf
            break
        path[i] = theta, psi
    return path


def radius(path: Floats) -> Floats:
    """The distance from the equilibrium at each step of a trajectory, (steps + 1,)."""
    return np.hypot(path[:, 0], path[:, 1])


def jacobian(field: Field, at: tuple[float, float] = (0.0, 0.0), width: float = 1e-5) -> Floats:
    """The derivative of the field, (2, 2), by central differences. Its eigenvalues at (0, 0) decide who converges:
    purely imaginary ones mean circles."""
    columns = []
    for shift in ((width, 0.0), (0.0, width)):
        ahead = np.array(field(at[0] + shift[0], at[1] + shift[1]))
        behind = np.array(field(at[0] - shift[0], at[1] - shift[1]))
        columns.append((ahead - behind) / (2 * width))
    return np.stack(columns, axis=1)
