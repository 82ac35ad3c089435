"""The engine: starts workers, passes commands down, and keeps what comes up for whoever watches."""

import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from playground.config import RunConfig, changes_between, is_live
from playground.engine.history import History
from playground.engine.messages import (
    Answer,
    Apply,
    Ask,
    Close,
    Command,
    Film,
    Floors,
    Kind,
    Measured,
    Open,
    Opened,
    Part,
    Picture,
    Play,
    Progress,
    Refused,
    Report,
    Speed,
    State,
    Step,
    Want,
)
from playground.engine.process import WorkerProcess
from playground.engine.run import Run

MAX_RUNS_PER_OWNER = 8
MAX_RUNS = 64
UNWATCHED_SECONDS = 300.0
"""After this long without anybody watching, a playing run pauses and keeps its state."""


class EngineError(Exception):
    """A wish that the engine can't fulfil, in one sentence."""


class Engine:
    """Runs of many owners in a few worker processes.

    Every method may be called from any thread. A run's news are told to its watchers by calling them, on the
    engine's threads: they should only wake something up.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._lock = threading.RLock()
        self._runs: dict[str, Run] = {}
        self._closed = False
        self._workers: list[WorkerProcess] = []
        for index in range(workers or max(1, (os.cpu_count() or 2) - 1)):
            self._workers.append(WorkerProcess(index, self._collect, self._lost))

    def close(self) -> None:
        """Stop all workers. Nothing is left running."""
        with self._lock:
            self._closed = True
            self._runs.clear()
        for worker in self._workers:
            worker.close()

    def start(self, owner: str, config: RunConfig, folder: Path | None = None) -> str:
        """Open a run, standing at step 0. Returns its unguessable id. Raises EngineError when there is no room."""
        with self._lock:
            self._make_room(owner)
            loads = [sum(run.worker == worker.index for run in self._runs.values()) for worker in self._workers]
            run = Run(secrets.token_urlsafe(16), owner, config, config, worker=loads.index(min(loads)), folder=folder)
            self._runs[run.id] = run
        self._send(run, Open(run.id, config, folder))
        return run.id

    def run(self, run_id: str, owner: str) -> Run:
        """The owner's run. Raises EngineError if there is none, or if it is another session's: nobody learns which."""
        with self._lock:
            run = self._runs.get(run_id)
            if run is None or not secrets.compare_digest(run.owner.encode(), owner.encode()):
                raise EngineError("There is no such run in this browser session.")
            run.touched = time.monotonic()
            return run

    def change(self, run: Run, config: RunConfig) -> None:
        """Bring the run to these settings as far as that disturbs nothing; the worker confirms.

        Live settings act at once. Those that need a restart wait for `restart`, unless the run has not begun.
        """
        with self._lock:
            changed = changes_between(run.asked, config)
            if not changed:
                return
            pristine = not run.begun and not run.changes
            if pristine and not all(is_live(name) for name in changed):
                self.restart(run, config)
                return
            target = run.asked.replace(**{name: value for name, value in changed.items() if is_live(name)})
            if target != run.asked:
                run.asked = target
                self._send(run, Apply(run.id, target))

    def restart(self, run: Run, config: RunConfig | None = None, *, playing: bool = False) -> None:
        """Start the run anew at step 0, with other settings if given, and play on if told to."""
        with self._lock:
            run.status, run.message, run.steps, run.begun = "opening", "", 0, playing
            run.asked = config or run.asked
            self._send(run, Open(run.id, run.asked, run.folder))
            self._send(run, Speed(run.id, run.limit))
            if playing:
                self._send(run, Play(run.id, True))

    def play(self, run: Run, playing: bool) -> None:
        run.begun |= playing
        self._send(run, Play(run.id, playing))

    def step(self, run: Run, part: Part) -> None:
        run.begun = True
        self._send(run, Step(run.id, part))

    def limit(self, run: Run, steps_per_second: float | None) -> None:
        run.limit = steps_per_second
        self._send(run, Speed(run.id, steps_per_second))

    def want(self, run: Run) -> None:
        """Ask for the next picture. One is made at a time, however many ask."""
        with self._lock:
            if run.wanting:
                return
            run.wanting = True
        self._send(run, Want(run.id, run.lane))

    def look_at(self, run: Run, lane: int) -> None:
        """Show another seed of the run. Raises EngineError if it has no such seed."""
        if not 0 <= lane < run.config.seeds:
            raise EngineError(f"lane must be a whole number from 0 to {run.config.seeds - 1} (got {lane}).")
        with self._lock:
            run.lane, run.wanting = lane, True
        self._send(run, Want(run.id, lane))

    def ask(self, run: Run, question: int, kind: Kind, of: tuple[int, ...]) -> None:
        """Ask about images of the picture; the answer comes as a letter with the question's number."""
        self._send(run, Ask(run.id, question, kind, of))

    def stop(self, run: Run) -> None:
        """End the run and forget it."""
        with self._lock:
            self._runs.pop(run.id, None)
        self._send(run, Close(run.id))

    def watch(self, run: Run, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` at every news of this run; the returned function ends that."""
        with self._lock:
            run.watchers.add(notify)

        def unwatch() -> None:
            with self._lock:
                run.watchers.discard(notify)
                run.touched = time.monotonic()

        return unwatch

    @property
    def lock(self) -> threading.RLock:
        """Held while a run's fields are read together."""
        return self._lock

    def _send(self, run: Run, command: Command) -> None:
        self._workers[run.worker].send(command)

    def _make_room(self, owner: str) -> None:
        """Forget the owner's longest-unwatched idle runs beyond the limits. Raises EngineError if all are in use."""
        mine = [run for run in self._runs.values() if run.owner == owner]
        for runs, limit, whose in (
            (mine, MAX_RUNS_PER_OWNER, "this browser session"),
            (list(self._runs.values()), MAX_RUNS, "this server"),
        ):
            if len(runs) < limit:
                continue
            idle = [run for run in runs if not run.watchers and run.status != "playing"]
            if not idle:
                raise EngineError(f"All {limit} runs that {whose} may hold are in use: close or pause one first.")
            self.stop(min(idle, key=lambda run: run.touched))

    def _collect(self, report: Report) -> None:
        """A worker's report, on that worker's thread."""
        with self._lock:
            run = self._runs.get(report.run)
            if run is None:
                return
            match report:
                case Opened(_, scene):
                    run.scene, run.history, run.floors, run.frame, run.film = scene, History(), {}, None, []
                    run.generation += 1
                    run.wanting, run.lane = False, min(run.lane, scene.seeds - 1)
                case State():
                    run.status, run.message, run.steps = report.status, report.message, report.steps
                    run.config, run.changes = report.config, report.changes
                    run.speed, run.diverged = report.speed, report.diverged
                case Measured(_, row):
                    run.history.append(row)
                    run.steps = max(run.steps, row.step)
                    if not run.watchers and time.monotonic() - run.touched > UNWATCHED_SECONDS:
                        self._send(run, Play(run.id, False))
                case Floors(_, bands):
                    run.floors = dict(bands)
                case Picture(_, _, frame):
                    run.frame, run.wanting = frame, False
                    run.version += 1
                case Film():
                    run.film.append(report)
                case Progress():
                    run.progress = report
                case Refused() | Answer():
                    run.letters.post(report)
            watchers = list(run.watchers)
        for notify in watchers:
            notify()

    def _lost(self, index: int, started: bool) -> None:
        """A worker process died: its runs fail, the others go on, and a new process takes its place.

        One that could not even start is not tried again: the next would fail alike.
        """
        with self._lock:
            if self._closed:
                return
            lost = [run for run in self._runs.values() if run.worker == index]
            for run in lost:
                run.status, run.wanting = "failed", False
                run.message = "The process that trained this run died. Reset starts it anew."
            watchers = [notify for run in lost for notify in run.watchers]
            if started:
                self._workers[index] = WorkerProcess(index, self._collect, self._lost)
        for notify in watchers:
            notify()
