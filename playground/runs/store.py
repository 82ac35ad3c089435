"""Recorded runs in one folder: `runs.sqlite`, `checkpoints/<run>/<step>.safetensors`, and `lock`.

Everything may be called from any thread. What a call wrote is on the disk when it returns; a process that is killed
loses what it had not handed in yet, and nothing else.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playground.config import RunConfig
from playground.frame import Scene
from playground.runs import statements, thinning
from playground.runs.checkpoint_files import RUN_ID, CheckpointFiles
from playground.runs.database import Database
from playground.runs.lock import lock_folder
from playground.runs.place import DEFAULT_QUOTA, in_words
from playground.runs.reader import RunReader
from playground.runs.record import (
    COLOURS,
    Batch,
    FilmFrame,
    Record,
    Relation,
    RunBatch,
    StoredColumns,
    StoreError,
)
from playground.runs.summary import COLUMNS, sparkline, summarise

__all__ = ["Batch", "FilmFrame", "Record", "RunBatch", "RunStore", "StoreError", "StoredColumns"]

MAX_NAME, MAX_NOTE = 100, 4000
"""Characters."""
NUMBERED = re.compile(r"Run (\d+)")
"""The names that the store gives."""
SUMMARY_S = 2.0
"""Seconds between two summaries of a run that is being recorded; more where making one takes long."""
SUMMARY_SHARE = 0.02
"""The part of the time that summaries may take."""


class RunStore(RunReader):
    """The recorded runs of a folder, which is made at first use.

    quota: bytes that may be taken; `write` refuses what would pass it. Raises StoreError, always in one sentence, where
    the folder can't be used or another server has it open. With writable=False nothing is changed and no lock taken.
    """

    def __init__(self, folder: Path, *, writable: bool = True, quota: int = DEFAULT_QUOTA) -> None:
        self.folder = folder
        self.writable = writable
        self._lock = lock_folder(folder) if writable else None
        self._changing = threading.RLock()
        self._next_summary: dict[str, float] = {}
        try:
            database = Database(folder / "runs.sqlite", writable)
            super().__init__(database, CheckpointFiles(folder / "checkpoints"), quota)
            if writable:
                self._tidy()
        except BaseException:
            self._release()
            raise

    def create(
        self,
        id: str,
        owner: str,
        config: RunConfig,
        *,
        name: str = "",
        parent: str | None = None,
        parent_step: int | None = None,
        relation: Relation = "",
        scene: Scene | None = None,
        hidden: bool = False,
    ) -> Record:
        """A new run without rows, status "recording". Without a name it is called Run N.

        hidden: it is not in the list, as if deleted; see `arriving`.
        """
        if not RUN_ID.fullmatch(id):
            raise StoreError(f"A run's id is made of up to 64 letters, digits, - and _ (got {id[:70]!r}).")
        text, now = statements.config_json(config), time.time()
        with self._transaction() as (db, _):
            if statements.exists(db, id):
                raise StoreError("This run is recorded already.")
            newest = db.execute("SELECT colour FROM runs ORDER BY number DESC LIMIT 1").fetchone()
            above = db.execute("SELECT colour FROM runs WHERE id = ?", (parent,)).fetchone()
            colour = 0 if newest is None else (newest[0] + 1) % COLOURS
            colour = (colour + 1) % COLOURS if above == (colour,) else colour
            gone = now if hidden else None
            values = (id, owner, "", parent, parent_step, relation, "recording", now, now, colour, text, text, gone)
            made = db.execute(
                "INSERT INTO runs (id, owner, name, parent, parent_step, relation, status, created, updated, colour, "
                f"config, start, deleted) VALUES ({', '.join('?' * len(values))})",
                values,
            )
            statements.update_run(db, id, {"name": checked_name(name) if name.strip() else f"Run {made.lastrowid}"})
            db.execute("INSERT INTO details (run) VALUES (?)", (id,))
            statements.write_head(db, id, RunBatch(scene=scene), now)
        return self.record(id)

    @contextmanager
    def arriving(self, id: str, owner: str, config: RunConfig, **told: Any) -> Iterator[None]:
        """A run that comes from elsewhere: it is in the list once all of it is written.

        told: as `create` takes it. Where writing fails nothing is left of it, at once or from the next opening on.
        """
        self.create(id, owner, config, hidden=True, **told)
        try:
            yield
        except BaseException:
            self.forget(id)
            raise
        self.undelete(id)

    def begin_again(self, id: str, config: RunConfig) -> None:
        """The run starts anew at step 0: what was recorded of the old start goes; name, note and colour stay.

        A fork is no fork any longer then.
        """
        with self._transaction() as (db, obsolete):
            statements.must_exist(db, id)
            obsolete.append((id, set(statements.sizes_of(db, id))))
            for table in statements.DATED:
                db.execute(f"DELETE FROM {table} WHERE run = ?", (id,))
            db.execute("UPDATE details SET scene = NULL, floors = '{}' WHERE run = ?", (id,))
            db.execute(
                "UPDATE runs SET parent = NULL, parent_step = NULL, relation = '' WHERE id = ? AND relation = 'fork'",
                (id,),
            )
            text = statements.config_json(config)
            fresh = {"start": text, "config": text, "changes": "[]", "steps": 0, "status": "recording", "message": ""}
            empty = {"summary": "{}", "sparkline": "[]", "size": 0, "files": 0, "updated": time.time()}
            statements.update_run(db, id, fresh | empty)
            self._next_summary.pop(id, None)

    def write(self, batch: Batch) -> None:
        """One transaction for everything that came since the last one. What came for unknown runs is dropped.

        Where it raises StoreError nothing of the batch is kept; so it does before the quota would be passed.
        """
        weight = sum(part.weight for part in batch.runs.values())
        if weight:
            self.must_fit(weight)
        with self._transaction() as (db, obsolete):
            for id, part in batch.runs.items():
                if statements.exists(db, id):
                    obsolete.append((id, self._write_run(db, id, part)))

    def must_fit(self, weight: int) -> None:
        """Raises StoreError where so many bytes more would pass the quota."""
        used, quota = self.usage()
        if used + weight <= quota:
            return
        waiting = len(self.records(deleted=True))
        deleted = f" ({waiting} deleted {'run' if waiting == 1 else 'runs'} among them, until the server ends)"
        raise StoreError(
            f"The recorded runs take {in_words(used)} of the {in_words(quota)} that they may have"
            f"{deleted if waiting else ''}: nothing more is recorded until runs are deleted or GAN_PLAYGROUND_QUOTA is "
            "raised."
        )

    def rename(self, id: str, name: str) -> None:
        """Raises StoreError for an empty or a long name too."""
        self._set(id, "name", checked_name(name))

    def annotate(self, id: str, note: str) -> None:
        """Raises StoreError for a long note too."""
        if len(note) > MAX_NOTE:
            raise StoreError(f"A note may have at most {MAX_NOTE:,} characters (got {len(note):,}).")
        self._set(id, "note", note.strip())

    def adopt(self, id: str, owner: str) -> None:
        """A run without an owner, from the command line, is this owner's from now on."""
        with self._transaction() as (db, _):
            statements.must_exist(db, id)
            db.execute("UPDATE runs SET owner = ? WHERE id = ? AND owner = ''", (owner, id))

    def hand_over(self, before: str, after: str) -> int:
        """An owner's runs, deleted ones too, are another's from now on; how many there are in the list."""
        with self._transaction() as (db, _):
            listed = db.execute("SELECT COUNT(*) FROM runs WHERE owner = ? AND deleted IS NULL", (before,)).fetchone()
            db.execute("UPDATE runs SET owner = ? WHERE owner = ?", (after, before))
        return int(listed[0])

    def delete(self, id: str) -> None:
        """Out of the list; `undelete` brings it back until `purge`, the store's closing or the next opening."""
        self._set(id, "deleted", time.time())

    def undelete(self, id: str) -> None:
        """A deleted run is back in the list."""
        self._set(id, "deleted", None)

    def purge(self) -> None:
        """Deleted runs go for good, and their space is free."""
        self._remove("deleted IS NOT NULL")

    def forget(self, id: str) -> None:
        """One run goes for good at once."""
        self._remove("id = ?", id)

    def close(self) -> None:
        """Deleted runs go, and another server may open the folder. A second call does nothing."""
        try:
            if self._lock is not None:
                with suppress(StoreError):  # a full or a damaged disk: they go at the next opening
                    self.purge()
        finally:
            self._database.close()
            self._release()

    @contextmanager
    def _transaction(self) -> Iterator[tuple[sqlite3.Connection, list[tuple[str, set[int]]]]]:
        """A transaction, and a list for checkpoints (run, steps) whose files go once it is kept."""
        with self._changing:
            obsolete: list[tuple[str, set[int]]] = []
            with self._database.writing() as db:
                yield db, obsolete
            for run, steps in obsolete:
                self._files.remove(run, steps)

    def _write_run(self, db: sqlite3.Connection, id: str, part: RunBatch) -> set[int]:
        """Returns the steps of the checkpoints whose files go."""
        before = set(statements.sizes_of(db, id))
        if part.truncate_after is not None:
            statements.cut(db, id, part.truncate_after)
        statements.write_head(db, id, part, time.time())
        statements.append_rows(db, id, part.rows)
        statements.write_keyframes(db, id, part.keyframes)
        statements.write_film(db, id, part.film)
        self._write_checkpoints(db, id, dict(part.checkpoints))
        statements.weigh(db, id)
        ended = part.status is not None and part.status != "recording"
        if (part.rows and time.monotonic() >= self._next_summary.get(id, 0.0)) or ended:
            self._summarise(db, id)
        return before - set(statements.sizes_of(db, id))

    def _write_checkpoints(self, db: sqlite3.Connection, id: str, fresh: dict[int, bytes]) -> None:
        """The files that are kept are on the disk before the transaction is; those that no longer are go after it."""
        if not fresh:
            return
        sizes = statements.sizes_of(db, id)
        kept = set(thinning.thinned_by_size(sizes | {step: len(data) for step, data in fresh.items()}))
        for step in kept & fresh.keys():
            self._files.write(id, step, fresh[step])
            row = (id, step, len(fresh[step]))
            db.execute("INSERT OR REPLACE INTO checkpoints (run, step, size) VALUES (?, ?, ?)", row)
        statements.drop(db, "checkpoints", id, sizes.keys() - kept)

    def _summarise(self, db: sqlite3.Connection, id: str) -> None:
        began = time.monotonic()
        text, floors = db.execute(
            "SELECT config, floors FROM runs JOIN details ON run = id WHERE id = ?", (id,)
        ).fetchone()
        columns = statements.read_columns(db, id, COLUMNS)
        values = {
            "summary": statements.as_json(summarise(columns, statements.floors_of(floors), statements.config_of(text))),
            "sparkline": statements.as_json(sparkline(columns)),
        }
        statements.update_run(db, id, values)
        now = time.monotonic()
        self._next_summary[id] = now + max(SUMMARY_S, (now - began) / SUMMARY_SHARE)

    def _remove(self, where: str, *values: str) -> None:
        with self._transaction() as (db, obsolete):
            for (id,) in db.execute(f"SELECT id FROM runs WHERE {where}", values).fetchall():
                obsolete.append((id, self._files.steps(id)))
                db.execute("DELETE FROM runs WHERE id = ?", (id,))
        if obsolete:
            self._database.shrink()

    def _set(self, id: str, column: str, value: str | float | None) -> None:
        with self._transaction() as (db, _):
            statements.must_exist(db, id)
            statements.update_run(db, id, {column: value})

    def _tidy(self) -> None:
        """What the last server left behind: runs that it was recording, deleted ones, files of no record."""
        self.purge()
        with self._transaction() as (db, _):
            found: dict[str, set[int]] = {}
            for run, step in db.execute("SELECT id, step FROM checkpoints JOIN runs ON run = id").fetchall():
                found.setdefault(run, set()).add(step)
            for run, steps in found.items():
                missing = steps - self._files.steps(run)
                statements.drop(db, "checkpoints", run, missing)
                steps -= missing
            for (id,) in db.execute("SELECT id FROM runs WHERE status = 'recording'").fetchall():
                step = max(found.get(id, ()), default=0)
                message = f"It was interrupted while it trained; it can go on from step {step:,}."
                statements.update_run(db, id, {"status": "interrupted", "message": message})
                with suppress(StoreError):  # settings of another version: opening the run says so
                    self._summarise(db, id)
        self._files.sweep(found)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def checked_name(name: str) -> str:
    """The name on one line. Raises StoreError for an empty or a long one."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise StoreError(f"A name must have from 1 to {MAX_NAME} characters (got {len(name)}).")
    return name
