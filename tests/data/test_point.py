"""The distribution of one point: what its metrics say is known exactly."""

import math

import numpy as np
import pytest

from playground.data import make
from playground.metrics.divergence import LOG2, CellGrid
from playground.metrics.evaluation import Evaluator, floors


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_every_draw_is_the_point_itself() -> None:
    point = make("dirac")
    for drawn in (point.sample(rng(), 5), point.stratified(rng(), 5)):
        assert drawn.dtype == np.float64 and drawn.tolist() == [[0.0]] * 5
    assert point.modes is None and point.dim == 1 and point.sigma == point.mean_square == point.reach == 0
    assert point.scale == 1  # networks divide by it


def test_the_density_is_infinite_there_and_nothing_elsewhere() -> None:
    x = np.array([[0.0], [1e-300], [-2.0], [math.nan]])
    np.testing.assert_array_equal(make("dirac").density(x), [math.inf, 0, 0, math.nan])
    with pytest.raises(ValueError, match=r"shape \(m, 1\)"):
        make("dirac").density(np.zeros((3, 2)))


def test_the_cell_around_the_point_has_all_of_the_mass() -> None:
    grid = CellGrid(make("dirac"))
    (full,) = np.flatnonzero(grid.masses)
    assert grid.masses[full] == 1
    assert grid.edges[full] == pytest.approx(-grid.cell / 2) and grid.edges[full + 1] == pytest.approx(grid.cell / 2)


@pytest.mark.parametrize("theta", [1.0, -0.3, 0.002, -40.0])
def test_elsewhere_the_jsd_says_log_2_and_the_emd_how_far(theta: float) -> None:
    found = Evaluator(make("dirac"), n_jsd=500, n_emd=50, n_modes=100).evaluate(np.full((500, 1), theta), rng())
    assert found.jsd == pytest.approx(LOG2, abs=1e-12)
    assert found.emd == pytest.approx(abs(theta), rel=1e-12)
    assert found.values().keys() == {"jsd", "emd"} and found.mode_histogram is None


def test_perfect_samples_measure_nothing_at_all() -> None:
    assert floors(Evaluator(make("dirac"), n_jsd=500), rng(), repetitions=3) == {"jsd": (0.0, 0.0), "emd": (0.0, 0.0)}
