"""The engine: which runs there are, what they are told, and what whoever watches is told of them."""

import time
from collections.abc import Callable
from pathlib import Path

from playground.config import RunConfig
from playground.engine.server import returning
from playground.engine.server.commands import NOT_MINE, Commands
from playground.engine.server.limits import EngineError, Limits
from playground.engine.server.locks import EngineLock
from playground.engine.server.pool import Pool
from playground.engine.server.recorder import Recorder
from playground.engine.server.roster import Roster
from playground.engine.server.run import Lineage, Run
from playground.runs.archive import import_run
from playground.runs.reader import RunReader
from playground.runs.record import StoreError
from playground.runs.store import RunStore
from playground.runs.summary import Summary, outcome, summarise

__all__ = ["Engine", "EngineError"]


class Engine(Commands):
    """Runs of many owners in a few worker processes, recorded in a store if there is one.

    Every method may be called from any thread. A run's news are told to its watchers by calling them, on the
    engine's threads: they should only wake something up.
    """

    def __init__(self, workers: int | None = None, store: RunStore | None = None) -> None:
        """The store stays open when the engine closes. Raises EngineError for an impossible limit."""
        self._limits, self._lock, self._runs = Limits.of(), EngineLock(), Roster()
        self._recorder = Recorder(store, self._lock, self._tell) if store else None
        self._pool = Pool(workers, self._lock, self._runs, self._recorder, self._limits, self._tell)

    def close(self) -> None:
        """Let playing runs leave their last checkpoint, and stop all workers. Nothing is left running."""
        if self._recorder is not None:
            self._pool.part()
        with self._lock:
            self._runs.clear()
        self._pool.close()
        if self._recorder is not None:
            self._recorder.close()

    @property
    def store(self) -> RunReader | None:
        """Where runs are recorded, if they are: to be read. What is written there goes through the engine."""
        return self._recorder.store if self._recorder else None

    @property
    def problem(self) -> str:
        """Why something could not be recorded last, in one sentence; empty if all is well."""
        return self._recorder.problem if self._recorder else ""

    # Runs come and go -------------------------------------------------------------------------------------------

    def start(self, owner: str, config: RunConfig, folder: Path | None = None, lineage: Lineage | None = None) -> str:
        """Open a run, standing at step 0. Returns its unguessable id. Raises EngineError when there is no room."""
        with self._lock:
            self._pool.check()
            self._make_room(owner)
            run = Run(returning.new_id(), owner, config, config, worker=-1, folder=folder, hosted=False)
            run.lineage = lineage or run.lineage
            self._runs.add(run)
            self._pool.host(run)
        return run.id

    def run(self, run_id: str, owner: str) -> Run:
        """The owner's run, or anybody's recorded one (`mine` tells which). It may have to be read from the disk.

        A recorded run comes back as it stood, and is opened in a worker only when it has to do something. Raises
        EngineError if there is none, or if it is another session's and not recorded: nobody learns which.
        """
        with self._lock:
            found = self._runs.known(run_id, owner)
        if found is not None:
            return found
        if self._recorder is None:
            raise EngineError(returning.NONE_SUCH)
        self._recorder.settle(run_id)
        read = returning.from_store(self._recorder.store, run_id, owner)
        with self._lock:
            found = self._runs.known(run_id, owner)
            if found is not None:
                return found  # somebody was quicker
            if read.mine:
                self._make_room(owner)
                self._runs.add(read)
            else:
                self._runs.visit(read, owner)
            return read

    def fork(self, owner: str, source_id: str, step: int, config: RunConfig | None = None) -> str:
        """A new run that goes on from another's checkpoint at exactly this step. Returns its id.

        config: differs from the source's there in live settings alone; without it nothing differs, and the fork does
        what the source did, bit for bit, up to the source's next live change. Raises EngineError: see `returning.fork`.
        """
        with self._lock:
            self._make_room(owner)
        child = returning.fork(self._recorded(), owner, source_id, step, config)
        source = self._runs.get(source_id)
        self.run(child, owner).folder = source.folder if source else None
        return child

    def same_start(self, owner: str, source_id: str, config: RunConfig) -> str:
        """A new run from step 0 with the source's seed, so with its weights, data order and noise. Returns its id."""
        source = self.run(source_id, owner)
        lineage = Lineage(parent=source_id, parent_step=0, relation="same start")
        return self.start(owner, config.replace(seed=source.config.seed), source.folder, lineage)

    def stop(self, run: Run) -> None:
        """End the run and forget it; what is recorded of it stays."""
        with self._lock:
            if not self._runs.remove(run):
                return
            if self._recorder is not None:
                self._recorder.ended(run)
            self._pool.end(run)
            self.start_queued()

    def delete(self, run_id: str, owner: str) -> None:
        """End the owner's run and take it out of the store's list; the store can undo that. Raises EngineError."""
        self._write(run_id, owner, lambda store: self._delete(store, run_id))

    def rename(self, run_id: str, owner: str, name: str) -> None:
        """Call the owner's recorded run something else. Raises EngineError, for another's run and a bad name too."""
        self._write(run_id, owner, lambda store: store.rename(run_id, name))

    def annotate(self, run_id: str, owner: str, note: str) -> None:
        """Keep a note with the owner's recorded run. Raises EngineError, for another's run and a long note too."""
        self._write(run_id, owner, lambda store: store.annotate(run_id, note))

    def undelete(self, run_id: str, owner: str) -> None:
        """Put the owner's deleted run back into the list. Raises EngineError, for another's run too."""
        self._write(run_id, owner, lambda store: store.undelete(run_id))

    def purge(self, owner: str) -> None:
        """Free the space of the owner's deleted runs, which can't be brought back then. Raises EngineError."""
        store = self._recorded()
        try:
            for record in store.records(owner=owner, deleted=True):
                store.forget(record.id)
        except StoreError as error:
            raise EngineError(str(error)) from None

    def take_in(self, archive: Path, owner: str) -> str:
        """Record the run in an archive as the owner's, paused where it was; returns its id. Raises EngineError."""
        try:
            return import_run(self._recorded(), archive, owner)
        except StoreError as error:
            raise EngineError(str(error)) from None

    def hand_over(self, before: str, after: str) -> int:
        """All runs of one owner are another's from now on; returns how many are recorded. Raises EngineError."""
        with self._lock:
            moved = self._runs.hand_over(before, after)
        if self._recorder is None:
            return 0
        if moved:
            self._recorder.flush()  # what was begun under the old name stands in the store
        try:
            count = self._recorder.store.hand_over(before, after)
            records = [(run, self._recorder.store.record(run.id)) for run in moved if run.record is not None]
        except StoreError as error:
            raise EngineError(str(error)) from None
        with self._lock:
            for run, record in records:
                run.record = record
        return count

    # What is known of runs --------------------------------------------------------------------------------------

    def watch(self, run: Run, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` at every news of this run; the returned function ends that."""
        with self._lock:
            run.watchers.add(notify)

        def unwatch() -> None:
            with self._lock:
                run.watchers.discard(notify)
                run.layers.pop(notify, None)
                run.touched = time.monotonic()

        return unwatch

    def keyframe(self, run: Run, step: int) -> tuple[int, bytes]:
        """The recorded picture nearest to a step, not beyond it if there is one, and its step. It reads the disk.

        Raises EngineError where nothing is recorded.
        """
        if self._recorder is None or run.record is None or not run.keyframes:
            raise EngineError("No pictures of this run are recorded yet.")
        try:
            return self._recorder.store.keyframe(run.id, step)
        except StoreError as error:
            raise EngineError(str(error)) from None

    def summary(self, run: Run) -> tuple[Summary, str]:
        """What the run's rows come to, in numbers and in one sentence."""
        with self._lock:
            columns, floors, config = run.history.stored(), dict(run.floors), run.config
        values = summarise(columns, floors, config)
        return values, outcome(values)

    @property
    def lock(self) -> EngineLock:
        """Held while a run's fields are read together."""
        return self._lock

    # Inside -----------------------------------------------------------------------------------------------------

    def _recorded(self) -> RunStore:
        """The store, up to date. Raises EngineError if nothing is recorded here."""
        if self._recorder is None:
            raise EngineError("Runs are not recorded here, so there is nothing to go on from.")
        self._recorder.flush()
        return self._recorder.store

    def _write(self, run_id: str, owner: str, change: Callable[[RunStore], None]) -> None:
        """Change what the store says of the owner's run, and tell whoever watches. Raises EngineError."""
        store = self._recorded()
        try:
            returning.adopt(store, run_id, owner)
            if not returning.owned_by(store.record(run_id).owner, owner):
                raise EngineError(NOT_MINE)
            change(store)
            record = store.record(run_id)
        except StoreError as error:
            raise EngineError(str(error)) from None
        with self._lock:
            run = self._runs.get(run_id)
            if run is not None:
                run.record = record
        if run is not None:
            self._tell(run)

    def _delete(self, store: RunStore, run_id: str) -> None:
        """End a run, if it is open, and let nothing more of it be written."""
        with self._lock:
            run = self._runs.get(run_id)
        if run is not None:
            self.stop(run)
        if self._recorder is not None:
            self._recorder.forget(run_id)
        store.delete(run_id)

    def _make_room(self, owner: str) -> None:
        """Forget the owner's longest-unwatched idle runs beyond the limits. Raises EngineError if all are in use."""
        for run in self._runs.in_the_way(owner):
            self.stop(run)

    def _tell(self, run: Run) -> None:
        """Wake whoever watches. A run that does not train may leave room for those that wait for it."""
        with self._lock:
            watchers = list(run.watchers)
            if not run.trains and not run.queued and any(other.queued for other in self._runs):
                self.start_queued()
        for notify in watchers:
            notify()
