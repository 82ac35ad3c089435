"""Penalties at discriminators whose slope is known exactly."""

import pytest
import torch
from torch import Tensor

from playground.objectives import PENALTIES
from playground.training.penalties import interpolates, slope_penalty

W = torch.tensor([[3.0, 4.0], [0.6, 0.0], [0.0, 0.0]])
"""One slope per lane: norms 5, 0.6 and 0."""
POINTS = {
    kind: torch.randn(3, 7, 2, generator=torch.Generator().manual_seed(seed))
    for seed, kind in enumerate(("real", "fake", "interpolates"))
}


def linear(x: Tensor) -> Tensor:
    """d(x) = w · x in each lane: its slope is w everywhere."""
    return (x * W[:, None]).sum(-1, keepdim=True)


@pytest.mark.parametrize(
    ("name", "by_lane"),
    [
        ("gradient_penalty", [16.0, 0.16, 1.0]),
        ("r1", [12.5, 0.18, 0.0]),
        ("r1_r2", [25.0, 0.36, 0.0]),
        ("zero_centred", [25.0, 0.36, 0.0]),
    ],
)
def test_a_linear_discriminators_penalty_is_known_for_each_lane(name: str, by_lane: list[float]) -> None:
    """(‖w‖ − 1)², ½‖w‖², twice that, and ‖w‖²."""
    penalty = slope_penalty(PENALTIES[name], linear, POINTS)
    torch.testing.assert_close(penalty, torch.tensor(by_lane))


def test_each_penalty_looks_at_its_own_points() -> None:
    """d(x) = ½‖x‖² has slope x: R1 is half the mean square of the real points, R2 that of the fakes."""

    def bowl(x: Tensor) -> Tensor:
        return 0.5 * x.square().sum(-1, keepdim=True)

    square = {kind: x.square().sum(-1).mean(1) for kind, x in POINTS.items()}
    torch.testing.assert_close(slope_penalty(PENALTIES["r1"], bowl, POINTS), 0.5 * square["real"])
    both = 0.5 * (square["real"] + square["fake"])
    torch.testing.assert_close(slope_penalty(PENALTIES["r1_r2"], bowl, POINTS), both)
    mixed = (POINTS["interpolates"].norm(dim=-1) - 1).square().mean(1)
    torch.testing.assert_close(slope_penalty(PENALTIES["gradient_penalty"], bowl, POINTS), mixed)
    between = square["interpolates"]
    torch.testing.assert_close(slope_penalty(PENALTIES["zero_centred"], bowl, POINTS), between)


@pytest.mark.parametrize(
    ("name", "by_w"), [("gradient_penalty", 1.6), ("r1", 1.0), ("r1_r2", 2.0), ("zero_centred", 2.0)]
)
def test_second_derivatives_reach_the_weights(name: str, by_w: float) -> None:
    """∂/∂w of (‖w‖ − 1)² is 2 (‖w‖ − 1) w/‖w‖; of ½‖w‖² it is w; of R1 + R2 and of ‖w‖² it is 2w. Here ‖w‖ = 5."""
    w = W[:1].clone().requires_grad_()

    def network(x: Tensor) -> Tensor:
        return (x * w[:, None]).sum(-1, keepdim=True)

    points = {kind: x[:1] for kind, x in POINTS.items()}
    (gradient,) = torch.autograd.grad(slope_penalty(PENALTIES[name], network, points).sum(), w)
    torch.testing.assert_close(gradient, by_w * W[:1])


@pytest.mark.parametrize("name", [name for name, row in PENALTIES.items() if row.points])
def test_a_lanes_penalty_depends_on_its_own_points_alone(name: str) -> None:
    def cubic(x: Tensor) -> Tensor:
        return x.pow(3).sum(-1, keepdim=True)

    before = slope_penalty(PENALTIES[name], cubic, POINTS)
    other = {kind: torch.cat([x[:1], x[1:] + 100]) for kind, x in POINTS.items()}
    after = slope_penalty(PENALTIES[name], cubic, other)
    assert torch.equal(after[0], before[0])
    assert (after[1:] != before[1:]).all()


@pytest.mark.parametrize("name", ["r1", "r1_r2", "zero_centred"])
def test_a_flat_discriminator_has_a_finite_gradient(name: str) -> None:
    w = torch.zeros(3, 2, requires_grad=True)
    penalty = slope_penalty(PENALTIES[name], lambda x: (x * w[:, None]).sum(-1), POINTS)
    (gradient,) = torch.autograd.grad(penalty.sum(), w)
    assert torch.equal(gradient, torch.zeros(3, 2))


def test_the_points_are_left_as_they_were() -> None:
    slope_penalty(PENALTIES["r1_r2"], linear, POINTS)
    assert not any(x.requires_grad for x in POINTS.values())


def test_interpolates_lie_on_the_line_from_real_to_fake() -> None:
    real, fake = POINTS["real"], POINTS["fake"]
    torch.testing.assert_close(interpolates(real, fake, torch.zeros(3, 7, 1)), real)
    torch.testing.assert_close(interpolates(real, fake, torch.ones(3, 7, 1)), fake)
    torch.testing.assert_close(interpolates(real, fake, torch.full((3, 7, 1), 0.25)), 0.75 * real + 0.25 * fake)
