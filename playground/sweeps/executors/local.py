"""Tasks in processes of this machine, at low priority, so that a live page stays quick."""

import contextlib
import pickle  # noqa: TID251  (between a process and its own child, as multiprocessing does)
import queue
import subprocess
import threading
from collections.abc import Generator, Sequence
from typing import Any

from playground.engine.server.worker_process import spare_cores, started
from playground.sweeps.executors import DIED, TRIES, Stopped
from playground.sweeps.task import Failed, Result, Task

WORKER = "playground.sweeps.worker"
POLL_S = 0.2


class LocalPool:
    """workers: processes; None for one less than there are cores, so that one is left for the page."""

    def __init__(self, workers: int | None = None) -> None:
        self._count = workers or spare_cores()
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def pids(self) -> list[int]:
        """Of the processes that live."""
        return [process.pid for process in self._processes[:] if process.poll() is None]

    def run(self, tasks: Sequence[Task[Result]], stopped: Stopped) -> Generator[Result | Failed, None, None]:
        """See `Executor`."""
        todo: queue.SimpleQueue[tuple[Task[Any], int]] = queue.SimpleQueue()
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        over = threading.Event()
        for task in tasks:
            todo.put((task, 1))
        threads = [
            threading.Thread(target=self._work, args=(todo, ended, over), daemon=True)
            for _ in range(min(self._count, len(tasks)))
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in tasks:
                while True:
                    if stopped():
                        return
                    with contextlib.suppress(queue.Empty):
                        yield ended.get(timeout=POLL_S)
                        break
        finally:
            over.set()
            for process in self._processes[:]:
                process.kill()
            for thread in threads:
                thread.join()

    def _work(
        self,
        todo: "queue.SimpleQueue[tuple[Task[Any], int]]",
        ended: "queue.SimpleQueue[Any]",
        over: threading.Event,
    ) -> None:
        """One process, and another one where it has died, as long as there are tasks."""
        process: subprocess.Popen[bytes] | None = None
        while not over.is_set():
            try:
                task, turn = todo.get(timeout=POLL_S)
            except queue.Empty:
                continue  # another process may die, and its task come back
            process = process or self._started(over)
            try:
                ended.put(_asked(process, task))
            except (EOFError, OSError, pickle.UnpicklingError):
                _end(process)
                process = None
                if not over.is_set():
                    ended.put(Failed(task.index, DIED)) if turn >= TRIES else todo.put((task, turn + 1))
        if process is not None:
            _end(process)

    def _started(self, over: threading.Event) -> subprocess.Popen[bytes]:
        process = started(WORKER, stdout=subprocess.PIPE)
        self._processes.append(process)
        if over.is_set():  # those that lived have just been ended
            process.kill()
        return process


def _asked(process: subprocess.Popen[bytes], task: Task[Result]) -> Result | Failed:
    """What the process says of the task. Raises EOFError, OSError or UnpicklingError where it dies meanwhile."""
    assert process.stdin is not None and process.stdout is not None
    pickle.dump(task, process.stdin)
    process.stdin.flush()
    outcome: Result | Failed = pickle.load(process.stdout)
    return outcome


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # what could not be written any more is lost with the process
            assert pipe is not None
            pipe.close()
    process.wait()
