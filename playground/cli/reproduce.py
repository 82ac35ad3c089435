"""`reproduce`: trainings over many seeds, and what came of them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from playground.cli.common import AsJson, progress
from playground.files import BadInput
from playground.recipes import RECIPES
from playground.recipes.gallery import picture_of
from playground.recipes.measured import Measured, kept_in, told, write
from playground.reproduce.exercise import write as epochs_of_exercise
from playground.reproduce.pictures import write as draw_picture
from playground.reproduce.strips import write as film_of_cures
from playground.reproduce.tables import TABLES, known
from playground.reproduce.training import MAX_SEEDS, SEEDS, train


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
    as_json: AsJson = False,
) -> None:
    """Train recipes, or every technique on every illness, over seeds; tell what came of it beside what is claimed.

    All recipes with 8 seeds take about half an hour on two cores; those on MNIST, which come last, an hour more. The
    cures take some hours: with --write they can be stopped, and go on where they were.
    """
    if exercise:
        with progress() as show:
            for row in epochs_of_exercise(None, seeds, show):
                print(f"epoch {row.epoch}: {', '.join(f'{name} {told(value)}' for name, value in row.values.items())}")
        return
    if strips:
        with progress() as show:
            film_of_cures(show)
        return
    if lessons:
        table, keep = "lessons", True
    if table not in TABLES:
        raise BadInput(f"TABLE must be one of {', '.join(TABLES)} (got '{table[:40]}').")
    chosen, names = TABLES[table], list(RECIPES) if pictures else TABLES[table].rows.names()
    unknown = [name for name in rows or () if name not in names]
    if unknown:
        raise BadInput(f"NAME must be one of {', '.join(names)} (got '{unknown[0][:40]}').")
    pages = Path(__file__).parents[2] / "docs"
    if keep and not pages.is_dir():
        raise BadInput("--write needs the project's own folder with its docs, and there is none here.")
    if pictures:
        for name in rows or [name for name in names if again or not picture_of(name).exists()]:
            with progress() as show:
                print(draw_picture(name, show).name, flush=True)
        return
    found: dict[str, Measured] = {}
    for name in rows or names:
        jobs = [job for job in chosen.rows.jobs(name) if not keep or again or chosen.missing(job, seeds)]
        for job in jobs:
            with progress() as show:
                had = known(job, seeds) if keep and not again and chosen.train is train else None
                found[job.name] = had or chosen.train(job, seeds, show)
            if keep:
                write(chosen.file(), {job.name: found[job.name]})
            if not as_json:
                print(f"{job.label}: {found[job.name].told()}", flush=True)
        if jobs and not as_json and chosen.rows.claim(name):
            print(f"  It says: {chosen.rows.claim(name)}", flush=True)
    if keep:
        (pages / chosen.document).write_text(chosen.rows.page(kept_in(chosen.file())), encoding="utf-8")
    if as_json:
        print(json.dumps({name: asdict(row) for name, row in found.items()}, allow_nan=False))
