"""`reproduce`: recipes over many seeds."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from playground.cli.common import AsJson, progress
from playground.files import BadInput
from playground.recipes import RECIPES
from playground.recipes.measured import Measured, measured, write
from playground.reproduce import SEEDS, names, page
from playground.reproduce import reproduce as train_recipe

MAX_SEEDS = 32


def reproduce(
    recipes: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which recipes; without names, all of them.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, max=MAX_SEEDS, help="Seeds 0 to SEEDS - 1, trained side by side.")
    ] = SEEDS,
    keep: Annotated[
        bool,
        typer.Option("--write", help="Write the numbers into the recipes' cards and docs/recipes.md of this checkout."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train recipes over seeds and tell what came of them beside what their sources claim.

    All of them with 8 seeds take about half an hour on two cores.
    """
    chosen = recipes or names()
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        raise BadInput(f"NAME must be one of {', '.join(names())} (got '{unknown[0][:40]}').")
    pages = Path(__file__).parents[2] / "docs"
    if keep and not pages.is_dir():
        raise BadInput("--write needs the project's own folder with its docs, and there is none here.")
    rows: dict[str, Measured] = {}
    for name in chosen:
        with progress() as show:
            rows[name] = train_recipe(RECIPES[name], seeds, show)
        if keep:
            write({name: rows[name]})
        if not as_json:
            print(f"{RECIPES[name].label}: {rows[name].told()}")
            print(f"  It says: {RECIPES[name].claim}", flush=True)
    if keep:
        (pages / "recipes.md").write_text(page(measured()), encoding="utf-8")
    if as_json:
        print(json.dumps({name: asdict(row) for name, row in rows.items()}, allow_nan=False))
