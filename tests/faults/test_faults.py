"""The short form of every attempt to break the app; `make fault` makes them in full."""

import pytest

from tests.faults.attempts import ATTEMPTS, tried


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.browser if attempt.browser else pytest.mark.slow)
        for name, attempt in ATTEMPTS.items()
    ],
)
def test_nothing_breaks(name: str) -> None:
    outcome = tried(name, short=True)
    assert outcome.problems == []
