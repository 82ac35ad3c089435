"""One engine with real worker processes for all tests of this folder: starting one takes seconds."""

from collections.abc import Iterator

import pytest

from playground.engine.engine import Engine


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    engine = Engine(workers=2)
    yield engine
    engine.close()
