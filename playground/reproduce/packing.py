"""PacGAN's order, a plain D, one that judges pairs, one that judges fours, in games that fail: docs/packing.md."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from playground import config as settings
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.recipes.measured import Measured, told
from playground.reproduce.training import Job

PACKS = {1: "GAN", 2: "packed 2", 4: "packed 4"}
PAPER: dict[str, dict[int, float]] = {"ring": {1: 6.3, 2: 7.9}, "grid": {1: 17.3, 4: 24.8}}
"""Modes captured by packs of so many, out of 8 and 25 (Lin et al. 2018, table 1)."""


@dataclass(frozen=True)
class Game:
    """A game that fails. data: which of the paper's data its own are like. steps: after which it is judged."""

    data: str
    label: str
    config: RunConfig
    steps: int


def _of_recipe(name: str, data: str) -> Game:
    return Game(data, RECIPES[name].label, RECIPES[name].config, RECIPES[name].steps)


_STACKED = {"dataset": "stacked_digits", "image_samples": 5000}
GAMES: dict[str, Game] = {
    "mode_hopping": _of_recipe("mode_hopping", "ring"),
    "lost_modes": _of_recipe("lost_modes", "ring"),
    "mode_hopping_grid": _of_recipe("mode_hopping_grid", "grid"),
    "lost_modes_grid": _of_recipe("lost_modes_grid", "grid"),
    "stacked_lecture": Game(
        "stacks", "Stacked digits, the lecture's perceptron", RECIPES["lecture"].config.replace(**_STACKED), 3000
    ),
    "stacked_mlp": Game(
        "stacks",
        "Stacked digits, the perceptron of the points",
        RECIPES["stacked_digits"].config.replace(**_STACKED),
        RECIPES["stacked_digits"].steps,
    ),
}
COLUMNS = {
    "modes": "captured",
    "classes": "classes captured",
    "clear_classes": "clear",
    "served": "served",
    "high_quality": "high quality",
    "low_confidence": "unsure",
    "reverse_kl": "reverse KL (nats)",
    "class_kl": "reverse KL (nats)",
    "turnover": "turnover",
    "emd": "EMD",
}
"""What the tables show of an outcome, where it has it."""


def names() -> list[str]:
    """The rows: the games that fail."""
    return list(GAMES)


def jobs(name: str) -> list[Job]:
    """A training for each size of a pack. A step shows D as many examples, whatever it is."""
    game, found = GAMES[name], []
    for pack, label in PACKS.items():
        changes = settings.difference(RunConfig(), game.config.replace(pack=pack)).values
        found.append(Job(f"{name}/{pack}", f"{game.label}, {label}", changes, game.steps))
    return found


def claim(name: str) -> str:
    """What the paper measured on such data."""
    data = GAMES[name].data
    found = [f"{PACKS[pack]} {modes}" for pack, modes in PAPER.get(data, {}).items()]
    return f"Modes captured on the {data} (Lin et al. 2018): {', '.join(found)}." if found else ""


def page(rows: Mapping[str, Measured]) -> str:
    """docs/packing.md: the modes that are captured beside the paper's, then all numbers of each game."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Mapping[str, Measured]) -> Iterator[str]:
    yield "# Packing, measured"
    yield ""
    yield (
        "Does a D that judges samples in packs keep G from dropping modes, and do fours more so than pairs? PacGAN "
        "(Lin et al. 2018, 1712.04086) says yes. Here packing is put on the games of this playground that fail; "
        "nothing else is changed, and a step shows D equally many examples. Written by `python -m playground reproduce "
        "--table packing --write`: medians over seeds, smallest and largest in brackets. What *served*, *turnover* and "
        "*well* mean is said in [cures](cures.md)."
    )
    yield ""
    yield "## Modes captured"
    yield ""
    yield f"| game | {' | '.join(PACKS.values())} |"
    yield "|---|" + "---|" * len(PACKS)
    measured = [name for name in GAMES if all(job.name in rows for job in jobs(name))]
    for data in dict.fromkeys(game.data for game in GAMES.values()):
        if data in PAPER:
            yield f"| the paper's {data} | {' | '.join(str(PAPER[data].get(pack, '–')) for pack in PACKS)} |"
        for name in (name for name in measured if GAMES[name].data == data):
            ends = [rows[job.name].end for job in jobs(name)]
            yield f"| {GAMES[name].label} | {' | '.join(told(end.get('modes') or end['classes']) for end in ends)} |"
    yield ""
    yield from (f"- {sentence}" for sentence in FOUND)
    yield ""
    yield "## What differs from the paper"
    yield ""
    yield from (f"- {sentence}" for sentence in DIFFERS)
    for name in measured:
        found = [rows[job.name] for job in jobs(name)]
        columns = [column for column in COLUMNS if column in found[0].end]
        yield ""
        yield f"## {GAMES[name].label}"
        yield ""
        yield f"`{name}`, {found[0].steps:,} steps, {found[0].seeds} seeds."
        yield ""
        yield f"| D judges | well | {' | '.join(COLUMNS[column] for column in columns)} |"
        yield "|---|---|" + "---|" * len(columns)
        for row, label in zip(found, PACKS.values(), strict=True):
            well = row.of_seeds(row.well) if row.modes else "–"
            yield f"| {label} | {well} | {' | '.join(told(row.end[column]) for column in columns)} |"


FOUND = (
    "Where G hops, pairs are enough: on the ring and on the grid all modes are captured in every seed. Fours do no "
    "more, and on the ring fewer of their samples lie well inside a mode.",
    "Where G has lost modes, the order on the ring is the paper's: 2, 3.5 and 7 of 8. It is paid for in quality, "
    "which falls from 0.95 to 0.38. On the grid packs serve more modes, 3, 6 and 8.5 of 25, but hold them less, and "
    "with fours no more of them are captured than with pairs.",
    "On stacked digits (three of the built-in digits as red, green and blue, 20,000 stacks, perceptrons: far smaller "
    "than the literature's Stacked MNIST) packing does not help within 3,000 steps. The perceptron of the points finds "
    "about as many of the 1,000 classes with packs as without; the lecture's, whose D has dropout, loses nearly all.",
)
"""What is worth saying of the tables, in words. The numbers are theirs."""
DIFFERS = (
    "The game. The paper's GAN finds most modes and packing finds the rest. The games here are chosen because they "
    "fail altogether: G hops from mode to mode, or settles on a few for good.",
    "The data. In the authors' code the ring has radius 1 and σ = 0.01, the grid σ = 0.05; there are 100,000 samples. "
    "Here the modes are several times as wide beside their distances, and samples are drawn afresh.",
    "The networks. Theirs: G has four layers of 400 with batch norm and a z of 2, D three maxout layers of 200. Here "
    "one or two layers of 64 or 128, without batch norm.",
    "The training. Theirs: Adam with a rate of 0.0001 and β₁ = 0.8 for 400 epochs, that is 400,000 steps of 100 packs, "
    "so that larger packs also show D more samples in a step. Here some thousand steps with equally many samples.",
    "The count. A mode is captured by a sample within 3 σ of it, here as there; the authors' code trains each game ten "
    "times, and the paper gives means.",
)
