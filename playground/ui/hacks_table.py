"""The table of GAN hacks as plain values: what the list claims, and what was measured. No widgets here."""

from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.recipes.hacks import HACKS
from playground.recipes.measured import Measured, kept_in
from playground.reproduce import hacks
from playground.reproduce.tables import TABLES
from playground.ui.cures_table import Columns

EXPLAINED = (
    "The seventeen hacks of *How to Train a GAN?* (Chintala, Denton, Arjovsky and Mathieu 2016), each left out and put "
    f"in, over eight seeds: how many are well without → with it. *Helps* and *harms* are said where Fisher's exact "
    f"test gives p < {hacks.CLEAR_P}; where neither is said the difference may be luck. Up to "
    f"{100 * hacks.CLEAR_P:.0f} % of so many would be called clear by luck alone. What *well* means on points is said "
    "in the overview; on digits a class takes the place of a mode, and the classifier may be unsure of half of the "
    "images at most. All of it: docs/hacks.md."
)


def overview() -> Columns:
    """A line for each hack, with what it did on each recipe."""
    measured = {name: _measured(name) for name in HACKS}
    recipes = dict.fromkeys(recipe for found in measured.values() for recipe in found)
    columns: Columns = {
        "": [hack.number for hack in HACKS.values()],
        "Hack": [hack.label for hack in HACKS.values()],
        "The list claims": [hack.claim for hack in HACKS.values()],
    }
    for recipe in recipes:
        columns[RECIPES[recipe].label] = [
            hacks.said(*measured[name][recipe]).removesuffix(f", {hacks.UNCLEAR}") if recipe in measured[name] else ""
            for name in HACKS
        ]
    return columns


def ranges(name: str) -> Columns:
    """One hack on every recipe, each number with its range: a recipe to a line."""
    lines = {RECIPES[recipe].label: hacks.cells(pair) for recipe, pair in _measured(name).items()}
    return {"On": list(lines)} | {
        title: [cells[i] for cells in lines.values()] for i, title in enumerate(hacks.COLUMNS)
    }


def pairs(name: str) -> dict[str, tuple[RunConfig | None, RunConfig | None]]:
    """Recipe's label -> its settings without and with a hack."""
    return {RECIPES[recipe].label: pair for recipe, pair in HACKS[name].pairs().items()}


def _measured(name: str) -> dict[str, list[Measured]]:
    return hacks.outcomes(name, kept_in(TABLES["hacks"].file()))
