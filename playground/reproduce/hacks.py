"""The hacks of "How to Train a GAN?", each without and with it, over seeds: the numbers in docs/hacks.md."""

from collections.abc import Iterator, Mapping, Sequence

from scipy.stats import fisher_exact

from playground import config as settings
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.recipes.hacks import HACKS
from playground.recipes.measured import Measured, told
from playground.reproduce.recipes import as_text
from playground.reproduce.training import Job

STEPS = 2000
"""Of a recipe that says no steps of its own, as those on images."""
HALVES = ("without", "with")
DISTANCES = ("fid", "emd")
UNCLEAR = "no clear difference"
CLEAR_P = 0.05
COLUMNS = ("well without", "well with it", "served without", "served with it", "distance without", "distance with it")


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
    count = sum(len(outcomes(name, rows)) for name in HACKS)
    yield "# The GAN hacks, measured"
    yield ""
    yield (
        "What *How to Train a GAN?* (Chintala, Denton, Arjovsky and Mathieu 2016) advises, and what it did here: each "
        "hack is left out and put in, on the healthy ring, on both illnesses or on digits. Written by `python -m "
        "playground reproduce --table hacks --write`; what *well* and *served* mean on points is said in "
        "[cures](cures.md). On digits a class takes the place of a mode, and a seed is *well* when it ends with more "
        "than half of the ten classes served, with a turnover below 0.15, and when the classifier is unsure of at most "
        "half of the images."
    )
    yield ""
    yield (
        "Measured: of how many seeds are well without it → with it. *Helps* and *harms* are said where Fisher's exact "
        f"test gives p < {CLEAR_P} (of eight seeds, five more or fewer), else the difference may be luck. "
        f"Of so many comparisons ({count}) up to {100 * CLEAR_P:.0f} % would come out so by luck alone."
    )
    yield ""
    yield "| | hack | the list claims | measured here |"
    yield "|---|---|---|---|"
    for name, hack in HACKS.items():
        found = "; ".join(f"{RECIPES[recipe].label}: {said(*pair)}" for recipe, pair in outcomes(name, rows).items())
        yield f"| {hack.number} | {hack.label} | {hack.claim} | {found or '–'} |"
    for name, hack in HACKS.items():
        yield ""
        yield f"## {hack.number}. {hack.label}"
        yield ""
        yield f"The list: {hack.claim}"
        if hack.note:
            yield ""
            yield f"Here: {hack.note}"
        if hack.recipes:
            yield ""
            yield f"With it: {as_text(hack.follow)}; without: {as_text(hack.leave)}."
        measured = outcomes(name, rows)
        if measured:
            yield ""
            yield f"| on | {' | '.join(COLUMNS)} |"
            yield "|---|" + "---|" * len(COLUMNS)
        for recipe, pair in measured.items():
            yield f"| {RECIPES[recipe].label}, {pair[0].steps:,} steps | {' | '.join(cells(pair))} |"
        if hack.recipes and not measured:
            yield ""
            yield "Not measured yet."
    yield ""
    yield "The distance is the Fréchet distance of digits, and the EMD of points."


def outcomes(name: str, rows: Mapping[str, Measured]) -> dict[str, list[Measured]]:
    """Recipe -> the outcomes without and with a hack, where both are there."""
    pairs = {recipe: [rows.get(f"{name}/{recipe}/{half}") for half in HALVES] for recipe in HACKS[name].recipes}
    found = {recipe: [row for row in pair if row is not None] for recipe, pair in pairs.items()}
    return {recipe: pair for recipe, pair in found.items() if len(pair) == len(HALVES)}


def said(without: Measured, with_it: Measured) -> str:
    """How many seeds are well without and with it, and whether that can be luck."""
    pair = (without, with_it)
    well = [round(row.well * row.seeds) for row in pair]
    ill = [row.seeds - count for row, count in zip(pair, well, strict=True)]
    clear = fisher_exact([well, ill]).pvalue < CLEAR_P
    verdict = ("helps" if with_it.well > without.well else "harms") if clear else UNCLEAR
    return f"{well[0]} → {with_it.of_seeds(with_it.well)}, {verdict}"


def cells(pair: Sequence[Measured]) -> list[str]:
    """What COLUMNS has of the outcomes without and with a hack."""
    well = [row.of_seeds(row.well) for row in pair]
    return well + [_cell(row, ("served",)) for row in pair] + [_cell(row, DISTANCES) for row in pair]


def _cell(row: Measured, measures: Sequence[str]) -> str:
    """The first of these measures that was taken."""
    return next((told(row.end[name]) for name in measures if name in row.end), "–")
