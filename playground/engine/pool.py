"""The worker processes, and which of them holds which run."""

import os
import threading
from collections.abc import Callable, Iterable

from playground.engine.messages import Close, Command, Open, Play, Report, Speed, Until, Want
from playground.engine.process import WorkerProcess
from playground.engine.run import Run


class Pool:
    """Opens runs in workers and passes commands to them. Called under the engine's lock."""

    def __init__(
        self,
        count: int | None,
        lock: threading.RLock,
        collect: Callable[[Report], None],
        fallen: Callable[[int, bool], None],
    ) -> None:
        """fallen: is called with the place of a worker that died, and whether there is another in its place.

        A process that could not even start is not tried again: the next would fail alike.
        """
        self._lock = lock
        self._collect = collect
        self._fallen = fallen
        self._closed = False
        self.workers: list[WorkerProcess] = []
        for index in range(count or max(1, (os.cpu_count() or 2) - 1)):
            self.workers.append(WorkerProcess(index, collect, self._lost))

    def close(self) -> None:
        """End all workers. Not to be called under the lock: they may have something left to say."""
        with self._lock:
            self._closed = True
        for worker in self.workers:
            worker.close()

    def send(self, run: Run, command: Command) -> None:
        """To the worker that holds the run."""
        self.workers[run.worker].send(command)

    def open(self, run: Run, others: Iterable[Run], *, state: bytes | None, message: str = "", playing: bool) -> None:
        """Start a run, or start it anew, or go on from a checkpoint: where it was, or in the worker with the fewest."""
        if not run.hosted:
            held = [other.worker for other in others if other.hosted]
            run.worker, run.hosted = min(range(len(self.workers)), key=held.count), True
        self.send(run, Open(run.id, run.asked, run.folder, state, message, playing))
        if run.limit is not None:
            self.send(run, Speed(run.id, run.limit))
        if run.until is not None:
            self.send(run, Until(run.id, run.until))
        if run.watchers:
            run.wanting = True
            self.send(run, Want(run.id, run.lane, run.wanted_layers))

    def end(self, run: Run) -> None:
        """Let go of a run; its last checkpoint still comes."""
        if run.hosted:
            self.send(run, Close(run.id))
            run.hosted = False

    def pause(self, run: Run) -> None:
        self.send(run, Play(run.id, False))

    def _lost(self, index: int, started: bool) -> None:
        with self._lock:
            if self._closed:
                return
            if started:
                self.workers[index] = WorkerProcess(index, self._collect, self._lost)
            self._fallen(index, started)
