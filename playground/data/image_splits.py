"""A set of images in memory, in its two splits."""

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.idx import Bytes

CHANNELS = 3
"""Of a stack: red, green and blue, each a greyscale image."""
Labels = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, eq=False)
class Images:
    """Greyscale images, 0 is black and 255 white, or stacks of them. The arrays are read-only: they are shared.

    name: its row in the table. images: (n, h, w), the train split. labels: (n,), positions in `classes`, or None.
    test_images (m, h, w), test_labels (m,): never trained on. classes: their names; () where there are no labels.
    digest: a SHA-256 over all four arrays. single: the images that stacks (n, h, w, CHANNELS) are made of, else None.
    """

    name: str
    images: Bytes
    labels: Labels | None
    test_images: Bytes
    test_labels: Labels | None
    classes: tuple[str, ...]
    digest: str
    single: "Images | None" = None

    @classmethod
    def of(
        cls,
        name: str,
        train: tuple[Bytes, Labels | None],
        test: tuple[Bytes, Labels | None],
        classes: tuple[str, ...],
        single: "Images | None" = None,
    ) -> "Images":
        """Two splits, each its images and labels. Makes the arrays read-only."""
        summed = hashlib.sha256()
        for array in (*train, *test):
            summed.update(repr(None if array is None else array.shape).encode())
            if array is not None:
                summed.update(np.ascontiguousarray(array).data)
                array.setflags(write=False)
        return cls(name, *train, *test, classes, summed.hexdigest(), single)

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w), in pixels."""
        return int(self.images.shape[1]), int(self.images.shape[2])

    @property
    def form(self) -> tuple[int, ...]:
        """Of one image: (h, w), or (h, w, CHANNELS) of a stack."""
        return tuple(self.images.shape[1:])

    @property
    def pixels(self) -> int:
        """Numbers in one image."""
        return math.prod(self.form)
