"""`lessons` and `lesson NAME`: the lectures' numbers, without a browser."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from playground.cli.common import AsJson, entry
from playground.files import BadInput, finite
from playground.lessons.course import COURSE

LESSONS = {name: row.numbers for name, row in COURSE.items() if row.numbers is not None}
"""The lessons that have numbers to tell."""


def lessons(as_json: AsJson = False) -> None:
    """List the lessons whose numbers `lesson` tells."""
    if as_json:
        print(
            json.dumps(
                [{"name": name, "title": COURSE[name].title, "question": COURSE[name].question} for name in LESSONS]
            )
        )
        return
    for name in LESSONS:
        print(entry(name, COURSE[name].title, COURSE[name].question))


def lesson(
    name: Annotated[str, typer.Argument(help="A lesson; `lessons` lists them.")], as_json: AsJson = False
) -> None:
    """A lesson's numbers at its opening values."""
    if name not in LESSONS:
        raise BadInput(f"lesson must be one of {', '.join(LESSONS)} (got {name[:40]!r}).")
    numbers = _strict(LESSONS[name]())
    if as_json:
        print(json.dumps(numbers, allow_nan=False))
        return
    print(COURSE[name].title)
    for path, value in _leaves(numbers):
        print(f"{path:<44} {value if isinstance(value, str | bool | None) else f'{value:.6g}'}")


def _strict(value: Any) -> Any:
    """The value with null for what JSON has no number for."""
    if isinstance(value, Mapping):
        return {name: _strict(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_strict(inner) for inner in value]
    return finite(value) if isinstance(value, float) else value


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value with its path, such as fits.KL.mu or theta[3]."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{place}]")
    else:
        yield path, value
