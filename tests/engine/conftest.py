"""One engine with real worker processes for all tests of this folder: starting one takes seconds."""

from collections.abc import Callable, Iterator

import pytest

from playground.engine.server.engine import Engine
from playground.engine.server.run import Run
from tests.engine.running import beginning


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    engine = Engine(workers=2)
    yield engine
    engine.close()


@pytest.fixture
def begin(engine: Engine) -> Iterator[Callable[..., Run]]:
    with beginning(engine) as begin:
        yield begin
