"""Noise that decays in a straight line."""

import pytest

from playground.training.schedule import decayed


@pytest.mark.parametrize(
    ("step", "wanted"), [(100, 0.5), (125, 0.375), (150, 0.25), (199, 0.005), (200, 0.0), (201, 0.0), (10**9, 0.0)]
)
def test_it_falls_in_a_straight_line_from_the_step_it_was_set(step: int, wanted: float) -> None:
    assert decayed(0.5, over=100, since=100, step=step) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("step", [0, 1, 10**9])
def test_zero_steps_of_decay_keep_it(step: int) -> None:
    assert decayed(0.5, over=0, since=0, step=step) == 0.5


def test_nothing_stays_nothing() -> None:
    assert decayed(0.0, over=100, since=0, step=50) == 0.0
