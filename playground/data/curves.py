"""The curves of the toy distributions: a parameter u in [0, 1], shape (m,), to points of the plane, (m, 2)."""

import math

import numpy as np

from playground.data.distribution import Floats


def swiss_roll(u: Floats) -> Floats:
    """t (cos t, sin t) / 7.5 with t = 1.5 pi (1 + 2u): scikit-learn's roll without its flat axis."""
    t = 1.5 * math.pi * (1 + 2 * u)
    return np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / 7.5


def moons(u: Floats) -> Floats:
    """scikit-learn's two half circles, moved to the origin: the upper one for u < 1/2, the lower one after."""
    angle = math.pi * (2 * u % 1)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    return np.where((u < 0.5)[:, None], upper, -upper)


def circles(u: Floats) -> Floats:
    """scikit-learn's two circles, radius 1 for u < 1/2 and 0.5 after."""
    angle = 4 * math.pi * u
    radius = np.where(u < 0.5, 1.0, 0.5)
    places: Floats = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return places


def line(u: Floats) -> Floats:
    """GAN Lab's line, moved to the origin and enlarged five times."""
    return np.stack([1.875 - 3.75 * u, 1.5 * u - 0.75], axis=1)


def ring(u: Floats) -> Floats:
    """A circle of radius 1.5."""
    angle = 2 * math.pi * u
    return 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def spiral(u: Floats) -> Floats:
    """Two Archimedean arms, t (-cos t, sin t) / 3 for u < 1/2 and its mirror image after.

    t runs from a quarter turn to one and a half turns and t^2 evenly, so that a longer turn gets more points.
    """
    first, last = 0.5 * math.pi, 3 * math.pi
    t = np.sqrt(first**2 + (2 * u % 1) * (last**2 - first**2))
    arm = np.stack([-t * np.cos(t), t * np.sin(t)], axis=1) / 3
    return np.where((u < 0.5)[:, None], arm, -arm)


def upright(u: Floats) -> Floats:
    """The line from the origin to (0, 1)."""
    return np.stack([np.zeros_like(u), u], axis=1)
