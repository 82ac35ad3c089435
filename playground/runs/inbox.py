"""Runs that commands record while somebody else may hold the folder: each in a small store of its own, inbox/<id>/.

A folder of runs has one writer. A command therefore writes into the inbox, and whoever holds the folder takes the run
in once its command has ended, however it ended: a run appears in the list as a whole, and only then goes from the
inbox. Killing any of them at any moment leaves the run in one of the two places, or in both, and then it is taken in
once.
"""

import shutil
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from playground.runs.lock import FolderInUse
from playground.runs.record import Batch, Record, RunBatch, StoreError
from playground.runs.store import NUMBERED, RunStore

EVERY = 2.0
"""Seconds between two looks into the inbox."""
AGAIN_AFTER = 60.0
"""Seconds until a run that could not be taken in is tried again."""
PATIENCE = 10.0
"""Seconds that a command waits for the holder of the folder to take its run in."""


def place(folder: Path, id: str) -> Path:
    """Where a command records the run of this id."""
    return folder / "inbox" / id


def waiting(folder: Path) -> list[Path]:
    """The stores in the inbox. Each has its database only after its lock: what is unlocked has no command any more."""
    try:
        return sorted(path.parent for path in (folder / "inbox").glob("*/runs.sqlite"))
    except OSError:
        return []


def take_in(store: RunStore, later: Collection[Path] = ()) -> dict[Path, str]:
    """Bring every run whose command has ended into the store, but for those of `later`.

    Returns for each that could not be taken in why, in one sentence.
    """
    problems = {}
    for path in waiting(store.folder):
        if path in later:
            continue
        try:
            _take(store, path)
        except FolderInUse:
            continue  # its command still records
        except StoreError as error:
            problems[path] = str(error)
    return problems


def take_in_if_free(folder: Path, quota: int) -> None:
    """Take runs in if there are any and nobody holds the folder. What is refused stays where it is."""
    if waiting(folder):
        try:
            store = RunStore(folder, quota=quota)
        except StoreError:  # in use, or not to be written: reading it works all the same
            return
        try:
            take_in(store)
        finally:
            store.close()


def hand_over(folder: Path, id: str, quota: int) -> bool:
    """After its command has closed it: have the run taken in, by whoever holds the folder or else by this process.

    Returns False where the holder did not do so in time: then it will, or whoever opens the folder next. Raises
    StoreError where the run can't be taken in.
    """
    ours, deadline = place(folder, id), time.monotonic() + PATIENCE
    while ours in waiting(folder):
        try:
            store = RunStore(folder, quota=quota)
        except FolderInUse:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
            continue
        try:
            problem = take_in(store).get(ours)
        finally:
            store.close()
        if problem:
            raise StoreError(f"The run stays in '{ours}' for now. {problem}")
        break
    return True


class InboxWatch:
    """Takes runs in as they come, on a thread of its own, from making it to `close`."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._problems: dict[Path, tuple[str, float]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str:
        """Why a run can't be taken in, in one sentence; empty if all is well."""
        return next((sentence for sentence, _ in self._problems.values()), "")

    def close(self) -> None:
        """End the thread; what it is taking in comes in first."""
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while True:
            now = time.monotonic()
            later = {path: held for path, held in self._problems.items() if now < held[1]}
            problems = take_in(self._store, later)
            self._problems = later | {path: (sentence, now + AGAIN_AFTER) for path, sentence in problems.items()}
            if self._ended.wait(EVERY):
                return


def _take(store: RunStore, path: Path) -> None:
    """Bring the runs of one store of the inbox in, and remove it. Raises StoreError, and FolderInUse."""
    source = RunStore(path)
    try:
        for record in source.records():
            if not store.has(record.id):
                _copy(source, record, store)
    finally:
        source.close()
    shutil.rmtree(path, ignore_errors=True)


def _copy(source: RunStore, record: Record, store: RunStore) -> None:
    id = record.id
    store.must_fit(record.size)
    name = "" if NUMBERED.fullmatch(record.name) else record.name
    with store.arriving(id, record.owner, record.start_config, name=name, scene=source.scene(id)):
        for part in _parts(source, record):
            store.write(Batch({id: part}))


def _parts(source: RunStore, record: Record) -> Iterator[RunBatch]:
    """All that is recorded of a run, in pieces; its status comes last, so that the summary is of all rows."""
    id = record.id
    for chunk in source.chunks(id):
        yield RunBatch(rows=chunk.rows())
    yield RunBatch(keyframes=[source.keyframe(id, step) for step in source.keyframe_steps(id)], film=source.film(id))
    for step in source.checkpoint_steps(id):
        yield RunBatch(checkpoints=[(step, source.checkpoint(id, step))])
    yield RunBatch(
        status=record.status,
        message=record.message,
        steps=record.steps,
        config=record.config,
        changes=record.changes,
        floors=source.floors(id),
    )
