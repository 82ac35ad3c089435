"""Files and settings from anybody, damaged: each is read or refused in one sentence, in little memory."""

import hashlib
import io
import json
import resource
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from playground import config as settings
from playground.config import RunConfig
from playground.data import npz, own_drawing, own_picture, own_points, own_table
from playground.errors import PlaygroundError
from playground.files import read_images, read_samples
from playground.runs.archive import export_run, import_run
from playground.runs.archive_reader import MANIFEST
from playground.runs.store import RunStore
from tests.faults.damage import NASTY, damaged, mangled
from tests.faults.outcome import Outcome
from tests.faults.reference import recording
from tests.runs.making import CONFIG, SCENE, recorded

MOST_MEMORY = 600e6
"""Bytes by which reading may make the process larger: the largest allowed picture takes a third of it."""
MOST_SECONDS = 20.0
HUGE = bytes(300_000_000)
"""It takes no memory as long as it is only read."""


@dataclass
class Kind:
    """What can be handed in. good: files that are read. bombs: those that promise more than they may."""

    read: Callable[[bytes], object]
    good: list[bytes]
    bombs: list[bytes]
    spoil: Callable[[bytes, Random], bytes] = damaged


def every_kind(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """So many of each kind, while a run trains that is recorded where the archives go."""
    with recording(outcome, folder / "runs", workers=1) as (_, store, _):
        for name, kind in kinds(folder, store).items():
            for data in kind.good:
                kind.read(data)
            bombs = rng.sample(kind.bombs, min(len(kind.bombs), count // 2))
            spoilt = (kind.spoil(rng.choice(kind.good), rng) for _ in range(count - len(bombs)))
            for data in (*bombs, *spoilt):
                _hand_in(outcome, name, kind.read, data)
            outcome.notes.append(f"{name}: {count}, of which {len(bombs)} are bombs or other traps")


def _hand_in(outcome: Outcome, name: str, read: Callable[[bytes], object], data: bytes) -> None:
    """Whatever is raised but a sentence of ours would be a traceback on the page."""
    outcome.tried += 1
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    try:
        read(data)
    except PlaygroundError as error:
        if not 10 < len(str(error)) < 1000 or "\n" in str(error):
            outcome.broken.append(f"{name}: this is no sentence: {str(error)!r:.200}")
    except Exception as error:
        outcome.tracebacks.append(f"{name}: {type(error).__name__}: {error} for {data[:60]!r}")
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    if more > MOST_MEMORY or time.monotonic() - began > MOST_SECONDS:
        outcome.broken.append(f"{name}: {more / 1e6:.0f} MB and {time.monotonic() - began:.0f} s for {data[:60]!r}")


def kinds(folder: Path, store: RunStore) -> dict[str, Kind]:
    """Every way in."""
    file = folder / "handed in"

    def from_disk(read: Callable[[Path], object]) -> Callable[[bytes], object]:
        def reading(data: bytes) -> object:
            file.write_bytes(data)
            return read(file)

        return reading

    rng = np.random.default_rng(0)
    digits, labels = rng.integers(0, 256, (40, 8, 8), dtype=np.uint8), np.arange(40) % 4
    points = rng.normal(size=(40, 2))
    table = "\n".join(f"{x:.3f},{y:.3f}" for x, y in points)
    tables = ["x,y\n" + table, table.replace(",", ";").replace(".", ","), table.replace(",", "\t")]
    drawn = {"brush": "fine", "strokes": [[[0.1, 0.2], [0.5, 0.5]], [[0.9, 0.1]]]}
    archive = _archive(folder)
    return {
        "tables": Kind(own_table.read, [each.encode() for each in tables], [b"1,2\n" * 2_600_000, b"1," * 5_000_000]),
        "pictures": Kind(own_picture.read, _pictures(digits[0]), _huge_pictures()),
        "images (.npz)": Kind(
            lambda data: npz.read(io.BytesIO(data)),
            [_saved(np.savez, images=digits, labels=labels), _saved(np.savez_compressed, images=digits)],
            [_saved(np.savez_compressed, images=np.zeros((600_000, 28, 28), np.uint8)), _lying_array()],
        ),
        "drawings": Kind(lambda data: own_drawing.read(_json(data)), [json.dumps(drawn).encode()], [], _mangled),
        "stored points": Kind(
            own_points.OwnPoints.from_bytes, [own_table.read(each.encode()).to_bytes() for each in tables], []
        ),
        "archives": Kind(
            from_disk(lambda path: _imported(store, path)), [archive], _bad_archives(archive), _spoilt_archive
        ),
        "samples": Kind(
            from_disk(lambda path: read_samples(path, 2)),
            [_saved_alone(points)],
            [_header("<f8", (1 << 40, 2)) + bytes(99)],
        ),
        "samples of images": Kind(
            from_disk(lambda path: read_images(path, (8, 8))),
            [_saved_alone(digits)],
            [_header("|u1", (1 << 40, 8, 8)) + bytes(99)],
        ),
        "--set": Kind(
            lambda data: settings.read_assignments(data.decode().split("|")),
            [f"{name}={value}".encode() for name, value in RunConfig().model_dump().items() if name != "points_id"],
            [f"{name}={value}".encode() for name in settings.SETTINGS for value in NASTY if "|" not in value],
            _mangled,
        ),
    }


def _json(data: bytes) -> Any:
    """What a browser can send; text that is no JSON never leaves it."""
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


def _saved(save: Callable[..., None], **arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    save(buffer, **arrays)
    return buffer.getvalue()


def _saved_alone(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def _header(kind: str, shape: tuple[int, ...]) -> bytes:
    """How an .npy file begins."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": kind, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def _lying_array() -> bytes:
    """A small .npz file whose images are said to be very many."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", _header("|u1", (1 << 30, 8, 8)) + bytes(1 << 20))
    return buffer.getvalue()


def _pictures(grey: np.ndarray) -> list[bytes]:
    found = []
    for mode, kind in (("L", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("RGB", "JPEG"), ("CMYK", "JPEG")):
        buffer = io.BytesIO()
        Image.fromarray(255 - grey // 2).resize((64, 48)).convert(mode).save(buffer, kind)
        found.append(buffer.getvalue())
    return found


def _huge_pictures() -> list[bytes]:
    """Small files that unpack to 10 gigapixels, to the most that is allowed, and to endless text beside the picture."""
    found = []
    for side, text in ((100_000, b""), (65_535, b""), (5_000, b""), (64, HUGE)):
        comment = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(text)) if text else b""
        header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
        pixels = _chunk(b"IDAT", zlib.compress(HUGE[: side * (side + 1)]))
        found.append(b"\x89PNG\r\n\x1a\n" + header + comment + pixels + _chunk(b"IEND", b""))
    return found


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _imported(store: RunStore, path: Path) -> None:
    """Take the run in and out again; one that is refused leaves nothing."""
    before = {record.id for record in store.records()} | {record.id for record in store.records(deleted=True)}
    try:
        store.forget(import_run(store, path, "me"))
    finally:
        after = {record.id for record in store.records()} | {record.id for record in store.records(deleted=True)}
        if after - before:
            raise RuntimeError("a refused archive left a run behind")


def _archive(folder: Path) -> bytes:
    store = RunStore(folder / "exported")
    store.create("a", "me", CONFIG, name="Ring", scene=SCENE)
    store.write(recorded("a", 0, 10, 20, floors={"emd": (0.1, 0.2)}, status="paused"))
    buffer = io.BytesIO()
    export_run(store, "a", buffer)
    store.close()
    return buffer.getvalue()


def _files(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _bad_archives(good: bytes) -> list[bytes]:
    """Paths that lead out, bombs, newer formats, files left out or changed; and one cut off."""
    files = _files(good)
    manifest = json.loads(files[MANIFEST])
    out = ("../x", "/etc/passwd", "..\\x", "C:\\x", "checkpoints/../../x", "keyframes/1.bin/../x", "x\0y", "x" * 60_000)
    changed = [files | {path: b"x"} for path in out]
    changed += [files | {name: HUGE} for name in (*sorted(files), "keyframes/5.bin")]
    versions: tuple[Any, ...] = (2, 3, 99, -1, 0, None, "1", 1e9, [])
    changed += [files | {MANIFEST: json.dumps(manifest | {"version": version}).encode()} for version in versions]
    for name, data in files.items():
        changed.append({other: content for other, content in files.items() if other != name})
        changed += [files | {name: spoilt} for spoilt in (b"", b"{}", b"[" * 100_000, data[:-1], data + b"\0")]
    return [good[:-1], *map(_zipped, changed)]


def _spoilt_archive(good: bytes, rng: Random) -> bytes:
    """Damaged as a whole, or in one of its files."""
    if rng.random() < 0.3:
        return damaged(good, rng)
    files = _files(good)
    name = rng.choice(sorted(files))
    return _zipped(files | {name: damaged(files[name], rng)})


def _mangled(good: bytes, rng: Random) -> bytes:
    return mangled(good.decode(), rng).encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive whose manifest, where there is one, agrees with its files, so that these are looked at."""
    files = dict(files)
    with suppress(KeyError, ValueError, TypeError, RecursionError):
        manifest = json.loads(files[MANIFEST])
        manifest["files"] = {
            name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
            if name != MANIFEST
        }
        files[MANIFEST] = json.dumps(manifest).encode()
    buffer = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
