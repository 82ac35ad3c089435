"""What a run looks like at one moment, as plain values: its Scene, its Frames (with their binary form), its Rows.

Layout of a frame's bytes: uint32 length of the header (little endian), the header as JSON padded with spaces to a
multiple of 4, then each array's raw little-endian bytes in the header's order, padded likewise. A browser can lay
typed arrays straight over them.
"""

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

DTYPES: dict[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "float16": np.dtype("<f2"), "uint8": np.dtype("u1")}
"""What an array may be made of. float16 is for keeping only: the browser is sent the other two."""


Layer = Literal[
    "optimal",
    "gradients",
    "plan",
    "manifold",
    "density",
    "microscope",
    "reconstructions",
    "codes",
    "decoded",
    "weights",
]
"""What a picture can hold beside examples and what its method always shows; made only while somebody looks at it."""


@dataclass(frozen=True)
class Frame:
    """A picture of a run.

    values: numbers that go with the picture (JSON): step, lane, noise_sigma, …
    arrays: by name, such as fake (n, dim) and discriminator (grid, grid) in logits, as float32; uint8 and float16 stay.
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
    d_updates: int = 0
    """Updates of D so far; `step` counts those of G."""
    seconds: float = 0.0
    """Seconds of training so far, on the clock of the process that trains: pauses and measuring are not counted."""

    def of_lane(self, lane: int) -> tuple[int, dict[str, float], tuple[float, ...] | None]:
        """One seed's part: the step, its values by column, and its shares by mode where there are modes."""
        shares = self.mode_histogram[lane] if self.mode_histogram else None
        return self.step, {name: values[lane] for name, values in self.values.items()}, shares


def columns(values: Mapping[str, list[float]]) -> dict[str, tuple[float, ...]]:
    """The columns of a row, one value for each seed."""
    return {name: tuple(column) for name, column in values.items()}


@dataclass(frozen=True)
class Scene:
    """What stays the same in all pictures of a run: the axes, the real points, the modes; the size of the images."""

    kind: Literal["points", "images", "phase"]
    """phase: the plane of θ and ψ, where a game of two numbers goes round."""
    seeds: int
    dim: int = 0
    extent: tuple[float, float] = (0.0, 1.0)
    grid: int = 0
    real: list[list[float]] = field(default_factory=list)
    modes: list[list[float]] | None = None
    density: list[float] | None = None
    """p_data at the grid's points, in 1-D."""
    image: tuple[int, int] | None = None
    """Height and width of the images."""
    grid_side: int = 0
    """A picture shows grid_side² images."""
    classes: tuple[str, ...] = ()
    steps_per_epoch: float | None = None


def encode(frame: Frame) -> bytes:
    """The frame as bytes, see the module's text."""
    arrays = {
        name: np.ascontiguousarray(array, dtype=DTYPES.get(array.dtype.name, DTYPES["float32"]))
        for name, array in frame.arrays.items()
    }
    described = [
        {"name": name, "shape": array.shape, "dtype": array.dtype.newbyteorder("=").name}
        for name, array in arrays.items()
    ]
    header = json.dumps(dict(frame.values) | {"arrays": described}, allow_nan=False).encode()
    header += b" " * (-len(header) % 4)
    bodies = (array.tobytes() + bytes(-array.nbytes % 4) for array in arrays.values())
    return b"".join([struct.pack("<I", len(header)), header, *bodies])


def decode(data: bytes) -> Frame:
    """The frame that `encode` made into these bytes. Raises ValueError if they are no frame."""
    try:
        (length,) = struct.unpack_from("<I", data)
        values = json.loads(data[4 : 4 + length])
        offset = 4 + length
        arrays = {}
        for described in values.pop("arrays"):
            if any(type(side) is not int or not 0 <= side <= len(data) for side in described["shape"]):
                raise ValueError("These bytes are no frame: their header gives an impossible shape.")
            count = math.prod(described["shape"])
            flat = np.frombuffer(data, dtype=DTYPES[described["dtype"]], count=count, offset=offset)
            arrays[described["name"]] = flat.reshape(described["shape"])
            offset += flat.nbytes + -flat.nbytes % 4
    except (
        struct.error,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        UnicodeDecodeError,
        json.JSONDecodeError,
    ) as error:
        raise ValueError(f"These {len(data)} bytes are no frame: {error}") from None
    if offset != len(data):
        raise ValueError(f"A frame of {offset} bytes was expected, {len(data)} came.")
    return Frame(values, arrays)
