"""The recipes over seeds: the numbers on their cards and in docs/recipes.md, and some of them on MNIST."""

from collections.abc import Iterator, Mapping
from typing import Any

from playground.data.image_table import IMAGE_DATASETS
from playground.recipes import RECIPES, Recipe
from playground.recipes.measured import Measured, told
from playground.reproduce.training import Job

ON_MNIST = {
    "vae_mnist": ("vae", 4_700),
    "lecture_mnist": ("lecture", 13_700),
    "dcgan_mnist": ("dcgan", 1_700),
    "autoencoder_mnist": ("autoencoder", 4_700),
}
"""Recipes on MNIST, and for how many steps: each takes a seed about half a minute of a processor. With one seed by
itself a step took 6.5, 2.3, 16.8 and 6.2 ms, in turn within one process; with five side by side 6, 1.9, 18.8, 5.9."""
SEEDS_ON_MNIST = 5


def names() -> list[str]:
    """The recipes that can be reproduced: those that say after how many steps they are judged, and those on MNIST."""
    return [*(name for name, recipe in RECIPES.items() if recipe.steps), *ON_MNIST]


def jobs(name: str) -> list[Job]:
    """A recipe's training."""
    recipe, steps = _recipe_of(name)
    if name not in ON_MNIST:
        return [Job(name, recipe.label, recipe.changes, steps)]
    changes = dict(recipe.changes) | {"dataset": "mnist"}
    return [Job(name, f"{recipe.label}, MNIST", changes, steps, most=SEEDS_ON_MNIST)]


def claim(name: str) -> str:
    """What a recipe's source says of it."""
    return _recipe_of(name)[0].claim


def _recipe_of(name: str) -> tuple[Recipe, int]:
    """A row's recipe, and its steps."""
    recipe, steps = ON_MNIST.get(name, (name, 0))
    return RECIPES[recipe], steps or RECIPES[recipe].steps


def page(rows: Mapping[str, Measured]) -> str:
    """docs/recipes.md: every recipe with its source, its claim, and what was measured."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Mapping[str, Measured]) -> Iterator[str]:
    yield "# Recipes"
    yield ""
    yield (
        "Settings worth trying, what their sources say of them, and what they came to here. The table is written by "
        "`python -m playground reproduce --write`: medians over seeds, smallest and largest in brackets. A seed has "
        "collapsed where it ends with at most half of the modes. Papers measure other things with other networks: "
        "hold the tendency against them, not the digits."
    )
    yield ""
    yield "| recipe | seeds | steps | JSD (nats) | EMD | modes | collapsed | diverged |"
    yield "|---|---|---|---|---|---|---|---|"
    for name in [name for name in RECIPES if name in rows]:
        row = rows[name]
        modes = f"{told(row.end['modes'])} of {row.modes}" if row.modes and "modes" in row.end else "–"
        yield (
            f"| {RECIPES[name].label} | {row.seeds} | {row.steps:,} | {_change(row, 'jsd')} | {_change(row, 'emd')} | "
            f"{modes} | {row.of_seeds(row.collapsed) if row.modes else '–'} | {row.of_seeds(row.diverged)} |"
        )
    yield from _images(rows)
    if ON_MNIST.keys() & rows.keys():
        yield from _on_mnist(rows)
    for name, recipe in RECIPES.items():
        yield ""
        yield f"## {recipe.label}"
        yield ""
        yield f"`{name}`: {as_text(recipe.changes)}"
        yield ""
        yield f"- Source: {recipe.source}."
        if recipe.claim:
            yield f"- It says: {recipe.claim}"
        yield f"- Here: {recipe.expect}"
        if name in rows:
            yield f"- Measured: {rows[name].told()}."


def as_text(changes: Mapping[str, Any]) -> str:
    """Settings as a link and a command have them."""
    return " ".join(f"`{name}={value}`" for name, value in changes.items()) or "the defaults"


def _images(rows: Mapping[str, Measured]) -> Iterator[str]:
    """The rows on images, with what only these have."""
    yield ""
    yield (
        "On images, at the end. *Unsure* is the share of images of which the classifier is less than 90 % sure; the "
        "bound is that on log p of test images, in nats; the time is a processor's for one step of one seed."
    )
    yield ""
    yield "| recipe | data | seeds | steps | ms | Fréchet distance | classes | unsure | bound | active |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name in [name for name in RECIPES if name in rows and "fid" in rows[name].end]:
        row = rows[name]
        data = IMAGE_DATASETS[str(row.changes["dataset"])].label
        spent = f"{row.ms / row.seeds:.2g}"
        yield f"| {' | '.join([RECIPES[name].label, data, str(row.seeds), f'{row.steps:,}', spent, *_seen(row)])} |"


def _on_mnist(rows: Mapping[str, Measured]) -> Iterator[str]:
    """The rows on MNIST, where methods are held against each other."""
    yield ""
    yield "## On MNIST, after equal time"
    yield ""
    yield (
        "The recipes of images with `dataset=mnist`, each for as many steps as a processor makes for one seed in about "
        "half a minute; the seconds are a seed's share of the training as it was measured, all seeds side by side. "
        "What one sees in the samples of every seed: the VAE's strokes are smooth and soft, some fade to grey, and "
        "many are between two digits; the DCGAN's are as black and white as the data, and broken or bent; the "
        "perceptron's are bright, with grain around them; the autoencoder's random codes are soft strokes of which few "
        "make a digit. The classifier is unsure of more than half of each."
    )
    yield ""
    yield "| recipe | seeds | steps | seconds | Fréchet distance | classes | unsure | bound | active |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name in [name for name in ON_MNIST if name in rows]:
        row = rows[name]
        seconds = f"{row.ms / row.seeds * row.steps / 1000:.0f}"
        yield f"| {' | '.join([_recipe_of(name)[0].label, str(row.seeds), f'{row.steps:,}', seconds, *_seen(row)])} |"
    if missing := [_recipe_of(name)[0].label for name in ON_MNIST if name not in rows]:
        yield ""
        yield f"Not measured yet: {', '.join(missing)}."


def _seen(row: Measured) -> list[str]:
    """What is told of images."""
    shown = ("fid", "classes", "low_confidence", "bound", "active_units")
    return [told(row.end[column]) if column in row.end else "–" for column in shown]


def _change(row: Measured, metric: str) -> str:
    """From the median at step 0 to the end's."""
    return f"{row.start[metric][0]:.3g} → {told(row.end[metric])}" if metric in row.end else "–"
