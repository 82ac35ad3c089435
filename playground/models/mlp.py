"""Multilayer perceptrons for S seeds at once.

Every tensor carries a leading lane axis: inputs are (S, batch, in), weights (S, in, out), and a layer is one
batched product. Lanes never mix, so lane i of S computes what it would compute alone.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.config import Activation

ACTIVATIONS: dict[Activation, tuple[Callable[[Tensor], Tensor], float]] = {
    "relu": (functional.relu, 2**0.5),
    "leaky_relu": (lambda x: functional.leaky_relu(x, 0.2), (2 / 1.04) ** 0.5),
    "tanh": (torch.tanh, 5 / 3),
    "elu": (functional.elu, 1.0),
    "silu": (functional.silu, 2**0.5),
}
"""Name -> (function, gain). The gain keeps the variance of the signal through a layer (He et al. 2015)."""


LAST_GAIN = 0.5
"""Of the output layer: G starts as a cloud within the data's range, and D undecided near ½."""


class LaneLinear(nn.Module):
    """S affine maps side by side: (S, batch, inputs) -> (S, batch, outputs).

    Weights start as N(0, gain² / inputs), biases at 0, each lane from its own generator.
    """

    def __init__(self, rngs: list[np.random.Generator], inputs: int, outputs: int, gain: float) -> None:
        super().__init__()
        start = np.stack([rng.standard_normal((inputs, outputs)) for rng in rngs]) * (gain / inputs**0.5)
        self.weight = nn.Parameter(torch.from_numpy(start.astype(np.float32)))
        self.bias = nn.Parameter(torch.zeros(len(rngs), 1, outputs))

    def forward(self, x: Tensor) -> Tensor:
        return affine(x, self.weight, self.bias)


def affine(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """x · weight + bias for each lane: (S, batch, inputs), (S, inputs, outputs), (S, 1, outputs)."""
    lanes, _, outputs = weight.shape
    if lanes > 1 and outputs == 1:
        # Batched products with a single column are slow: with 8 lanes and their gradients, by a factor of 2 to 5.
        return (x * weight.transpose(1, 2)).sum(-1, keepdim=True) + bias
    return torch.baddbmm(bias, x, weight)


class SpectralLinear(LaneLinear):
    """A LaneLinear whose weights are divided by their largest singular value (Miyato et al. 2018, Algorithm 1).

    One power iteration a training pass keeps the estimate close; looking at D (eval mode) leaves it alone.
    """

    def __init__(self, rngs: list[np.random.Generator], inputs: int, outputs: int, gain: float) -> None:
        super().__init__(rngs, inputs, outputs, gain)
        start = np.stack([rng.standard_normal((1, inputs)) for rng in rngs]).astype(np.float32)
        self.register_buffer("left", functional.normalize(torch.from_numpy(start), dim=-1))
        self.left: Tensor
        for _ in range(10):  # a cold start would divide the first steps by a value far too small
            self._iterate()

    @torch.no_grad()
    def _iterate(self) -> None:
        right = functional.normalize(self.left @ self.weight, dim=-1)
        self.left = functional.normalize(right @ self.weight.transpose(1, 2), dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            self._iterate()
        with torch.no_grad():
            right = functional.normalize(self.left @ self.weight, dim=-1)
        largest = self.left @ self.weight @ right.transpose(1, 2)
        return affine(x, self.weight / largest, self.bias)


class Mlp(nn.Module):
    """`depth` hidden layers of `width` units and a linear output, S times.

    Inputs are multiplied by `input_scale` and outputs by `output_scale`, so that the weights see numbers of
    order one whatever the data's units are. `bounded` squashes the outputs to (−1, 1), for images.
    """

    def __init__(
        self,
        rngs: list[np.random.Generator],
        inputs: int,
        outputs: int,
        *,
        width: int,
        depth: int,
        activation: Activation,
        spectral: bool = False,
        input_scale: float = 1.0,
        output_scale: float = 1.0,
        bounded: bool = False,
    ) -> None:
        super().__init__()
        self.activation, gain = ACTIVATIONS[activation]
        layer = SpectralLinear if spectral else LaneLinear
        sizes = [inputs] + [width] * depth
        self.hidden = nn.ModuleList(layer(rngs, a, b, gain) for a, b in zip(sizes, sizes[1:], strict=False))
        self.last = layer(rngs, width, outputs, LAST_GAIN)
        self.input_scale = input_scale
        self.output_scale = output_scale
        self.bounded = bounded

    def forward(self, x: Tensor) -> Tensor:
        """(S, batch, inputs) -> (S, batch, outputs)."""
        if self.input_scale != 1.0:
            x = x * self.input_scale
        for layer in self.hidden:
            x = self.activation(layer(x))
        x = self.last(x)
        if self.bounded:
            x = torch.tanh(x)
        return x * self.output_scale if self.output_scale != 1.0 else x
