"""W1: an independent solver, closed forms, and the axioms of a distance."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance

from playground.data import Floats, make
from playground.metrics import transport
from playground.metrics.transport import matching, wasserstein_1

clouds = arrays(float, (6, 2), elements=st.floats(-100, 100))


def cloud(seed: int, n: int, dim: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((n, dim))


def by_assignment(x: Floats, y: Floats) -> float:
    costs = cdist(x, y)
    return float(costs[linear_sum_assignment(costs)].mean())


@pytest.mark.parametrize("n", [1, 2, 17, 256])
def test_against_the_assignment_problem(n: int) -> None:
    x, y = cloud(0, n, 2), 2 * cloud(1, n, 2) + 1
    assert wasserstein_1(x, y) == pytest.approx(by_assignment(x, y), rel=1e-9)


@pytest.mark.parametrize("fake", ["other draw", "one mode", "one point"])
def test_degenerate_clouds_against_the_assignment_problem(fake: str) -> None:
    """A collapsed generator makes every choice a tie: the simplex must neither cycle nor warn."""
    ring = make("ring8")
    real = ring.stratified(np.random.default_rng(0), 256)
    x = {"other draw": ring.sample(np.random.default_rng(1), 256), "one mode": np.tile(real[:32], (8, 1))}
    points = x.get(fake, np.full((256, 2), 0.5))
    assert wasserstein_1(points, real) == pytest.approx(by_assignment(points, real), rel=1e-9)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_translation_costs_its_length(dim: int) -> None:
    x, shift = cloud(0, 100, dim), np.arange(1.0, dim + 1)
    moved = np.random.default_rng(1).permutation(x) + shift
    assert wasserstein_1(x, moved) == pytest.approx(np.linalg.norm(shift), rel=1e-9)


@pytest.mark.parametrize("n", [1, 5, 1000])
def test_one_dimension_against_scipy(n: int) -> None:
    x, y = cloud(0, n, 1), 3 * cloud(1, n, 1) - 1
    assert wasserstein_1(x, y) == pytest.approx(wasserstein_distance(x[:, 0], y[:, 0]), rel=1e-12)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(clouds, clouds, clouds)
def test_is_a_distance(x: Floats, y: Floats, z: Floats) -> None:
    assert wasserstein_1(x, x[::-1]) == pytest.approx(0, abs=1e-9)
    there = wasserstein_1(x, y)
    assert there == pytest.approx(wasserstein_1(y, x), abs=1e-9)
    assert there <= wasserstein_1(x, z) + wasserstein_1(z, y) + 1e-9
    assert there >= np.linalg.norm(x.mean(axis=0) - y.mean(axis=0)) - 1e-9  # Jensen: never less than the means move


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_non_finite_points_are_shown(dim: int, bad: float) -> None:
    x, y = cloud(0, 10, dim), cloud(1, 10, dim)
    x[3, 0] = bad
    assert math.isnan(wasserstein_1(x, y))
    assert math.isnan(wasserstein_1(y, x))


def test_diverged_points_have_their_distance_until_a_float_overflows() -> None:
    origin = np.zeros((4, 2))
    assert wasserstein_1(origin, np.full((4, 2), 3e38)) == pytest.approx(3e38 * math.sqrt(2))
    assert wasserstein_1(origin, np.full((4, 2), 1e200)) == math.inf


@pytest.mark.parametrize("x, y", [((3, 2), (4, 2)), ((3, 2), (3, 1)), ((3,), (3,)), ((0, 2), (0, 2))])
def test_other_shapes_are_refused(x: tuple[int, ...], y: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="equal shapes"):
        wasserstein_1(np.zeros(x), np.zeros(y))


@pytest.mark.filterwarnings("ignore:numItermax reached")
def test_an_unfinished_transport_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_MAX_PIVOTS", 3)
    with pytest.raises(RuntimeError, match="did not converge"):
        wasserstein_1(cloud(0, 50, 2), cloud(1, 50, 2))


def test_a_matching_is_a_plan_that_costs_the_distance() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 2)), rng.normal(1, 2, size=(40, 2))
    order = matching(x, y)
    assert sorted(order.tolist()) == list(range(40))
    assert np.hypot(*(y[order] - x).T).mean() == pytest.approx(wasserstein_1(x, y))
    assert matching(np.array([[0.0, 0], [5, 0]]), np.array([[4.0, 0], [9, 0], [1, 0]])).tolist() == [2, 0]
