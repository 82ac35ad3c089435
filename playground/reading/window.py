"""The part of a run that is judged: one seed's newest moments, and the facts about them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.config import RunConfig
from playground.metrics import turnover
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS

Floats = NDArray[np.float64]

FIRST_STEPS = 500
"""Steps from the start, or from a live change, before anything is said: G's first points only show random weights."""
LEAST_MOMENTS = 6
"""Rows that a window needs: two for each third of it, so that one odd row is never a third by itself."""
SHORTEST, LONGEST = 2000, 20_000
"""Steps in a window, at least and at most. The ring's modes change places within some hundred steps, and ten rows at
the default of 200 steps are the least that a swing shows in."""
WINDOW_SHARE = 1 / 3
"""Of the steps so far, the part that a window covers: a run's own pace, since everything slows down as it trains."""
MOST_MOMENTS = 40
"""Rows that are looked at in a window, evenly spread: more would not change a median."""

OWN = ("active_units", "prior_gap", "spread", "error", "integral")
"""What methods measure of their own, for the cases that belong to them."""

DETAIL = {
    "jsd": 0.04,
    "high_quality": 0.09,
    "reverse_kl": 0.02,
    "class_jsd": 0.02,
    "class_kl": 0.05,
    "low_confidence": 0.09,
    "fid": 0.1,
}
"""What is measured beside the EMD, as far as it has a noise floor, and how far beyond that it may lie in a run that has
converged. On the ring these are points 1.4 times as wide as the data's, and shares of 10 to 15 % instead of 12.5 %."""


@dataclass(frozen=True)
class Level:
    """Where one measure stood in a window's first and last third, and where 90 % of perfect samples lie.

    swing: its 10th and 90th percentile over the window. surely: of all pairs of a moment of the first third and one of
    the last, the part in which the later one is better.
    """

    early: float
    late: float
    floor: tuple[float, float]
    higher: bool
    room: float
    surely: float
    swing: tuple[float, float]

    @property
    def perfect(self) -> float:
        """The end of the floor that is to be reached."""
        return self.floor[0] if self.higher else self.floor[1]

    def excess(self, value: float) -> float:
        """How much worse a value is than what perfect samples reach; below 0 for a better one."""
        return self.perfect - value if self.higher else value - self.perfect

    @property
    def off(self) -> bool:
        """Whether it is not yet what perfect samples measure."""
        return not self.excess(self.late) <= self.room  # NaN is off


@dataclass(frozen=True)
class Window:
    """What the rules look at: one seed's moments of a window, oldest first.

    served (m,): modes served at each moment, or None without modes; in_turn: at any of them. turnover: the share of
    samples that changes modes from one moment to the next, in the window's second half: a restless start says nothing
    of what came of it. detail: the measures of DETAIL. shares, weights (K,): of the samples by mode, in the window's
    last third, and of the data. spread: of the data. dim: of an example. noun: what a mode is called.
    own: medians over the last third, of what there is of OWN. code: how many numbers it has.
    """

    steps: Floats
    emd: Floats
    gap: Floats
    real: Floats
    fake: Floats
    served: Floats | None
    in_turn: int
    modes: int
    turnover: float
    floor: tuple[float, float] | None
    detail: Mapping[str, Level]
    shares: Floats | None
    weights: Floats
    spread: float
    dim: int
    loss: str
    feature_matching: bool
    noun: str
    own: Mapping[str, float]
    code: int

    @property
    def early(self) -> float:
        """The median EMD of the window's first third."""
        return median(self.emd[: len(self.emd) // 3])

    @property
    def late(self) -> float:
        """The median EMD of the window's last third."""
        return median(self.emd[-(len(self.emd) // 3) :])

    @property
    def width(self) -> float:
        """Of the EMD's floor."""
        return self.floor[1] - self.floor[0] if self.floor else 0.0

    @property
    def span(self) -> int:
        """Steps from the first moment to the last."""
        return int(self.steps[-1] - self.steps[0])

    @property
    def served_late(self) -> int:
        """Modes served in the window's last third."""
        return 0 if self.served is None else round(median(self.served[-(len(self.served) // 3) :]))

    @property
    def swing(self) -> tuple[float, float]:
        """The 10th and the 90th percentile of the EMD."""
        return _range(self.emd)

    @property
    def turns(self) -> int:
        """How often the EMD turns round by a third of its swing or more."""
        low, high = self.swing
        return _turns(self.emd, (high - low) / 3)


def length_of(past: int) -> float:
    """The steps that a window covers, `past` steps after the start or the last live change."""
    return min(max(SHORTEST, WINDOW_SHARE * past), LONGEST)


def moments(steps: Floats, since: int, length: float) -> NDArray[np.intp]:
    """Rows since the last change, a round number of steps apart, so that a new row does not move the old ones."""
    spacing = 25 * 2 ** max(0, math.ceil(math.log2(length / MOST_MOMENTS / 25)))
    rows = np.flatnonzero(steps >= since)
    _, first = np.unique(steps[rows] // spacing, return_index=True)
    return np.asarray(rows[first], dtype=np.intp)


def window_of(
    columns: Mapping[str, Floats],
    shares: Floats | None,
    floors: Mapping[str, tuple[float, float]],
    config: RunConfig,
    chosen: NDArray[np.intp],
    since: int,
) -> Window | None:
    """What there is to see from the last of these rows; None where too few numbers are finite."""
    steps = columns["step"][chosen]
    inside = steps >= steps[-1] - length_of(int(steps[-1]) - since)
    rows = chosen[inside] if inside.sum() >= LEAST_MOMENTS else chosen[-LEAST_MOMENTS:]
    rows = rows[np.isfinite(columns["emd"][rows])]
    if len(rows) < LEAST_MOMENTS:
        return None
    unknown = np.full(len(columns["step"]), np.nan)  # where there is no D
    real, fake = columns.get("d_real", unknown)[rows], columns.get("d_fake", unknown)[rows]
    served, in_turn, modes, moved, held, weights = None, 0, 0, 0.0, None, np.empty(0)
    third = len(rows) // 3
    if shares is not None:
        weights = weights_of(config, shares.shape[1])
        held = np.median(shares[rows[-third:]], axis=0)
        there = turnover.served(shares[rows], weights)
        modes = int((weights > 0).sum())
        served = there.sum(axis=1).astype(float)
        in_turn = int(there.any(axis=0).sum())
        moved = turnover.turnover(shares[rows[len(rows) // 2 :]])
    return Window(
        steps=columns["step"][rows],
        emd=columns["emd"][rows],
        gap=real - fake,
        real=real,
        fake=fake,
        served=served,
        in_turn=in_turn,
        modes=modes,
        turnover=moved,
        floor=floors.get("emd"),
        detail={
            name: _level(name, columns[name][rows], floors[name], room)
            for name, room in DETAIL.items()
            if name in columns and name in floors
        },
        shares=held,
        weights=weights,
        spread=_spread(config),
        dim=0 if config.on_images else config.distribution().dim,
        loss=config.loss,
        feature_matching=config.feature_matching,
        noun="classes" if config.on_images else "modes",
        own={name: median(columns[name][rows[-third:]]) for name in OWN if name in columns},
        code=config.latent_dim,
    )


def _level(name: str, values: Floats, floor: tuple[float, float], room: float) -> Level:
    third = len(values) // 3
    first, last = values[:third], values[-third:]
    higher = (IMAGE_METRICS | METRICS)[name].better == "higher"
    later_is_better = np.subtract.outer(last, first) * (1 if higher else -1) > 0
    return Level(median(first), median(last), floor, higher, room, float(later_is_better.mean()), _range(values))


def _range(values: Floats) -> tuple[float, float]:
    """The 10th and the 90th percentile."""
    low, high = np.percentile(values, [10, 90])
    return float(low), float(high)


def weights_of(config: RunConfig, count: int) -> Floats:
    """The modes' true shares. Classes of images are about equally common."""
    modes = None if config.on_images else config.distribution().modes
    return np.full(count, 1 / count) if modes is None or len(modes.weights) != count else np.asarray(modes.weights)


def _spread(config: RunConfig) -> float:
    """How far the data are from their middle. Distances of images are measured in this unit."""
    if config.on_images:
        return 1.0
    data = config.distribution()
    return data.scale * math.sqrt(data.dim)


def median(values: Floats) -> float:
    """The median of values (m,), m >= 1."""
    return float(np.median(values))


def _turns(values: Floats, least: float) -> int:
    """How often a series turns round by at least `least`."""
    turns, direction, extreme = 0, 0, float(values[0])
    for value in values.tolist():
        if direction >= 0 and value > extreme or direction <= 0 and value < extreme:
            if direction == 0 and abs(value - extreme) >= least:
                direction = 1 if value > extreme else -1
            if direction != 0:
                extreme = value
        elif direction != 0 and abs(value - extreme) >= least:
            turns, direction, extreme = turns + 1, -direction, value
    return turns
