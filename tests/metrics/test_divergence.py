"""Jensen-Shannon: identities, closed forms, and an independent implementation."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm

from playground.data import DATASETS, Floats, make
from playground.metrics.divergence import LOG2, CellGrid, implied_jsd, jensen_shannon

exactly = settings(derandomize=True, deadline=None, max_examples=100)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def covering(k: int, modes: int = 8) -> float:
    """The JSD of equal weights on all modes against equal weights on k of them, by hand."""
    p, q = 1 / modes, 1 / k
    middle = (p + q) / 2
    return (k * p * math.log(p / middle) + (modes - k) * p * math.log(2) + math.log(q / middle)) / 2


@st.composite
def mass_pairs(draw: st.DrawFn) -> tuple[Floats, Floats]:
    size = draw(st.integers(1, 20))
    weights = arrays(float, size, elements=st.floats(0, 1))
    p, q = (draw(weights.filter(lambda w: w.sum() > 0)) for _ in range(2))
    return p / p.sum(), q / q.sum()


@exactly
@given(mass_pairs())
def test_bounds_symmetry_and_the_independent_implementation(pair: tuple[Floats, Floats]) -> None:
    p, q = pair
    value = jensen_shannon(p, q)
    assert -1e-15 <= value <= LOG2 + 1e-12
    assert value == pytest.approx(jensen_shannon(q, p), abs=1e-15)
    assert jensen_shannon(p, p) == 0
    if p.min() > 1e-9 and q.min() > 1e-9:  # scipy's form cancels below
        assert value == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)


def test_disjoint_masses_are_log_2_apart() -> None:
    assert jensen_shannon(np.array([0.3, 0.7, 0, 0]), np.array([0, 0, 0.5, 0.5])) == pytest.approx(math.log(2))


def test_value_by_hand() -> None:
    """p = (1, 0), q = (1/2, 1/2), m = (3/4, 1/4): 1/2 log 4/3 + 1/2 (1/2 log 2/3 + 1/2 log 2) = 0.215762."""
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(0.2157615543, abs=1e-10)


def test_smallest_float_does_not_underflow() -> None:
    assert jensen_shannon(np.array([5e-324, 1.0]), np.array([0.0, 1.0])) == pytest.approx(0, abs=1e-15)


def test_rounded_totals_are_rescaled() -> None:
    p = np.array([0.25, 0.75])
    assert jensen_shannon(p * (1 + 1e-9), p) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("bad", [[-0.5, 1.5], [math.nan, 1], [math.inf, 0], [0.4, 0.4], [0, 0]])
def test_bad_masses_are_refused(bad: list[float]) -> None:
    good = np.array([0.5, 0.5])
    for pair in ((np.array(bad), good), (good, np.array(bad))):
        with pytest.raises(ValueError, match="Masses must be"):
            jensen_shannon(*pair)


def test_masses_of_two_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        jensen_shannon(np.array([1.0]), np.array([0.5, 0.5]))


@pytest.mark.parametrize("name", DATASETS)
def test_grid_covers_the_extent_and_loses_no_mass(name: str) -> None:
    distribution = make(name)
    grid = CellGrid(distribution)
    assert grid.edges[0] == distribution.extent[0]
    assert 0 <= grid.edges[-1] - distribution.extent[1] + 1e-9 < grid.cell
    np.testing.assert_allclose(np.diff(grid.edges), distribution.cell)
    assert grid.masses.shape == (grid.per_axis**distribution.dim + 1,)
    assert grid.masses.min() >= 0
    assert grid.masses.sum() == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("name", [name for name in DATASETS if make(name).sigma > 0])  # else none is off the grid
def test_fast_histogram_agrees_with_numpy(name: str) -> None:
    distribution = make(name)
    grid = CellGrid(distribution)
    samples = np.concatenate([distribution.sample(rng(), 2000), 3 * distribution.sample(rng(1), 1000)])
    counts, _ = np.histogramdd(samples, bins=[grid.edges] * distribution.dim)
    expected = np.append(counts.ravel(), len(samples) - counts.sum())
    assert expected[-1] > 50  # some lie off the grid, or the last cell is not tested
    np.testing.assert_array_equal(grid.counts(samples), expected)
    assert grid.jsd(samples) == pytest.approx(jensen_shannon(grid.masses, expected / len(samples)), abs=1e-14)


@pytest.mark.parametrize("k", [1, 2, 4, 7, 8])
def test_jsd_of_k_perfect_modes_of_eight(k: int) -> None:
    """Two-sided: sampling noise of n = 10,000 adds about 0.002, never takes away."""
    ring = make("ring8")
    everything = ring.stratified(rng(), 80_000 // k)  # in order of the mode: the first k eighths are k modes
    samples = everything[: len(everything) * k // 8]
    assert covering(k) - 1e-4 < CellGrid(ring).jsd(samples) < covering(k) + 4e-3


def test_closed_form_of_k_modes() -> None:
    values = [covering(k) for k in range(1, 9)]
    for k, value in enumerate(values, start=1):
        q = np.array([1 / k] * k + [0.0] * (8 - k))
        assert jensen_shannon(np.full(8, 1 / 8), q) == pytest.approx(value, abs=1e-15)
    assert values[0] == pytest.approx((math.log(2 / 9) / 8 + 7 / 8 * math.log(2) + math.log(16 / 9)) / 2)  # 0.4969
    assert all(more > less for more, less in pairwise(values))


def test_mass_off_the_grid_counts() -> None:
    """Half of the samples far away: p against (p/2, 1/2) is 3/4 log 4/3 = 0.2158, plus the noise of the near half."""
    ring = make("ring8")
    samples = ring.sample(rng(), 10_000)
    samples[::2] = 1e30
    assert 0.2158 < CellGrid(ring).jsd(samples) < 0.2158 + 0.004
    assert CellGrid(ring).jsd(np.full((10, 2), -1e300)) == pytest.approx(LOG2)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_non_finite_samples_are_shown(bad: float) -> None:
    samples = make("ring8").sample(rng(), 100)
    samples[17, 1] = bad
    assert math.isnan(CellGrid(make("ring8")).jsd(samples))


@pytest.mark.parametrize("shape", [(0, 2), (5, 1), (5,)])
def test_samples_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"samples of shape \(n, 2\)"):
        CellGrid(make("ring8")).jsd(np.zeros(shape))


def test_undecided_discriminator_implies_zero() -> None:
    assert implied_jsd(np.zeros((3, 4)), np.zeros(7)) == pytest.approx(0, abs=1e-15)


def test_certain_discriminator_implies_log_2_and_a_wrong_one_a_finite_loss() -> None:
    assert implied_jsd(np.full(5, 1e4), np.full(5, -1e4)) == pytest.approx(math.log(2))
    assert implied_jsd(np.full(5, -1e4), np.full(5, 1e4)) == pytest.approx(math.log(2) - 1e4)


def test_optimal_discriminator_implies_the_true_jsd() -> None:
    """Of N(0, 1) against N(1.5, 1), the logit of D* is log p - log q; the oracle integrates the definition."""
    quantiles = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    real, fake = quantiles, 1.5 + quantiles

    def logit(x: Floats) -> Floats:
        return np.asarray(norm.logpdf(x) - norm.logpdf(x, 1.5))

    def integrand(x: float) -> float:
        p, q = norm.pdf(x), norm.pdf(x, 1.5)
        return float(p * math.log(2 * p / (p + q)) + q * math.log(2 * q / (p + q))) / 2

    true, _ = quad(integrand, -10, 11.5)
    assert implied_jsd(logit(real), logit(fake)) == pytest.approx(true, abs=1e-4)
    assert implied_jsd(0.5 * logit(real), 0.5 * logit(fake)) < true - 0.005  # any other D certifies less


def test_nan_logits_are_shown_and_missing_ones_refused() -> None:
    assert math.isnan(implied_jsd(np.array([math.nan, 0.0]), np.zeros(2)))
    with pytest.raises(ValueError, match="at least one"):
        implied_jsd(np.zeros(0), np.zeros(3))
