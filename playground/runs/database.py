"""The SQLite file under the store: its schema, who may open it, and one sentence for everything that can go wrong.

One connection writes, under a lock; readers take a connection from a pool and see one moment of the database, whatever
is written meanwhile (write-ahead log).
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playground.runs.record import StoreError

APPLICATION = 0x47414E50
"""SQLite's application id of our files: GANP."""
VERSION = 2
"""2: rows and pictures are kept as rows.py and pictures.py say. What version 1 kept is read as it is."""

SCHEMA = """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    parent TEXT,
    parent_step INTEGER,
    relation TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    steps INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    colour INTEGER NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0,
    deleted REAL,
    config TEXT NOT NULL,
    start TEXT NOT NULL,
    changes TEXT NOT NULL DEFAULT '[]',
    summary TEXT NOT NULL DEFAULT '{}',
    sparkline TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX runs_of_owner ON runs (owner);
CREATE TABLE details (
    run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    scene TEXT,
    floors TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE chunks (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (run, first)
);
CREATE TABLE keyframes (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (run, step)
);
CREATE TABLE film (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    epoch REAL NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (run, step)
);
CREATE TABLE checkpoints (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    size INTEGER NOT NULL,
    UNIQUE (run, step)
);
"""
TABLES = {"runs", "details", "chunks", "keyframes", "film", "checkpoints"}

PATIENCE_S = 10.0
"""How long a statement waits for another's transaction."""
JOURNAL_BYTES = 4 << 20
SHRINK_S = 2.0


class Database:
    """An open runs.sqlite. Raises StoreError when it is foreign, damaged, newer, or can't be opened."""

    def __init__(self, path: Path, writable: bool) -> None:
        self.path = path
        self._journal = path.with_name(f"{path.name}-wal")
        self._writable = writable
        self._writing = threading.RLock()
        self._pooling = threading.Lock()
        self._pool: list[sqlite3.Connection] = []
        self._closed = False
        if not writable and not path.is_file():
            raise StoreError(f"No runs are recorded in '{path.parent}'.")
        with self._explained():
            self._writer = self._connect()
            try:
                self._check()
                if writable:
                    self._prepare()
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing where an exception comes out. One at a time."""
        with self._writing, self._explained():
            if not self._writable:
                raise StoreError("The recorded runs are open for reading only.")
            self._still_open()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # SQLite may have rolled it back itself
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection on which everything that is read is of one moment. Any number at a time, from any thread."""
        with self._explained():
            connection = self._borrowed()
            try:
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            with self._pooling:
                if not self._closed:
                    self._pool.append(connection)
                    return
            connection.close()

    @property
    def used(self) -> int:
        """Bytes of the file that hold something; the journal, a few MB, is not counted."""
        with self.reading() as db:
            (pages,), (free,), (size,) = (
                db.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    def shrink(self) -> None:
        """Give the space of what was removed back to the disk, as much as a moment allows: the rest is used again."""
        with self._writing, self._explained():
            self._still_open()
            end = time.monotonic() + SHRINK_S
            while self._writer.execute("PRAGMA freelist_count").fetchone()[0] and time.monotonic() < end:
                self._writer.execute("PRAGMA incremental_vacuum(1000)").fetchall()

    def close(self) -> None:
        """Waits for a transaction that is under way. A second call does nothing."""
        with self._writing, self._pooling:
            self._closed = True
            for connection in self._pool:
                connection.close()
            self._pool.clear()
            self._writer.close()

    def _still_open(self) -> None:
        if self._closed:
            raise StoreError("The recorded runs are closed.")

    def _borrowed(self) -> sqlite3.Connection:
        with self._pooling:
            self._still_open()
            if self._pool:
                return self._pool.pop()
        return self._connect(reader=True)

    def _connect(self, reader: bool = False) -> sqlite3.Connection:
        mode = "ro" if reader or not self._writable else "rwc"
        if not self._writable and not os.access(self.path.parent, os.W_OK) and not self._journal.exists():
            mode = "ro&immutable=1"  # a copy on a disk that can't be written: SQLite could not make its journal
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(
            address, uri=True, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        # A damaged byte in one run's text must not keep the others from being read.
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _check(self) -> None:
        """Whether this is a database of ours that this version understands. Changes nothing."""
        what = f"'{self.path}'"
        db = self._writer
        (application,), (version,) = (
            db.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if application == 0 and version == 0 and not tables:
            if not self._writable:
                raise StoreError(f"No runs are recorded in '{self.path.parent}'.")
            return  # new, or its making was interrupted
        if application != APPLICATION:
            raise StoreError(f"{what} is a database of something else; nothing in it was changed.")
        if version > VERSION:
            raise StoreError(f"{what} was written by a newer version of the GAN playground; nothing in it was changed.")
        if missing := TABLES - tables:
            raise StoreError(f"{what} is damaged: it lacks {', '.join(sorted(missing))}; nothing in it was changed.")

    def _prepare(self) -> None:
        """The settings of the writing connection, and the tables of a new file."""
        db = self._writer
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of effect only before there is a table
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        db.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}").fetchone()
        db.execute(
            "PRAGMA synchronous = FULL"
        )  # a record never outlives the checkpoint that it names, even in a blackout
        with self.writing():
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == VERSION:
                return
            for statement in SCHEMA.split(";") if version == 0 else ():
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's exceptions as one sentence."""
        try:
            yield
        except UnicodeDecodeError:  # a name in the schema, or in SQLite's own complaint
            raise StoreError(f"'{self.path}' is damaged; nothing in it was changed.") from None
        except sqlite3.OperationalError as error:
            raise StoreError(f"'{self.path}' can't be used: {_reason(error)}.") from None
        except sqlite3.DatabaseError as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise StoreError(
                    f"'{self.path}' is damaged, or no database of recorded runs; nothing in it was changed."
                ) from None
            raise StoreError(f"'{self.path}' can't be used: {_reason(error)}.") from None
        except OSError as error:
            raise StoreError(f"'{self.path.parent}' can't be used: {error.strerror or error}.") from None


def _reason(error: Exception) -> str:
    text = str(error).strip().rstrip(".")
    return {
        "database or disk is full": "the disk is full",
        "attempt to write a readonly database": "it may not be written",
        "unable to open database file": "it can't be opened or made",
        "database is locked": "another program is using it",
    }.get(text, text or type(error).__name__)
