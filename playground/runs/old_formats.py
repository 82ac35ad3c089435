"""Forms in which version 1 kept rows and pictures: read here, and written nowhere any more.

Rows: the length of a header (uint32), the header as JSON, then the columns, little endian: steps and D's updates
(int64), seconds, each measure as (S, n), and the histogram as (n, S, K), all float64. An archive had all of a run's
rows in one file, each such piece after its length (uint32). Pictures: the same kind of header, then the arrays, all of
it deflated.
"""

import json
import math
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.frame import Frame
from playground.runs.compression import MAX_BYTES

_KINDS: dict[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "float16": np.dtype("<f2"), "uint8": np.dtype("u1")}
_INT, _FLOAT = np.dtype("<i8"), np.dtype("<f8")
DAMAGED = (zlib.error, struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a damaged piece may raise."""


def read_rows(data: bytes) -> tuple[tuple[str, ...], int, int | None, list[NDArray[Any]]]:
    """The names of the measures, how many seeds, how many modes (None: no histogram), and the columns in their order.

    Raises one of DAMAGED.
    """
    header, offset = _header(data)
    names, seeds, modes, rows = (header[key] for key in ("names", "seeds", "modes", "rows"))
    if not all(type(number) is int and 0 <= number <= len(data) for number in (seeds, rows, modes or 0)):
        raise ValueError("its header gives an impossible size")
    if len(set(names)) != len(names) or not all(isinstance(name, str) for name in names):
        raise ValueError("its header gives impossible names")
    shapes = [(_INT, (rows,)), (_INT, (rows,)), (_FLOAT, (rows,)), (_FLOAT, (len(names), seeds, rows))]
    shapes += [] if modes is None else [(_FLOAT, (rows, seeds, modes))]
    if len(data) != offset + sum(8 * math.prod(shape) for _, shape in shapes):
        raise ValueError("it is too short or too long")
    columns = []
    for kind, shape in shapes:
        columns.append(np.frombuffer(data, kind, math.prod(shape), offset).reshape(shape))
        offset += columns[-1].nbytes
    return tuple(names), seeds, modes, columns


def pieces_of_archived_rows(data: bytes) -> Iterator[bytes]:
    """The pieces of an archive's rows.bin, each for `read_rows`."""
    offset = 0
    while offset < len(data):
        end = offset + 4 + int.from_bytes(data[offset : offset + 4], "little")
        yield data[offset + 4 : end]
        offset = end


def read_picture(data: bytes) -> Frame:
    """The picture, with arrays as they were kept. Raises one of DAMAGED.

    One that the command line recorded lacks what a browser has to be told of every picture; that is added.
    """
    inflating = zlib.decompressobj()
    plain = inflating.decompress(data, MAX_BYTES)
    if not inflating.eof or inflating.unused_data:
        raise ValueError("it breaks off, or is too large")
    header, offset = _header(plain)
    arrays = {}
    for name, kind, shape in header["arrays"]:
        if not all(type(side) is int and 0 <= side <= MAX_BYTES for side in shape):
            raise ValueError("its header gives an impossible shape")
        flat = np.frombuffer(plain, _KINDS[kind], math.prod(shape), offset)
        offset += flat.nbytes
        arrays[str(name)] = flat.reshape(shape)
    if offset != len(plain):
        raise ValueError("it is too short or too long")
    return Frame({"steps_per_second": 0.0} | dict(header["values"]), arrays)


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    """The header, and where what it describes begins."""
    (length,) = struct.unpack_from("<I", data)
    return json.loads(data[4 : 4 + length]), 4 + length
