"""Networks for images: a small perceptron and a small DCGAN, S lanes side by side.

The perceptron is that of the lecture which this playground was made for, and is called after it in the code.

Images travel flat, (S, batch, pixels) in [−1, 1], so that the game around them is the same as for points. Label
one-hots, where there are any, are appended: to z for G, to the pixels for D. Both discriminators may see examples in
groups (`models/groups.py`), and then have one verdict for each pack.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.config import Minibatch
from playground.models.groups import MINIBATCH, packed

LECTURE_HIDDEN = 100
LECTURE_SLOPE = 0.3
"""Of the lecture's LeakyReLU: the default of Keras, in which the lecture's code is written."""
DCGAN_CHANNELS = (32, 16)
"""At a quarter and at half of the image's size. Radford et al. use up to 1,024. Measured on MNIST, twice as
many channels as these take twice the time and cover no more classes after it."""


def tensor(array: np.ndarray) -> Tensor:
    """An array as float32, of the same shape."""
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))


class GlorotLinear(nn.Module):
    """S affine maps side by side, (S, batch, inputs) -> (S, batch, outputs), as Keras' Dense starts them:
    weights U(−a, a) with a = sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010), biases 0."""

    def __init__(self, rngs: list[np.random.Generator], inputs: int, outputs: int, bias: bool = True) -> None:
        super().__init__()
        limit = (6 / (inputs + outputs)) ** 0.5
        self.weight = nn.Parameter(tensor(np.stack([rng.uniform(-limit, limit, (inputs, outputs)) for rng in rngs])))
        self.bias = nn.Parameter(torch.zeros(len(rngs), 1, outputs)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """(S, batch, inputs) -> (S, batch, outputs)."""
        if self.bias is None:
            return torch.bmm(x, self.weight)
        return torch.baddbmm(self.bias, x, self.weight)


class LaneDropout(nn.Module):
    """Dropout whose masks come from each lane's own generator, while training (Srivastava et al. 2014)."""

    def __init__(self, rngs: list[np.random.Generator], rate: float) -> None:
        super().__init__()
        self.rngs = rngs
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """(S, …) -> the same shape; in eval mode x itself."""
        if not self.training:
            return x
        return x * self.kept(x.shape[1:]).to(x.device) / (1 - self.rate)

    def kept(self, shape: Sequence[int]) -> Tensor:
        """Which units stay, drawn for each lane: (S, *shape)."""
        return torch.from_numpy(np.stack([rng.random(shape, dtype=np.float32) >= self.rate for rng in self.rngs]))

    def get_extra_state(self) -> list[object]:
        """Where each lane's generator stands: part of the state that a checkpoint keeps."""
        return [rng.bit_generator.state for rng in self.rngs]

    def set_extra_state(self, state: list[object]) -> None:
        """Put the generators back to where `get_extra_state` found them."""
        for rng, saved in zip(self.rngs, state, strict=True):
            rng.bit_generator.state = saved  # type: ignore[assignment]


class LectureGenerator(nn.Module):
    """Dense(100, no bias), LeakyReLU, Dense(pixels, tanh): 81,184 weights for 20 latents and 28 × 28 pixels."""

    def __init__(self, rngs: list[np.random.Generator], inputs: int, pixels: int) -> None:
        super().__init__()
        self.hidden = GlorotLinear(rngs, inputs, LECTURE_HIDDEN, bias=False)
        self.last = GlorotLinear(rngs, LECTURE_HIDDEN, pixels)

    def forward(self, z: Tensor) -> Tensor:
        """Latents (S, batch, inputs) -> images (S, batch, pixels) in (−1, 1)."""
        return torch.tanh(self.last(functional.leaky_relu(self.hidden(z), LECTURE_SLOPE)))


class LectureDiscriminator(nn.Module):
    """Dense(100), LeakyReLU, Dropout(0.5), Dense(1), in logits: 78,601 weights for 28 × 28 pixels."""

    def __init__(
        self,
        rngs: list[np.random.Generator],
        inputs: int,
        pack: int = 1,
        minibatch: Minibatch = "none",
        outputs: int = 1,
    ) -> None:
        """inputs: numbers of one image, with its label's."""
        super().__init__()
        features, groups = MINIBATCH[minibatch]
        self.pack = pack
        self.hidden = GlorotLinear(rngs, pack * inputs, LECTURE_HIDDEN)
        self.dropout = LaneDropout(rngs, 0.5)
        self.last = GlorotLinear(rngs, LECTURE_HIDDEN + features, outputs)
        self.groups = groups(LECTURE_HIDDEN, partial(GlorotLinear, rngs, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """Images (S, batch, inputs) -> logits (S, batch / pack, outputs)."""
        y = self.features(x)
        if self.groups is not None:
            y = self.groups(y)  # before the dropout, whose masks would tell examples apart
        return torch.as_tensor(self.last(self.dropout(y)))

    def features(self, x: Tensor) -> Tensor:
        """The hidden layer's units, before the dropout: (S, batch, inputs) -> (S, batch / pack, 100)."""
        return functional.leaky_relu(self.hidden(packed(x, self.pack)), LECTURE_SLOPE)


class LaneConv(nn.Module):
    """S convolutions side by side, as one grouped convolution: (batch, S · inputs, h, w) -> (batch, S · outputs, …).

    4 × 4 kernels of stride 2 that halve the image, or transposed ones that double it. Weights N(0, 0.02), no bias
    where a batch norm follows (Radford et al. 2015).
    """

    def __init__(
        self, rngs: list[np.random.Generator], inputs: int, outputs: int, *, up: bool, bias: bool = False
    ) -> None:
        super().__init__()
        shape = (inputs, outputs, 4, 4) if up else (outputs, inputs, 4, 4)
        self.weight = nn.Parameter(tensor(np.concatenate([0.02 * rng.standard_normal(shape) for rng in rngs])))
        self.bias = nn.Parameter(torch.zeros(len(rngs) * outputs)) if bias else None
        self.groups = len(rngs)
        self.up = up

    def forward(self, x: Tensor) -> Tensor:
        """(batch, S · inputs, h, w) -> (batch, S · outputs, h / 2, w / 2), or 2 h and 2 w with `up`."""
        convolve = functional.conv_transpose2d if self.up else functional.conv2d
        return convolve(x, self.weight, self.bias, stride=2, padding=1, groups=self.groups)


class LaneNorm(nn.BatchNorm2d):
    """Batch norm over each lane's own channels; scales start as N(1, 0.02) (Radford et al. 2015)."""

    def __init__(self, rngs: list[np.random.Generator], channels: int) -> None:
        super().__init__(len(rngs) * channels)
        scales = np.concatenate([1 + 0.02 * rng.standard_normal(channels) for rng in rngs])
        with torch.no_grad():
            self.weight.copy_(tensor(scales))


class DcganGenerator(nn.Module):
    """z -> quarter-size maps -> two doublings -> tanh, with batch norm and ReLU between (Radford et al. 2015)."""

    def __init__(self, rngs: list[np.random.Generator], inputs: int, shape: tuple[int, int]) -> None:
        super().__init__()
        wide, narrow = DCGAN_CHANNELS
        self.small = (shape[0] // 4, shape[1] // 4)
        size = wide * self.small[0] * self.small[1]
        start = np.stack([0.02 * rng.standard_normal((inputs, size)) for rng in rngs])
        self.weight = nn.Parameter(tensor(start))
        self.norms = nn.ModuleList([LaneNorm(rngs, wide), LaneNorm(rngs, narrow)])
        self.middle = LaneConv(rngs, wide, narrow, up=True)
        self.last = LaneConv(rngs, narrow, 1, up=True, bias=True)

    def forward(self, z: Tensor) -> Tensor:
        """Latents (S, batch, inputs) -> images (S, batch, pixels) in (−1, 1)."""
        lanes, batch, _ = z.shape
        x = torch.bmm(z, self.weight).view(lanes, batch, -1, *self.small)
        x = to_channels(x)
        x = functional.relu(self.norms[0](x))
        x = functional.relu(self.norms[1](self.middle(x)))
        return torch.tanh(self.last(x)).view(batch, lanes, -1).transpose(0, 1)


class DcganDiscriminator(nn.Module):
    """Two halvings with LeakyReLU 0.2, batch norm on the second, then one linear map to the logits.

    labels: how many label one-hots follow the pixels; they join as constant maps (Mirza and Osindero 2014). The images
    of a pack are channels, as in the code of Lin et al. 2018.
    """

    def __init__(
        self,
        rngs: list[np.random.Generator],
        shape: tuple[int, int],
        labels: int = 0,
        pack: int = 1,
        minibatch: Minibatch = "none",
        outputs: int = 1,
    ) -> None:
        super().__init__()
        wide, narrow = DCGAN_CHANNELS
        features, groups = MINIBATCH[minibatch]
        self.shape, self.labels, self.pack = shape, labels, pack
        self.first = LaneConv(rngs, pack * (1 + labels), narrow, up=False, bias=True)
        self.middle = LaneConv(rngs, narrow, wide, up=False)
        self.norm = LaneNorm(rngs, wide)
        size = wide * (shape[0] // 4) * (shape[1] // 4)
        self.weight = nn.Parameter(tensor(_small(rngs, size + features, outputs)))
        self.bias = nn.Parameter(torch.zeros(len(rngs), 1, outputs))
        self.groups = groups(size, partial(SmallProduct, rngs))

    def forward(self, x: Tensor) -> Tensor:
        """Images with their label one-hots (S, batch, pixels + labels) -> logits (S, batch / pack, outputs)."""
        flat = self.features(x)
        if self.groups is not None:
            flat = self.groups(flat)
        return torch.baddbmm(self.bias, flat, self.weight)

    def features(self, x: Tensor) -> Tensor:
        """The last maps, flat: (S, batch, pixels + labels) -> (S, batch / pack, channels · pixels / 16)."""
        lanes, batch, _ = x.shape
        height, width = self.shape
        maps = x[..., : height * width].reshape(lanes, batch, 1, height, width)
        if self.labels:
            planes = x[..., height * width :, None, None].expand(-1, -1, -1, height, width)
            maps = torch.cat([maps, planes], dim=2)
        maps = maps.reshape(lanes, batch // self.pack, -1, height, width)
        y = functional.leaky_relu(self.first(to_channels(maps)), 0.2)
        y = functional.leaky_relu(self.norm(self.middle(y)), 0.2)
        return y.reshape(len(y), lanes, -1).transpose(0, 1)


class SmallProduct(nn.Module):
    """S linear maps side by side without bias, (S, batch, inputs) -> (S, batch, outputs), started as N(0, 0.02)."""

    def __init__(self, rngs: list[np.random.Generator], inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(tensor(_small(rngs, inputs, outputs)))

    def forward(self, x: Tensor) -> Tensor:
        """(S, batch, inputs) -> (S, batch, outputs)."""
        return torch.bmm(x, self.weight)


def _small(rngs: list[np.random.Generator], inputs: int, outputs: int) -> np.ndarray:
    """Weights N(0, 0.02) for each lane, (S, inputs, outputs) (Radford et al. 2015)."""
    return np.stack([0.02 * rng.standard_normal((inputs, outputs)) for rng in rngs])


def to_channels(x: Tensor) -> Tensor:
    """(S, batch, channels, h, w) -> (batch, S · channels, h, w), the layout of grouped convolutions."""
    return x.transpose(0, 1).flatten(1, 2)
