"""Fits against closed forms, adaptive quadrature and a search of another kind."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import differential_evolution
from scipy.stats import norm

from playground.lessons import divergences
from playground.lessons.divergences import INTEGRANDS, MEANS, VARIANCES, WEIGHTS

F: dict[str, Callable[[float], float]] = {
    "KL": lambda u: u * math.log(u) if u > 0 else 0.0,
    "reverse_KL": lambda u: -math.log(u),
    "JS": lambda u: (u * math.log(2 * u / (u + 1)) + math.log(2 / (u + 1))) / 2,
    "Jeffrey": lambda u: (u - 1) * math.log(u),
    "Pearson": lambda u: (u - 1) ** 2,
    "squared_Hellinger": lambda u: (math.sqrt(u) - 1) ** 2,
    "total_variation": lambda u: abs(u - 1) / 2,
}
"""The generators f of ∫ q f(p/q)."""


def p(x: float) -> float:
    return float(sum(w * norm.pdf(x, m, v**0.5) for w, m, v in zip(WEIGHTS, MEANS, VARIANCES, strict=True)))


@pytest.mark.parametrize("name", INTEGRANDS)
def test_the_sum_agrees_with_adaptive_quadrature(name: str) -> None:
    def height(x: float) -> float:
        q = float(norm.pdf(x, 0.8, 1.7))
        return q * F[name](p(x) / q)

    exact = sum(quad(height, low, high, limit=400)[0] for low, high in ((-9, -2), (-2, 0), (0, 3), (3, 11)))
    assert divergences.divergence(name, 0.8, 1.7) == pytest.approx(exact, abs=2e-5)


def test_by_kl_the_best_gaussian_has_the_mixtures_mean_and_variance() -> None:
    """Maximum likelihood matches moments."""
    mean = sum(w * m for w, m in zip(WEIGHTS, MEANS, strict=True))
    variance = sum(w * (v + m * m) for w, m, v in zip(WEIGHTS, MEANS, VARIANCES, strict=True)) - mean**2
    found = divergences.fit("KL")
    assert found.mu == pytest.approx(mean, abs=1e-5) and found.sigma == pytest.approx(math.sqrt(variance), abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", INTEGRANDS)
def test_no_other_valley_is_deeper(name: str) -> None:
    def cost(at: np.ndarray) -> float:
        found = divergences.divergence(name, at[0], math.exp(at[1]))
        return found if math.isfinite(found) else 1e9

    other = differential_evolution(cost, [(-2, 4), (-1.8, 1.2)], seed=0, maxiter=40, popsize=8)
    assert divergences.fit(name).divergence <= other.fun + 1e-7


def test_nothing_beats_a_fit_on_its_own_scale() -> None:
    table = divergences.table()
    for tested in INTEGRANDS:
        assert min(table, key=lambda trained: table[trained][tested]) == tested
        assert table[tested][tested] == divergences.fit(tested).divergence
    for row in table.values():
        assert row["Jeffrey"] == pytest.approx(row["KL"] + row["reverse_KL"])


def test_where_an_integral_does_not_converge() -> None:
    """∫ p²/q needs a q with at least half of p's variance in the tail: 2 / 2 = 1."""
    assert divergences.divergence("Pearson", 1.0, 0.9) == math.inf
    assert math.isfinite(divergences.divergence("Pearson", 1.0, 1.5))
    assert divergences.divergence("KL", 1.0, 0.5) > 1
