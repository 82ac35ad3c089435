"""A set of images in memory, in its two splits."""

import hashlib
from dataclasses import dataclass

import numpy as np

from playground.data.idx import Bytes


@dataclass(frozen=True, eq=False)
class Images:
    """Greyscale images, 0 is black and 255 white. The arrays are read-only: they are cached and shared.

    name: its row in the table. images: (n, h, w), the train split. labels: (n,), positions in `classes`, or None.
    test_images (m, h, w), test_labels (m,): never trained on. classes: their names; () where there are no labels.
    digest: a SHA-256 over all four arrays.
    """

    name: str
    images: Bytes
    labels: Bytes | None
    test_images: Bytes
    test_labels: Bytes | None
    classes: tuple[str, ...]
    digest: str

    @classmethod
    def of(
        cls, name: str, train: tuple[Bytes, Bytes | None], test: tuple[Bytes, Bytes | None], classes: tuple[str, ...]
    ) -> "Images":
        """Two splits, each its images and labels. Makes the arrays read-only."""
        summed = hashlib.sha256()
        for array in (*train, *test):
            summed.update(repr(None if array is None else array.shape).encode())
            if array is not None:
                summed.update(np.ascontiguousarray(array).data)
                array.setflags(write=False)
        return cls(name, *train, *test, classes, summed.hexdigest())

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w), in pixels."""
        return int(self.images.shape[1]), int(self.images.shape[2])

    @property
    def pixels(self) -> int:
        """h · w."""
        height, width = self.shape
        return height * width
