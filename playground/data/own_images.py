"""Uploaded images, kept as files that are named by their content; see `npz.read` for what is accepted."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from playground.data import npz
from playground.data.errors import DataError
from playground.data.idx import Bytes
from playground.data.image_splits import Images
from playground.data.kept_files import ID_DIGITS, KeptFiles

OWN_IMAGES = "own_images"
"""What the dataset is called in a run's settings."""
KEPT = KeptFiles(
    "images",
    "GAN_PLAYGROUND_IMAGES",
    "uploaded",
    "There are no images of your own yet: upload an .npz file.",
    max_files=200,
    max_bytes=2 << 30,
)

_TEST_SHARE = 7  # one image in 7 is held out, the share that MNIST holds out


def read(file: Path | BinaryIO) -> Images:
    """The images of a user's .npz file, split into train and test.

    One image in seven is held out, drawn with a fixed seed; each class keeps its first image in the train split.
    A class is named by its label. Raises DataError.
    """
    return _split(*npz.read(file))


def register(file: Path | BinaryIO, expected: str = "") -> str:
    """Checks a user's .npz file and keeps its images where `load` finds them; returns their id.

    expected: the id that they must have, where it is known. Raises DataError.
    """
    images, labels = npz.read(file)
    id = _id(images, labels)
    if expected and id != expected:
        raise DataError(f"The file holds other images than '{expected}'.")
    arrays = {"images": images} if labels is None else {"images": images, "labels": labels}
    KEPT.write(id, lambda written: np.savez_compressed(written, allow_pickle=False, **arrays))
    return id


def available(id: str) -> bool:
    """Whether the images of that id are on this machine."""
    return KEPT.has(id)


def content(id: str) -> bytes:
    """The .npz file of that id. Raises DataError where it is not on this machine."""
    path = KEPT.path(id)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"'{path}' can't be read: {error.strerror or error}.") from None


def load(id: str) -> Images:
    """The images of that id. A second call returns the same object.

    Raises DataError where they are not on this machine, or where the file holds others.
    """
    return _load(id, KEPT.path(id))


@lru_cache(maxsize=3)
def _load(id: str, path: Path) -> Images:
    images, labels = npz.read(path)
    if _id(images, labels) != id:
        raise KEPT.changed(id)
    return _split(images, labels)


def _id(images: Bytes, labels: npz.Labels | None) -> str:
    """Names images (n, h, w) and their labels (n,): the first digits of a SHA-256."""
    summed = hashlib.sha256(f"{images.shape} {labels is not None}".encode())
    summed.update(np.ascontiguousarray(images).data)
    if labels is not None:
        summed.update(labels.astype("<i8").tobytes())
    return summed.hexdigest()[:ID_DIGITS]


def _split(images: Bytes, labels: npz.Labels | None) -> Images:
    """A fixed draw of a seventh is the test split."""
    order = np.random.default_rng(0).permutation(len(images))
    names: Bytes | None = None
    classes: tuple[str, ...] = ()
    if labels is not None:
        values, first, positions = np.unique(labels, return_index=True, return_inverse=True)
        names = positions.astype(np.uint8)
        classes = tuple(str(value) for value in values)
        order = np.concatenate([order[~np.isin(order, first)], first])  # the first of each class is held out last
    held_out = np.zeros(len(images), bool)
    held_out[order[: max(1, len(images) // _TEST_SHARE)]] = True
    train, test = ((images[part], None if names is None else names[part]) for part in (~held_out, held_out))
    return Images.of(OWN_IMAGES, train, test, classes)
