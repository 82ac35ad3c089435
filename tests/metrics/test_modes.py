"""Mode coverage: hand-derived values."""

import math

import numpy as np
import pytest

from playground.data import Modes, make
from playground.metrics.modes import mode_report, spread_at_modes


def ring_modes() -> Modes:
    modes = make("ring8").modes
    assert modes is not None
    return modes


def test_four_samples_by_hand() -> None:
    """Modes at 0 and 10, sigma 1, weights 1/4 and 3/4; samples at 0, 2.9, 3.1 and 8: three of four near mode 0."""
    modes = Modes(np.array([[0.0], [10.0]]), np.array([0.25, 0.75]), 1.0)
    report = mode_report(np.array([[0.0], [2.9], [3.1], [8.0]]), modes)
    assert report.captured == 2
    assert report.high_quality == 0.75
    np.testing.assert_array_equal(report.histogram, [0.75, 0.25])
    assert report.reverse_kl == pytest.approx(0.75 * math.log(3) + 0.25 * math.log(1 / 3))


def test_a_mode_with_only_poor_samples_is_not_captured_but_counted() -> None:
    modes = Modes(np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([0.5, 0.5]), 1.0)
    report = mode_report(np.array([[0.0, 0.0], [10.0, 3.01]]), modes)
    assert report.captured == 1
    np.testing.assert_array_equal(report.histogram, [0.5, 0.5])
    assert report.reverse_kl == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("name, captured, wanted", [("ring8", 8, 1 - math.exp(-4.5)), ("normal_1d", 1, 0.9973002)])
def test_perfect_samples_reach_the_known_share(name: str, captured: int, wanted: float) -> None:
    distribution = make(name)
    assert distribution.modes is not None
    n = 20_000
    report = mode_report(distribution.sample(np.random.default_rng(0), n), distribution.modes)
    assert report.captured == captured
    assert abs(report.high_quality - wanted) < 4 * math.sqrt(wanted * (1 - wanted) / n)


@pytest.mark.parametrize("k", range(1, 9))
def test_k_perfect_modes_of_eight(k: int) -> None:
    samples = make("ring8").stratified(np.random.default_rng(0), 2400)[: 300 * k]  # in order of the mode
    report = mode_report(samples, ring_modes())
    assert report.captured == k
    assert report.reverse_kl == pytest.approx(math.log(8 / k), abs=1e-12)
    np.testing.assert_allclose(report.histogram, [1 / k] * k + [0] * (8 - k))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_non_finite_samples_are_shown(bad: float) -> None:
    samples = make("ring8").sample(np.random.default_rng(0), 100)
    samples[5, 0] = bad
    report = mode_report(samples, ring_modes())
    numbers = [report.captured, report.high_quality, report.reverse_kl, *report.histogram]
    assert np.isnan(numbers).all()


@pytest.mark.parametrize("shape", [(0, 2), (5, 1), (5,)])
def test_samples_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"samples of shape \(n, 2\)"):
        mode_report(np.zeros(shape), ring_modes())


@pytest.mark.parametrize("dim", [1, 2])
def test_the_spread_at_the_modes_is_that_of_their_noise(dim: int) -> None:
    rng, centres = np.random.default_rng(5), np.array([[-3.0] * dim, [3.0] * dim])
    modes = Modes(centres, np.array([0.5, 0.5]), 0.2)
    samples = centres[rng.integers(0, 2, 20_000)] + 0.1 * rng.standard_normal((20_000, dim))
    samples[:500] = 0.0  # on the way
    assert spread_at_modes(samples, modes) == pytest.approx(0.5, rel=0.05)
    assert spread_at_modes(centres, modes) == 0 and math.isnan(spread_at_modes(np.full((3, dim), np.nan), modes))
