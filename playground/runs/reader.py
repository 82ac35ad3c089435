"""What can be asked of recorded runs. Every answer is of one moment, whatever is being written meanwhile."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from playground.checkpoint_file import CheckpointError, compiled_since, read_header
from playground.frame import Row, Scene
from playground.runs import pictures, rows, statements
from playground.runs.checkpoint_files import CheckpointFiles
from playground.runs.database import Database
from playground.runs.record import FilmFrame, Record, StoredColumns, StoreError
from playground.runs.rows import Chunk

_RECORD = (
    "id, owner, name, note, parent, parent_step, relation, status, message, steps, created, updated, colour, size, "
    "deleted IS NOT NULL, config, nullif(start, config), changes, summary, sparkline"
)
_DELETED, _CONFIG, _START = 14, 15, 16
"""Their places: SQLite gives `deleted` as a number, and `start` as None where it is the same text as `config`."""


class RunReader:
    """The reading half of a store. All of it may be called from any thread and raises StoreError, in one sentence."""

    def __init__(self, database: Database, files: CheckpointFiles, quota: int) -> None:
        self._database = database
        self._files = files
        self._quota = quota

    @property
    def path(self) -> Path:
        """The database's file."""
        return self._database.path

    def record(self, id: str) -> Record:
        """Raises StoreError if there is no such run; one that is deleted but can still be brought back is there."""
        with self._database.reading() as db:
            found = db.execute(f"SELECT {_RECORD} FROM runs WHERE id = ?", (id,)).fetchone()
        if found is None:
            raise StoreError("There is no such recorded run.")
        return _record(found)

    def has(self, id: str) -> bool:
        """Whether there is such a run, perhaps a deleted one that can still be brought back."""
        with self._database.reading() as db:
            return statements.exists(db, id)

    def records(self, *, owner: str | None = None, deleted: bool = False) -> list[Record]:
        """The runs, or with `deleted` those that can still be brought back; what changed last comes first."""
        where, values = f"deleted IS {'NOT ' if deleted else ''}NULL", []
        if owner is not None:
            where, values = f"{where} AND owner = ?", [owner]
        with self._database.reading() as db:
            found = db.execute(f"SELECT {_RECORD} FROM runs WHERE {where} ORDER BY updated DESC, number DESC", values)
            return [_record(values) for values in found.fetchall()]

    def scene(self, id: str) -> Scene | None:
        """What stays the same in the run's pictures; None before it has been written, or for an unknown run."""
        with self._database.reading() as db:
            found = db.execute("SELECT scene FROM details WHERE run = ?", (id,)).fetchone()
        return statements.scene_of(found[0]) if found else None

    def floors(self, id: str) -> dict[str, tuple[float, float]]:
        """For each measure the 5–95 % band of perfect samples."""
        with self._database.reading() as db:
            found = db.execute("SELECT floors FROM details WHERE run = ?", (id,)).fetchone()
        return statements.floors_of(found[0]) if found else {}

    def rows(self, id: str, since: int = -1) -> list[Row]:
        """The rows beyond a step, one by one; `columns` is quicker."""
        with self._database.reading() as db:
            found = db.execute("SELECT data FROM chunks WHERE run = ? AND last > ? ORDER BY first", (id, since))
            chunks = found.fetchall()
        return [row for (data,) in chunks for row in rows.unpack(data).rows() if row.step > since]

    def chunks(self, id: str) -> Iterator[Chunk]:
        """All rows in pieces, see rows.py."""
        with self._database.reading() as db:
            found = db.execute("SELECT data FROM chunks WHERE run = ? ORDER BY first", (id,)).fetchall()
        return (rows.unpack(data) for (data,) in found)

    def columns(self, id: str, only: Collection[str] | None = None) -> StoredColumns:
        """All rows as arrays; with `only`, of just these measures and without the histogram."""
        with self._database.reading() as db:
            return statements.read_columns(db, id, only)

    def keyframe_steps(self, id: str) -> list[int]:
        """In rising order."""
        with self._database.reading() as db:
            return statements.steps_of(db, "keyframes", id)

    def keyframe(self, id: str, step: int) -> tuple[int, bytes]:
        """The nearest recorded step ≤ `step` (else the first), and its picture as frame.encode() makes them."""
        with self._database.reading() as db:
            query = "SELECT step, data FROM keyframes WHERE run = ?"
            found = (
                db.execute(f"{query} AND step <= ? ORDER BY step DESC LIMIT 1", (id, step)).fetchone()
                or db.execute(f"{query} ORDER BY step LIMIT 1", (id,)).fetchone()
            )
        if found is None:
            raise StoreError("No picture of this run is recorded.")
        return found[0], pictures.unpack(found[1])

    def film(self, id: str) -> list[FilmFrame]:
        """The filmstrip of a run on images, in the order of the steps."""
        with self._database.reading() as db:
            return statements.read_film(db, id)

    def checkpoint_steps(self, id: str) -> list[int]:
        """In rising order."""
        with self._database.reading() as db:
            return statements.steps_of(db, "checkpoints", id)

    def checkpoint(self, id: str, step: int) -> bytes:
        """The bytes of the checkpoint at exactly this step. Raises StoreError that names the nearest ones."""
        for last_try in (False, True):
            steps = self.checkpoint_steps(id)
            if step not in steps:
                raise StoreError(_no_checkpoint(step, steps))
            try:
                return self._files.path(id, step).read_bytes()
            except FileNotFoundError:  # it may have been thinned out just now: then the steps say so
                if last_try:
                    raise StoreError(f"The file of the checkpoint at step {step:,} is missing.") from None
            except OSError as error:
                raise StoreError(f"The checkpoint at step {step:,} can't be read: {error.strerror or error}.") from None
        raise AssertionError

    def compiled_since(self, id: str) -> int | None:
        """The step from which on a run trained by compiled steps, as its newest checkpoint says; None: it did not."""
        steps = self.checkpoint_steps(id)
        try:
            state = read_header(self.checkpoint(id, steps[-1]))[0] if steps else {}
        except (CheckpointError, StoreError):
            return None
        return compiled_since(state.get("ways", []))

    def usage(self) -> tuple[int, int]:
        """(bytes on disk, quota); deleted runs count as long as they can be brought back."""
        with self._database.reading() as db:
            files = int(db.execute("SELECT total(files) FROM runs").fetchone()[0])
        return self._database.used + files, self._quota


def _record(values: Sequence[Any]) -> Record:
    fields = list(values)
    fields[_DELETED] = bool(fields[_DELETED])
    fields[_START] = fields[_START] or fields[_CONFIG]
    return Record(*fields)


def _no_checkpoint(step: int, steps: list[int]) -> str:
    if not steps:
        return "No checkpoint of this run is recorded."
    below, above = [s for s in steps if s < step][-1:], [s for s in steps if s > step][:1]
    nearest = " and ".join(f"{near:,}" for near in [*below, *above])
    return f"There is no checkpoint at step {step:,}; the nearest {'are' if below and above else 'is'} at {nearest}."
