"""PacGAN's order, a plain D, one that judges pairs, one that judges fours, in games that fail: docs/packing.md."""

from collections.abc import Iterator, Mapping

from playground import config as settings
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.recipes.measured import Measured, told
from playground.reproduce.training import Job

PACKS = {1: "GAN", 2: "packed 2", 4: "packed 4"}
GAMES: dict[str, str] = {
    "mode_hopping": "ring",
    "lost_modes": "ring",
    "mode_hopping_grid": "grid",
    "lost_modes_grid": "grid",
}
"""The recipes that fail, and which of the paper's data theirs are."""
PAPER: dict[str, dict[int, float]] = {"ring": {1: 6.3, 2: 7.9}, "grid": {1: 17.3, 4: 24.8}}
"""Modes captured by packs of so many, out of 8 and 25 (Lin et al. 2018, table 1)."""
COLUMNS = {
    "modes": "captured",
    "served": "served",
    "high_quality": "high quality",
    "reverse_kl": "reverse KL (nats)",
    "turnover": "turnover",
}


def names() -> list[str]:
    """The rows: the games that fail."""
    return list(GAMES)


def jobs(name: str) -> list[Job]:
    """A training for each size of a pack. A step shows D as many examples, whatever it is."""
    recipe = RECIPES[name]
    return [
        Job(
            f"{name}/{pack}",
            f"{recipe.label}, {label}",
            settings.difference(RunConfig(), recipe.config.replace(pack=pack)).values,
            recipe.steps,
        )
        for pack, label in PACKS.items()
    ]


def claim(name: str) -> str:
    """What the paper measured on such data."""
    found = [f"{PACKS[pack]} {modes}" for pack, modes in PAPER[GAMES[name]].items()]
    return f"Modes captured on the {GAMES[name]} (Lin et al. 2018): {', '.join(found)}."


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
    for data, paper in PAPER.items():
        yield f"| the paper's {data} | {' | '.join(str(paper.get(pack, '–')) for pack in PACKS)} |"
        for name in (name for name in measured if GAMES[name] == data):
            cells = [told(rows[job.name].end["modes"]) for job in jobs(name)]
            yield f"| {RECIPES[name].label} | {' | '.join(cells)} |"
    yield ""
    yield "## What differs from the paper"
    yield ""
    yield from (f"- {sentence}" for sentence in DIFFERS)
    for name in measured:
        yield ""
        yield f"## {RECIPES[name].label}"
        yield ""
        first = rows[jobs(name)[0].name]
        yield f"`{name}`, {first.steps:,} steps, {first.seeds} seeds."
        yield ""
        yield f"| D judges | well | {' | '.join(COLUMNS.values())} | EMD |"
        yield "|---|---|" + "---|" * (len(COLUMNS) + 1)
        for job, label in zip(jobs(name), PACKS.values(), strict=True):
            row = rows[job.name]
            cells = [told(row.end[column]) for column in (*COLUMNS, "emd")]
            yield f"| {label} | {row.of_seeds(row.well)} | {' | '.join(cells)} |"


DIFFERS = (
    "The game. The paper's GAN finds most modes and packing finds the rest. The games here are chosen because they "
    "fail altogether: G hops from mode to mode, or settles on a few for good.",
    "The data. In the authors' code the ring has radius 1 and σ = 0.01, the grid σ = 0.05; there are 100,000 samples. "
    "Here the modes are several times as wide beside their distances, and samples are drawn afresh.",
    "The networks. Theirs: G has four layers of 400 with batch norm and a z of 2, D three maxout layers of 200. Here "
    "one or two layers of 64 or 128, without batch norm.",
    "The training. Theirs: Adam with a rate of 0.0001 and β₁ = 0.8 for 400 epochs, that is 400,000 steps of 100 packs, "
    "so that larger packs also show D more samples in a step. Here some thousand steps with equally many samples.",
    "The count. Both ask 2,500 samples which modes get one within 3 σ; the paper's numbers are means over ten trials.",
)
