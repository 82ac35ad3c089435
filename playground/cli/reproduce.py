"""`reproduce`: trainings over many seeds, and what came of them."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from playground.cli.common import EXIT_CODES, Address, AsJson, Kind, Workers, ctrl_c, progress
from playground.files import BadInput
from playground.recipes import RECIPES
from playground.recipes.gallery import picture_of
from playground.recipes.measured import Measured, kept_in, told, write
from playground.reproduce.exercise import write as epochs_of_exercise
from playground.reproduce.pictures import write as draw_picture
from playground.reproduce.strips import write as film_of_cures
from playground.reproduce.sweeps import DOCUMENT, SHIPPED, page, ship
from playground.reproduce.tables import TABLES, known
from playground.reproduce.tasks import outcomes
from playground.reproduce.training import MAX_SEEDS, SEEDS, Job, train
from playground.runs.place import sweeps_folder
from playground.sweeps.driver import drive
from playground.sweeps.executors import Executor, Stopped, executor
from playground.sweeps.folder import SweepFolder
from playground.sweeps.task import Failed

PAGES = Path(__file__).parents[2] / "docs"


def reproduce(
    rows: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which rows; without names, all of them.")
    ] = None,
    table: Annotated[str, typer.Option(metavar="TABLE", help=f"What is trained: {' or '.join(TABLES)}.")] = "recipes",
    seeds: Annotated[
        int, typer.Option(min=1, max=MAX_SEEDS, help="Seeds 0 to SEEDS - 1, trained side by side.")
    ] = SEEDS,
    keep: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Write the numbers onto the pages and into docs/ of this checkout, each as soon as it is there. "
            "What is written there already for the same settings is not trained again.",
        ),
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="With --write or --pictures: train that too.")] = False,
    pictures: Annotated[
        bool,
        typer.Option("--pictures", help="Instead: train seed 0 and draw the small pictures that the gallery lacks."),
    ] = False,
    lessons: Annotated[
        bool, typer.Option("--lessons", help="The claims of the lessons: short for --table lessons --write.")
    ] = False,
    exercise: Annotated[
        bool,
        typer.Option("--exercise", help="Instead: train the last lesson's exercise on MNIST and keep its epochs."),
    ] = False,
    strips: Annotated[
        bool, typer.Option("--strips", help="Instead: train the hopping run and its cures for the lesson's film.")
    ] = False,
    sweeps: Annotated[
        bool,
        typer.Option(
            "--sweeps",
            help="Instead: train the sweeps that the page shows before one has any, in the folder of the page's "
            "sweeps; they go on where they were. With --write they are shipped.",
        ),
    ] = False,
    kind: Kind = "local",
    workers: Workers = None,
    address: Address = "",
    as_json: AsJson = False,
) -> int:
    """Train recipes, or every technique on every illness, over seeds; tell what came of it beside what is claimed.

    All recipes with 8 seeds take about half an hour on two cores; those on MNIST, which come last, an hour more. The
    cures take some hours: with --write they can be stopped, and go on where they were.
    """
    if lessons:
        table, keep = "lessons", True
    if table not in TABLES:
        raise BadInput(f"TABLE must be one of {', '.join(TABLES)} (got '{table[:40]}').")
    if keep and not PAGES.is_dir():
        raise BadInput("--write needs the project's own folder with its docs, and there is none here.")
    names = list(RECIPES) if pictures else list(SHIPPED) if sweeps else TABLES[table].rows.names()
    unknown = [name for name in rows or () if name not in names]
    if unknown:
        raise BadInput(f"NAME must be one of {', '.join(names)} (got '{unknown[0][:40]}').")
    if exercise or strips or pictures:
        with progress() as show:
            if exercise:
                for row in epochs_of_exercise(None, seeds, show):
                    values = ", ".join(f"{name} {told(value)}" for name, value in row.values.items())
                    print(f"epoch {row.epoch}: {values}")
            elif strips:
                film_of_cures(show)
            else:
                for name in rows or [name for name in names if again or not picture_of(name).exists()]:
                    print(draw_picture(name, show).name, flush=True)
        return EXIT_CODES["done"]
    who = executor(kind, workers, address)
    with ctrl_c() as pressed:
        if sweeps:
            return _sweeps(rows or names, keep, who, pressed)
        return _table(table, rows or names, seeds, who, pressed, keep=keep, again=again, as_json=as_json)


def _table(
    table: str,
    rows: Sequence[str],
    seeds: int,
    who: Executor,
    stopped: Stopped,
    *,
    keep: bool,
    again: bool,
    as_json: bool,
) -> int:
    chosen = TABLES[table]
    asked = [
        (row, job) for row in rows for job in chosen.rows.jobs(row) if not keep or again or chosen.missing(job, seeds)
    ]
    found: dict[str, Measured] = {}

    def came(row: str, job: Job, what: Measured) -> None:
        found[job.name] = what
        if keep:
            write(chosen.file(), {job.name: what})
        if not as_json:
            print(f"{job.label}: {what.told()}", flush=True)
            if chosen.rows.claim(row) and all(job.name in found for name, job in asked if name == row):
                print(f"  It says: {chosen.rows.claim(row)}", flush=True)

    for row, job in asked:
        if keep and not again and chosen.train is train and (had := known(job, seeds)):
            came(row, job, had)
    failed = []
    with progress() as show:
        for far, ended in outcomes(
            table, [(row, job) for row, job in asked if job.name not in found], seeds, who, stopped
        ):
            show(far.share, far.told("trainings"))
            for (row, job), what in ended:
                if isinstance(what, Failed):
                    failed.append(f"{job.label}: {what.reason}")
                else:
                    came(row, job, what)
    if keep:
        (PAGES / chosen.document).write_text(chosen.rows.page(kept_in(chosen.file())), encoding="utf-8")
    if as_json:
        print(json.dumps({name: asdict(row) for name, row in found.items()}, allow_nan=False))
    for sentence in failed:
        print(sentence, file=sys.stderr)
    return EXIT_CODES["done" if len(found) == len(asked) else "interrupted"]


def _sweeps(names: Sequence[str], keep: bool, who: Executor, stopped: Stopped) -> int:
    whole = [_swept(name, keep, who, stopped) for name in names]
    if keep:
        (PAGES / DOCUMENT).write_text(page(), encoding="utf-8")
    return EXIT_CODES["done" if all(whole) else "interrupted"]


def _swept(name: str, keep: bool, who: Executor, stopped: Stopped) -> bool:
    """Whether all of the sweep's cells are there now."""
    sweep, place = SHIPPED[name].sweep, sweeps_folder() / name
    with SweepFolder(place, sweep, resume=True) as folder, progress() as show:
        end = drive(folder, who, stopped, lambda far, _: show(far.share, f"{sweep.name}: {far.told()}"))
    whole = end.ended == end.tasks
    if keep and whole:
        ship(name, place)
    print(f"{sweep.name}: {end.told()}, in '{place}'.", flush=True)
    return whole
