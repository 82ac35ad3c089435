"""The functions that losses are made of, for torch's tensors: what `playground.elementwise` is for NumPy's arrays."""

import torch
from torch import Tensor, abs, exp, log, sigmoid, sqrt, tanh
from torch.nn.functional import relu, softplus

__all__ = ["abs", "exp", "log", "maximum", "minimum", "relu", "sigmoid", "softplus", "sqrt", "tanh"]


def minimum(x: Tensor, bound: Tensor | float) -> Tensor:
    """The smaller one of x and of a tensor or a number."""
    return torch.clamp(x, max=bound)


def maximum(x: Tensor, bound: Tensor | float) -> Tensor:
    """The larger one of x and of a tensor or a number."""
    return torch.clamp(x, min=bound)
