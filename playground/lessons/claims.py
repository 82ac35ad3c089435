"""What is claimed of the lessons' runs, as predicates over one seed's rows; see `track.Claim`.

A claim is true of a whole stretch of steps or false: it is not judged before that stretch is over.
"""

import numpy as np

from playground.lessons.track import BESIDE, Claim, Track


def stuck(measure: str, label: str, above: float, first: int, last: int, falls: str = "", by: float = 0.0) -> Claim:
    """A measure stays above a value from one step to another, while another one falls by a share of itself."""

    def claim(track: Track) -> str:
        seen = track.between(first, last)
        if not _over(track, last) or not (seen[measure] > above).all():
            return ""
        told = f"From step {first:,} to {last:,} the {label} stayed above {above:g}"
        if not falls:
            return f"{told}."
        before, after = track[falls][0], seen[falls][-1]
        if not after <= (1 - by) * before:
            return ""
        return f"{told}, while the {falls.upper()} fell from {before:.2f} to {after:.2f}."

    return claim


def stands_still(measure: str, label: str, share: float, last: int) -> Claim:
    """At a step a measure is still at least this share of what it was at first."""

    def claim(track: Track) -> str:
        seen = track.between(0, last)[measure]
        if not _over(track, last) or not seen[-1] >= share * seen[0]:
            return ""
        return f"The {label} was {seen[0]:.2f} at the start and {seen[-1]:.2f} at step {last:,}."

    return claim


def near(measure: str, other: str, labels: tuple[str, str], within: float, last: int) -> Claim:
    """Up to a step one measure comes as near to another as this share of it."""

    def claim(track: Track) -> str:
        seen = track.between(1, last)
        gaps = np.abs(seen[measure] - seen[other]) / np.abs(seen[other])
        found = np.flatnonzero(gaps <= within)
        if not len(found):
            return ""
        at = found[0]
        return (
            f"At step {int(seen.steps[at]):,} the {labels[0]} was {seen[measure][at]:.3f} and the {labels[1]} "
            f"{seen[other][at]:.3f}."
        )

    return claim


def below(measure: str, other: str, labels: tuple[str, str], first: int, last: int) -> Claim:
    """From one step to another a measure is at every look less than another one."""

    def claim(track: Track) -> str:
        seen = track.between(first, last)
        if not _over(track, last) or not (seen[measure] < seen[other]).all():
            return ""
        return (
            f"From step {first:,} to {last:,} {labels[0]} stayed below {labels[1]}: at last {seen[measure][-1]:.2f} "
            f"against {seen[other][-1]:.2f}."
        )

    return claim


def reaches(measure: str, label: str, below: float, last: int, form: str = ".3f") -> Claim:
    """Up to a step a measure falls below a value."""

    def claim(track: Track) -> str:
        seen = track.between(1, last)
        found = np.flatnonzero(seen[measure] < below)
        if not len(found):
            return ""
        return f"At step {int(seen.steps[found[0]]):,} the {label} was {seen[measure][found[0]]:{form}}."

    return claim


def ends(measure: str, label: str, low: float, high: float, last: int, form: str = ".3f") -> Claim:
    """At a step a measure lies between two values."""

    def claim(track: Track) -> str:
        seen = track.between(0, last)[measure]
        if not _over(track, last) or not low <= seen[-1] <= high:
            return ""
        return f"At step {last:,} the {label} was {_number(seen[-1], form)}."

    return claim


def closes(high: str, low: str, labels: tuple[str, str], first: int, last: int, share: float) -> Claim:
    """The gap between two measures is at the last step at most this share of what it was at the first."""

    def claim(track: Track) -> str:
        seen = track.between(first, last)
        if not _over(track, last):
            return ""
        gaps = seen[high] - seen[low]
        if not abs(gaps[-1]) <= share * gaps[0]:
            return ""
        told = (
            f"{labels[0]} was {seen[high][at]:.2f} and {labels[1]} {seen[low][at]:.2f} at step {int(seen.steps[at]):,}"
            for at in (0, -1)
        )
        return "; ".join(told) + "."

    return claim


def hops(first: int, last: int, every: int, share: float) -> Claim:
    """Another mode leads at this share of looks, so many steps apart."""

    def claim(track: Track) -> str:
        if not _over(track, last) or not track.shares.shape[1]:
            return ""
        places = [int(np.argmin(np.abs(track.steps - step))) for step in range(first, last + 1, every)]
        leading = track.shares[places].argmax(1)
        changed = float((leading[1:] != leading[:-1]).mean())
        if changed < share:
            return ""
        return (
            f"Between looks {every} steps apart, from step {first:,} to {last:,}, another mode led "
            f"{round(100 * changed)} % of the time; {len(set(leading.tolist()))} modes had their turn."
        )

    return claim


def keeps_few(first: int, last: int, most: int, least: float = 0.25) -> Claim:
    """From one step to another no more than so many modes are served, always the same ones.

    least: of its fair share, from which on a mode counts as served.
    """

    def claim(track: Track) -> str:
        seen = track.between(first, last)
        if not _over(track, last) or not seen.shares.shape[1]:
            return ""
        served = seen.shares >= least / seen.shares.shape[1]
        always = served.mean(0) > 0.5
        if served.sum(1).max() > most or always.sum() == 0:
            return ""
        return (
            f"From step {first:,} to {last:,} at most {int(served.sum(1).max())} of {seen.shares.shape[1]} modes were "
            "served, and they were the same ones."
        )

    return claim


def serves_all(first: int, last: int, least: float = 0.25) -> Claim:
    """From one step to another every mode is served at each look.

    least: of its fair share, from which on a mode counts as served.
    """

    def claim(track: Track) -> str:
        seen = track.between(first, last)
        if not _over(track, last) or not seen.shares.shape[1]:
            return ""
        modes = seen.shares.shape[1]
        share = float((seen.shares >= least / modes).all(1).mean())
        if share < 0.9:
            return ""
        return f"From step {first:,} to {last:,} all {modes} modes were served at {round(100 * share)} % of the looks."

    return claim


def blurred(measure: str, labels: tuple[str, str], below: float, above: float, last: int) -> Claim:
    """At a step a measure is below a value in one run, and above another one in the run beside it."""

    def claim(track: Track) -> str:
        seen = track.between(0, last)
        if not _over(track, last):
            return ""
        here, there = seen[measure][-1], seen[BESIDE + measure][-1]
        if not (here < below and there > above):
            return ""
        return f"At step {last:,} {labels[0]} was {_number(here, '.0%')} and {labels[1]} {_number(there, '.0%')}."

    return claim


def _number(value: float, form: str) -> str:
    return f"{value:{form}}".replace("%", " %")


def _over(track: Track, last: int) -> bool:
    """Whether something was measured at this step or later."""
    return bool(len(track)) and bool(track.steps[-1] >= last)
