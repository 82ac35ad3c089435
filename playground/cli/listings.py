"""`recipes`, `datasets`, `download`: what there is, and how to get it."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from playground.cli.common import EXIT_CODES, AsJson, DataDir, entry, fields, progress
from playground.data import image_data
from playground.data.image_data import IMAGE_DATASETS
from playground.data.toy import DATASETS, make
from playground.recipes import RECIPES


def download(
    name: Annotated[str, typer.Argument(help="An image dataset; `datasets` lists them.")],
    data_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Into a subfolder of this; else of $GAN_PLAYGROUND_DATA, else of the cache."),
    ] = None,
) -> int:
    """Fetch the files of an image dataset from its public mirrors; complete ones are not fetched again."""
    from playground.data.download import download as fetch

    try:
        with progress() as show:
            place = fetch(
                name,
                data_dir,
                lambda done, total: show(done / total, f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"),
            )
    except KeyboardInterrupt:
        print("Stopped; nothing was changed.", file=sys.stderr)
        return EXIT_CODES["interrupted"]
    print(f"{image_data.dataset(name).label} is in '{place}'.")
    return 0


def recipes(as_json: AsJson = False) -> None:
    """List the recipes and what to expect of them."""
    if as_json:
        print(json.dumps([{"name": name} | fields(recipe) for name, recipe in RECIPES.items()]))
        return
    for name, recipe in RECIPES.items():
        changes = " ".join(f"{key}={value}" for key, value in recipe.config.to_query().items())
        print(entry(name, f"{recipe.label} ({recipe.source})", changes or "the defaults", recipe.expect))


def datasets(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the datasets: the settings of those of points, and which of the images are on this computer."""
    described = [(name, row, make(name)) for name, row in DATASETS.items()]
    places = [(name, row, image_data.find(name, data_dir)) for name, row in IMAGE_DATASETS.items()]
    if as_json:
        facts = [
            {"kind": "points", "dim": data.dim, "modes": len(data.modes.weights) if data.modes else None}
            for _, _, data in described
        ]
        rows = [{"name": name} | fields(row) for name, row, _ in described]
        listed = [row | more for row, more in zip(rows, facts, strict=True)]
        for name, image_row, place in places:
            facts_of = {
                name: getattr(image_row, name) for name in ("label", "description", "source", "classes", "files")
            }
            there = None if place is None else str(place)
            listed.append(
                {"name": name} | facts_of | {"kind": "images", "available": there is not None, "folder": there}
            )
        print(json.dumps(listed))
        return
    for name, row, data in described:
        count = len(data.modes.weights) if data.modes else 0
        modes = "no separate modes" if not count else "1 mode" if count == 1 else f"{count} modes"
        kind = f"{data.dim}-D, {modes}; --set {', '.join(row.parameters)}"
        print(entry(name, row.label, kind, row.description, row.source))
    for name, image_row, place in places:
        print(entry(name, image_row.label, _whereabouts(name, place), image_row.description, image_row.source))


def _whereabouts(name: str, place: Path | None) -> str:
    """Whether an image dataset is there, and how to get it."""
    name = image_data.source_of(name)
    row = IMAGE_DATASETS[name]
    if name == "digits":
        return "images; always there"
    if place is not None:
        return f"images; in '{place}'"
    if not row.mirrors:
        return "images; not there yet: upload them on the page"
    return f"images; not there yet: `python -m playground download {name}` fetches {row.size / 1e6:.0f} MB"
