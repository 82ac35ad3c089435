"""One engine with real worker processes for all tests of this folder: starting one takes seconds."""

from collections.abc import Callable, Iterator

import pytest

from playground.config import RunConfig
from playground.engine.engine import Engine
from playground.engine.run import Run
from tests.engine.running import quick, until


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    engine = Engine(workers=2)
    yield engine
    engine.close()


@pytest.fixture
def begin(engine: Engine) -> Iterator[Callable[..., Run]]:
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
