"""The plane in which codes are seen: their own, or that of their first two principal components."""

from typing import Any

import numpy as np

from playground.data.distribution import Floats


class CodePlane:
    """Of one seed's codes (n, d). Of more than two numbers it is the plane in which they vary most; one is a line.

    places: the codes in it, (n, 2). told: how many numbers a code has, the share of the codes' variance that the plane
    holds, and where z = 0 is in it.
    """

    def __init__(self, codes: Floats) -> None:
        count, dim = codes.shape
        self.middle, self.axes, held = np.zeros(dim), np.eye(dim)[:2], 1.0
        if dim > 2 and np.isfinite(codes).all():
            self.middle = codes.mean(0)
            _, sizes, axes = np.linalg.svd(codes - self.middle, full_matrices=False)
            # A component has no sign of its own: its largest entry is positive, so that pictures do not flip.
            largest = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], axis=1)
            self.axes = (axes * np.sign(largest))[:2]
            held = float((sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-300))
        self.places = self._seen(codes)
        if dim == 1:
            self.places[:, 1] = np.linspace(
                -1, 1, count
            )  # in the order of the examples, so that they can be told apart
        zero = self._seen(np.zeros((1, dim)))[0]
        self.told: dict[str, Any] = {"numbers": dim, "held": round(held, 4), "zero": zero.round(4).tolist()}

    def _seen(self, codes: Floats) -> Floats:
        seen = codes @ self.axes.T  # the place of z = 0 is 0
        return np.pad(seen, ((0, 0), (0, 2 - seen.shape[1])))

    def ellipses(self, variances: Floats) -> Floats:
        """How codes spread in this plane whose numbers vary by these variances (n, d), each by itself: (n, 3), the
        variance across, the covariance, and the variance up."""
        across, up = np.pad(self.axes, ((0, 2 - len(self.axes)), (0, 0)))
        seen: Floats = variances @ np.stack([across**2, across * up, up**2], axis=1)
        return seen

    def grid(self, steps: Floats) -> Floats:
        """Codes on a square of places around z = 0 in this plane, (steps², d), row by row from the top; on a line as
        many places from its low end to its high one."""
        dim = len(self.middle)
        if dim == 1:
            return np.interp(np.linspace(0, len(steps) - 1, len(steps) ** 2), np.arange(len(steps)), steps)[:, None]
        across, up = np.meshgrid(steps, steps[::-1])
        offset = self.middle - (self.middle @ self.axes.T) @ self.axes if dim > 2 else np.zeros(dim)
        return offset + np.stack([across.ravel(), up.ravel()], axis=1) @ self.axes
