"""Service of modes over time: histograms made by hand."""

import math

import numpy as np
import pytest

from playground.metrics.turnover import Service, served, service, turnover

EVEN = np.full(4, 0.25)


def test_a_mode_is_served_from_a_quarter_of_its_fair_share_on_and_one_without_weight_never() -> None:
    np.testing.assert_array_equal(served(np.array([0.0625, 0.0624, 0.9, 0.0]), EVEN), [True, False, True, False])
    np.testing.assert_array_equal(served(np.array([0.5, 0.5]), np.array([1.0, 0.0])), [True, False])


def test_hopping_has_every_look_on_another_mode() -> None:
    looks = np.eye(4)[[0, 2, 1, 3, 0]]
    assert service(looks, EVEN) == Service(served=1, kept=0.0, hops=1.0, turnover=1.0)


def test_lost_modes_stay_the_same_two() -> None:
    looks = np.array([[0.5, 0.5, 0, 0], [0.4, 0.6, 0, 0], [0.45, 0.55, 0, 0]])
    found = service(looks, EVEN)
    assert (found.served, found.kept) == (2, 1.0)
    assert found.hops == 0.5  # the first look's two are even: the first of them counts
    assert found.turnover == pytest.approx((0.1 + 0.05) / 2)


def test_even_service_keeps_all_modes_whatever_sampling_does() -> None:
    looks = np.random.default_rng(0).multinomial(2500, EVEN, size=20) / 2500
    found = service(looks, EVEN)
    assert (found.served, found.kept) == (4, 1.0)
    assert 0 < found.turnover < 0.03 and found.hops > 0.3  # among equals any of them may lead: hops alone say little


def test_a_mode_that_came_late_was_not_kept() -> None:
    looks = np.array([[1.0, 0, 0, 0], [0.5, 0.5, 0, 0]])
    assert service(looks, EVEN).kept == 0.5


def test_samples_far_from_every_mode_that_counts_serve_none() -> None:
    assert service(np.array([[0.0, 1.0]]), np.array([1.0, 0.0])).served == 0


def test_one_look_has_no_turnover_and_a_lost_number_is_told() -> None:
    one = service(np.array([[1.0, 0, 0, 0]]), EVEN)
    assert (one.served, one.kept) == (1, 1.0) and math.isnan(one.hops) and math.isnan(one.turnover)
    assert math.isnan(turnover(np.array([[1.0]])))
    lost = service(np.array([[math.nan, 1.0]]), np.array([0.5, 0.5]))
    assert all(map(math.isnan, (lost.served, lost.kept, lost.hops, lost.turnover)))
