"""Writes what runs report to the store, a batch every moment, on a thread of its own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.config import RunConfig
from playground.engine.messages import Checkpoint, Film, Floors, Keyframe, Measured, Opened, Refused, Report, State
from playground.engine.server.run import Run
from playground.runs import record as stored
from playground.runs.record import Batch, FilmFrame, RunBatch, StoreError
from playground.runs.store import RunStore

EVERY = 0.4
"""Seconds between two batches. With the time between two checkpoints it is what a killed server loses."""
AGAIN_AFTER = 5.0
"""Seconds until a run that could not be written is tried again."""
ON_DISK: dict[str, stored.Status] = {"playing": "recording", "opening": "paused", "paused": "paused"}
"""A run's status as the store calls it; the others have the same name."""


@dataclass
class _Entry:
    """What is still to be written of one run."""

    run: Run
    batch: RunBatch = field(default_factory=RunBatch)
    config: RunConfig | None = None
    """Its settings at its start."""
    begun: bool = False
    """It has trained since its start: from then on it is worth the room."""
    anew: bool = True
    """The store has not been told yet that the run started, or started anew."""
    over: bool = False
    """The run has left its worker."""
    newest: int = -1
    refused: str = ""
    due: float = 0.0

    def take_back(self, step: int) -> None:
        """The run stands at this step again: what came after it is no longer part of it."""
        batch, self.newest = self.batch, step
        batch.truncate_after = step if batch.truncate_after is None else min(step, batch.truncate_after)
        batch.rows = [row for row in batch.rows if row.step <= step]
        batch.keyframes = [kept for kept in batch.keyframes if kept[0] <= step]
        batch.checkpoints = [kept for kept in batch.checkpoints if kept[0] <= step]
        batch.film = [frame for frame in batch.film if frame.step <= step]

    def stands_at(self, step: int) -> None:
        if step < self.newest:
            self.take_back(step)
        self.newest = self.batch.steps = step


class Recorder:
    """Gathers reports with `note`, under the engine's lock; the thread writes them without it.

    A run is recorded from its first training step on: one that was only looked at leaves nothing.
    """

    def __init__(self, store: RunStore, lock: threading.RLock, told: Callable[[Run], None]) -> None:
        """told: is called with a run whose record, keyframes or checkpoints have changed."""
        self.problem = ""
        """Why something could not be written last, in one sentence."""
        self.store = store
        self._lock = lock
        self._told = told
        self._entries: dict[str, _Entry] = {}
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def note(self, run: Run, report: Report) -> None:
        """Take a run's report in; called under the engine's lock."""
        entry = self._entries.get(run.id)
        if entry is None:
            entry = self._entries[run.id] = _Entry(run, begun=run.record is not None, anew=run.record is None)
        entry.run, entry.over, batch = run, False, entry.batch
        match report:
            case Opened(scene=scene, resumed=None):
                entry.batch = RunBatch(scene=scene)
                entry.config, entry.begun, entry.anew, entry.newest = None, False, True, -1
            case Opened(resumed=int(step)):
                entry.take_back(step)
            case State():
                entry.config = entry.config or report.config
                batch.status = ON_DISK.get(report.status) or _same(report.status)
                batch.message, batch.config, batch.changes = report.message, report.config, report.changes
                batch.steps = report.steps
            case Measured(row=row):
                entry.stands_at(row.step)
                batch.rows = [kept for kept in batch.rows if kept.step < row.step] + [row]
            case Keyframe(step=step, frame=frame):
                entry.begun = True
                entry.stands_at(step)
                batch.keyframes.append((step, frame))
            case Checkpoint(step=step, data=data):
                entry.begun = True
                entry.stands_at(step)
                batch.checkpoints.append((step, data))
            case Floors(bands=bands):
                batch.floors = bands
            case Film(epoch=epoch, step=step, images=images):
                batch.film.append(FilmFrame(epoch, step, images))
            case _:
                pass

    def ended(self, run: Run) -> None:
        """The run leaves its worker: it is no longer being recorded, but everything noted is still written."""
        entry = self._entries.get(run.id)
        if entry is not None:
            entry.over = True
            if run.status == "playing":
                entry.batch.status = "paused"

    def failed(self, run: Run) -> None:
        """The run's worker can't say it itself any more."""
        entry = self._entries.get(run.id)
        if entry is not None:
            entry.batch.status, entry.batch.message = "failed", run.message

    def settle(self, run_id: str) -> None:
        """Write now what has been noted of this run, if anything has."""
        if run_id in self._entries:
            self.flush()

    def forget(self, run_id: str) -> None:
        """Write nothing more of this run."""
        with self._writing, self._lock:
            self._entries.pop(run_id, None)

    def flush(self) -> None:
        """Write now what has been noted."""
        with self._writing:
            self._write()

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._ended.set()
        self._thread.join()
        self.flush()

    def _work(self) -> None:
        while not self._ended.wait(EVERY):
            self.flush()

    def _write(self) -> None:
        taken: dict[str, tuple[_Entry, RunBatch]] = {}
        now = time.monotonic()
        with self._lock:
            for run_id, entry in self._entries.items():
                if entry.begun and entry.due <= now and entry.batch != RunBatch():
                    taken[run_id] = entry, entry.batch
                    entry.batch = RunBatch()
            for run_id in [run_id for run_id, entry in self._entries.items() if entry.over and run_id not in taken]:
                if not self._entries[run_id].begun or self._entries[run_id].batch == RunBatch():
                    del self._entries[run_id]
        written = [entry for entry, batch in taken.values() if self._began(entry, batch)]
        batches = {entry.run.id: taken[entry.run.id][1] for entry in written}
        try:
            if batches:
                self.store.write(Batch(batches))
        except StoreError:  # one of them is at fault, or all: each for itself
            written = [entry for entry in written if self._alone(entry, batches[entry.run.id])]
        for entry in written:
            entry.refused = ""
            self._look(entry, batches[entry.run.id])
        if written and len(written) == len(taken):
            self.problem = ""

    def _began(self, entry: _Entry, batch: RunBatch) -> bool:
        """Tell the store of a run's start, if it does not know. Whether it does now."""
        if not entry.anew:
            return True
        run, config = entry.run, entry.config or entry.run.config
        try:
            if run.record is not None:
                self.store.begin_again(run.id, config)
            else:
                born = run.lineage
                run.record = self.store.create(
                    run.id,
                    run.owner,
                    config,
                    name=born.name,
                    parent=born.parent,
                    parent_step=born.parent_step,
                    relation=born.relation,
                    scene=batch.scene,
                )
        except StoreError as error:
            self._refuse(entry, batch, error)
            return False
        entry.anew = False
        return True

    def _alone(self, entry: _Entry, batch: RunBatch) -> bool:
        try:
            self.store.write(Batch({entry.run.id: batch}))
        except StoreError as error:
            self._refuse(entry, batch, error)
            return False
        return True

    def _refuse(self, entry: _Entry, batch: RunBatch, error: StoreError) -> None:
        """Keep what is small for another try, and say once why."""
        self.problem = str(error)
        with self._lock:
            later, entry.batch = entry.batch, batch
            entry.due = time.monotonic() + AGAIN_AFTER
            batch.keyframes, batch.checkpoints = batch.keyframes[-1:], batch.checkpoints[-1:]
            _merge(entry, later)
            told, entry.refused = entry.refused, str(error)
            if told != entry.refused:
                entry.run.letters.post(Refused(entry.run.id, f"This run is not being recorded. {error}"))
        self._told(entry.run)

    def _look(self, entry: _Entry, batch: RunBatch) -> None:
        """What the store has kept of the run now."""
        run = entry.run
        if not (batch.keyframes or batch.checkpoints or batch.truncate_after is not None):
            return
        try:
            record = self.store.record(run.id)
            keyframes, checkpoints = self.store.keyframe_steps(run.id), self.store.checkpoint_steps(run.id)
        except StoreError:
            return  # deleted meanwhile
        with self._lock:
            run.record, run.keyframes, run.checkpoints = record, tuple(keyframes), tuple(checkpoints)
        self._told(run)


def _merge(entry: _Entry, later: RunBatch) -> None:
    """Add what was noted while the entry's batch could not be written."""
    if later.truncate_after is not None:
        entry.take_back(later.truncate_after)
    batch = entry.batch
    for name in ("scene", "status", "message", "steps", "config", "changes", "floors"):
        if getattr(later, name) is not None:
            setattr(batch, name, getattr(later, name))
    first = later.rows[0].step if later.rows else None
    batch.rows = [row for row in batch.rows if first is None or row.step < first] + later.rows
    batch.keyframes = (batch.keyframes + later.keyframes)[-1:]
    batch.checkpoints = (batch.checkpoints + later.checkpoints)[-1:]
    batch.film += later.film
    entry.newest = max(entry.newest, batch.steps or -1)


def _same(status: str) -> stored.Status:
    return "diverged" if status == "diverged" else "failed"
