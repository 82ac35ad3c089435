"""The small convolutional classifier that measures generated images: their classes, and features to compare them in."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = 16, 32
FEATURES = 64
"""Numbers that describe an image: the layer below the logits."""


class ClassifierNetwork(nn.Module):
    """Two strided convolutions with batch norm (Ioffe & Szegedy 2015, 1502.03167), one hidden layer, logits.

    height, width: multiples of 4, as each convolution halves them. Weights start as N(0, 2 / fan-in) (He et al. 2015,
    1502.01852) from rng alone, biases at 0. Raises ValueError for other sizes.
    """

    def __init__(self, rng: np.random.Generator, height: int, width: int, classes: int) -> None:
        super().__init__()
        if min(height, width) < 4 or height % 4 or width % 4 or classes < 1:
            raise ValueError(
                f"The classifier needs sides that are multiples of 4, and a class; got {height}, {width}, {classes}."
            )
        self.height, self.width, self.classes = height, width, classes
        first, second = CHANNELS
        self.conv1 = _unset(nn.Conv2d, 1, first, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(first)
        self.conv2 = _unset(nn.Conv2d, first, second, 3, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(second)
        self.hidden = _unset(nn.Linear, second * (height // 4) * (width // 4), FEATURES)
        self.last = _unset(nn.Linear, FEATURES, classes)
        with torch.no_grad():
            for layer in (self.conv1, self.conv2, self.hidden, self.last):
                start = rng.standard_normal(layer.weight.shape) * (2 / layer.weight[0].numel()) ** 0.5
                layer.weight.copy_(torch.from_numpy(start))
                if layer.bias is not None:
                    layer.bias.zero_()
            for convolution in (self.conv1, self.conv2):  # twice as fast on a CPU
                weight = convolution.weight
                weight.data = weight.contiguous(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images (n, h, w) from 0 to 1 -> logits (n, classes), features (n, FEATURES), which are not negative."""
        x = images[:, None] * 2 - 1
        x = functional.relu(self.norm1(self.conv1(x)))
        x = functional.relu(self.norm2(self.conv2(x)))
        features = functional.relu(self.hidden(x.flatten(1)))
        logits: Tensor = self.last(features)
        return logits, features


def _unset(layer: type[nn.Module], *sizes: int, **options: Any) -> Any:
    """A layer without a start of its own, which would draw from torch's global generator."""
    return nn.utils.skip_init(layer, *sizes, **options)  # type: ignore[no-untyped-call]
