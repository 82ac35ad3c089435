"""A run in words: which of a few cases it is in, the number that says so, and what to try. From its rows alone.

`read_run` looks at one seed's rows since the last live change and judges a window of them by fixed rules, the first
that holds; the thresholds are named constants, each with its reason. A verdict stands only when HELD moments in a
row agree on it, so a single odd row changes nothing; between them the last verdict stays, and says until which step.
Nothing is remembered between two calls: the same rows give the same reading.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from playground.config import RunConfig
from playground.reading.rules import Case, judge
from playground.reading.tries import Try, tries
from playground.reading.verdicts import CASES, WITHOUT_D, WORDS, Tone, basis, of_density
from playground.reading.window import (
    DETAIL,
    FIRST_STEPS,
    LEAST_MOMENTS,
    MOST_MOMENTS,
    OWN,
    Floats,
    Window,
    length_of,
    median,
    moments,
    window_of,
)

READ = ("emd", "d_real", "d_fake", *OWN, *DETAIL)
"""The columns that a reading looks at; those of D, or of another method, only where there are any."""

HELD = 5
"""Moments in a row that have to agree before the verdict changes: a quarter of a window, about."""
LOOKED_BACK = 20
"""Moments in which such an agreement is looked for; failing that, the commonest verdict among them stands."""


@dataclass(frozen=True)
class Reading:
    """case, and its words. number: what decided it, as the sentence says it (NaN where nothing is measured yet)."""

    case: Case
    title: str
    tone: Tone
    sentence: str
    number: float
    why: str
    tries: tuple[Try, ...]


def read_run(
    columns: Mapping[str, Floats],
    shares: Floats | None,
    floors: Mapping[str, tuple[float, float]],
    config: RunConfig,
    *,
    at: int | None = None,
    d_updates: int = 0,
    since: int = 0,
    diverged: int | None = None,
    stands_at: int | None = None,
) -> Reading:
    """One seed's run in words.

    columns: `step` and the columns of READ, (T,) each, oldest first; NaN where there is no number. shares: (T, K) of
    the samples by mode or class, or None. floors: each measure's noise floor, as far as it is known. at: the step that
    the run has come to, where that is beyond the last row; d_updates: of D until then. since: the step of the last
    live change. diverged: the step at which this seed's numbers were lost, or None. stands_at: the last
    good state, to which a run has gone back that lost every seed's numbers, or None.
    """
    if stands_at is not None:
        sentence = f"the numbers were lost; this is the last good state, step {stands_at:,}."
        return _told("diverged", sentence, stands_at, config)
    if diverged is not None:
        return _told("diverged", f"no finite numbers since step {diverged:,}.", diverged, config)
    steps = np.asarray(columns["step"], dtype=float)
    now = max(at or 0, int(steps[-1]) if len(steps) else 0)
    past = now - since
    chosen = moments(steps, since, length_of(past))
    if now == 0:
        only_d = f"D has made {d_updates:,} update{'' if d_updates == 1 else 's'}, G none yet."
        return _told("early", only_d if d_updates else "no training has been measured yet.", d_updates, config)
    if config.trains != "both":
        still = "G's samples stay as they are" if config.trains == "discriminator" else "D's map stays as it is"
        told = f"only {config.trains[0].upper()} trains, since step {since:,}; {still}."
        return _told("one_player", told, past, config)
    if past < FIRST_STEPS or len(chosen) < LEAST_MOMENTS:
        begun = "the last change" if since else "the start"
        needs = (
            f"{LEAST_MOMENTS} measurements since {begun}, has {len(chosen)}"
            if len(chosen) < LEAST_MOMENTS
            else f"{FIRST_STEPS} steps since {begun}, has {past:,}"
        )
        return _told("early", f"a reading needs {needs}.", past, config)
    if not config.learning.generates:
        error, integral = (median(columns[name][chosen[-LEAST_MOMENTS:]]) for name in ("error", "integral"))
        return _told("no_samples", of_density(error, integral), error, config)
    if "emd" not in columns or np.isnan(columns["emd"][chosen[-1]]):
        return _told("early", "what is needed to measure the distance is still being prepared.", math.nan, config)
    seen: list[tuple[Case, Window]] = []
    for end in range(len(chosen), max(LEAST_MOMENTS, len(chosen) - LOOKED_BACK) - 1, -1):
        window = window_of(columns, shares, floors, config, chosen[:end], since)
        if window is not None:
            seen.append((judge(window), window))
        if len(seen) >= HELD and len({verdict for verdict, _ in seen[-HELD:]}) == 1:
            break  # the newest verdict that has held
    if not seen:
        return _told("early", "there are too few measurements yet.", past, config)
    verdicts = [verdict for verdict, _ in seen]
    case = verdicts[-1] if len(set(verdicts[-HELD:])) == 1 else max(verdicts, key=verdicts.count)
    window = next(window for verdict, window in seen if verdict == case)
    sentence, number = WORDS[case](window)
    if window is not seen[0][1]:
        sentence = f"until step {int(window.steps[-1]):,}, {sentence}"
    return _told(case, sentence, number, config, f" {basis(window, case)}")


def rows_to_read(steps: Floats, since: int = 0) -> list[int]:
    """The places of those rows of a long run that a reading looks at: reading only them says the same."""
    past = int(steps[-1]) - since if len(steps) else 0
    rows: list[int] = moments(steps, since, length_of(past))[-2 * MOST_MOMENTS :].tolist()
    return rows


def _told(case: Case, sentence: str, number: float, config: RunConfig, more: str = "") -> Reading:
    row = CASES[case]
    why = row.why if config.learning.plays else WITHOUT_D.get(case, row.why)
    return Reading(case, row.title, row.tone, sentence, number, why + more, tries(case, config))


__all__ = ["HELD", "READ", "Case", "Reading", "Tone", "Try", "read_run", "rows_to_read"]
