"""Images in an .npz file: a reader for files from anybody.

Sizes are read from the headers and checked before a pixel is decompressed, so a zip bomb costs nothing; nothing is
ever unpickled.
"""

import io
import math
import struct
import tokenize
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from playground.data.errors import DataError
from playground.data.idx import Bytes, check_shape, read_exactly

MAX_CLASSES = 100
MAX_LABEL = 9999
EXPECTED = (
    "expected is an .npz file, as numpy.savez writes it, with `images` (n, h, w) of uint8 and, if there are any, "
    "`labels` (n,) of whole numbers"
)

Labels = NDArray[np.int64]
_Header = tuple[tuple[int, ...], bool, np.dtype[np.generic]]  # shape, column by column, type

_HEADER_BYTES = 4096  # numpy.savez writes 128
BROKEN_HEADER = (
    ValueError,
    TypeError,
    SyntaxError,
    OverflowError,
    RecursionError,
    MemoryError,
    EOFError,
    tokenize.TokenError,
)
"""All that NumPy's reader of .npy headers raises for bytes that are not a header (found by fuzzing it)."""
_BROKEN_ZIP = (
    # All that zipfile raises: damage, a password, a compression that this Python can't undo.
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
)


def read(file: Path | BinaryIO) -> tuple[Bytes, Labels | None]:
    """Images (n, h, w) and their labels (n,) as they stand in the file. Other arrays in it are not looked at.

    Raises DataError.
    """
    where = f"'{file}'" if isinstance(file, Path) else "the file"
    try:
        with zipfile.ZipFile(file) as archive:
            return _read_archive(archive, where)
    except _BROKEN_ZIP:
        raise DataError(f"{_begin(where)} is damaged or no .npz file; {EXPECTED}.") from None
    except OSError as error:
        raise DataError(f"{_begin(where)} can't be read: {error.strerror or error}.") from None


def read_plain(content: bytes, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The arrays of these names in an .npz file that was written without compression. Raises DataError.

    Nothing in it can be larger than the file itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            arrays = {}
            for name in names:
                if archive.getinfo(f"{name}.npy").compress_type != zipfile.ZIP_STORED:
                    raise NotImplementedError
                with _open(archive, f"{name}.npy") as stream:
                    (shape, by_columns, kind), begun = _header(stream, name, "the file")
                    if kind.kind not in "uif" or math.prod(shape) * kind.itemsize > len(content):
                        raise DataError(f"`{name}` in the file is not as long as its header says.")
                    arrays[name] = _content(stream, begun, shape, by_columns, kind, name, "the file")
            return arrays
    except (*_BROKEN_ZIP, KeyError, OSError):
        raise DataError(f"The file is damaged or does not hold {' and '.join(names)}.") from None


def _read_archive(archive: zipfile.ZipFile, where: str) -> tuple[Bytes, Labels | None]:
    names = set(archive.namelist())
    if "images.npy" not in names:
        held = ", ".join(sorted(name.removesuffix(".npy")[:40] for name in names)[:5]) or "nothing"
        raise DataError(f"{_begin(where)} has no `images` (it holds {held}); {EXPECTED}.")
    images = _read_images(archive, where)
    labels = _read_labels(archive, where, len(images)) if "labels.npy" in names else None
    return images, labels


def _read_images(archive: zipfile.ZipFile, where: str) -> Bytes:
    with _open(archive, "images.npy") as stream:
        (shape, by_columns, kind), begun = _header(stream, "images", where)
        if kind != np.uint8:
            raise DataError(f"`images` in {where} must be uint8 from 0 to 255, not {kind}."[:300])
        if len(shape) != 3:
            raise DataError(f"`images` in {where} must have the shape (n, h, w), greyscale, not {shape}."[:300])
        check_shape(shape, f"`images` in {where}")
        return _content(stream, begun, shape, by_columns, kind, "images", where)


def _read_labels(archive: zipfile.ZipFile, where: str, count: int) -> Labels:
    with _open(archive, "labels.npy") as stream:
        (shape, by_columns, kind), begun = _header(stream, "labels", where)
        if kind.kind not in "iu":
            raise DataError(f"`labels` in {where} must be whole numbers, not {kind}."[:300])
        if shape != (count,):
            raise DataError(f"`labels` in {where} must have the shape ({count},), one per image, not {shape}."[:300])
        labels = _content(stream, begun, shape, by_columns, kind, "labels", where)
    if not 0 <= labels.min() <= labels.max() <= MAX_LABEL:
        raise DataError(
            f"`labels` in {where} must be from 0 to {MAX_LABEL:,}, not from {labels.min()} to {labels.max()}."
        )
    classes = len(np.unique(labels))
    if classes > MAX_CLASSES:
        raise DataError(f"`labels` in {where} name {classes:,} classes; at most {MAX_CLASSES} can be used.")
    return labels.astype(np.int64)


def _open(archive: zipfile.ZipFile, name: str) -> BinaryIO:
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError  # numpy.savez writes no other, and LZMA may ask for gigabytes of memory
    return cast(BinaryIO, archive.open(name))


def _header(stream: BinaryIO, name: str, where: str) -> tuple[_Header, bytes]:
    """Shape, order and type of a stored array, and the bytes of its content that were read along."""
    begin = io.BytesIO(read_exactly(stream, _HEADER_BYTES).tobytes())  # a header may claim a length of 4 GB
    try:
        with warnings.catch_warnings(action="ignore"):  # a broken header may warn before it fails
            version = np.lib.format.read_magic(begin)
            if version == (1, 0):
                header = np.lib.format.read_array_header_1_0(begin)
            else:
                header = np.lib.format.read_array_header_2_0(begin)
    except BROKEN_HEADER:
        raise DataError(f"`{name}` in {where} is not an array of plain numbers; {EXPECTED}.") from None
    shape, by_columns, kind = header
    if kind.hasobject:
        raise DataError(f"`{name}` in {where} holds Python objects, which are never unpickled; {EXPECTED}.")
    return (shape, by_columns, kind), begin.read()


def _content(
    stream: BinaryIO, begun: bytes, shape: tuple[int, ...], by_columns: bool, kind: np.dtype, name: str, where: str
) -> np.ndarray:
    """The array itself. Reading to the end is what makes zipfile compare its checksum."""
    size = math.prod(shape) * kind.itemsize
    content = read_exactly(stream, size, begun) if len(begun) <= size else None
    if content is None or len(content) < size or stream.read(1):
        raise DataError(f"`{name}` in {where} is not as long as its header says; {EXPECTED}.")
    return np.ascontiguousarray(content.view(kind).reshape(shape, order="F" if by_columns else "C"))


def _begin(where: str) -> str:
    return where[0].upper() + where[1:]
