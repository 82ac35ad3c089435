"""A worker process, as the engine holds it."""

import contextlib
import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

from playground.engine.messages import Command, Report
from playground.engine.server.locks import unlocked
from playground.engine.server.outbox import NEWEST_COUNTS, Outbox

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""A worker's environment: more threads only cost time on matrices this small. Measured, an evaluation of images took
0.4 s instead of 0.016 on a busy machine."""


def started(module: str, *arguments: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """A process that runs a module of ours, with a pipe to its standard input."""
    root = str(Path(__file__).parents[3])
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        env=os.environ
        | ONE_THREAD
        | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
    )


def spare_cores() -> int:
    """How many processes train at once where nobody says otherwise: a core stays for the server and its pages."""
    return max(1, (os.cpu_count() or 2) - 1)


_log = logging.getLogger(__name__)


class WorkerProcess:
    """A worker process, the thread that listens to it and the thread that writes to it.

    A plain subprocess rather than multiprocessing's: that one would run the main module again in the child,
    which inside Streamlit is a page.
    """

    def __init__(self, index: int, collect: Callable[[Report], None], lost: Callable[[int, bool], None]) -> None:
        """collect: takes each report. lost: is told the index when the process has died, and whether it ever called.

        Both are called on the listening thread.
        """
        assert unlocked()
        self.index = index
        self._collect = collect
        self._lost = lost
        self._outbox = Outbox()
        key = secrets.token_bytes(32)
        self._listener = Listener(authkey=key)
        self._process = started("playground.engine.worker", str(self._listener.address))
        assert self._process.stdin is not None
        with self._process.stdin as stdin:
            stdin.write(key.hex().encode() + b"\n")
        self._called = False
        self._closing = False
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._listen, self._wait)]
        for thread in self._threads:
            thread.start()

    def send(self, command: Command) -> None:
        """Pass a command on, in its turn and without waiting. A dead worker's commands are lost with it."""
        self._outbox.put(command)

    def takes(self, command: Command) -> bool:
        """Whether there is room for one more command: not where a worker that does not listen has too many waiting."""
        return isinstance(command, NEWEST_COUNTS) or not self._outbox.full

    def close(self) -> None:
        """End the process and its threads: they notice that its end of the line is gone."""
        assert unlocked()
        self._closing = True
        self._process.terminate()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(timeout=2)
        self._listener.close()

    def _listen(self) -> None:
        """Take in what the process reports for as long as it lives."""
        with contextlib.suppress(EOFError, OSError, AuthenticationError):  # it has ended, or never came up
            with self._listener.accept() as connection:
                self._called = True
                self._talk(connection)
        self._outbox.close()
        if not self._closing:
            self._process.wait()
            self._listener.close()
            self._lost(self.index, self._called)

    def _talk(self, connection: Connection) -> None:
        """Both directions of the line, until it breaks: then EOFError or OSError."""
        writer = threading.Thread(target=self._write, args=(connection,), daemon=True)
        writer.start()
        try:
            while True:
                report = connection.recv()
                try:
                    self._collect(report)
                except Exception:  # an error of ours: this report is lost, the worker goes on
                    _log.exception("A worker's report could not be taken in")
        finally:
            self._outbox.close()
            writer.join()  # what it writes to has ended, so that it does not wait; the line is closed after it

    def _write(self, connection: Connection) -> None:
        """Pass on what is in the outbox, as fast as the process takes it."""
        assert unlocked()
        with contextlib.suppress(OSError):  # the process has ended
            while (command := self._outbox.take()) is not None:
                connection.send(command)

    def _wait(self) -> None:
        """Wake the listener if the process ends before it has called: accept() waits for ever."""
        self._process.wait()
        if not self._called:
            with contextlib.suppress(OSError):
                Client(self._listener.address).close()
