"""The functions that losses are made of, for NumPy's arrays; for torch's tensors see `training/elementwise.py`."""

from typing import Any, Protocol

import numpy as np
from numpy import abs, exp, log, sqrt, tanh
from scipy.special import expit as sigmoid

__all__ = ["Functions", "abs", "exp", "log", "maximum", "minimum", "relu", "sigmoid", "softplus", "sqrt", "tanh"]


class Functions(Protocol):
    """A library's functions, element by element, of an array of any shape. Each of the two modules is one of these.

    softplus: log(1 + exp(x)). relu: max(0, x). minimum, maximum: of an array, and of another array or a number.
    """

    exp: Any
    log: Any
    sqrt: Any
    tanh: Any
    abs: Any
    sigmoid: Any
    softplus: Any
    relu: Any
    minimum: Any
    maximum: Any


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), which overflows nowhere."""
    return np.logaddexp(x, np.zeros_like(x))


def relu(x: Any) -> Any:
    """max(0, x)."""
    return np.maximum(x, 0)


minimum, maximum = np.minimum, np.maximum
