"""What pixels say without a classifier: their main directions as features, and how sharp images are."""

import math
from dataclasses import dataclass

import numpy as np

from playground.data.distribution import Floats
from playground.data.idx import Bytes

_FITTED = 10_000  # images that a PCA looks at


@dataclass(frozen=True, eq=False)
class PixelPca:
    """The main directions of real images: features for images that have no labels to train a classifier on.

    mean: (h · w,). axes: (components, h · w), orthonormal, of falling variance. Pixels are from 0 to 1.
    """

    mean: Floats
    axes: Floats

    def project(self, images: np.ndarray) -> Floats:
        """Images (n, h, w), uint8 or floats from 0 to 1 -> features (n, components)."""
        return (_pixels(images) - self.mean) @ self.axes.T


def pixel_pca(images: Bytes, components: int = 64) -> PixelPca:
    """The PCA of images (n, h, w), uint8, from at most 10,000 of them, spread evenly. Few images give fewer components.

    Raises ValueError for no images or components.
    """
    if images.ndim != 3 or len(images) == 0 or components < 1:
        raise ValueError(f"A PCA needs images (n, h, w) and a component, got {images.shape} and {components}.")
    chosen = np.linspace(0, len(images) - 1, min(len(images), _FITTED)).astype(np.intp)
    pixels = _pixels(images[chosen])
    mean = pixels.mean(axis=0)
    centred = pixels - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)  # of rising variance
    axes = vectors[:, ::-1][:, : min(components, len(images))].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return PixelPca(mean, axes * np.sign(largest))  # either sign would do: the largest entry is positive


def edges(images: np.ndarray) -> float:
    """How much neighbouring pixels differ: the mean of |difference| across and down, of images (n, h, w) or
    (n, h, w, c), in the pixels' units. Blurred images have little of it, and noise has much. NaN where a pixel is not
    finite."""
    down, across = (float(np.abs(np.diff(images.astype(float), axis=axis)).mean()) for axis in (1, 2))
    return (down + across) / 2


def _pixels(images: np.ndarray) -> Floats:
    """(n, h, w), uint8 or floats from 0 to 1 -> (n, h · w), float64 from 0 to 1."""
    flat = images.reshape(len(images), math.prod(images.shape[1:])).astype(float)
    return flat / 255 if images.dtype == np.uint8 else flat
