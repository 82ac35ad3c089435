"""Pictures as the store keeps them: float32 as float16 where little is lost, and all of it compressed."""

import json
import math
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.frame import Frame, decode, encode
from playground.runs.record import StoreError

MAX_BYTES = 64 << 20
"""Of an unpacked picture: what a damaged or a hostile one may make us hold."""
FIT = 60_000.0
"""Numbers up to this size fit into a float16."""
LEVELS = 512
"""A rounding can't be seen where it is less than this part of what lies between the smallest and the largest."""
KINDS: dict[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "float16": np.dtype("<f2"), "uint8": np.dtype("u1")}


def pack(frame: bytes) -> bytes:
    """What frame.encode() made, in about half the size or less. Raises ValueError if it is no frame."""
    picture = decode(frame)
    arrays = {name: _narrowed(array) for name, array in picture.arrays.items()}
    described = [[name, array.dtype.name, list(array.shape)] for name, array in arrays.items()]
    header = json.dumps({"values": picture.values, "arrays": described}, separators=(",", ":")).encode()
    bodies = (np.ascontiguousarray(array).tobytes() for array in arrays.values())
    return zlib.compress(b"".join([struct.pack("<I", len(header)), header, *bodies]), 1)


def unpack(data: bytes) -> bytes:
    """The frame as frame.encode() makes it. Raises StoreError where it is damaged."""
    try:
        inflating = zlib.decompressobj()
        plain = inflating.decompress(data, MAX_BYTES)
        if not inflating.eof or inflating.unused_data:
            raise ValueError("it breaks off, or is too large")
        (length,) = struct.unpack_from("<I", plain)
        header = json.loads(plain[4 : 4 + length])
        offset, arrays = 4 + length, {}
        for name, kind, shape in header["arrays"]:
            if not all(type(side) is int and 0 <= side <= MAX_BYTES for side in shape):
                raise ValueError("a shape in it is none")
            flat = np.frombuffer(plain, KINDS[kind], math.prod(shape), offset)
            offset += flat.nbytes
            arrays[str(name)] = flat.reshape(shape)
        if offset != len(plain):
            raise ValueError("it is too short or too long")
        return encode(Frame(dict(header["values"]), arrays))
    except (zlib.error, struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(f"A recorded picture is damaged: {error}.") from None


def _narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """The array as float16 where nobody sees the difference."""
    if array.dtype != np.float32:
        return array
    finite = array[np.isfinite(array)]
    if not finite.size:
        return array.astype(KINDS["float16"])
    low, high = float(finite.min()), float(finite.max())
    if max(-low, high) >= FIT:
        return array
    narrow = array.astype(KINDS["float16"])
    lost = float(np.abs(finite.astype(np.float16).astype(np.float32) - finite).max())
    return narrow if lost <= (high - low) / LEVELS else array
