"""A classifier's probabilities, made up: for the tests of what is measured of classes."""

import numpy as np
from numpy.typing import NDArray

from playground.data.distribution import Floats

TEN = np.full(10, 0.1)
"""The shares of ten equal classes."""


def sure(labels: NDArray[np.integer] | list[int], classes: int = 10, confidence: float = 1.0) -> Floats:
    """Probabilities of a classifier that gives these labels, each with this confidence."""
    probabilities = np.full((len(labels), classes), (1 - confidence) / (classes - 1))
    probabilities[np.arange(len(labels)), labels] = confidence
    return probabilities
