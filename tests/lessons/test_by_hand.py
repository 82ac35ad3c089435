"""One update against automatic differentiation in double precision, and against numbers worked out with a pencil."""

import math

import numpy as np
import pytest
import torch

from playground.lessons import by_hand


def test_the_first_point_with_a_pencil() -> None:
    """D(1, 2) = 1/(1 + e^(−0.1 + 0.4 + 2)), and ∂ log D/∂a = (1 − D) · 1."""
    d = 1 / (1 + math.exp(2.3))
    done = by_hand.update()
    assert done.d_real[0] == pytest.approx(d)
    assert done.d_log_d_da[0] == pytest.approx((1 - d) * 1)
    assert done.d_log_d_db[0] == pytest.approx(-(1 - d) * 2)


@pytest.mark.parametrize(("a", "b", "rate"), [(0.1, 0.2, 0.02), (-1.3, 0.7, 0.5), (0.9, -0.3, 0.1)])
def test_every_digit_agrees_with_automatic_differentiation(a: float, b: float, rate: float) -> None:
    weights = torch.tensor([a, b], dtype=torch.float64, requires_grad=True)
    real, fake = (torch.tensor(points, dtype=torch.float64) for points in (by_hand.REAL, by_hand.FAKE))

    def d(x: torch.Tensor) -> torch.Tensor:
        return 1 / (1 + torch.exp(-weights[0] * x[:, 0] + weights[1] * x[:, 1] + 2))

    value = torch.log(d(real)).mean() + torch.log(1 - d(fake)).mean()
    (slope,) = torch.autograd.grad(value, weights)
    done = by_hand.update(a, b, rate=rate)
    assert done.value == pytest.approx(value.item(), abs=1e-12)
    np.testing.assert_allclose(done.gradient, slope.numpy(), rtol=1e-9)
    np.testing.assert_allclose(done.updated, (weights + rate * slope).detach().numpy(), rtol=1e-12)
    for i in range(2):
        (each,) = torch.autograd.grad(torch.log(d(real))[i], weights)
        np.testing.assert_allclose([done.d_log_d_da[i], done.d_log_d_db[i]], each.numpy(), rtol=1e-12)
        (each,) = torch.autograd.grad(torch.log(1 - d(fake))[i], weights)
        np.testing.assert_allclose([done.d_log_not_d_da[i], done.d_log_not_d_db[i]], each.numpy(), rtol=1e-9)


def test_steps_climb() -> None:
    a, b, values = by_hand.A, by_hand.B, []
    for _ in range(50):
        done = by_hand.update(a, b)
        values.append(done.value)
        a, b = done.updated
    assert values == sorted(values) and values[-1] > values[0] + 0.05


def test_far_away_nothing_overflows() -> None:
    done = by_hand.update(a=1e4)
    assert done.d_real[0] == 1.0 and math.isfinite(done.value) and done.value < -1e4


@pytest.mark.parametrize("points", [[], [[1.0]], [[math.nan, 0.0]], [[1.0, math.inf]]])
def test_what_are_no_points(points: object) -> None:
    with pytest.raises(ValueError, match="generated point"):
        by_hand.update(fake=points)


def test_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        by_hand.update(rate=math.inf)
