"""How a run's parts go into the database and come out: functions on a connection, inside the caller's transaction."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.frame import Frame, Row, Scene, decode, encode
from playground.runs import pictures, rows, thinning
from playground.runs.record import Changes, FilmFrame, RunBatch, StoredColumns, StoreError

DATED = ("chunks", "keyframes", "film", "checkpoints")
"""The tables whose entries belong to a step."""


def as_json(value: Any) -> str:
    """The value as compact JSON."""
    return json.dumps(value, separators=(",", ":"))


def config_json(config: RunConfig) -> str:
    """A config as the database keeps it."""
    return as_json(config.model_dump())


def changes_json(changes: Changes) -> str:
    """Live changes as the database keeps them."""
    return as_json([[step, dict(fields)] for step, fields in changes])


def config_of(text: str) -> RunConfig:
    """The config that a text of the database stands for. Raises StoreError where this version doesn't know it."""
    try:
        return settings.read(json.loads(text))
    except ConfigError as error:
        raise StoreError(f"The recorded settings don't fit this version: {error}") from None
    except (ValueError, TypeError, RecursionError):
        raise StoreError("The recorded settings are damaged.") from None


def floors_of(text: str) -> dict[str, tuple[float, float]]:
    """The floors that a text of the database stands for. Raises StoreError."""
    try:
        return {str(name): (float(low), float(high)) for name, (low, high) in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise StoreError("The recorded noise floors are damaged.") from None


def scene_of(text: str | None) -> Scene | None:
    """The scene that a text stands for. Raises StoreError."""
    if text is None:
        return None
    try:
        values = json.loads(text)
        for name in ("extent", "image", "classes"):
            values[name] = None if values[name] is None else tuple(values[name])
        return Scene(**values)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreError(f"A recorded scene is damaged: {error}.") from None


def exists(db: sqlite3.Connection, run: str) -> bool:
    """Whether there is such a run, deleted or not."""
    return db.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone() is not None


def must_exist(db: sqlite3.Connection, run: str) -> None:
    """Raises StoreError where there is no such run."""
    if not exists(db, run):
        raise StoreError("There is no such recorded run.")


def update_run(db: sqlite3.Connection, run: str, values: Mapping[str, Any]) -> None:
    """values: by column; the columns are named by this program alone."""
    if values:
        columns = ", ".join(f"{name} = ?" for name in values)
        db.execute(f"UPDATE runs SET {columns} WHERE id = ?", (*values.values(), run))


def write_head(db: sqlite3.Connection, run: str, batch: RunBatch, now: float) -> None:
    """Status, config, changes, scene and floors."""
    values: dict[str, Any] = {
        "status": batch.status,
        "message": batch.message,
        "steps": batch.steps,
        "config": None if batch.config is None else config_json(batch.config),
        "changes": None if batch.changes is None else changes_json(batch.changes),
        "updated": now,
    }
    update_run(db, run, {name: value for name, value in values.items() if value is not None})
    if batch.scene is not None:
        db.execute("UPDATE details SET scene = ? WHERE run = ?", (as_json(asdict(batch.scene)), run))
    if batch.floors is not None:
        db.execute("UPDATE details SET floors = ? WHERE run = ?", (as_json(dict(batch.floors)), run))


def cut(db: sqlite3.Connection, run: str, after: int) -> None:
    """Everything beyond a step goes."""
    for table in ("keyframes", "film", "checkpoints"):
        db.execute(f"DELETE FROM {table} WHERE run = ? AND step > ?", (run, after))
    cut_rows(db, run, after)


def cut_rows(db: sqlite3.Connection, run: str, after: int) -> None:
    """Rows beyond a step go."""
    db.execute("DELETE FROM chunks WHERE run = ? AND first > ?", (run, after))
    across = db.execute("SELECT rowid, data FROM chunks WHERE run = ? AND last > ?", (run, after)).fetchone()
    if across is not None:
        rowid, data = across
        db.execute("DELETE FROM chunks WHERE rowid = ?", (rowid,))
        chunk = rows.unpack(data)
        put_chunk(db, run, chunk.part(0, int(np.searchsorted(chunk.steps, after, side="right"))))


def append_rows(db: sqlite3.Connection, run: str, fresh: Sequence[Row]) -> None:
    """Rows at the end; each takes the place of those at its step and beyond."""
    lasting: list[Row] = []
    for row in fresh:
        while lasting and lasting[-1].step >= row.step:
            lasting.pop()
        lasting.append(row)
    if not lasting:
        return
    cut_rows(db, run, min(row.step for row in fresh) - 1)
    for group in rows.groups_of_rows(lasting):
        chunk = rows.chunk_of(group)
        length = max(1, rows.CHUNK_BYTES // chunk.layout.row_bytes)
        tail = db.execute("SELECT rowid, data FROM chunks WHERE run = ? ORDER BY first DESC LIMIT 1", (run,)).fetchone()
        if tail is not None:
            before = rows.unpack(tail[1])
            if before.layout == chunk.layout and len(before) < length:
                db.execute("DELETE FROM chunks WHERE rowid = ?", (tail[0],))
                chunk = before.then(chunk)
        for begin in range(0, len(chunk), length):
            put_chunk(db, run, chunk.part(begin, begin + length))


def put_chunk(db: sqlite3.Connection, run: str, chunk: rows.Chunk) -> None:
    """Keep a chunk, unless it has no rows."""
    if len(chunk):
        values = (run, int(chunk.steps[0]), int(chunk.steps[-1]), rows.pack(chunk))
        db.execute("INSERT INTO chunks (run, first, last, data) VALUES (?, ?, ?, ?)", values)


def read_columns(db: sqlite3.Connection, run: str, only: Collection[str] | None = None) -> StoredColumns:
    """All rows, or of these measures alone. Raises StoreError where they are damaged."""
    found = db.execute("SELECT data FROM chunks WHERE run = ? ORDER BY first", (run,))
    return rows.joined([rows.unpack(data) for (data,) in found], only)


def write_keyframes(db: sqlite3.Connection, run: str, fresh: Sequence[tuple[int, bytes]]) -> None:
    """Pictures by step; what the thinning rule no longer keeps goes, and is not even packed."""
    if not fresh:
        return
    there = steps_of(db, "keyframes", run)
    by_step = dict(fresh)
    kept = set(thinning.thinned([*there, *by_step]))
    for step in kept & by_step.keys():
        data = (run, step, pictures.pack(by_step[step]))
        db.execute("INSERT OR REPLACE INTO keyframes (run, step, data) VALUES (?, ?, ?)", data)
    drop(db, "keyframes", run, set(there) - kept)


def write_film(db: sqlite3.Connection, run: str, fresh: Iterable[FilmFrame]) -> None:
    """Frames of the filmstrip; a step's earlier one is replaced."""
    for frame in fresh:
        data = pictures.pack(encode(Frame({}, {"images": frame.images})))
        row = (run, frame.step, frame.epoch, data)
        db.execute("INSERT OR REPLACE INTO film (run, step, epoch, data) VALUES (?, ?, ?, ?)", row)


def read_film(db: sqlite3.Connection, run: str) -> list[FilmFrame]:
    """The filmstrip in the order of the steps. Raises StoreError where it is damaged."""
    found = db.execute("SELECT epoch, step, data FROM film WHERE run = ? ORDER BY step", (run,))
    return [FilmFrame(epoch, step, film_images(data)) for epoch, step, data in found]


def film_images(data: bytes) -> np.ndarray:
    """The images (n, h, w) uint8 of a stored film frame. Raises StoreError."""
    images = decode(pictures.unpack(data)).arrays.get("images")
    if images is None or images.dtype != np.uint8 or images.ndim != 3:
        raise StoreError("A recorded filmstrip is damaged: it holds no images.")
    return images


def steps_of(db: sqlite3.Connection, table: str, run: str) -> list[int]:
    """The steps of a run's entries in one of the DATED tables, in rising order."""
    return [step for (step,) in db.execute(f"SELECT step FROM {table} WHERE run = ? ORDER BY step", (run,))]


def drop(db: sqlite3.Connection, table: str, run: str, steps: Iterable[int]) -> None:
    """A run's entries at these steps go."""
    db.executemany(f"DELETE FROM {table} WHERE run = ? AND step = ?", [(run, step) for step in steps])


def sizes_of(db: sqlite3.Connection, run: str) -> dict[int, int]:
    """Bytes of each checkpoint, by step."""
    return dict(db.execute("SELECT step, size FROM checkpoints WHERE run = ? ORDER BY step", (run,)).fetchall())


def weigh(db: sqlite3.Connection, run: str) -> None:
    """Note down what the run takes on disk."""
    inside = sum(
        db.execute(f"SELECT total(length(data)) FROM {table} WHERE run = ?", (run,)).fetchone()[0]
        for table in ("chunks", "keyframes", "film")
    )
    files = sum(sizes_of(db, run).values())
    update_run(db, run, {"size": int(inside) + files, "files": files})
