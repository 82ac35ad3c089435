"""A pixel's two forms: a byte, and the number from −1 to 1 that networks see."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

HALF = 127.5
"""A byte is (x + 1) · HALF of a number x, so x is byte / HALF − 1."""


def as_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Numbers from −1 to 1 as bytes, of the same shape; what lies outside is clipped, and NaN is black."""
    shown: NDArray[np.uint8] = np.nan_to_num((values + 1) * HALF, nan=0.0).clip(0, 255).round().astype(np.uint8)
    return shown
