"""The recorded films of the cures: whole, and as the lesson tells them."""

import numpy as np
import pytest

from playground.lessons import strips
from playground.recipes.cures import treated


@pytest.mark.parametrize("name", strips.CURES)
def test_every_run_has_its_points_at_every_step(name: str) -> None:
    assert treated("hopping", name) is not None
    points, served = strips.points(name), strips.served(name)
    assert points.shape == (len(strips.STEPS), strips.POINTS, 2) and np.isfinite(points).all()
    assert served.shape == (len(strips.STEPS),) and served.max() <= 8


def test_the_game_hops_as_it_is_and_every_cure_stops_it() -> None:
    late = [step >= 2000 for step in strips.STEPS]
    assert strips.served("untreated")[late].max() <= 2
    assert all((strips.served(name)[late] == 8).all() for name in strips.CURES if name != "untreated")
    middles = strips.points("untreated")[late].mean(axis=1)
    assert np.ptp(np.unwrap(np.arctan2(middles[:, 1], middles[:, 0]))) > 1
