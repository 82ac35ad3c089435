"""Metrics as CSV, Parquet and event files: what was recorded, to the last digit, for other programs to read."""

import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
import pyarrow.csv  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
import pytest

from playground.config import RunConfig
from playground.exports import tables
from playground.frame import Scene
from playground.runs.record import StoredColumns

CONFIG = RunConfig(seed=5, seeds=2)
NAN = float("nan")
COLUMNS = StoredColumns(
    steps=np.array([0, 10, 300]),
    d_updates=np.array([0, 50, 1500]),
    seconds=np.array([0.0, 0.1, 2.5]),
    values={
        "jsd": np.array([[0.1, 0.2, 1 / 3], [0.4, NAN, 6e-9]]),
        "jsd_implied": np.full((2, 3), NAN),
    },
    histogram=np.arange(12).reshape(3, 2, 2) / 8,
)
SCENE = Scene("images", 2, classes=("T-shirt", "a, b"))


def test_csv_has_a_row_per_step_and_seed() -> None:
    text = tables.as_csv(tables.table(COLUMNS, CONFIG, None)).decode()
    lines = text.splitlines()
    assert lines[0] == "step,seed,d_updates,seconds,jsd,jsd_implied,mode_1,mode_2"
    assert len(lines) == 7
    assert lines[1].split(",")[:5] == ["0", "5", "0", "0", "0.1"]
    assert lines[4].split(",")[:5] == ["10", "6", "50", "0.1", "nan"]
    assert float(lines[5].split(",")[4]) == 1 / 3 and float(lines[6].split(",")[4]) == 6e-9
    assert lines[6].split(",")[-2:] == ["1.25", "1.375"]


def test_class_names_with_commas_are_quoted() -> None:
    content = tables.as_csv(tables.table(COLUMNS, CONFIG, SCENE))
    assert content.splitlines()[0].endswith(b'class_T-shirt,"class_a, b"')
    assert pyarrow.csv.read_csv(io.BytesIO(content)).column_names[-1] == "class_a, b"


def test_parquet_gives_the_table_back_and_the_settings_with_it() -> None:
    made = tables.table(COLUMNS, CONFIG, SCENE)
    content = tables.as_parquet(made)
    read = pyarrow.parquet.read_table(io.BytesIO(content))
    assert read.column_names == made.column_names and read.num_rows == 6
    np.testing.assert_array_equal(read["jsd"].to_numpy(), [0.1, 0.4, 0.2, NAN, 1 / 3, 6e-9])
    assert read["step"].to_pylist() == [0, 0, 10, 10, 300, 300]
    assert json.loads(read.schema.metadata[b"config"]) == json.loads(CONFIG.model_dump_json())


def test_a_run_without_rows_is_an_empty_table() -> None:
    nothing = StoredColumns(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), {}, None)
    assert tables.as_csv(tables.table(nothing, CONFIG, None)) == b"step,seed,d_updates,seconds\n"
    archive = zipfile.ZipFile(io.BytesIO(tables.as_tensorboard(nothing, CONFIG, "x", 0.0)))
    assert [len(read_events(archive.read(name))) for name in archive.namelist()] == [1, 1]


# Event files, read by hand from the formats' own definitions: TFRecord framing and protocol buffers.


def crc32c(data: bytes) -> int:
    """Bit by bit, as RFC 3720 defines it."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    value = crc32c(data)
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def read_records(content: bytes) -> list[bytes]:
    records, at = [], 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        record = content[at + 12 : at + 12 + length]
        assert struct.unpack_from("<I", content, at + 8) == (masked(content[at : at + 8]),)
        assert struct.unpack_from("<I", content, at + 12 + length) == (masked(record),)
        records.append(record)
        at += 16 + length
    return records


def read_fields(data: bytes) -> list[tuple[int, Any]]:
    """(number, value) of each field of a protocol buffer."""
    fields, at = [], 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            value: Any = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            value, at = data[at : at + size], at + size
            value = (
                struct.unpack("<d", value)[0] if kind == 1 else struct.unpack("<f", value)[0] if kind == 5 else value
            )
        fields.append((key >> 3, value))
    return fields


def read_events(content: bytes) -> list[dict[str, Any]]:
    events = []
    for record in read_records(content):
        fields = dict(read_fields(record))
        values = [dict(read_fields(value)) for _, value in read_fields(fields.get(5, b""))]
        scalars = {value[1].decode(): value[2] for value in values}
        events.append({"time": fields[1], "step": fields[2], "version": fields.get(3), "scalars": scalars})
    return events


def test_event_files_hold_every_number_of_every_seed() -> None:
    archive = zipfile.ZipFile(io.BytesIO(tables.as_tensorboard(COLUMNS, CONFIG, "my-run", 1_700_000_000.0)))
    assert [name.split("/")[:2] for name in archive.namelist()] == [["my-run", "seed-5"], ["my-run", "seed-6"]]
    assert all(".tfevents." in name for name in archive.namelist())
    for lane, name in enumerate(archive.namelist()):
        first, *rest = read_events(archive.read(name))
        assert first["version"] == b"brain.Event:2" and first["scalars"] == {}
        assert [event["step"] for event in rest] == [0, 10, 300]
        assert [event["time"] for event in rest] == pytest.approx([1_700_000_000.0, 1_700_000_000.1, 1_700_000_002.5])
        assert {key for event in rest for key in event["scalars"]} == {"jsd"}  # the other one is never a number
        np.testing.assert_array_equal(
            [event["scalars"]["jsd"] for event in rest], COLUMNS.values["jsd"][lane].astype(np.float32)
        )


def test_large_steps_and_many_measures_fit() -> None:
    values = {f"measure_{number}": np.array([float(number)] * 2) for number in range(60)}
    (_, first, second) = read_events(tables.events(np.array([127, 1_000_000_000]), np.zeros(2), values))
    assert (first["step"], second["step"]) == (127, 1_000_000_000)
    assert second["scalars"] == {f"measure_{number}": float(number) for number in range(60)}


def test_the_checksum_is_castagnolis() -> None:
    """RFC 3720, appendix B.4, and the value that every catalogue of checksums gives."""
    rows = np.zeros((1, 32), np.uint8)
    assert tables.crc32c(rows).tolist() == [0x8A9136AA] and tables.crc32c(rows + 255).tolist() == [0x62A8AB43]
    assert tables.crc32c(np.frombuffer(b"123456789", np.uint8)[None]).tolist() == [0xE3069283] == [crc32c(b"123456789")]
