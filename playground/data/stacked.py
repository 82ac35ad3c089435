"""Stacked images: three of a dataset's images as the red, the green and the blue of one, so ten classes make 1,000.

After Stacked MNIST (Metz et al. 2016, 1611.02163, section 3.3.1), scaled down: fewer stacks, which are drawn once.
"""

from functools import lru_cache

import numpy as np

from playground.data.idx import Bytes
from playground.data.image_splits import CHANNELS, Images

STACKS, TEST_STACKS = 20_000, 5000
"""Of the two splits: some twenty and five for each class."""


@lru_cache(maxsize=2)
def stacked(name: str, single: Images, classes: tuple[str, ...]) -> Images:
    """Stacks of images with labels, always the same ones; the test stacks are made of test images.

    classes: their names, by 100 · the red class + 10 · the green + the blue.
    """
    assert single.labels is not None and single.test_labels is not None, "stacks are made of images with labels"
    rng = np.random.default_rng([*b"stacked"])
    train = _stacks(rng, single.images, single.labels, STACKS)
    test = _stacks(rng, single.test_images, single.test_labels, TEST_STACKS)
    return Images.of(name, train, test, classes, single)


def _stacks(rng: np.random.Generator, images: Bytes, labels: Bytes, count: int) -> tuple[Bytes, np.ndarray]:
    """(count, h, w, CHANNELS) images, drawn independently, and their classes (count,)."""
    chosen = rng.integers(0, len(images), (count, CHANNELS))
    return np.moveaxis(images[chosen], 1, -1).copy(), labels[chosen] @ np.array([100, 10, 1], np.uint16)
