"""The files that the browser's code has from Python are what Python makes of them now."""

from pathlib import Path
from typing import get_args

import pytest

from playground.feed import browser_files
from playground.feed.commands import BrowserCommand
from playground.feed.messages import Message, type_of


@pytest.mark.parametrize("path", browser_files.files(), ids=lambda path: path.name)
def test_the_committed_file_is_what_is_made(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == browser_files.files()[path], (
        "Remake it: python -m playground.feed.browser_files"
    )


def test_every_message_and_every_command_has_its_type() -> None:
    types = browser_files.types()
    assert all(f'type: "{type_of(kind)}";' in types for kind in get_args(Message))
    assert all(f'do: "{kind.__name__.lower()}";' in types for kind in get_args(BrowserCommand))
    assert "diverged: Array<number | null>;" in types and "extent: [number, number];" in types
    assert 'part?: "both" | "discriminator" | "generator";' in types
