"""The highest density of a distribution."""

import numpy as np

from playground.data.distribution import Distribution

HEADROOM = 1.25
"""The highest density that a sigmoid can say, as a multiple of the data's."""
LOOKED_AT = 64
"""Places along each axis among which the highest density is looked for."""


def highest(data: Distribution) -> float:
    """The highest density that is found at the data's own points and evenly over the stage."""
    axis = np.linspace(*data.extent, LOOKED_AT)
    mesh = np.stack(np.meshgrid(*[axis] * data.dim), axis=-1).reshape(-1, data.dim)
    centres = [] if data.modes is None else [data.modes.centres]
    points = np.concatenate([*centres, data.stratified(np.random.default_rng([*b"highest"]), 1000), mesh])
    return float(data.density(points).max())
