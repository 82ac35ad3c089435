"""What the commands share: options, tables, progress, Ctrl-C, and the data of images."""

import signal
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from playground.config import RunConfig
from playground.data import image_data
from playground.data.image_data import DataError, Images
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.sweeps.executors import EXECUTORS

EXIT_CODES = {"done": 0, "diverged": 1, "interrupted": 130}
BAD_INPUT = 2

LABELS = {
    "points": {name: row.label for name, row in METRICS.items()},
    "images": {name: row.label for name, row in IMAGE_METRICS.items()},
}
COUNTS = ("modes", "classes", "clear_classes")
"""Metrics that are whole numbers."""

Assignments = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; repeat.")]
DataDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where image files are looked for first, before $GAN_PLAYGROUND_DATA and the cache."
    ),
]
Kind = Annotated[str, typer.Option("--executor", help=f"{' or '.join(EXECUTORS)}: who trains.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes at once; else one less than cores.")]
Address = Annotated[str, typer.Option(help="Of a Ray cluster that runs already.")]
AsJson = Annotated[bool, typer.Option("--json", help="End with one line of JSON instead of a table.")]


def load(config: RunConfig, data_dir: Path | None) -> Images:
    """The images of a config. Raises DataError, which also says how they can be downloaded."""
    name = image_data.source_of(config.dataset)
    try:
        return image_data.load(config.dataset, data_dir, config.images_id)
    except DataError as error:
        if image_data.dataset(name).mirrors and not image_data.available(name, data_dir):
            raise DataError(f"{str(error).rstrip('.')} with `python -m playground download {name}`.") from None
        raise


@contextmanager
def ctrl_c() -> Iterator[Callable[[], bool]]:
    """Says whether Ctrl-C has been pressed, so that a run stops between two steps; a second one stops at once."""
    pressed: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress() -> Iterator[Callable[[float, str], None]]:
    """A progress bar on standard error where that is a terminal: told how much is done, 0 to 1, and of what."""
    if not sys.stderr.isatty():
        yield lambda done, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=4) as bar:
        task = bar.add_task("", total=1.0)
        before = 0.0

        def show(done: float, what: str) -> None:
            nonlocal before
            if done < before:  # something else has begun: its speed is its own
                bar.reset(task)
            before = done
            bar.update(task, completed=done, description=what)

        yield show


def fields(row: Any) -> dict[str, Any]:
    """A table row's plain fields: what can be written as JSON."""
    return {name: value for name, value in vars(row).items() if not callable(value)}


def short(name: str, value: float) -> str:
    """A metric's value for a table; counts are whole numbers."""
    if name in COUNTS:
        return f"{value:g}"
    return f"{value:.4f}" if abs(value) < 10_000 else f"{value:.3g}"


def entry(name: str, *paragraphs: str) -> str:
    """A name with its paragraphs beside it."""
    indent = " " * 24
    told = "\n".join(textwrap.fill(text, 96, initial_indent=indent, subsequent_indent=indent) for text in paragraphs)
    return f"{name:<23} {told.lstrip()}\n"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Text columns, aligned to the right except the first."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    )
