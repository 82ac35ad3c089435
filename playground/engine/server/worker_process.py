"""A worker process, as the engine holds it."""

import contextlib
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

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""A worker's environment: more threads only cost time on matrices this small. Measured, an evaluation of images took
0.4 s instead of 0.016 on a busy machine."""


class WorkerProcess:
    """A worker process and the thread that listens to it.

    A plain subprocess rather than multiprocessing's: that one would run the main module again in the child,
    which inside Streamlit is a page.
    """

    def __init__(self, index: int, collect: Callable[[Report], None], lost: Callable[[int, bool], None]) -> None:
        self.index = index
        self._collect = collect
        self._lost = lost
        key = secrets.token_bytes(32)
        self._listener = Listener(authkey=key)
        root = str(Path(__file__).parents[3])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "playground.engine.worker", str(self._listener.address)],
            stdin=subprocess.PIPE,
            env=os.environ
            | ONE_THREAD
            | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
        )
        assert self._process.stdin is not None
        with self._process.stdin as stdin:
            stdin.write(key.hex().encode() + b"\n")
        self._connection: Connection | None = None
        self._backlog: list[Command] = []
        self._sending = threading.Lock()
        self._closing = False
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._listen, self._wait)]
        for thread in self._threads:
            thread.start()

    def send(self, command: Command) -> None:
        """Pass a command on, or keep it until the worker has started. A dead worker's commands are lost with it."""
        with self._sending:
            if self._connection is None:
                self._backlog.append(command)
                return
            with contextlib.suppress(OSError):
                self._connection.send(command)

    def close(self) -> None:
        """End the process and the threads that listen to it: they notice that its end of the line is gone."""
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
        try:
            connection = self._listener.accept()
            with self._sending:
                self._connection = connection
                for command in self._backlog:
                    connection.send(command)
            while True:
                self._collect(connection.recv())
        except (EOFError, OSError, AuthenticationError):
            pass  # the process has ended, or never came up
        finally:
            if self._connection is not None:
                self._connection.close()
        if not self._closing:
            self._process.wait()
            self._listener.close()
            if self._connection is not None:
                self._connection.close()
            self._lost(self.index, self._connection is not None)

    def _wait(self) -> None:
        """Wake the listener if the process ends before it has called: accept() waits for ever."""
        self._process.wait()
        if self._connection is None:
            with contextlib.suppress(OSError):
                Client(self._listener.address).close()
