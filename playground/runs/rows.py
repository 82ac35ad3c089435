"""Metric rows as packed chunks of doubles: a hundred thousand of them are read in a moment.

A chunk holds rows of one layout (the same measures, seeds and modes): the length of a header (uint32), the header as
JSON, then the columns one after the other, little endian: steps and D's updates (int64), seconds, each measure as
(S, n), and the histogram as (n, S, K).
"""

import json
import math
import struct
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.frame import Row
from playground.runs.record import StoredColumns, StoreError

CHUNK_BYTES = 64 << 10
"""A chunk that grew to this size is left alone, and the next one begins."""

_INT, _FLOAT = np.dtype("<i8"), np.dtype("<f8")


@dataclass(frozen=True)
class Layout:
    """names: the measures in their order; seeds: values of each; modes: of the histogram (None: there is none)."""

    names: tuple[str, ...]
    seeds: int
    modes: int | None

    @property
    def row_bytes(self) -> int:
        return 8 * (3 + self.seeds * (len(self.names) + (self.modes or 0)))


def layout_of(row: Row) -> Layout:
    """Raises ValueError where the measures have different numbers of seeds."""
    seeds = {len(values) for values in row.values.values()} | (
        {len(row.mode_histogram)} if row.mode_histogram else set()
    )
    modes = {len(shares) for shares in row.mode_histogram or ()}
    if len(seeds) > 1 or len(modes) > 1:
        raise ValueError(f"The row at step {row.step} has different numbers of seeds or modes in it.")
    return Layout(tuple(row.values), min(seeds, default=0), min(modes, default=None))


def groups_of_rows(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows in their order, in groups of one layout each."""
    groups: list[list[Row]] = []
    layout: Layout | None = None
    for row in rows:
        found = layout_of(row)
        if found != layout or not groups:
            groups.append([])
            layout = found
        groups[-1].append(row)
    return groups


@dataclass(frozen=True, eq=False)
class Chunk:
    """Rows of one layout as columns."""

    layout: Layout
    steps: NDArray[np.int64]
    d_updates: NDArray[np.int64]
    seconds: NDArray[np.float64]
    values: NDArray[np.float64]
    """(measures, S, n)"""
    histogram: NDArray[np.float64] | None
    """(n, S, K)"""

    def __len__(self) -> int:
        return len(self.steps)

    def rows(self) -> list[Row]:
        """As they were handed in."""
        names = self.layout.names
        shares = [None] * len(self) if self.histogram is None else self.histogram.tolist()
        columns = (self.steps.tolist(), self.d_updates.tolist(), self.seconds.tolist())
        return [
            Row(
                step,
                dict(zip(names, map(tuple, lanes), strict=True)),
                None if histogram is None else tuple(map(tuple, histogram)),
                d_updates,
                seconds,
            )
            for step, d_updates, seconds, lanes, histogram in zip(
                *columns, self.values.transpose(2, 0, 1).tolist(), shares, strict=True
            )
        ]

    def part(self, begin: int, end: int) -> "Chunk":
        """The rows from one place to before another."""
        return Chunk(
            self.layout,
            self.steps[begin:end],
            self.d_updates[begin:end],
            self.seconds[begin:end],
            self.values[:, :, begin:end],
            None if self.histogram is None else self.histogram[begin:end],
        )

    def then(self, other: "Chunk") -> "Chunk":
        """These rows and those of another chunk of the same layout."""
        histogram = None
        if self.histogram is not None and other.histogram is not None:
            histogram = np.concatenate([self.histogram, other.histogram])
        return Chunk(
            self.layout,
            np.concatenate([self.steps, other.steps]),
            np.concatenate([self.d_updates, other.d_updates]),
            np.concatenate([self.seconds, other.seconds]),
            np.concatenate([self.values, other.values], axis=2),
            histogram,
        )


def chunk_of(rows: Sequence[Row]) -> Chunk:
    """Rows of one layout, at least one, as columns."""
    layout = layout_of(rows[0])
    values = np.array([[row.values[name] for name in layout.names] for row in rows], dtype=_FLOAT)
    histogram = None
    if layout.modes is not None:
        shares = np.array([row.mode_histogram for row in rows], dtype=_FLOAT)
        histogram = shares.reshape(len(rows), layout.seeds, layout.modes)
    return Chunk(
        layout,
        np.array([row.step for row in rows], dtype=_INT),
        np.array([row.d_updates for row in rows], dtype=_INT),
        np.array([row.seconds for row in rows], dtype=_FLOAT),
        values.reshape(len(rows), len(layout.names), layout.seeds).transpose(1, 2, 0),
        histogram,
    )


def pack(chunk: Chunk) -> bytes:
    """The chunk as bytes, see the module's text."""
    layout = chunk.layout
    header = {"names": layout.names, "seeds": layout.seeds, "modes": layout.modes, "rows": len(chunk)}
    text = json.dumps(header).encode()
    text += b" " * (-(4 + len(text)) % 8)
    parts = [chunk.steps, chunk.d_updates, chunk.seconds, chunk.values]
    if chunk.histogram is not None:
        parts.append(chunk.histogram)
    return struct.pack("<I", len(text)) + text + b"".join(part.tobytes() for part in parts)


def unpack(data: bytes) -> Chunk:
    """The chunk that `pack` made into these bytes. Raises StoreError where it is damaged."""
    try:
        (length,) = struct.unpack_from("<I", data)
        header = json.loads(data[4 : 4 + length])
        names, seeds, modes, rows = (header[key] for key in ("names", "seeds", "modes", "rows"))
        if not all(type(number) is int and 0 <= number <= len(data) for number in (seeds, rows, modes or 0)):
            raise ValueError("a size in it is none")
        if len(set(names)) != len(names) or not all(isinstance(name, str) for name in names):
            raise ValueError("its names are none")
        layout = Layout(tuple(names), seeds, modes)
        if len(data) != 4 + length + rows * layout.row_bytes:
            raise ValueError("it is too short or too long")
        offset = 4 + length

        def column(kind: np.dtype[Any], *shape: int) -> NDArray[Any]:
            nonlocal offset
            flat = np.frombuffer(data, kind, math.prod(shape), offset)
            offset += flat.nbytes
            return flat.reshape(shape)

        return Chunk(
            layout,
            column(_INT, rows),
            column(_INT, rows),
            column(_FLOAT, rows),
            column(_FLOAT, len(names), seeds, rows),
            None if modes is None else column(_FLOAT, rows, seeds, modes),
        )
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(f"Recorded metrics are damaged: {error}.") from None


def joined(chunks: Sequence[Chunk], only: Collection[str] | None = None) -> StoredColumns:
    """The columns of all chunks as one, of just these measures if given. Raises StoreError if their seeds differ."""
    sizes = {chunk.layout.seeds for chunk in chunks if chunk.layout.names}
    shapes = {chunk.histogram.shape[1:] for chunk in chunks if chunk.histogram is not None}
    if len(sizes) > 1 or len(shapes) > 1:
        raise StoreError("Recorded metrics are damaged: the number of seeds or modes changes in them.")
    count, seeds = sum(map(len, chunks)), min(sizes, default=0)
    names = dict.fromkeys(name for chunk in chunks for name in chunk.layout.names if only is None or name in only)
    values = {name: np.full((seeds, count), np.nan) for name in names}
    histogram = np.full((count, *min(shapes)), np.nan) if shapes and only is None else None
    begin = 0
    for chunk in chunks:
        end = begin + len(chunk)
        for place, name in enumerate(chunk.layout.names):
            if name in values:
                values[name][:, begin:end] = chunk.values[place]
        if histogram is not None and chunk.histogram is not None:
            histogram[begin:end] = chunk.histogram
        begin = end

    def whole(parts: Iterable[NDArray[Any]], kind: np.dtype[Any]) -> NDArray[Any]:
        return np.concatenate([np.empty(0, kind), *parts])

    return StoredColumns(
        whole((chunk.steps for chunk in chunks), _INT),
        whole((chunk.d_updates for chunk in chunks), _INT),
        whole((chunk.seconds for chunk in chunks), _FLOAT),
        values,
        histogram,
    )
