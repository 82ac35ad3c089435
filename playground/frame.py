"""What a run looks like at one moment, as plain values: its Scene, its Frames (with their binary form), its Rows.

Layout of a frame's bytes: uint32 length of the header (little endian), the header as JSON padded with spaces to a
multiple of 4, then each array's raw little-endian bytes in the header's order. A browser can lay typed arrays
straight over them.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Frame:
    """A picture of a run.

    values: numbers that go with the picture (JSON): step, lane, noise_sigma, …
    arrays: float32 arrays by name, such as fake (n, dim) and discriminator (grid, grid), in logits.
    """

    values: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What was measured at one step: for each column one value per seed (NaN where there is none)."""

    step: int
    values: Mapping[str, tuple[float, ...]]
    mode_histogram: tuple[tuple[float, ...], ...] | None
    """Share of the samples nearest to each mode, per seed."""


@dataclass(frozen=True)
class Scene:
    """What stays the same in all pictures of a run: the axes, the real points, the modes."""

    dim: int
    extent: tuple[float, float]
    grid: int
    real: list[list[float]]
    modes: list[list[float]] | None
    density: list[float] | None
    """p_data at the grid's points, in 1-D."""
    seeds: int


def encode(frame: Frame) -> bytes:
    """The frame as bytes, see the module's text."""
    arrays = {name: np.ascontiguousarray(array, dtype="<f4") for name, array in frame.arrays.items()}
    described = [{"name": name, "shape": array.shape, "dtype": "float32"} for name, array in arrays.items()]
    header = json.dumps(dict(frame.values) | {"arrays": described}, allow_nan=False).encode()
    header += b" " * (-len(header) % 4)
    return b"".join([struct.pack("<I", len(header)), header, *(array.tobytes() for array in arrays.values())])


def decode(data: bytes) -> Frame:
    """The frame that `encode` made into these bytes. Raises ValueError if they are no frame."""
    try:
        (length,) = struct.unpack_from("<I", data)
        values = json.loads(data[4 : 4 + length])
        offset = 4 + length
        arrays = {}
        for described in values.pop("arrays"):
            count = int(np.prod(described["shape"], dtype=np.int64))
            flat = np.frombuffer(data, dtype="<f4", count=count, offset=offset)
            arrays[described["name"]] = flat.reshape(described["shape"])
            offset += flat.nbytes
    except (struct.error, KeyError, TypeError, AttributeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"These {len(data)} bytes are no frame: {error}") from None
    if offset != len(data):
        raise ValueError(f"A frame of {offset} bytes was expected, {len(data)} came.")
    return Frame(values, arrays)
