"""One update of a discriminator by hand: D(x) = 1 / (1 + exp(−a x₁ + b x₂ + 2)), each term by the chain rule."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

Floats = NDArray[np.float64]

A, B, OFFSET = 0.1, 0.2, 2.0
REAL = ((1.0, 2.0), (3.0, 4.0))
FAKE = ((5.0, 6.0), (7.0, 8.0))
RATE = 0.02
"""The lecture's example."""


@dataclass(frozen=True)
class Update:
    """What one step of gradient ascent on V = mean log D(real) + mean log(1 − D(fake)) works out, term by term.

    d_real, d_fake: (n,) and (m,) values of D. value: V.
    d_log_d_da, d_log_d_db: (n,) derivatives of log D(x) at each real point.
    d_log_not_d_da, d_log_not_d_db: (m,) derivatives of log(1 − D(x)) at each generated point.
    gradient: ∂V/∂a and ∂V/∂b. updated: a and b after the step.
    """

    d_real: Floats
    d_fake: Floats
    value: float
    d_log_d_da: Floats
    d_log_d_db: Floats
    d_log_not_d_da: Floats
    d_log_not_d_db: Floats
    gradient: tuple[float, float]
    updated: tuple[float, float]


def logit(points: Floats, a: float, b: float, offset: float = OFFSET) -> Floats:
    """log(D / (1 − D)) = a x₁ − b x₂ − offset of points (n, 2): (n,)."""
    return a * points[:, 0] - b * points[:, 1] - offset


def update(
    a: float = A,
    b: float = B,
    real: object = REAL,
    fake: object = FAKE,
    rate: float = RATE,
    offset: float = OFFSET,
) -> Update:
    """One step of a and b up the slope of V, all points of a kind weighing the same.

    real, fake: points (n, 2) and (m, 2). Raises ValueError where there are none, or where a number is not finite.
    ∂ log D/∂a = (1 − D) x₁ and ∂ log D/∂b = −(1 − D) x₂; ∂ log(1 − D)/∂a = −D x₁ and ∂ log(1 − D)/∂b = D x₂.
    """
    shown, made = _points(real, "real"), _points(fake, "generated")
    if not np.isfinite([a, b, rate, offset]).all():
        raise ValueError("a, b, the rate and the offset must be finite numbers.")
    real_logits, fake_logits = logit(shown, a, b, offset), logit(made, a, b, offset)
    d_real, d_fake = expit(real_logits), expit(fake_logits)
    real_terms = (expit(-real_logits) * shown[:, 0], -expit(-real_logits) * shown[:, 1])
    fake_terms = (-d_fake * made[:, 0], d_fake * made[:, 1])
    slope_a, slope_b = (float(up.mean() + down.mean()) for up, down in zip(real_terms, fake_terms, strict=True))
    return Update(
        d_real,
        d_fake,
        float(log_expit(real_logits).mean() + log_expit(-fake_logits).mean()),
        *real_terms,
        *fake_terms,
        (slope_a, slope_b),
        (a + rate * slope_a, b + rate * slope_b),
    )


def _points(given: object, which: str) -> Floats:
    points = np.asarray(given, dtype=float)
    if points.ndim != 2 or points.shape[0] == 0 or points.shape[1] != 2:
        raise ValueError(f"There must be at least one {which} point, each with two coordinates.")
    if not np.isfinite(points).all():
        raise ValueError(f"The coordinates of the {which} points must be finite numbers.")
    return points
