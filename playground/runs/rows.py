"""Metric rows as compressed Arrow streams: a hundred thousand of them are read in a moment.

A chunk holds rows of one layout (the same measures, seeds and modes) as one Arrow IPC stream of one record batch,
compressed as a whole. Its columns: step and d_updates (int64), seconds (float64), one for each measure, called
"measure NAME", of lists of S float64, and "histogram" where there is one, of S lists of K.
"""

import struct
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from playground.frame import Row
from playground.runs import old_formats
from playground.runs.compression import compress, expand, is_compressed
from playground.runs.record import StoredColumns, StoreError

CHUNK_BYTES = 64 << 10
"""A chunk whose rows grew to this size, before compression, is left alone, and the next one begins."""

MAX_BYTES = 32 * CHUNK_BYTES
"""Bytes of an unpacked chunk, at most: many times what the largest that we write takes."""
_MEASURE = "measure "
_INT, _FLOAT = np.dtype("<i8"), np.dtype("<f8")


@dataclass(frozen=True)
class Layout:
    """names: the measures in their order; seeds: values of each; modes: of the histogram (None: there is none)."""

    names: tuple[str, ...]
    seeds: int
    modes: int | None

    @property
    def row_bytes(self) -> int:
        """Bytes of a row before compression."""
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
    columns = {
        "step": pa.array(chunk.steps),
        "d_updates": pa.array(chunk.d_updates),
        "seconds": pa.array(chunk.seconds),
    }
    for name, lanes in zip(chunk.layout.names, chunk.values, strict=True):
        columns[_MEASURE + name] = _lists(lanes.T)
    if chunk.histogram is not None:
        columns["histogram"] = _lists(chunk.histogram)
    batch, sink = pa.record_batch(columns), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return compress(sink.getvalue())


def unpack(data: bytes) -> Chunk:
    """The chunk that `pack`, or version 1, made into these bytes. Raises StoreError where it is damaged."""
    try:
        if not is_compressed(data):
            names, seeds, modes, columns = old_formats.read_rows(data)
            steps, d_updates, seconds, values, *histogram = columns
            return Chunk(Layout(names, seeds, modes), steps, d_updates, seconds, values, next(iter(histogram), None))
        held = expand(data, MAX_BYTES)
        if any(_is_packed_within(message) for message in pa.ipc.MessageReader.open_stream(held)):
            raise ValueError("its columns are compressed once more, which says nothing of their size")
        with pa.ipc.open_stream(held) as stream:
            table = stream.read_all().combine_chunks()
        table.validate(full=True)
        return _chunk_of_table(table)
    except (*old_formats.DAMAGED, OSError, MemoryError, pa.ArrowException) as error:
        raise StoreError(f"Recorded metrics are damaged: {' '.join(str(error).split()).rstrip('.')[:200]}.") from None


def _is_packed_within(message: Any) -> bool:
    """Whether a message's buffers are compressed by themselves: Arrow would unpack them to any size that they name.

    Arrow tells nobody, so its metadata is read here: a flatbuffer, whose record batch has `compression` as its fourth
    field (Message.fbs). Raises struct.error where the metadata is damaged.
    """
    if message.type != "record batch":
        return False
    data = memoryview(message.metadata)

    def field(table: int, index: int) -> int:
        """Where a table's field stands; 0 where it has none."""
        vtable = table - struct.unpack_from("<i", data, table)[0]
        (size,) = struct.unpack_from("<H", data, vtable)
        (offset,) = struct.unpack_from("<H", data, vtable + 4 + 2 * index) if 4 + 2 * index < size else (0,)
        return table + offset if offset else 0

    def referred(place: int) -> int:
        return int(place + struct.unpack_from("<I", data, place)[0])

    header = field(referred(0), 2)
    return bool(field(referred(header), 3))


def _lists(array: NDArray[np.float64]) -> Any:
    """An array as a column with an entry for each of its first places: lists, or lists of lists."""
    column = pa.array(np.ascontiguousarray(array).ravel())
    for size in array.shape[:0:-1]:
        column = pa.FixedSizeListArray.from_arrays(column, size)
    return column


def _chunk_of_table(table: Any) -> Chunk:
    """Raises ValueError where the table is not one that `pack` makes."""
    names = [name.removeprefix(_MEASURE) for name in table.column_names if name.startswith(_MEASURE)]
    measures = [_array(table, _MEASURE + name, _FLOAT, 2) for name in names]
    histogram = _array(table, "histogram", _FLOAT, 3) if "histogram" in table.column_names else None
    seeds = {array.shape[1] for array in measures} | (set() if histogram is None else {histogram.shape[1]})
    if len(seeds) > 1:
        raise ValueError("the number of seeds differs in it")
    layout = Layout(tuple(names), min(seeds, default=0), None if histogram is None else histogram.shape[2])
    values = np.stack(measures).transpose(0, 2, 1) if measures else np.empty((0, layout.seeds, len(table)))
    steps, d_updates = (_array(table, name, _INT, 1) for name in ("step", "d_updates"))
    return Chunk(layout, steps, d_updates, _array(table, "seconds", _FLOAT, 1), values, histogram)


def _array(table: Any, name: str, kind: np.dtype[Any], dimensions: int) -> NDArray[Any]:
    """A column as an array of so many dimensions. Raises ValueError where it is something else."""
    column, shape = pa.concat_arrays(table.column(name).chunks), [len(table)]
    while pa.types.is_fixed_size_list(column.type) and not column.null_count:
        shape.append(column.type.list_size)
        column = column.flatten()
    if column.type != pa.from_numpy_dtype(kind) or column.null_count or len(shape) != dimensions:
        raise ValueError(f"its column {name!r} is not what it should be")
    array: NDArray[Any] = column.to_numpy(zero_copy_only=False).reshape(shape)
    return array


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
