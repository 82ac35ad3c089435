"""Where on the stage of points something is drawn as a map or a curve."""

import numpy as np
import torch
from torch import Tensor

from playground.data.distribution import Distribution, Floats

GRID_2D, GRID_1D = 64, 257
"""Points per axis."""


def grid_axis(data: Distribution) -> Floats:
    """Places along each axis: evenly over the stage, ends included."""
    return np.linspace(*data.extent, GRID_1D if data.dim == 1 else GRID_2D)


def grid_points(data: Distribution, device: torch.device) -> tuple[Tensor, tuple[int, ...]]:
    """All of them, (1, points, dim), row by row from low y, and the grid's shape."""
    mesh = np.stack(np.meshgrid(*[grid_axis(data).astype(np.float32)] * data.dim), axis=-1)
    return torch.from_numpy(mesh.reshape(1, -1, data.dim)).to(device), mesh.shape[:-1]
