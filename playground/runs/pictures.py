"""Pictures as the store keeps them: compressed frames, with float16 for float32 where little is lost."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.frame import DTYPES, Frame, decode, encode
from playground.runs import old_formats
from playground.runs.compression import compress, expand, is_compressed
from playground.runs.record import StoreError

FIT = 60_000.0
"""Numbers up to this size fit into a float16."""
LEVELS = 512
"""A rounding can't be seen where it is less than this part of what lies between the smallest and the largest."""


def pack(frame: bytes) -> bytes:
    """What frame.encode() made, in about half the size or less. Raises ValueError if it is no frame."""
    picture = decode(frame)
    return compress(encode(Frame(picture.values, {name: narrow(array) for name, array in picture.arrays.items()})))


def unpack(data: bytes) -> bytes:
    """The frame as frame.encode() makes it, of float32 and uint8. Raises StoreError where it is damaged."""
    try:
        kept = decode(expand(data)) if is_compressed(data) else old_formats.read_picture(data)
        return encode(Frame(kept.values, {name: _widened(array) for name, array in kept.arrays.items()}))
    except old_formats.DAMAGED as error:
        raise StoreError(f"A recorded picture is damaged: {str(error).rstrip('.')}.") from None


def _widened(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(DTYPES["float32"]) if array.dtype == DTYPES["float16"] else array


def narrow(array: NDArray[Any]) -> NDArray[Any]:
    """The array as float16 where nobody sees the difference."""
    if array.dtype != np.float32:
        return array
    finite = array[np.isfinite(array)]
    if not finite.size:
        return array.astype(DTYPES["float16"])
    low, high = float(finite.min()), float(finite.max())
    if max(-low, high) >= FIT:
        return array
    narrow = array.astype(DTYPES["float16"])
    lost = float(np.abs(finite.astype(np.float16).astype(np.float32) - finite).max())
    return narrow if lost <= (high - low) / LEVELS else array
