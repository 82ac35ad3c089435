"""Runs of an engine, for tests: small ones, and how to wait for them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playground.config import RunConfig
from playground.engine.messages import Refused
from playground.engine.server.engine import Engine
from playground.engine.server.run import Run
from tests.engine.stored import QUICK

PATIENCE = 120.0
"""Seconds to wait for what must happen. Reached only when it does not."""
DOOMED = {"loss": "least_squares", "optimizer": "sgd", "lr_g": 1, "lr_d": 1}
"""Settings at which the numbers leave the finite ones within some steps."""


def quick(**changes: Any) -> RunConfig:
    return RunConfig(**(QUICK | changes))


def refusals(run: Run) -> list[str]:
    """The sentences with which something was refused, as far as they are kept."""
    return [letter.sentence for letter in run.letters.since(0) if isinstance(letter, Refused)]


def until(engine: Engine, run: Run, condition: Callable[[], bool]) -> None:
    """Wait until the engine's news make a condition true."""
    news = threading.Event()
    unwatch = engine.watch(run, news.set)
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            news.clear()
            with engine.lock:
                if condition():
                    return
                stands = f"{run.status} at step {run.steps}, {len(run.history)} rows, {run.message!r} {refusals(run)}"
            assert news.wait(max(0.0, deadline - time.monotonic())), f"waited in vain: {stands}"
    finally:
        unwatch()


@contextmanager
def beginning(engine: Engine) -> Iterator[Callable[..., Run]]:
    """Start a run of an owner (this test's own unless given) and wait until it stands. They all end with the test."""
    started: list[Run] = []

    def begin(config: RunConfig | None = None, owner: str = "me") -> Run:
        run = engine.run(engine.start(owner, config or quick()), owner)
        started.append(run)
        until(engine, run, lambda: run.status == "paused" and len(run.history) > 0)
        return run

    yield begin
    for run in started:
        engine.stop(run)


def pid_of(engine: Engine, run: Run) -> int:
    return engine._pool.workers[run.worker]._process.pid


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def wait_for_death(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while alive(pid):
        assert time.monotonic() < deadline, "the process still lives"
        time.sleep(0.02)
