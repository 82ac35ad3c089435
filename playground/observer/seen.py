"""Densities as a map of finite resolution sees them: masses of cells around the grid's points, through one kernel."""

from functools import cached_property

import numpy as np

from playground.data.distribution import Distribution, Floats


class Seen:
    """The grid of one distribution's stage. axis: where it has its points, ascending."""

    def __init__(self, data: Distribution, axis: Floats) -> None:
        self._data = data
        self.axis = axis
        self.spacing = float(axis[1] - axis[0])

    @property
    def bandwidth(self) -> float:
        """Standard deviation of the Gaussian through which D* sees both densities, in data units."""
        return max(self._data.cell, self.spacing)

    @cached_property
    def edges(self) -> Floats:
        """Of the cells whose centres are the grid's points."""
        ends = self.axis[0] - self.spacing / 2, self.axis[-1] + self.spacing / 2
        return np.linspace(*ends, len(self.axis) + 1)

    @cached_property
    def _kernel(self) -> Floats:
        """N(x_i − x_j; bandwidth²): turns the masses of the cells into a smooth density at their centres."""
        z = (self.axis[:, None] - self.axis) / self.bandwidth
        kernel: Floats = np.exp(-(z**2) / 2) / (self.bandwidth * np.sqrt(2 * np.pi))
        return kernel

    def cell_shares(self, points: Floats) -> Floats:
        """The share of points (n, dim) in each cell, indexed like the picture: [y, x] in the plane."""
        cells = len(self.axis)
        # Clipped to just outside the grid: a diverged point would not fit into an integer. NaN is in no cell.
        near = np.clip(points, self.edges[0] - self.spacing, self.edges[-1] + self.spacing)
        places = np.floor((near - self.edges[0]) / self.spacing)
        inside = ((places >= 0) & (places < cells)).all(axis=1)
        columns = places[inside].astype(np.intp)
        flat = columns[:, 0] if self._data.dim == 1 else columns[:, 1] * cells + columns[:, 0]
        counts = np.bincount(flat, minlength=cells**self._data.dim)
        return counts.reshape((cells,) * self._data.dim) / len(points)

    def seen(self, masses: Floats) -> Floats:
        """The density (per unit of length or area) of these cell masses through the kernel, on the grid."""
        smooth: Floats = self._kernel @ masses
        return smooth if self._data.dim == 1 else smooth @ self._kernel

    @cached_property
    def data(self) -> Floats:
        """The data's density through the kernel, on the grid."""
        return self.seen(self._data.cell_masses(self.edges).T)
