"""When a run is in which case: one rule each, in the order in which they are asked. Every threshold has its reason."""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from playground.reading.window import Level, Window, median

VERSION = 2
"""Goes up with every change of a rule or a threshold: what older rules said is marked in docs/readings.md, and
`reproduce --table readings` trains it again."""

Case = Literal[
    "early",
    "one_player",
    "diverged",
    "generator_won",
    "diverging",
    "discriminator_won",
    "no_samples",
    "piled_up",
    "posterior_collapsed",
    "off_prior",
    "rotating",
    "collapsed",
    "converged",
    "oscillating",
    "converging",
    "uneven",
    "blurred",
    "standing",
]


FEW_MODES = 0.5
"""Up to this part of the modes served is a collapse: half of the data is missing, which no unevenness explains."""
TURNOVER = 0.15
"""Share of the samples that changes modes between two moments. Sampling noise alone moves about 0.04 (8 modes, 500
samples); a G that leaves one mode for the next moves nearly all of its samples, but not at every moment."""
MORE_IN_TURN = 1.5
"""Rotation means that over the window at least so many times more modes are served than at one moment."""

SURE = {
    "non_saturating": 0.8,
    "minimax": 0.8,
    "fgan_js": 0.8,
    "least_squares": 0.8,
    "hinge": 1.8,
    "relativistic": 3.0,
}
"""d(real) − d(fake) from which D is never in doubt: 90 % against 10 % for probabilities; nine tenths of the way between
the targets 0 and 1 of least squares and the margins −1 and 1 of the hinge; log-odds of 95 % where D compares pairs.
A Wasserstein critic is not here: it is meant to be as good as it can be. Nor are the f-GAN losses, save the one that is
minimax up to a constant, or a loss of one's own: where their D is in no doubt nobody has found out."""
NEARLY_ALWAYS = 0.8
"""Part of a window's moments at which D has to be sure, or to be fooled: no passing lead."""
FAR = 3.0
"""Times the noise floor's upper end: from there on estimating cannot explain an EMD. Halfway from the floor to the
data's own spread is far in any case: between features of images the floor alone is more than half of the spread."""

CLOSE = 1.3
"""Times the floor's upper end (the 95 % mark of perfect samples): up to there the mass is in place, give or take."""
AT_FLOOR = 1.05
"""The same for a run that has converged: a median of measurements is hardly above what 95 % of them are below."""
ROOM = 0.1
"""And at most this part of the way from the floor to the data's spread, which is short between features of images."""
EXACT = 0.01
"""Part of the data's spread that is there in any case: of a single point perfect samples measure exactly 0."""
FALLING = 0.12
"""Part of its excess over the floor by which a measure has to fall from a window's first third to its last to be called
progress; the medians of a steady run differ by a few percent. Besides, it has to exceed half of the floor's width, and
for a measure of DETAIL half of its room."""
SURELY = 0.9
"""Part of the pairs of an early and a late moment in which a measure of DETAIL has to be better at the late one: in
runs that go nowhere two thirds of four moments come to that in 3 of 100 windows, by ranks alone."""
RISING = 1.25
"""Times by which the EMD has to grow over a window to be called rising."""
LOST = 1.5
"""Times the data's own spread: an EMD beyond it is worse than putting every point in the middle."""
SWING = 0.5
"""The EMD swings when its 10–90 % range is this part of its median and SWING_FLOORS times the floor's width …"""
SWING_FLOORS = 1.5
TURNS = 2
"""… and it turns round at least so often, each time by a third of that range: up and down, and up again."""

FEW_ACTIVE = 0.1
"""Up to this part of a code's numbers in use, its posterior has collapsed: on digits 7 of 20 are used by a VAE that
is well, none of them where β is 4."""
OFF_PRIOR = 0.05
"""Nats for each number of a code, from which on the codes are off the prior: as if each number's mean were a third of
its σ off. The VAEs of the table of readings stay below 0.01, the autoencoders are above 0.08."""

PILED_UP = 0.3
"""Times a mode's own standard deviation: points that lie closer together around the modes are at the peaks. Followed
uphill for 3,000 steps they are at 0.01, with an entropy at 0.9 to 1.03."""

SHARPNESS = ("high_quality", "low_confidence")
SHARES = ("reverse_kl", "class_kl", "class_jsd")
"""Measures of DETAIL that see where in a mode the samples lie, and those that see how many lie in each."""


Rule = Callable[[Window], bool]


def falling(w: Window) -> bool:
    """The EMD has become smaller over the window by more than chance would make it."""
    excess = w.early - w.floor[0] if w.floor else w.early
    return w.early - w.late > max(FALLING * excess, w.width / 2)


def sure(w: Window) -> bool:
    """D tells real from generated without doubt nearly all the time, under a loss where that means something."""
    return w.loss in SURE and bool(np.mean(w.gap >= SURE[w.loss]) >= NEARLY_ALWAYS)


def fooled(w: Window) -> bool:
    """D takes generated examples for the real ones nearly all the time."""
    return bool(np.mean(w.gap <= 0) >= NEARLY_ALWAYS)


def far(w: Window) -> bool:
    """The EMD is far above its noise floor; as long as that is not known, half the data's spread is far."""
    away = min(FAR * w.floor[1], (w.floor[1] + w.spread) / 2) if w.floor else w.spread / 2
    return w.late > max(away, EXACT * w.spread)


def close(w: Window, times: float = CLOSE) -> bool:
    """The EMD is at its noise floor, or nearly."""
    if w.floor is None:
        return False
    near = min(times * w.floor[1], w.floor[1] + ROOM * (w.spread - w.floor[1]))
    return w.late <= max(near, EXACT * w.spread)


def lost(w: Window) -> bool:
    """The points lie further from the data than if they were all in the middle."""
    return w.late > LOST * w.spread


def better(w: Window) -> tuple[str, ...]:
    """The measures of detail that are off and have come nearer to their floors by more than chance would make it."""
    return tuple(
        name
        for name, level in w.detail.items()
        if level.off
        and level.surely >= SURELY
        and level.excess(level.early) - level.excess(level.late) > _progress(level)
    )


def _progress(level: Level) -> float:
    width = level.floor[1] - level.floor[0]
    return max(FALLING * level.excess(level.early), width / 2, level.room / 2)


def off(w: Window) -> tuple[str, ...]:
    """The measures of detail that are not what perfect samples measure."""
    return tuple(name for name, level in w.detail.items() if level.off)


def few(w: Window) -> bool:
    """At most half of the modes have been served lately."""
    return w.served is not None and w.served_late <= FEW_MODES * w.modes


def blurred(w: Window) -> tuple[str, ...]:
    """The measures of how sharp the samples are that are off."""
    return tuple(name for name in SHARPNESS if name in off(w))


def piled_up(w: Window) -> bool:
    """Points that follow the density are at its peaks."""
    return w.own.get("spread", 1.0) <= PILED_UP


def unused(w: Window) -> bool:
    """Nearly no number of a VAE's code says anything of the example."""
    return w.own.get("active_units", math.inf) <= FEW_ACTIVE * w.code


def off_prior(w: Window) -> bool:
    """Codes of data lie elsewhere than the codes that examples are made of."""
    return w.own.get("prior_gap", 0.0) >= OFF_PRIOR * w.code


def means(w: Window) -> bool:
    """What a VAE's decoder makes is the mean of what a code may stand for: its samples are blurred before they are all
    in place."""
    return "active_units" in w.own and not far(w) and bool(blurred(w))


def stays_blurred(w: Window) -> bool:
    """A VAE's samples are near the data, blurred, and get no sharper, whatever becomes of their shares."""
    return means(w) and not set(better(w)) & set(blurred(w))


def uneven(w: Window) -> tuple[str, ...]:
    """The measures of the modes' or the classes' shares that are off."""
    return tuple(name for name in SHARES if name in off(w))


def swinging(w: Window) -> bool:
    """The EMD has a wide range over the window, beside its median and its noise floor."""
    low, high = w.swing
    return high - low >= max(SWING * median(w.emd), SWING_FLOORS * w.width)


RULES: dict[Case, Rule] = {
    "generator_won": lambda w: fooled(w) and far(w) and not falling(w),
    "diverging": lambda w: lost(w) and (w.late > RISING * w.early or (few(w) and not sure(w) and not falling(w))),
    "discriminator_won": lambda w: sure(w) and far(w) and not falling(w),
    "piled_up": piled_up,
    "posterior_collapsed": lambda w: unused(w) and not close(w),
    "off_prior": lambda w: off_prior(w) and not close(w),
    "rotating": lambda w: few(w) and w.turnover >= TURNOVER and w.in_turn >= MORE_IN_TURN * w.served_late,
    "collapsed": lambda w: few(w) and not falling(w),
    "converged": lambda w: close(w, AT_FLOOR) and not off(w),
    "oscillating": lambda w: swinging(w) and w.turns >= TURNS,
    "converging": lambda w: (falling(w) or (bool(better(w)) and w.late <= RISING * w.early)) and not stays_blurred(w),
    "uneven": lambda w: bool(uneven(w)) and not blurred(w),
    "blurred": lambda w: (close(w) and bool(off(w))) or means(w),
}
"""When each case holds. The first one that does is the verdict; `standing` where none does."""


def judge(window: Window) -> Case:
    """The first rule that holds."""
    return next((case for case, rule in RULES.items() if rule(window)), "standing")
