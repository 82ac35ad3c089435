"""Every technique on every illness, over seeds: the numbers on the Cures page and in docs/cures.md."""

from collections.abc import Iterator, Mapping

from playground import config as settings
from playground.config import RunConfig
from playground.papers import linked
from playground.recipes.cures import ILLNESSES, UNTREATED, cell, treated
from playground.recipes.measured import Measured, told
from playground.recipes.techniques import TECHNIQUES
from playground.reproduce.training import Job

COLUMNS = {
    "served": "served",
    "modes": "captured",
    "high_quality": "high quality",
    "reverse_kl": "reverse KL (nats)",
    "turnover": "turnover",
    "emd": "EMD",
}
"""What the tables show of an outcome, with its name there."""

FOUND = (
    "Hopping is a matter of speed. With five D updates for each of G's, with D's rate at 0.001 instead of 0.0002, or "
    "with SGD at a rate of 0.1 for D, all eight modes are served and kept in every seed. G's steps a third as long "
    "spread the samples, but do not hold them: a third still change modes between two looks.",
    "Other losses leave it as it is: non-saturating, least squares, hinge, relativistic and f-GAN's seven hop in every "
    "seed. So do the gradient penalties, spectral normalisation and input noise: none makes D faster.",
    "Weight clipping stops it in every seed, WGAN-GP in none, with five D updates both: the literature has it the "
    "other way round for other networks.",
    "Unrolling stops it as its authors say, but not with one step: with K = 1 every seed still hops, with K = 5 six "
    "of eight are well, with K = 10 all, at three and eight times the time of a step of that game (in "
    "the healthy one K = 10 takes 21 times as long). Lost modes it does not find.",
    "Consensus optimisation, with γ = 10, leaves every hopping seed well, and no healthy one: there it is far too "
    "strong. Extragradient steps, which damp the same circling on paper, leave every seed hopping.",
    "Minibatch discrimination leaves seven of eight hopping seeds well, at five times the time of a step of that "
    "game (24 times in the healthy one).",
    "Packing stops it too: in every seed all eight modes are served and few samples change modes. But the "
    "samples stay between the modes for longer, the more so the larger the packs: within the same steps fours are "
    "no sharper than an even cloud.",
    "Lost modes are found by penalties on D's slope: with R1, with R1 and R2, zero-centred, or with WGAN-GP all eight "
    "are served in every seed, and a gradient penalty of 0.1 leaves seven of eight well; with the others just under "
    "half of the samples are near a mode after these steps. Noise does it where it is broad: of σ 0.5 and fading it "
    "leaves seven of eight well, of twice the modes' width one. Optimisers, averages, a wider G and another start "
    "change next to nothing.",
    "The cures are opposite. What stops hopping, a D that makes more or longer steps, is what causes lost modes: one "
    "step instead of five leaves half of those seeds well. What finds lost modes, a flatter D, leaves hopping.",
    "On the healthy ring the average of G's weights and learning rates that fade are the only ones that leave every "
    "seed well and the samples sharper. Most of the others cost sharpness; f-GAN's Neyman and total variation lose "
    "the modes.",
)
"""What is worth saying of the tables, in words. The numbers are theirs."""


def names() -> list[str]:
    """The rows: every technique, after the illnesses as they are."""
    return [UNTREATED, *TECHNIQUES]


def jobs(technique: str) -> list[Job]:
    """The trainings of one row: one for each illness on which the technique changes something."""
    found = []
    for illness, row in ILLNESSES.items():
        config = treated(illness, technique)
        if config is not None:
            changes = settings.difference(RunConfig(), config).values
            found.append(Job(cell(illness, technique), f"{row.label}: {label(technique)}", changes, row.row.steps))
    return found


def label(technique: str) -> str:
    """What a row is called."""
    return "as it is" if technique == UNTREATED else TECHNIQUES[technique].label


def claim(technique: str) -> str:
    """How a technique is said to help."""
    return "" if technique == UNTREATED else TECHNIQUES[technique].why


def page(rows: Mapping[str, Measured]) -> str:
    """docs/cures.md: a table for each illness, the techniques that left most seeds well first."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Mapping[str, Measured]) -> Iterator[str]:
    yield "# Cures, measured"
    yield ""
    yield (
        "Each technique is put on two illnesses and on a healthy run, one change each, with the same seeds and as "
        "many steps of G. `python -m playground reproduce --table cures --write` trains what is missing here and "
        "writes this page: medians over the seeds, smallest and largest in brackets. A mode is *served* when it "
        "gets at least a quarter of its fair share. *Turnover* is the share of the samples that changes modes "
        "between two looks 100 steps apart, from step 1,000 on; sampling alone moves about 0.02. A seed is *well* "
        "when it ends with more than half of the modes served, a turnover below 0.15, and at least half of its "
        "samples within 3 σ of a mode. *Cost* is a step's processor time over that of the illness as it is. Papers "
        "measure other things with other networks: hold the tendency against them, not the digits."
    )
    yield ""
    yield "## What was found"
    yield ""
    yield from (f"- {sentence}" for sentence in FOUND)
    for illness, row in ILLNESSES.items():
        found = {name: rows[cell(illness, name)] for name in names() if cell(illness, name) in rows}
        if UNTREATED not in found:
            continue
        base = found[UNTREATED]
        yield ""
        yield f"## {row.label}"
        yield ""
        yield f"*{row.row.label}* (`{row.recipe}`), {base.steps:,} steps: {row.told}."
        yield ""
        yield f"| technique | well | {' | '.join(COLUMNS.values())} | cost |"
        yield "|---|---|" + "---|" * (len(COLUMNS) + 1)
        for name in sorted(found, key=lambda name: (name != UNTREATED, -found[name].well, -_served(found[name]))):
            one = found[name]
            cells = [told(one.end[column]) if column in one.end else "–" for column in COLUMNS]
            cost = f"× {one.ms / base.ms:.2g}" if base.ms else "–"
            yield f"| {label(name)} | {one.of_seeds(one.well)} | {' | '.join(cells)} | {cost} |"
    yield ""
    yield "## The techniques"
    yield ""
    for technique in TECHNIQUES.values():
        yield f"- *{technique.label}*: {linked(technique.why)}"


def _served(row: Measured) -> float:
    return row.end["served"][0] if "served" in row.end else 0.0
