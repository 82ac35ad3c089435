"""MNIST's IDX files, gzipped or plain: a strict reader with a bound on the memory that it takes.

The format (LeCun, http://yann.lecun.com/exdb/mnist): big-endian 32-bit numbers, then bytes. Images are 2051, count,
height, width and the pixels, row by row; labels are 2049, count and one byte each.
"""

import gzip
import math
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from playground.data.errors import DataError

Bytes = NDArray[np.uint8]

IMAGES_MAGIC = 2051
LABELS_MAGIC = 2049
MAX_IMAGES = 200_000
MAX_SIDE = 32
SIDE_STEP = 4
"""Sides are multiples of 4, because the convolutional networks halve an image twice."""

_GZIP = b"\x1f\x8b"


def read_images(path: Path) -> Bytes:
    """The images of an IDX file, (n, h, w). Raises DataError."""
    return _read(path, IMAGES_MAGIC, "images", dimensions=3)


def read_labels(path: Path) -> Bytes:
    """The labels of an IDX file, (n,). Raises DataError."""
    return _read(path, LABELS_MAGIC, "labels", dimensions=1)


def read_pair(images_path: Path, labels_path: Path) -> tuple[Bytes, Bytes]:
    """Images (n, h, w) and their labels (n,). Raises DataError, also where the two files don't belong together."""
    images, labels = read_images(images_path), read_labels(labels_path)
    if len(images) != len(labels):
        raise DataError(
            f"'{images_path}' holds {len(images):,} images and '{labels_path}' {len(labels):,} labels: "
            "the two files don't belong together."
        )
    return images, labels


def check_shape(shape: tuple[int, ...], where: str) -> None:
    """Whether images of a shape (n, h, w) are within bounds. Raises DataError, which begins with `where`."""
    count, height, width = shape
    if not 2 <= count <= MAX_IMAGES:
        raise DataError(f"{where} holds {count:,} images; from 2 to {MAX_IMAGES:,} can be used.")
    if any(side % SIDE_STEP or not SIDE_STEP <= side <= MAX_SIDE for side in (height, width)):
        raise DataError(
            f"{where} holds images of {height} × {width} pixels; "
            f"height and width must be multiples of {SIDE_STEP} up to {MAX_SIDE}."
        )


def read_exactly(stream: BinaryIO, count: int, begun: bytes = b"") -> Bytes:
    """`begun` and what follows it in a stream, `count` bytes in all, fewer where the stream ends. Shape (m,).

    Never holds more than that.
    """
    content = np.empty(count, np.uint8)
    view, filled = content.data, len(begun)
    view[:filled] = begun
    while filled < count:
        piece = stream.read(min(count - filled, 1 << 20))
        if not piece:
            break
        view[filled : filled + len(piece)] = piece
        filled += len(piece)
    return content[:filled]


def _read(path: Path, magic: int, what: str, dimensions: int) -> Bytes:
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == _GZIP
            file.seek(0)
            if zipped:
                with gzip.GzipFile(fileobj=file) as unzipped:
                    return _parse(cast(BinaryIO, unzipped), path, magic, what, dimensions)
            return _parse(file, path, magic, what, dimensions)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(f"'{path}' is a damaged gzip file: it breaks off, or its checksum is wrong.") from None
    except OSError as error:
        raise DataError(f"'{path}' can't be read: {error.strerror or error}.") from None


def _parse(stream: BinaryIO, path: Path, magic: int, what: str, dimensions: int) -> Bytes:
    """The array behind the header. Everything that the header says is checked before anything is allocated."""
    header = read_exactly(stream, 4 * (1 + dimensions)).tobytes()
    if header[:4] != magic.to_bytes(4, "big"):
        found = int.from_bytes(header[:4], "big")
        raise DataError(f"'{path}' is no IDX file of {what}: it begins with {found}, not with {magic}.")
    if len(header) < 4 * (1 + dimensions):
        raise DataError(f"'{path}' breaks off within its header.")
    sizes = [int.from_bytes(header[start : start + 4], "big") for start in range(4, len(header), 4)]
    check_shape((*sizes, SIDE_STEP, SIDE_STEP) if dimensions == 1 else tuple(sizes), f"'{path}'")
    expected = math.prod(sizes)
    content = read_exactly(stream, expected)
    if len(content) < expected:
        raise DataError(f"'{path}' breaks off: its header promises {expected:,} bytes, {len(content):,} are there.")
    if stream.read(1):  # and reading to the end is what makes gzip compare its checksum
        raise DataError(f"'{path}' goes on after the {expected:,} bytes that its header promises.")
    return content.reshape(sizes)
