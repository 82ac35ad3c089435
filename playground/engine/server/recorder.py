"""Writes what runs report to the store, a batch every moment, on a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable

from playground.engine.messages import Refused, Report
from playground.engine.server.locks import EngineLock, unlocked
from playground.engine.server.run import Run
from playground.engine.server.waiting import DROPPED, ON_DISK, Taken, Waiting
from playground.runs.record import Batch, StoreError
from playground.runs.store import RunStore

EVERY = 0.4
"""Seconds between two batches. With the time between two checkpoints it is what a killed server loses."""
AGAIN_AFTER = 5.0
"""Seconds until a run that could not be written is tried again."""
MOST_OVER = 16
"""Runs that have ended and still wait to be written, at most; the first to end is given up."""

_log = logging.getLogger(__name__)


class Recorder:
    """Gathers reports with `note`, under the engine's lock; the thread writes them without it.

    A run is recorded from its first training step on: one that was only looked at leaves nothing. An error in writing
    one run, foreseen or not, is told to whoever watches that run; the others are recorded.
    """

    def __init__(self, store: RunStore, lock: EngineLock, told: Callable[[Run], None]) -> None:
        """told: is called with a run whose record, keyframes or checkpoints have changed."""
        self.problem = ""
        """Why something could not be written last, and what becomes of it; empty if all is well."""
        self.store = store
        self._lock = lock
        self._told = told
        self._runs: dict[str, Waiting] = {}
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def note(self, run: Run, report: Report) -> None:
        """Take a run's report in; called under the engine's lock."""
        waiting = self._runs.get(run.id)
        if waiting is None:
            waiting = self._runs[run.id] = Waiting(run, begun=run.record is not None, anew=run.record is None)
        waiting.run = run
        waiting.note(report)

    def ended(self, run: Run) -> None:
        """The run leaves its worker: it is no longer being recorded, but everything noted is still written.

        Called under the engine's lock.
        """
        waiting = self._runs.pop(run.id, None)
        if waiting is not None:
            self._runs[run.id] = waiting  # the last to end is the last to be given up
            waiting.over = True
            if run.status == "playing":
                waiting.batch.status = ON_DISK["paused"]

    def failed(self, run: Run) -> None:
        """The run's worker can't say it itself any more. Called under the engine's lock."""
        waiting = self._runs.get(run.id)
        if waiting is not None:
            waiting.batch.status, waiting.batch.message = ON_DISK["failed"], run.message

    def settle(self, run_id: str) -> None:
        """Write now what has been noted of this run, if anything has."""
        if run_id in self._runs:
            self.flush()

    def forget(self, run_id: str) -> None:
        """Write nothing more of this run."""
        assert unlocked()
        with self._writing, self._lock:
            self._runs.pop(run_id, None)

    def flush(self) -> None:
        """Write now what has been noted."""
        assert unlocked()
        with self._writing:
            self._write()

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._ended.set()
        self._thread.join()
        self.flush()

    def _work(self) -> None:
        while not self._ended.wait(EVERY):
            try:
                self.flush()
            except Exception:  # an error of ours: the next batch is tried all the same
                _log.exception("Recording failed; the next batch is tried all the same")

    def _write(self) -> None:
        with self._lock:
            taken = self._take()
        ready = [each for each in taken if self._done(each, self._begin)]
        try:
            if ready:
                self.store.write(Batch({each.waiting.run.id: each.batch for each in ready}))
            written = ready
        except Exception:  # one of them is at fault, or all: each for itself, and what is wrong is told there
            written = [each for each in ready if self._done(each, self._write_one, begun=True)]
        for each in written:
            each.waiting.refused = ""
            self._look(each)
        if written and len(written) == len(taken):
            self.problem = ""

    def _take(self) -> list[Taken]:
        """What may be written now. Of runs that have ended, those are forgotten that leave nothing more, and the
        first of too many that can't be written."""
        now = time.monotonic()
        ready = [each for each in self._runs.values() if each.begun and each.due <= now and not each.empty]
        over = [each for each in self._runs.values() if each.over]
        refused = [each for each in over if each.refused and each.due > now]
        for each in over:
            if (each not in ready and (each.empty or not each.begun)) or each in refused[:-MOST_OVER]:
                del self._runs[each.run.id]
        return [each.take() for each in ready]

    def _done(self, taken: Taken, do: Callable[[Taken], None], *, begun: bool = False) -> bool:
        """Do something with what was taken, or put it back and say why that can't be done. Whether it was done."""
        try:
            do(taken)
            return True
        except StoreError as error:
            sentence = str(error)
        except Exception as error:  # an error of ours: this run is not recorded, the others are
            _log.exception("A run could not be recorded")
            sentence = f"Writing it failed with an error that nobody foresaw: {type(error).__name__}: {error}."
        self._refuse(taken, f"{sentence} {DROPPED}", begun)
        return False

    def _begin(self, taken: Taken) -> None:
        """Tell the store of a run's start, if it does not know."""
        run, born = taken.waiting.run, taken.waiting.run.lineage
        if taken.start is None:
            return
        if run.record is not None:
            self.store.begin_again(run.id, taken.start)
            return
        run.record = self.store.create(
            run.id,
            run.owner,
            taken.start,
            name=born.name,
            parent=born.parent,
            parent_step=born.parent_step,
            relation=born.relation,
            scene=taken.batch.scene,
        )

    def _write_one(self, taken: Taken) -> None:
        self.store.write(Batch({taken.waiting.run.id: taken.batch}))

    def _refuse(self, taken: Taken, sentence: str, begun: bool) -> None:
        """Keep what is small for another try, and say once why."""
        waiting = taken.waiting
        self.problem = sentence
        with self._lock:
            waiting.put_back(taken, begun=begun)
            waiting.due = time.monotonic() + AGAIN_AFTER
            told, waiting.refused = waiting.refused, sentence
            if told != sentence:
                waiting.run.letters.post(Refused(waiting.run.id, f"This run is not being recorded. {sentence}"))
        self._told(waiting.run)

    def _look(self, taken: Taken) -> None:
        """What the store has kept of the run now."""
        run, batch = taken.waiting.run, taken.batch
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
