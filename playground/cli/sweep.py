"""`sweep`: the same training over settings and seeds."""

import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from playground import config as settings
from playground.cli.common import EXIT_CODES, Address, AsJson, Assignments, Kind, Workers, ctrl_c, progress, table
from playground.files import BadInput
from playground.recipes import RECIPES
from playground.runs.place import sweeps_folder
from playground.sweeps.axis import not_twice, read_axis, told
from playground.sweeps.driver import Progress, drive
from playground.sweeps.executors import executor
from playground.sweeps.folder import SWEEP, EndedCell, SweepFolder, read_cells
from playground.sweeps.outcomes import measures, values
from playground.sweeps.sweep import DESIGNS, Sweep

MOST_ROWS = 60
"""Cells in the table."""
ASK_FROM = 1000
"""Cells from which on a sweep is asked back: it may have been meant otherwise."""


def sweep(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The sweep's folder: a new one, or with --resume its own.")],
    recipe: Annotated[str, typer.Option(help="Start from a recipe; `recipes` lists them.")] = "non_saturating",
    assignments: Assignments = None,
    grid: Annotated[
        list[str] | None,
        typer.Option(metavar="AXIS", help="k=1,2,5 or lr_d=1e-4..1e-2:log:6; repeat for each axis."),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Of each cell, side by side.")] = 8,
    steps: Annotated[int, typer.Option(help="Generator updates of each cell.")] = 4000,
    looks: Annotated[int, typer.Option(help="How often each cell is measured, evenly apart.")] = 10,
    design: Annotated[str, typer.Option(help=f"{', '.join(DESIGNS)}: how cells lie in the axes' ranges.")] = "grid",
    points: Annotated[int, typer.Option(help="Cells of a design that is no grid.")] = 64,
    draw: Annotated[int, typer.Option(help="Which of all such designs.")] = 0,
    name: Annotated[str, typer.Option(help="What the sweep is called.")] = "",
    kind: Kind = "local",
    workers: Workers = None,
    address: Address = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the sweep in DIR; nothing is done twice.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=f"Do not ask about more than {ASK_FROM:,} cells.")] = False,
    tied: Annotated[bool, typer.Option("--tied", hidden=True, help="End with standard input.")] = False,
    as_json: AsJson = False,
) -> int:
    """Train a GAN for every combination of settings, over seeds: a phase diagram.

    The page Sweeps shows it, also while it is trained. Ctrl-C stops it; --resume goes on where it was.
    """
    if recipe not in RECIPES:
        raise BadInput(f"--recipe must be one of {', '.join(RECIPES)} (got '{recipe[:40]}').")
    asked = None
    if grid or not resume:
        base = settings.read_assignments(assignments or (), RECIPES[recipe].config)
        changes = dict(settings.difference(settings.RunConfig(), base).values)
        axes = tuple(read_axis(text) for text in grid or ())
        not_twice(assignments or (), axes)
        asked = Sweep(axes, changes, seeds, steps, design, points, draw, looks, name)  # type: ignore[arg-type]
        _told_beforehand(asked, yes)
    if resume and not (out / SWEEP).exists():
        raise BadInput(f"There is no sweep in '{out}' to go on with: without --resume one is begun there.")
    chosen = executor(kind, workers, address)
    gone = _hung_up() if tied else threading.Event()
    with ctrl_c() as pressed, SweepFolder(out, asked, resume) as folder:
        with progress() as bar:

            def show(done: Progress, cell: EndedCell | None) -> None:
                bar(done.share, done.told())

            end = drive(folder, chosen, lambda: pressed() or gone.is_set(), show)
        lines = read_cells(out)
    failed = [line for line in lines if "failed" in line]
    for line in failed[:5]:
        print(f"Cell {line['index']}: {line['failed']}", file=sys.stderr)
    if as_json:
        print(json.dumps(_report(folder.sweep, lines, end.seconds, kind), allow_nan=False))
    else:
        if len(lines) > len(failed):
            print(_table(folder.sweep, lines))
        seen = "; the page Sweeps shows them" if out.resolve().parent == sweeps_folder().resolve() else ""
        print(f"{end.ended - len(failed):,} of {end.tasks:,} cells are in '{out}'{seen}.")
    return EXIT_CODES["done"] if end.ended == end.tasks and not failed else EXIT_CODES["interrupted"]


def _told_beforehand(sweep: Sweep, yes: bool) -> None:
    for index, reason in list(sweep.impossible.items())[:5]:
        place = " ".join(f"{name}={value}" for name, value in sweep.places[index].items())
        print(f"Left out: {place}. {reason}", file=sys.stderr)
    if (more := len(sweep.impossible) - 5) > 0:
        print(f"Left out: {more:,} more that are impossible.", file=sys.stderr)
    count = len(sweep.cells)
    if not count:
        raise BadInput("None of the cells is possible.")
    if count > ASK_FROM and not yes:
        told = f"{count:,} cells of {sweep.seeds} seeds and {sweep.steps:,} steps each"
        if not sys.stdin.isatty() or not typer.confirm(f"Train {told}?"):
            raise BadInput(f"{told} would be trained: --yes says that this is meant.")


def _table(sweep: Sweep, lines: Sequence[EndedCell]) -> str:
    """A row for each cell: what the axes say there, and of its seeds the share or the median of each measure."""
    ended = sorted((line for line in lines if "failed" not in line), key=lambda line: int(line["index"]))
    known = {name: row for name, row in measures(ended).items() if name != "seconds"}

    def number(line: EndedCell, name: str) -> str:
        there = [value for value in values(line).get(name, ()) if value is not None]
        if not there:
            return "-"
        return f"{sum(map(bool, there))} of {len(there)}" if known[name].share else f"{median(there):.3g}"

    rows = [
        [*map(told, sweep.places[line["index"]].values()), *(number(line, name) for name in known)]
        for line in ended[:MOST_ROWS]
    ]
    more = f"\n… and {len(ended) - MOST_ROWS:,} more" if len(ended) > MOST_ROWS else ""
    return table([*(axis.name for axis in sweep.axes), *(row.label for row in known.values())], rows) + more


def _report(sweep: Sweep, lines: Sequence[EndedCell], seconds: float, kind: str) -> dict[str, Any]:
    shown = ("end", "steps", "seconds", "metrics", "diverged")
    cells = [
        {"changes": sweep.places[line["index"]]} | {name: line[name] for name in shown}
        for line in sorted(lines, key=lambda line: int(line["index"]))
        if "failed" not in line
    ]
    failed = {line["index"]: line["failed"] for line in lines if "failed" in line}
    return {
        "cells": cells,
        "failed": failed,
        "impossible": sweep.impossible,
        "seconds": round(seconds, 3),
        "executor": kind,
    }


def _hung_up() -> threading.Event:
    """Set once whoever started this command has ended, or has closed its end of standard input."""
    gone = threading.Event()

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):  # not by the buffer, whose lock would be held when this command ends
            pass
        gone.set()

    threading.Thread(target=wait, daemon=True).start()
    return gone
