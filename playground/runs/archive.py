"""A recorded run as one .zip that another machine opens and goes on with, and back.

manifest.json lists every other file with its size and SHA-256. Nothing is ever unpacked to a path that an archive
names: its files are read by name, checked, and handed to the store.
"""

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, get_args

from playground import config as settings
from playground.checkpoint_file import Shapes
from playground.config import ConfigError, RunConfig
from playground.frame import Frame, Row, decode, encode
from playground.runs import old_formats, own_data, pictures, rows, statements, weights
from playground.runs.archive_reader import FORMAT, MANIFEST, VERSION, ArchiveReader
from playground.runs.reader import RunReader
from playground.runs.record import Batch, Changes, FilmFrame, Record, Relation, Status, StoreError
from playground.runs.store import MAX_NAME, MAX_NOTE, NUMBERED, RunStore

_ROWS_AT_ONCE = 16 << 20  # bytes of metrics that are handed to the store in one go
_TOLD = ("id", "name", "note", "parent", "parent_step", "relation", "status", "message", "steps", "created")
"""What the manifest says of the record."""


def export_run(store: RunReader, id: str, target: Path | IO[bytes]) -> None:
    """Write the run to a new .zip, or into an open file. Raises StoreError, and leaves no half a file behind."""
    record = store.record(id)
    if not isinstance(target, Path):
        _write(store, record, target)
        return
    if target.exists():
        raise StoreError(f"There is a file '{target}' already; choose another name.")
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("xb") as file:
            _write(store, record, file)
        os.replace(unfinished, target)
    except OSError as error:
        raise StoreError(f"'{target}' can't be written: {error.strerror or error}.") from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _write(store: RunReader, record: Record, file: IO[bytes]) -> None:
    listed: dict[str, dict[str, Any]] = {}
    shapes: Shapes = {}
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in _files(store, record):
            packed = name.endswith(".json")
            archive.writestr(name, data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED, 6 if packed else None)
            listed[name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            if name.startswith("checkpoints/"):
                shapes = weights.weight_shapes(data)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "run": {name: getattr(record, name) for name in _TOLD},
            "weights": shapes,
            "files": listed,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1), zipfile.ZIP_DEFLATED)


def _files(store: RunReader, record: Record) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive but the manifest."""
    if record.damaged:
        raise StoreError(record.damaged)
    id, scene = record.id, store.scene(record.id)
    settings = {
        "config": record.settings,
        "start": json.loads(record.start_json),
        "changes": json.loads(record.changes_json),
    }
    yield "config.json", json.dumps(settings, indent=1).encode()
    if scene is not None:
        yield "scene.json", statements.as_json(asdict(scene)).encode()
    yield "floors.json", statements.as_json(store.floors(id)).encode()
    yield from own_data.travelling(record)
    for number, chunk in enumerate(store.chunks(id)):
        yield f"rows/{number}.arrow.zst", rows.pack(chunk)
    for step in store.keyframe_steps(id):
        yield f"keyframes/{step}.bin", pictures.pack(store.keyframe(id, step)[1])
    for frame in store.film(id):
        yield f"film/{frame.step}.bin", pictures.pack(encode(Frame({"epoch": frame.epoch}, {"images": frame.images})))
    for step in store.checkpoint_steps(id):
        with suppress(StoreError):  # thinned out meanwhile: there are others
            yield f"checkpoints/{step}.bin", store.checkpoint(id, step)


def import_run(store: RunStore, path: Path, owner: str) -> str:
    """The run of an archive as a new recorded run of `owner`'s, paused where it was; returns its id.

    A name that somebody gave stays; one that the other store gave, such as "Run 21", gets this store's next number.
    Raises StoreError, in one sentence, for whatever is wrong with the archive; then nothing is left of it in the store.
    """
    with ArchiveReader(path) as archive:
        config, start, changes = _configs(archive)
        told = _told(archive)
        for step in archive.steps("checkpoints"):
            _check(archive, step, config)
        own_data.take(archive, config)
        id = secrets.token_urlsafe(16)
        parent, relation = _parent(store, told)
        with store.arriving(
            id,
            owner,
            start,
            name=_given_name(told),
            parent=parent,
            parent_step=_step(archive, told.get("parent_step")) if parent else None,
            relation=relation,
        ):
            for batch in _batches(archive, id, config):
                store.write(batch)
            store.annotate(id, str(told.get("note") or "")[:MAX_NOTE])
            status: Status = told["status"] if told.get("status") in ("diverged", "failed") else "paused"
            head = Batch()
            part = head.of(id)
            part.status, part.config, part.changes = status, config, changes
            part.message = _line(told.get("message"))[:300] if status != "paused" else ""
            part.steps = _step(archive, told.get("steps"))
            store.write(head)
        return id


def _configs(archive: ArchiveReader) -> tuple[RunConfig, RunConfig, Changes]:
    held = archive.json("config.json")
    try:
        config, start = settings.read(dict(held["config"])), settings.read(dict(held["start"]))
        changes = tuple((int(step), dict(fields)) for step, fields in held["changes"])
    except ConfigError as error:
        raise StoreError(f"The settings of this archive don't fit this version: {error}") from None
    except (KeyError, TypeError, ValueError):
        raise archive.damaged("its config.json is not what a recorded run has") from None
    if fixed := settings.difference(start, config).fixed:
        raise archive.damaged(f"{', '.join(fixed)} changed while it trained, which is impossible")
    return config, start, changes


def _told(archive: ArchiveReader) -> Mapping[str, Any]:
    told = archive.manifest.get("run")
    if not isinstance(told, dict):
        raise archive.damaged("its manifest says nothing of the run")
    return told


def _given_name(told: Mapping[str, Any]) -> str:
    """What somebody called the run; empty where nobody did."""
    name = _line(told.get("name"))[:MAX_NAME]
    return "" if NUMBERED.fullmatch(name) else name


def _parent(store: RunStore, told: Mapping[str, Any]) -> tuple[str | None, Relation]:
    """The parent, if it is recorded here too."""
    parent, relation = told.get("parent"), told.get("relation")
    for known in get_args(Relation):
        if isinstance(parent, str) and relation == known:
            with suppress(StoreError):
                return store.record(parent).id, known
    return None, ""


def _check(archive: ArchiveReader, step: int, config: RunConfig) -> None:
    data = archive.read(f"checkpoints/{step}.bin")
    weights.check_fits(data, config, step)
    listed = archive.manifest.get("weights")
    if json.loads(json.dumps(weights.weight_shapes(data))) != listed:
        raise archive.damaged(f"the weights in the checkpoint of step {step:,} are not those of its manifest")


def _batches(archive: ArchiveReader, id: str, config: RunConfig) -> Iterator[Batch]:
    """What is handed to the store, piece by piece."""
    batch = Batch()
    part = batch.of(id)
    if archive.has("scene.json"):
        part.scene = statements.scene_of(archive.read("scene.json").decode(errors="replace"))
    try:
        bands = {str(name): (float(low), float(high)) for name, (low, high) in archive.json("floors.json").items()}
    except (TypeError, ValueError):
        raise archive.damaged("its floors.json is not what a recorded run has") from None
    part.floors = bands
    yield batch
    for some in _rows(archive, config):
        batch = Batch()
        batch.of(id).rows = some
        yield batch
    batch = Batch()
    part = batch.of(id)
    part.keyframes = [
        (step, pictures.unpack(archive.read(f"keyframes/{step}.bin"))) for step in archive.steps("keyframes")
    ]
    part.film = [_film(archive, step) for step in archive.steps("film")]
    yield batch
    for step in archive.steps("checkpoints"):
        batch = Batch()
        batch.of(id).checkpoints = [(step, archive.read(f"checkpoints/{step}.bin"))]
        yield batch


def _rows(archive: ArchiveReader, config: RunConfig) -> Iterator[list[Row]]:
    """The rows in lists of a bounded size, in rising order and with as many seeds as the config says."""
    weight, newest = 0, -1
    waiting: list[Row] = []
    for chunk in _chunks(archive):
        weight += len(chunk) * chunk.layout.row_bytes
        if chunk.layout.names and chunk.layout.seeds != config.seeds:
            raise archive.damaged(f"its metrics are of {chunk.layout.seeds} seeds, not of {config.seeds}")
        for row in chunk.rows():
            if row.step <= newest:
                raise archive.damaged("the steps of its metrics don't rise")
            newest = row.step
            waiting.append(row)
        if weight > _ROWS_AT_ONCE:
            yield waiting
            waiting, weight = [], 0
    if waiting:
        yield waiting


def _chunks(archive: ArchiveReader) -> Iterator[rows.Chunk]:
    """All rows; an archive of version 1 has them in one file."""
    if archive.has("rows.bin"):
        yield from map(rows.unpack, old_formats.pieces_of_archived_rows(archive.read("rows.bin")))
    for number in archive.steps("rows"):
        yield rows.unpack(archive.read(f"rows/{number}.arrow.zst"))


def _film(archive: ArchiveReader, step: int) -> FilmFrame:
    data = archive.read(f"film/{step}.bin")
    epoch = decode(pictures.unpack(data)).values.get("epoch")
    if not isinstance(epoch, int | float):
        raise archive.damaged(f"the film at step {step:,} names no epoch")
    return FilmFrame(float(epoch), step, statements.film_images(data))


def _step(archive: ArchiveReader, value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise archive.damaged("its manifest names an impossible step")
    return value


def _line(value: Any) -> str:
    """The text on one line; empty for anything but text."""
    return " ".join(value.split()) if isinstance(value, str) else ""
