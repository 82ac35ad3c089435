"""The worker processes: which of them holds which run, what they report, and what becomes of it when one dies."""

import time
from collections.abc import Callable

from playground.engine.messages import Close, Command, Measured, Open, Play, Report, Speed, Until, Want
from playground.engine.server.limits import EngineError, Limits
from playground.engine.server.locks import EngineLock
from playground.engine.server.recorder import Recorder
from playground.engine.server.roster import Roster
from playground.engine.server.run import Run
from playground.engine.server.worker_process import WorkerProcess, spare_cores

FALLEN = "The process that trained this run died. Reset starts it anew."
BUSY = "The process that trains this run is not listening: try again in a moment."
NO_WORKER = "No process to train in could be started: the server's own output says why."
TRIES = 5
"""How often a run whose worker dies is brought back without getting any further in between."""
PARTING_SECONDS = 1.0
"""How long closing waits for playing runs to leave their last checkpoint."""


class Pool:
    """Opens runs in workers, passes commands down, and takes in what comes up.

    Called under the engine's lock, but for `part` and `close`: the workers may have something left to say.
    """

    def __init__(
        self,
        count: int | None,
        lock: EngineLock,
        runs: Roster,
        recorder: Recorder | None,
        limits: Limits,
        tell: Callable[[Run], None],
    ) -> None:
        """count: of workers; None for one less than there are cores. tell: is called with a run of which there is news.

        A process that could not even start is not tried again: the next would fail alike.
        """
        self._lock = lock
        self._runs = runs
        self._recorder = recorder
        self._limits = limits
        self._tell = tell
        self._closed = False
        self.workers: dict[int, WorkerProcess] = {}
        """Those that live, or are starting."""
        for index in range(count or spare_cores()):
            self.workers[index] = WorkerProcess(index, self._collect, self._lost)

    def part(self) -> None:
        """Pause all playing runs, and wait a moment for their last checkpoints."""
        with self._lock:
            playing = [run for run in self._runs if run.hosted and run.status == "playing"]
            for run in playing:
                self.workers[run.worker].send(Play(run.id, False))
        deadline = time.monotonic() + PARTING_SECONDS
        while any(run.status == "playing" for run in playing) and time.monotonic() < deadline:
            time.sleep(0.01)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
        for worker in self.workers.values():
            worker.close()

    def check(self) -> None:
        """Raises EngineError where there is no process to train in."""
        if not self.workers:
            raise EngineError(NO_WORKER)

    def send(self, run: Run, command: Command) -> None:
        """To the worker that holds the run; one that came back from the disk is opened in one first.

        Raises EngineError where that worker has not listened for long.
        """
        self.host(run)
        if run.hosted:
            if not self.workers[run.worker].takes(command):
                raise EngineError(BUSY)
            self.workers[run.worker].send(command)

    def host(self, run: Run, *, playing: bool = False) -> None:
        """Open the run in a worker where it stands, if it is in none. What it goes on from has been read before."""
        if run.hosted or run not in self._runs or not self.workers:
            return
        assert not run.unread
        self.open(run, state=run.kept[1] if run.kept else None, message=run.message, playing=playing)

    def open(self, run: Run, *, state: bytes | None = None, message: str = "", playing: bool = False) -> None:
        """Start a run, or start it anew, or go on from a checkpoint: where it was, or in the worker with the fewest."""
        if not run.hosted:
            held = [other.worker for other in self._runs if other.hosted]
            run.worker, run.hosted = min(self.workers, key=held.count), True
        worker = self.workers[run.worker]
        worker.send(Open(run.id, run.wanted, run.folder, state, message, playing))
        if run.limit is not None:
            worker.send(Speed(run.id, run.limit))
        if run.until is not None:
            worker.send(Until(run.id, run.until))
        if playing and run.goal is not None:
            worker.send(Play(run.id, True, run.goal))
        if run.watchers:
            run.wanting = True
            worker.send(Want(run.id, run.lane, run.wanted_layers))

    def end(self, run: Run) -> None:
        """Let go of a run; its last checkpoint still comes."""
        if run.hosted:
            self.workers[run.worker].send(Close(run.id))
            run.hosted = False

    def _collect(self, report: Report) -> None:
        """A worker's report, on that worker's thread."""
        with self._lock:
            run = self._runs.get(report.run)
            if run is None:
                return
            run.take(report)
            if self._recorder is not None:
                self._recorder.note(run, report)
            if isinstance(report, Measured) and run.hosted and not run.watchers:
                if time.monotonic() - run.touched > self._limits.unwatched_seconds:
                    self.workers[run.worker].send(Play(run.id, False))
        self._tell(run)

    def _lost(self, index: int, started: bool) -> None:
        """A worker process died: its runs go on from their last checkpoints in a new one; the others notice nothing."""
        fresh = WorkerProcess(index, self._collect, self._lost) if started and not self._closed else None
        with self._lock:
            closed = self._closed
            if fresh is not None and not closed:
                self.workers[index] = fresh
            elif not closed:
                del self.workers[index]
            lost = [run for run in self._runs if run.hosted and run.worker == index and not closed]
            for run in lost:
                self._bring_back(run)
        if fresh is not None and closed:
            fresh.close()
        for run in lost:
            self._tell(run)

    def _bring_back(self, run: Run) -> None:
        """Open a run again whose worker died, unless there is no other, or it takes every worker down with it."""
        playing, step = run.trains, run.kept[0] if run.kept else 0
        run.falls, run.fell_at = (run.falls + 1 if step <= run.fell_at else 1), step
        run.hosted, run.wanting, run.starting = False, False, False
        if not self.workers or run.falls > TRIES:
            run.status, run.message = "failed", FALLEN if self.workers else NO_WORKER
            if self._recorder is not None:
                self._recorder.failed(run)
            return
        lost = max(0, run.steps - step)
        count = f"{lost:,} step{'' if lost == 1 else 's'} lost" if lost else "nothing is lost"
        run.message = f"The process that trained this run died; it goes on from step {step:,} ({count})."
        run.status, run.starting = "opening", playing
        self.host(run, playing=playing)
