"""The hacks of "How to Train a GAN?", each without and with it, over seeds: the numbers in docs/hacks.md."""

from collections.abc import Iterator, Mapping

from playground import config as settings
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.recipes.hacks import HACKS
from playground.recipes.measured import Measured, told
from playground.reproduce.training import Job

STEPS = 2000
"""Of a recipe that says no steps of its own, as those on images."""
HALVES = ("without", "with")


def names() -> list[str]:
    """The hacks, in the list's order."""
    return list(HACKS)


def jobs(name: str) -> list[Job]:
    """Two trainings on each recipe: without the hack, and with it."""
    found = []
    for recipe, pair in HACKS[name].pairs().items():
        row = RECIPES[recipe]
        for half, config in zip(HALVES, pair, strict=True):
            changes = settings.difference(RunConfig(), config).values
            label = f"{row.label}, {half} hack {HACKS[name].number}"
            found.append(Job(f"{name}/{recipe}/{half}", label, changes, row.steps or STEPS))
    return found


def claim(name: str) -> str:
    """What the list says."""
    return HACKS[name].claim


def page(rows: Mapping[str, Measured]) -> str:
    """docs/hacks.md: what the list claims, and what was measured here."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Mapping[str, Measured]) -> Iterator[str]:
    yield "# The GAN hacks, measured"
    yield ""
    yield (
        "What *How to Train a GAN?* (Chintala, Denton, Arjovsky and Mathieu 2016) advises, and what it did here: each "
        "hack is left out and put in, on the healthy ring, on both illnesses or on digits. Written by `python -m "
        "playground reproduce --table hacks --write`; what *well* and *served* mean is said in [cures](cures.md)."
    )
    for name, hack in HACKS.items():
        yield ""
        yield f"## {hack.number}. {hack.label}"
        yield ""
        yield f"The list: {hack.claim}"
        if hack.note:
            yield ""
            yield f"Here: {hack.note}"
        measured = [recipe for recipe in hack.recipes if all(f"{name}/{recipe}/{half}" in rows for half in HALVES)]
        if measured:
            yield ""
            yield "| on | well without | with | served without | with | EMD without | with |"
            yield "|---|---|---|---|---|---|---|"
        for recipe in measured:
            pair = [rows[f"{name}/{recipe}/{half}"] for half in HALVES]
            cells = [row.of_seeds(row.well) for row in pair]
            cells += [told(row.end[key]) if key in row.end else "–" for key in ("served", "emd") for row in pair]
            yield f"| {RECIPES[recipe].label} | {' | '.join(cells)} |"
        if hack.recipes and not measured:
            yield ""
            yield "Not measured yet."
