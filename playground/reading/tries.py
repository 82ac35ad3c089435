"""What to try in each case: techniques that have helped others, and where it was measured, those that helped here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.config import RunConfig, difference
from playground.config.naming import change
from playground.reading.rules import Case
from playground.recipes.cures import ILLNESSES, helped
from playground.recipes.techniques import TECHNIQUES


@dataclass(frozen=True)
class Try:
    """A suggestion. changes: the settings that it alters. restarts: whether one of them needs a new start."""

    label: str
    changes: Mapping[str, Any]
    why: str
    restarts: bool


MEASURED: dict[Case, str] = {"rotating": "hopping", "collapsed": "lost"}
"""The cases that are illnesses of the table of cures: what helped there is suggested first, as far as it helped."""
IDEAS: dict[Case, tuple[str, ...]] = {
    "early": (),
    "diverged": ("much_slower", "damped"),
    "generator_won": ("longer_critic_steps", "faster_critic", "slower_generator"),
    "diverging": ("slower_generator", "less_momentum", "damped"),
    "discriminator_won": ("non_saturating", "slower_critic", "noise", "damped"),
    "rotating": ("slower_generator", "faster_critic", "damped", "wasserstein"),
    "collapsed": ("noise", "wasserstein", "slower_generator", "wider"),
    "converged": (),
    "oscillating": ("damped", "slower_both", "less_momentum", "averaged"),
    "converging": (),
    "standing": ("slower_both", "noise", "wider"),
}
"""What to try in each case, the most likely help first; where it was measured, after what was found to help."""

MOST_TRIES = 3
HELPED = 0.5
"""A technique is suggested for what it did to an illness where it left more than this part of the seeds well."""


def tries(case: Case, config: RunConfig) -> tuple[Try, ...]:
    """The first few ideas for a case that can be had with this config and change something in it."""
    found: dict[str, Try] = {}
    for name, why in [*_measured(case, config), *((name, TECHNIQUES[name].why) for name in IDEAS[case])]:
        treated = TECHNIQUES[name].on(config)
        if treated is not None and len(found) < MOST_TRIES:
            changed = difference(config, treated)
            label = ", ".join(change(name, before, after) for name, (before, after) in changed.pairs.items())
            found.setdefault(name, Try(label, changed.values, why, restarts=bool(changed.fixed)))
    return tuple(found.values())


def _measured(case: Case, config: RunConfig) -> list[tuple[str, str]]:
    """The techniques that helped where the case was measured, with what is said of them: one of each kind, since the
    next of the same kind would do the same."""
    if case not in MEASURED:
        return []
    illness = MEASURED[case]
    best: dict[str, tuple[str, str]] = {}
    for name, row in helped(illness):
        technique = TECHNIQUES[name]
        if row.well > HELPED and technique.on(config) is not None:
            told = f"{technique.why} Helped in {row.of_seeds(row.well)} seeds of “{ILLNESSES[illness].row.label}”."
            best.setdefault(technique.kind, (name, told))
    return list(best.values())
