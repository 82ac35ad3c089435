"""What every technique does to the same illnesses, as `python -m playground reproduce --table cures --write` found."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.recipes.measured import Measured, kept_in
from playground.recipes.recipe import Recipe
from playground.recipes.techniques import TECHNIQUES

FILE = Path(__file__).with_name("cures.json")
UNTREATED = "untreated"
"""The name of the cell of an illness as it is."""


@dataclass(frozen=True)
class Illness:
    """What is treated. recipe: whose settings it has. told: what one sees, in a few words."""

    label: str
    recipe: str
    told: str

    @property
    def row(self) -> Recipe:
        """The recipe that shows it."""
        return RECIPES[self.recipe]


ILLNESSES: dict[str, Illness] = {
    "hopping": Illness("Hopping", "mode_hopping", "G leaves one mode for the next, round and round"),
    "lost": Illness("Lost modes", "lost_modes", "G settles on a few modes for good"),
    "healthy": Illness("Healthy", "non_saturating", "nothing is wrong, so nothing should become worse"),
}


def treated(illness: str, technique: str) -> RunConfig | None:
    """The settings of a cell; None where the technique has nothing to change there, or can't be had."""
    config = ILLNESSES[illness].row.config
    return config if technique == UNTREATED else TECHNIQUES[technique].on(config)


def cells() -> Mapping[str, tuple[str, str]]:
    """Every cell that can be measured, by its name in the file: the illness and the technique, row after row."""
    rows = [UNTREATED, *TECHNIQUES]
    pairs = [(illness, row) for row in rows for illness in ILLNESSES if treated(illness, row) is not None]
    return {cell(*pair): pair for pair in pairs}


def cell(illness: str, technique: str) -> str:
    """The name of a cell in the file."""
    return f"{technique}/{illness}"


def cures() -> Mapping[str, Measured]:
    """By cell. One that nobody has measured is not there."""
    return kept_in(FILE)


def helped(illness: str) -> list[tuple[str, Measured]]:
    """The techniques that were measured on an illness, those that left most seeds well first."""
    rows = [(name, cures()[cell(illness, name)]) for name in TECHNIQUES if cell(illness, name) in cures()]
    return sorted(rows, key=lambda row: row[1].well, reverse=True)
