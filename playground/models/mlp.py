"""Multilayer perceptrons for S seeds at once.

Every tensor carries a leading lane axis: inputs are (S, batch, in), weights (S, in, out), and a layer is one
batched product. Lanes never mix, so lane i of S computes what it would compute alone.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.config import Activation, Initialisation, Minibatch
from playground.models.groups import MINIBATCH, packed
from playground.models.initialisation import INITIALISATIONS, Start

ACTIVATIONS: dict[Activation, tuple[Callable[[Tensor], Tensor], float]] = {
    "relu": (functional.relu, 2**0.5),
    "leaky_relu": (lambda x: functional.leaky_relu(x, 0.2), (2 / 1.04) ** 0.5),
    "tanh": (torch.tanh, 5 / 3),
    "elu": (functional.elu, 1.0),
    "silu": (functional.silu, 2**0.5),
}
"""Name -> (function, gain). The gain keeps the variance of the signal through a layer (He et al. 2015)."""


class LaneLinear(nn.Module):
    """S affine maps side by side: (S, batch, inputs) -> (S, batch, outputs).

    Weights start as `start` says, each lane from its own generator, and biases at 0, where they stay without `bias`.
    Inputs are multiplied by `inner` and outputs by `outer`, at no cost.
    """

    inner = 1.0
    outer = 1.0

    def __init__(
        self, rngs: list[np.random.Generator], inputs: int, outputs: int, start: Start, bias: bool = True
    ) -> None:
        super().__init__()
        weights = np.stack([start(rng, inputs, outputs) for rng in rngs])
        self.weight = nn.Parameter(torch.from_numpy(weights.astype(np.float32)))
        if bias:
            self.bias = nn.Parameter(torch.zeros(len(rngs), 1, outputs))
        else:
            self.register_buffer("bias", torch.zeros(len(rngs), 1, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(S, batch, inputs) -> (S, batch, outputs)."""
        return self.affine(x, self.weight)

    def affine(self, x: Tensor, weight: Tensor) -> Tensor:
        """outer · (inner · x · weight + bias) for each lane: (S, batch, inputs) and (S, inputs, outputs)."""
        lanes, _, outputs = weight.shape
        if lanes > 1 and outputs == 1:
            # Batched products with a single column are slow: with 8 lanes and their gradients, by a factor of 2 to 5.
            y = (x * weight.transpose(1, 2)).sum(-1, keepdim=True)
            return self.outer * (self.inner * y + self.bias)
        return torch.baddbmm(self.bias, x, weight, beta=self.outer, alpha=self.inner * self.outer)


class SpectralLinear(LaneLinear):
    """A LaneLinear whose weights are divided by their largest singular value (Miyato et al. 2018, Algorithm 1).

    One power iteration a training pass keeps the estimate close; looking at D (eval mode) leaves it alone.
    """

    def __init__(
        self, rngs: list[np.random.Generator], inputs: int, outputs: int, start: Start, bias: bool = True
    ) -> None:
        super().__init__(rngs, inputs, outputs, start, bias)
        left = np.stack([rng.standard_normal((1, inputs)) for rng in rngs]).astype(np.float32)
        self.register_buffer("left", functional.normalize(torch.from_numpy(left), dim=-1))
        self.left: Tensor
        for _ in range(10):  # a cold start would divide the first steps by a value far too small
            self._iterate()

    @torch.no_grad()
    def _iterate(self) -> None:
        right = functional.normalize(self.left @ self.weight, dim=-1)
        self.left = functional.normalize(right @ self.weight.transpose(1, 2), dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        """(S, batch, inputs) -> (S, batch, outputs)."""
        if self.training:
            self._iterate()
        with torch.no_grad():
            right = functional.normalize(self.left @ self.weight, dim=-1)
        largest = self.left @ self.weight @ right.transpose(1, 2)
        return self.affine(x, self.weight / largest)


class Mlp(nn.Module):
    """`depth` hidden layers of `width` units and a linear output, S times.

    Inputs are multiplied by `input_scale` and outputs by `output_scale`, so that the weights see numbers of
    order one whatever the data's units are. `bounded` squashes the outputs to (−1, 1) instead, for images. The last
    layer starts smaller, by `last_gain`: G as a cloud within the data's range, and D undecided near ½. `pack` and
    `minibatch` are what D sees in groups; `inputs` are those of one example.
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
        init: Initialisation = "he",
        gain: float = 1.0,
        last_gain: float = 0.5,
        spectral: bool = False,
        input_scale: float = 1.0,
        output_scale: float = 1.0,
        bounded: bool = False,
        pack: int = 1,
        minibatch: Minibatch = "none",
    ) -> None:
        super().__init__()
        self.activation, activation_gain = ACTIVATIONS[activation]
        start = INITIALISATIONS[init](gain, activation_gain)
        layer = SpectralLinear if spectral else LaneLinear
        sizes = [pack * inputs] + [width] * depth
        layers = [layer(rngs, a, b, start) for a, b in zip(sizes, sizes[1:], strict=False)]
        layers[0].inner = input_scale
        self.hidden = nn.ModuleList(layers)
        features, groups = MINIBATCH[minibatch]
        self.last = layer(rngs, width + features, outputs, INITIALISATIONS[init](gain * last_gain, 1.0))
        self.last.outer = output_scale
        plain = INITIALISATIONS[init](gain, 1.0)
        self.groups = groups(width, lambda inputs, outputs: layer(rngs, inputs, outputs, plain, bias=False))
        self.bounded = bounded
        self.pack = pack

    def forward(self, x: Tensor, beside: Tensor | None = None) -> Tensor:
        """(S, batch, inputs) -> (S, batch / pack, outputs). beside: see `judge_among`."""
        x = self.free(x, beside)
        return torch.tanh(x) if self.bounded else x

    def free(self, x: Tensor, beside: Tensor | None = None) -> Tensor:
        """The same before it is bounded."""
        x = self.features(x)
        if self.groups is not None:
            x = self.groups(x, None if beside is None else self.features(beside))
        return self.last.forward(x)

    def features(self, x: Tensor) -> Tensor:
        """The last hidden layer: (S, batch, inputs) -> (S, batch / pack, width)."""
        if self.pack > 1:
            x = packed(x, self.pack)
        # forward() and not the call: what a module's call adds for hooks would be a tenth of a step of small networks.
        for layer in self.hidden:
            x = self.activation(layer.forward(x))
        return x
