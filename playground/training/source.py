"""Where real examples come from: points of a distribution, or images in memory.

Both give the same thing, a batch of flat vectors per lane, so the game does not know what it plays on.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from playground.config import RunConfig
from playground.data import image_data
from playground.data.distribution import Distribution
from playground.data.image_data import DataError, Images
from playground.data.pixels import HALF
from playground.training.streams import MAX_ROWS, LaneStream

Batch = tuple[Tensor, Tensor | None]
"""Examples (S, n, dim), and their classes as one-hots (S, n, classes) where the game is told them."""


class PointSource:
    """Fresh points of a distribution, in its own units."""

    classes = 0
    shape: tuple[int, int] | None = None
    images: Images | None = None

    def __init__(self, distribution: Distribution, seeds: list[int], device: torch.device) -> None:
        self.distribution = distribution
        self.dim = distribution.dim
        self.scale = distribution.scale
        self.stream = LaneStream(seeds, "data", distribution.sample, device)

    def take(self, rows: Tensor) -> Batch:
        """Points need no looking up: the stream's rows are the examples."""
        return rows, None

    def sample(self, rngs: list[np.random.Generator], n: int) -> Batch:
        """n examples per lane from other generators than training's."""
        drawn = np.stack([self.distribution.sample(rng, n) for rng in rngs])
        return torch.from_numpy(drawn.astype(np.float32)), None


class ImageSource:
    """Images as flat vectors in [−1, 1], looked up by index; every epoch visits each image once, in a new order.

    They stay bytes in memory. What is left of an epoch that is too short for a batch is dropped.
    """

    scale = 1.0
    distribution: Distribution | None = None

    def __init__(self, loaded: Images, conditional: bool, seeds: list[int], device: torch.device) -> None:
        self.images = loaded
        self.shape = loaded.shape
        self.dim = loaded.pixels
        self.classes = len(loaded.classes) if conditional else 0
        self._pixels = torch.from_numpy(loaded.images.reshape(len(loaded.images), -1).copy()).to(device)
        self._labels = None
        if self.classes and loaded.labels is not None:
            self._labels = torch.from_numpy(loaded.labels.astype(np.int64)).to(device)
        self.count = len(loaded.images)
        self.stream = LaneStream(seeds, "data", self._order, device, rows=self._epochs(self.count) * self.count)

    def take(self, rows: Tensor) -> Batch:
        """The images at these indices (S, n, 1)."""
        index = rows.squeeze(-1).long()
        pixels = self._pixels[index].float().div_(HALF).sub_(1.0)
        if self._labels is None:
            return pixels, None
        return pixels, functional.one_hot(self._labels[index], self.classes).float()

    def sample(self, rngs: list[np.random.Generator], n: int) -> Batch:
        """n examples per lane from other generators than training's."""
        index = np.stack([rng.integers(0, self.count, (n, 1)) for rng in rngs])
        return self.take(torch.from_numpy(index).to(self._pixels.device))

    def _order(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        """Whole epochs, each in a random order, as a column of indices."""
        epochs = -(-rows // self.count)
        return np.concatenate([rng.permutation(self.count) for _ in range(epochs)])[:rows, None]

    @staticmethod
    def _epochs(count: int) -> int:
        """How many epochs fill a block that the largest batch fits into."""
        return -(-MAX_ROWS // count)


Source = PointSource | ImageSource


def make_source(config: RunConfig, seeds: list[int], device: torch.device, folder: Path | None = None) -> Source:
    """The config's data. Raises DataError where its images are not on this machine."""
    if not config.on_images:
        return PointSource(config.distribution(), seeds, device)
    loaded = image_data.load(config.dataset, folder, config.images_id)
    if config.conditional and loaded.labels is None:
        raise DataError("conditional must be false for these images: they have no labels.")
    return ImageSource(loaded, config.conditional, seeds, device)
