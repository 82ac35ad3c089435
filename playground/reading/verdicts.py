"""What is said of each case: its name, the sentence with the number that says so, and why it happens."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.objectives import LOSSES, SATURATING
from playground.reading.rules import RISING, Case, better, blurred, close, falling, off
from playground.reading.window import FIRST_STEPS, LEAST_MOMENTS, Window, median

Tone = Literal["good", "bad", "neutral"]
MEASURES = IMAGE_METRICS | METRICS

SHARES_OF = {
    "high_quality": "the share of high-quality samples",
    "low_confidence": "the share of images that the classifier is unsure of",
}
"""How a sentence names the measures that are shares."""

DISAPPEARED = 0.1
"""A mean D(fake) below this is a diminished gradient: it is the factor by which the minimax loss scales D's slope."""


@dataclass(frozen=True)
class Verdict:
    """A row of the table of cases. why: in two or three sentences, for somebody who sees it the first time."""

    title: str
    tone: Tone
    why: str


CASES: dict[Case, Verdict] = {
    "early": Verdict(
        "Too early to say",
        "neutral",
        f"What a run does shows only over time: a reading takes {FIRST_STEPS} steps and {LEAST_MOMENTS} measurements "
        "from the start on, or from the last live change. “Measure every”, among the settings of Measuring, says how "
        "often a run is measured.",
    ),
    "one_player": Verdict(
        "One player waits",
        "neutral",
        "“Who trains”, among the settings of Game, says so. A D that trains alone comes near D*, the best answer to G "
        "as it stands; a G that trains alone runs to wherever D is highest.",
    ),
    "diverged": Verdict(
        "Diverged",
        "bad",
        "A loss or a weight has grown beyond what a number can hold. Steps that are too long make each player "
        "overshoot the other's answer, a little further each time; losses without a bound on D's slope let it happen "
        "fastest.",
    ),
    "generator_won": Verdict(
        "G has won",
        "bad",
        "G satisfies D although its samples are wrong: D learns too slowly, or is too small, to see the difference. "
        "It then pushes G to wherever D happens to be high, which has little to do with the data.",
    ),
    "diverging": Verdict(
        "Diverging",
        "bad",
        "G runs away from the data: its steps are too long for D's map, which is only reliable near the points that D "
        "has seen. Out there D's slope goes on without end and nothing pulls the points back.",
    ),
    "discriminator_won": Verdict(
        "D has won",
        "bad",
        "D tells every sample apart. Where it is that sure its output hardly changes, so G learns little from it; "
        "with the minimax loss G's gradient vanishes altogether (Goodfellow et al. 2014, section 3).",
    ),
    "no_samples": Verdict(
        "A density, no generator",
        "neutral",
        "This method says of every place how dense the data are there, so there is nothing to hold beside the data but "
        "p̂ itself. Nothing in its loss asks that p̂ has the integral 1. Points can be drawn from it by rejection only, "
        "and the more dimensions there are, the more proposals are thrown away.",
    ),
    "piled_up": Verdict(
        "Piled up on the peaks",
        "bad",
        "Each point climbs to where p is highest around it, and stays: what is most likely is always the same. Where "
        "cells are as wide as a mode the JSD hardly sees it. A weight on the entropy of G asks points to keep apart; "
        "with β = 1 the loss is the reverse KL, and least where G is the data's distribution (Nowozin et al. 2016).",
    ),
    "posterior_collapsed": Verdict(
        "Posterior collapsed",
        "bad",
        "What a code could tell of its example costs more KL than it saves, so the encoder says nearly the same of "
        "every example, N(0, 1), and the decoder has learned to do without: it makes the mean of the data, whatever "
        "the code. The larger β, the less a code may tell (Higgins et al. 2017).",
    ),
    "off_prior": Verdict(
        "Prior not matched",
        "bad",
        "Examples can be rebuilt from their codes, but those lie where the encoder has put them, and nothing asks that "
        "they lie where random codes are drawn. So the decoder is fed codes that it has never seen. The KL in a "
        "variational autoencoder's loss asks for it (Kingma and Welling 2013).",
    ),
    "rotating": Verdict(
        "Rotating between modes",
        "bad",
        "G puts its samples where D is most easily fooled just now. D learns to reject that place, and G moves on to "
        "the next one, round and round (Metz et al. 2016). Every mode has its turn and none of them is kept.",
    ),
    "collapsed": Verdict(
        "Mode collapse",
        "bad",
        "G serves a few modes only: the others get less than a quarter of the samples that they should have. A missing "
        "mode costs it nothing: D judges each sample by itself and never asks for what is not there, and D's slope "
        "around the modes that G has does not lead to the others.",
    ),
    "converged": Verdict(
        "Converged",
        "good",
        "Every measure that has a noise floor is at it: the EMD, which sees where the mass lies, the JSD, which sees "
        "how sharp it is, and how many samples each mode gets. By these, the samples are as good as perfect ones.",
    ),
    "oscillating": Verdict(
        "Oscillating",
        "bad",
        "The players circle around the solution instead of reaching it: each step answers the other's last one. "
        "Without something that damps them, such as a penalty on D's slope at the data, they never settle "
        "(Mescheder et al. 2018).",
    ),
    "converging": Verdict(
        "Converging",
        "good",
        "What the sentence names is getting better. D is good enough to show G the way and not so good that nothing "
        "is left to learn from.",
    ),
    "uneven": Verdict(
        "Sharp, but uneven",
        "neutral",
        "The samples lie where the data do, but not as many in each mode as there should be. D judges each sample by "
        "itself: it sees a share that is too small only as a slope that is a little steeper there.",
    ),
    "blurred": Verdict(
        "In place, not sharp",
        "neutral",
        "The EMD is at its floor, which is several times as wide as a mode: it sees where the mass lies and no detail. "
        "The JSD and the share of high quality see the detail. The last step to sharp points is the slowest: long "
        "steps keep both players moving about the solution.",
    ),
    "standing": Verdict(
        "Standing still",
        "neutral",
        "Neither better nor worse for a while, and not there yet. The networks may be too small, or the steps too long "
        "for the detail that is still missing.",
    ),
}
"""Every case, in the order in which it is looked for."""

WITHOUT_D: dict[Case, str] = {
    "diverged": "A loss or a weight has grown beyond what a number can hold: the steps are too long.",
    "diverging": "The points run away from the data: the steps are too long for the slope that they follow.",
    "rotating": "The points leave some modes for others again and again: the steps are too long.",
    "collapsed": "Points are kept where a point does best by itself, and nothing asks for what is missing. A weight on "
    "how spread out they are, or on what is lost, would.",
    "converged": "Samples this close to the data measure what perfect ones do, within the noise of the estimate. The "
    "JSD may still be above its floor: it sees finer detail than the EMD.",
    "oscillating": "The distance goes up and down instead of falling: the steps are too long, or the estimate that "
    "they follow is too noisy.",
    "converging": "What the sentence names is getting better.",
    "blurred": "The samples are where the data are, without their detail. Where a code may stand for several examples, "
    "a decoder says the mean of them: so samples of a variational autoencoder are blurred, and stay so. The EMD hardly "
    "sees it.",
}
"""Why, where no discriminator plays: what is the same for all methods stands in CASES."""


def _generator_won(w: Window) -> tuple[str, float]:
    fake, real = median(w.fake), median(w.real)
    return f"{_verdict(w, 'fake', fake, ' is')}, {_verdict(w, 'real', real)}, yet the EMD is {_number(w.late)}.", fake


def _diverging(w: Window) -> tuple[str, float]:
    grown = w.late > RISING * w.early
    told = (
        f"has grown from about {_number(w.early)} to {_number(w.late)} within"
        if grown
        else f"is {_number(w.late)} after"
    )
    middle = f"all points in the middle would measure about {_number(w.spread)}"
    return f"the EMD {told} {w.span:,} steps; {middle}.", w.late


def _discriminator_won(w: Window) -> tuple[str, float]:
    fake, real = median(w.fake), median(w.real)
    told = f"{_verdict(w, 'real', real, ' is')}, {_verdict(w, 'fake', fake)}"
    if w.feature_matching:
        told += ", though G follows D's features, not its verdict"
    elif w.loss in SATURATING and fake < DISAPPEARED:  # the slope of softplus(d) is D
        told += f", so this loss passes on to G {'' if fake < 0.01 else 'only '}{_percent(fake)} of D's slope"
    return f"{told}; the EMD stays at {_number(w.late)}.", fake


def _piled_up(w: Window) -> tuple[str, float]:
    spread = w.own["spread"]
    return f"the spread at the modes is {_percent(spread)} of their own; the EMD is {_number(w.late)}.", spread


def _posterior_collapsed(w: Window) -> tuple[str, float]:
    used = round(w.own["active_units"])
    told = "no number of the code says" if not used else f"{used} of the code's {w.code} numbers say"
    return f"{told} anything of the example; the EMD is {_number(w.late)}.", used


def _off_prior(w: Window) -> tuple[str, float]:
    gap = w.own["prior_gap"]
    return (
        f"codes of fresh data are {_number(gap)} nats off those that samples are made of; "
        f"the EMD is {_number(w.late)}.",
        gap,
    )


def _rotating(w: Window) -> tuple[str, float]:
    now = w.served_late
    return f"{now} of {w.modes} {w.noun} at a time, {w.in_turn} of them in turn over {w.span:,} steps.", now


def _collapsed(w: Window) -> tuple[str, float]:
    now = w.served_late
    others = f"{w.in_turn} did at some time" if w.in_turn > now else "always the same"
    count = (
        f"{now} of {w.modes} {w.noun} {'gets' if now == 1 else 'get'}" if now else f"none of {w.modes} {w.noun} gets"
    )
    return f"{count} a fair share of the samples, {others} in the last {w.span:,} steps.", now


def _converged(w: Window) -> tuple[str, float]:
    low, high = w.floor or (math.nan, math.nan)
    told = "".join(f", {_the(name)} {_level(name, level.late)}" for name, level in w.detail.items())
    perfect = f"perfect samples measure an EMD of {_number(low)} to {_number(high)}"
    return f"the EMD is {_number(w.late)}{told}; {perfect}.", w.late


def _oscillating(w: Window) -> tuple[str, float]:
    low, high = w.swing
    return (
        f"the EMD swings between {_number(low)} and {_number(high)} and has turned {w.turns} times in {w.span:,} steps."
    ), float(w.turns)


def _converging(w: Window) -> tuple[str, float]:
    if falling(w):
        told = f"the EMD has fallen from about {_number(w.early)} to {_number(w.late)} on average"
        return f"{told} within {w.span:,} steps.", w.late
    name = better(w)[0]
    level, verb = w.detail[name], "risen" if w.detail[name].higher else "fallen"
    place = "is near its floor" if close(w) else f"is {_number(w.late)} and does not fall"
    told = f"{_the(name)} has {verb} from about {_level(name, level.early)} to {_level(name, level.late)} on average"
    return f"{told} within {w.span:,} steps; the EMD {place}.", level.late


def _uneven(w: Window) -> tuple[str, float]:
    shares = w.weights if w.shares is None else w.shares
    odd = int(np.abs(shares - w.weights).argmax())
    place = "" if close(w) else f", so the EMD is {_number(w.late)}"
    one = "class" if w.noun == "classes" else "mode"
    return (
        f"{one} {odd + 1} has {_percent(shares[odd])} of the samples and should have {_percent(w.weights[odd])}{place}."
    ), float(shares[odd])


def _blurred(w: Window) -> tuple[str, float]:
    name = (*blurred(w), *off(w))[0]
    level = w.detail[name]
    perfect = _level(name, level.perfect)
    place = "the mass is where it should be" if close(w) else f"the EMD is {_number(w.late)}"
    if name != "high_quality":
        return f"{place}; {_the(name)} is {_level(name, level.late)}, perfect samples measure {perfect}.", level.late
    wide = _width(level.late) if w.dim == 2 else "too wide"
    told = f"{_level(name, level.late)} are of high quality, of perfect ones {perfect}"
    return f"{place}; the points are {wide}: {told}.", level.late


def _width(share: float) -> str:
    """Of 2-D points around a mode: within 3 σ lie 1 − exp(−(3 σ / s)² / 2) of those whose standard deviation is s."""
    times = 3 / math.sqrt(-2 * math.log1p(-share)) if 0 < share < 1 else math.nan
    return f"{times:.1f} times as wide as they should be" if times > 1 else "too wide"


def _standing_still(w: Window) -> tuple[str, float]:
    jsd = w.detail.get("jsd")
    beside = f", the JSD {_between(jsd.swing)}" if jsd else ""
    floor = f"; perfect samples measure up to {_number(w.floor[1])}" if w.floor else ""
    floor += f" and {_number(jsd.floor[1])}" if floor and jsd else ""
    return f"no clear change in {w.span:,} steps: the EMD is {_between(w.swing)}{beside}{floor}.", w.late


def _between(ends: tuple[float, float]) -> str:
    """A range as a sentence says it."""
    low, high = map(_number, ends)
    return f"about {high}" if low == high else f"between {low} and {high}"


WORDS: dict[Case, Callable[[Window], tuple[str, float]]] = {
    "generator_won": _generator_won,
    "diverging": _diverging,
    "discriminator_won": _discriminator_won,
    "piled_up": _piled_up,
    "posterior_collapsed": _posterior_collapsed,
    "off_prior": _off_prior,
    "rotating": _rotating,
    "collapsed": _collapsed,
    "converged": _converged,
    "oscillating": _oscillating,
    "converging": _converging,
    "uneven": _uneven,
    "blurred": _blurred,
    "standing": _standing_still,
}
"""What is said of each case that a window shows, and the number that it turns on."""


_CHANGED = (
    "What has changed has done so from the median of their first third to that of their last, so single points of the "
    "curves stand elsewhere."
)
_RANGES = "A range holds four fifths of them."
BASIS: dict[Case, str] = {
    "converging": _CHANGED,
    "diverging": _CHANGED,
    "standing": _RANGES,
    "oscillating": _RANGES,
}
"""How the numbers of a sentence come about, where they are not medians of the last ones."""


def basis(window: Window, case: Case) -> str:
    """What the numbers of a sentence are taken from."""
    first, last = int(window.steps[0]), int(window.steps[-1])
    how = BASIS.get(case, "Its numbers are medians, so single points of the curves stand elsewhere.")
    return f"It is read from the measurements of steps {first:,} to {last:,}. {how}"


def of_density(error: float, integral: float) -> str:
    """What is said of p̂: how far it is off, as a share of p, and its integral."""
    return f"p̂ is off by {_percent(error)} of p, and its integral is {integral:.2f}; it makes no samples."


def _verdict(window: Window, of: str, value: float, verb: str = "") -> str:
    """What D thinks, as the charts beside say it."""
    probable = LOSSES[window.loss].log_odds
    level = f"{100 * value:.0f} %" if probable and window.noun == "modes" else f"{value:.2f}"
    return f"{'D' if probable else 'd'}({of}){verb} {level}"


def _number(value: float) -> str:
    if 0 < value < 0.001:
        return "below 0.001"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 0.1 else f"{value:.2f}"


def _the(name: str) -> str:
    """A measure within a sentence: "the JSD", "the reverse KL", "the share of high-quality samples"."""
    label = MEASURES[name].label
    return SHARES_OF.get(name) or f"the {label if label[1].isupper() else label[0].lower() + label[1:]}"


def _level(name: str, value: float) -> str:
    """A measure's value as a sentence says it: shares in percent."""
    return _percent(value) if MEASURES[name].unit == "share" else _number(value)


def _percent(share: float) -> str:
    return "less than 1 %" if share < 0.01 else f"{100 * share:.0f} %"
