"""A run's metrics as a table: a row per measured step and seed, as CSV, as Parquet, as TensorBoard's event files."""

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
from numpy.typing import NDArray

from playground.config import RunConfig
from playground.frame import Scene
from playground.runs.record import StoredColumns

Table: TypeAlias = Any
"""A pyarrow.Table, which has no types."""


def table(columns: StoredColumns, config: RunConfig, scene: Scene | None) -> Table:
    """step, seed, d_updates, seconds, every measure, and the share of each mode or class. The config goes along.

    A value that a row lacks is NaN.
    """
    seeds, count = config.seeds, len(columns)
    by_row: dict[str, NDArray[Any]] = {
        "step": np.repeat(columns.steps, seeds),
        "seed": np.tile(np.arange(config.seed, config.seed + seeds, dtype=np.int64), count),
        "d_updates": np.repeat(columns.d_updates, seeds),
        "seconds": np.repeat(columns.seconds, seeds),
    }
    for name, values in columns.values.items():
        by_row[name] = values.T.ravel()
    if columns.histogram is not None:
        shares = columns.histogram.reshape(count * seeds, -1)
        for name, share in zip(share_names(scene, shares.shape[1]), shares.T, strict=True):
            by_row[name] = share
    made = pa.table({name: pa.array(np.ascontiguousarray(values)) for name, values in by_row.items()})
    return made.replace_schema_metadata({"config": config.model_dump_json()})


def share_names(scene: Scene | None, count: int) -> list[str]:
    """What the columns of the histogram are called: class_NAME, or mode_1, mode_2 …"""
    classes = scene.classes if scene else ()
    if len(classes) == count:
        return [f"class_{name}" for name in classes]
    return [f"mode_{number}" for number in range(1, count + 1)]


def as_csv(made: Table) -> bytes:
    """The table as CSV with a header line, UTF-8."""
    out = io.BytesIO()
    names = io.StringIO()
    # The header by hand: a class's name may hold a comma, and Arrow either quotes every name or none.
    names.write(",".join(_quoted(name) for name in made.column_names) + "\n")
    out.write(names.getvalue().encode())
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    pyarrow.csv.write_csv(made, out, options)
    return out.getvalue()


def as_parquet(made: Table) -> bytes:
    """The table as a Parquet file; the config lies in its metadata, as JSON."""
    out = io.BytesIO()
    pyarrow.parquet.write_table(made, out)
    return out.getvalue()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\n') else name


def as_tensorboard(columns: StoredColumns, config: RunConfig, name: str, started: float) -> bytes:
    """A zip of TensorBoard event files, one folder per seed: unzip it and name the folder with --logdir.

    started: when the run was created, in Unix seconds; every row stands at that plus its seconds of training.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for lane in range(config.seeds):
            values = {measure: lanes[lane] for measure, lanes in columns.values.items()}
            content = events(columns.steps, started + columns.seconds, values)
            folder = f"{name}/seed-{config.seed + lane}"
            archive.writestr(f"{folder}/events.out.tfevents.{int(started):010d}.gan-playground", content)
    return out.getvalue()


def events(steps: NDArray[np.int64], times: NDArray[np.float64], values: Mapping[str, NDArray[np.float64]]) -> bytes:
    """An event file: TFRecords of protocol buffers (tensorflow/core/util/event.proto), one event per step.

    A measure that is never a number is left out; NaN in between stays NaN.
    """
    told = {name: column for name, column in values.items() if not np.isnan(column).all()}
    first = _event_head(times[:1] if len(times) else np.zeros(1), np.zeros(1, np.int64))
    version = b"brain.Event:2"
    start = first[0].tobytes() + b"\x1a" + _varint(len(version)) + version  # field 3: file_version
    records = [_records(np.frombuffer(start, np.uint8)[None])]
    if told and len(steps):
        records.append(_records(np.concatenate([_event_head(times, steps), _summary(told)], axis=1)))
    return b"".join(records)


def _event_head(times: NDArray[np.float64], steps: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Fields 1 and 2 of each event: wall_time, a double, and step, an int64 in a varint of 5 bytes. (n, 15)."""
    head = np.empty((len(times), 15), np.uint8)
    head[:, 0] = 0x09
    head[:, 1:9] = np.ascontiguousarray(times, "<f8").view(np.uint8).reshape(-1, 8)
    head[:, 9] = 0x10
    for place in range(5):  # always 5 bytes, so that all events are equally long
        head[:, 10 + place] = (steps >> (7 * place)) & 0x7F | (0x80 if place < 4 else 0)
    return head


def _summary(values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.uint8]:
    """Field 5 of each event: a Summary with a Value {1: tag, 2: simple_value, a float} for each measure. (n, bytes)."""
    columns: list[NDArray[np.uint8]] = []
    for name, column in values.items():
        tag = name.encode()
        inner = b"\x0a" + _varint(len(tag)) + tag + b"\x15"
        head = np.frombuffer(b"\x0a" + _varint(len(inner) + 4) + inner, np.uint8)
        columns.append(np.tile(head, (len(column), 1)))
        columns.append(np.ascontiguousarray(column, "<f4").view(np.uint8).reshape(-1, 4))
    length = sum(part.shape[1] for part in columns)
    head = np.frombuffer(b"\x2a" + _varint(length), np.uint8)
    return np.concatenate([np.tile(head, (len(columns[0]), 1)), *columns], axis=1)


def _varint(number: int) -> bytes:
    """A number as protocol buffers write it: 7 bits a byte, the lowest first."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def _records(contents: NDArray[np.uint8]) -> bytes:
    """Equally long contents (n, bytes) as TFRecords: length, its checksum, content, its checksum."""
    count, length = contents.shape
    size = np.tile(np.frombuffer(struct.pack("<Q", length), np.uint8), (count, 1))
    parts = [size, _masked(crc32c(size)), contents, _masked(crc32c(contents))]
    return np.concatenate(parts, axis=1).tobytes()


def _masked(sums: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """TensorFlow's masked checksum, as 4 little-endian bytes. (n, 4)."""
    turned = (sums >> np.uint32(15)) | (sums << np.uint32(17))
    masked = turned + np.uint32(0xA282EAD8)  # wraps around, as it should
    return masked.astype("<u4").view(np.uint8).reshape(-1, 4)


def crc32c(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The Castagnoli checksum (RFC 3720, appendix B.4) of each row of bytes (n, bytes), all rows at once. (n,)."""
    sums = np.full(len(rows), 0xFFFFFFFF, np.uint32)
    for column in rows.T:
        sums = _CRC[(sums ^ column) & np.uint32(0xFF)] ^ (sums >> np.uint32(8))
    return sums ^ np.uint32(0xFFFFFFFF)


def _crc_table() -> NDArray[np.uint32]:
    sums = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        sums = np.where(sums & 1, (sums >> np.uint32(1)) ^ np.uint32(0x82F63B78), sums >> np.uint32(1))
    return sums


_CRC = _crc_table()
