"""One engine with real worker processes for all tests of this folder: starting one takes seconds."""

import functools
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from subprocess import Popen
from typing import Any

import pytest

from playground.engine.server.engine import Engine
from playground.engine.server.locks import unlocked
from playground.engine.server.run import Run
from playground.runs.checkpoint_files import CheckpointFiles
from playground.runs.database import Database
from tests.engine.running import beginning


@pytest.fixture(scope="package", autouse=True)
def never_under_the_lock() -> Iterator[None]:
    """Whoever touches the disk or a pipe while holding an engine's lock fails: see engine/server/locks.py."""

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def checked(*arguments: Any, **named: Any) -> Any:
            assert unlocked(), f"{function.__qualname__} under the engine's lock"
            return function(*arguments, **named)

        return checked

    touching = (
        (Database, ("reading", "writing", "shrink")),
        (CheckpointFiles, ("path", "write", "remove", "steps", "sweep")),
        (Connection, ("send", "send_bytes", "recv", "recv_bytes", "close")),
        (Popen, ("__init__", "wait")),
    )
    with pytest.MonkeyPatch.context() as patch:
        for owner, names in touching:
            for name in names:
                patch.setattr(owner, name, watched(getattr(owner, name)))
        yield


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    engine = Engine(workers=2)
    yield engine
    engine.close()


@pytest.fixture
def begin(engine: Engine) -> Iterator[Callable[..., Run]]:
    with beginning(engine) as begin:
        yield begin
