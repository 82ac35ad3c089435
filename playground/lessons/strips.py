"""Where G's samples were on their way round the ring, as it is and with cures: recorded runs of seed 0."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CURES = {
    "untreated": "as it is",
    "five_critic_updates": "five updates of D",
    "unrolled_5": "G looks 5 steps ahead",
    "discrimination": "D compares samples",
}
"""The runs, by the technique's name: how the lesson calls them."""
STEPS = tuple(range(0, 5_001, 250))
POINTS = 200
"""Samples kept of each step, always of the same latents."""
SERVED = 0.25
"""Of its fair share, from which on a mode counts as served."""
FILE = Path(__file__).with_name("strips.npz")
"""Written by `python -m playground reproduce --strips`."""

Floats = NDArray[np.float32]


@lru_cache
def points(name: str) -> Floats:
    """A run's samples at each of STEPS, (T, POINTS, 2)."""
    return _kept(f"{name} points")


def served(name: str) -> NDArray[np.intp]:
    """How many of the modes get at least SERVED of their fair share at each of STEPS, (T,)."""
    shares = _kept(f"{name} shares")
    found: NDArray[np.intp] = (shares >= SERVED / shares.shape[1]).sum(axis=1)
    return found


def _kept(name: str) -> Floats:
    with np.load(FILE, allow_pickle=False) as kept:
        found: Floats = kept[name].astype(np.float32)
    return found
