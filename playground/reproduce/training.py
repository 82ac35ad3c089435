"""One training of some settings over several seeds, and what it came to."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from playground import config as settings
from playground.config import RunConfig
from playground.data.distribution import Floats
from playground.frame import Row
from playground.lessons.track import Claim, Track
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.metrics.turnover import Service, service
from playground.reading.rules import FEW_MODES, TURNOVER
from playground.reading.window import weights_of
from playground.recipes.measured import Measured, Spread

if TYPE_CHECKING:  # torch is not loaded where tables are only told
    from playground.training.learner import Learner

SEEDS = 8
MAX_SEEDS = 32
LOOK_EVERY = 100
"""Steps between two looks at which modes are served."""
SETTLED = 1000
"""Looks from this step on say what a run does; those before it, on its way there. Half of a shorter run."""
CLEAR = 0.5
"""A seed whose samples lie mostly between the modes is not well, however evenly they are spread."""

Show = Callable[[float, str], None]


@dataclass(frozen=True)
class Job:
    """A training to be done. changes: what differs from the defaults. name: in the file of outcomes. claim: what is
    said of each seed's rows, if anything. most: seeds, of a training that takes long. beside: of a second training,
    whose rows the claim is about as well."""

    name: str
    label: str
    changes: Mapping[str, Any]
    steps: int
    claim: Claim | None = field(default=None, compare=False)
    most: int = MAX_SEEDS
    beside: Mapping[str, Any] | None = field(default=None, compare=False)


def train(job: Job, seeds: int = SEEDS) -> Measured:
    """Train with seeds 0 … seeds − 1, or as many as there may be, side by side, and measure both ends; in between, look
    which modes are served."""
    seeds = min(seeds, job.most)
    run = _trained(job, job.changes, seeds)
    alive = [lane for lane, step in enumerate(run.learner.diverged) if step is None]
    ends = run.rows[0], run.rows[-1]
    found = outcome(job, run.learner.config, alive, ends, run.looks, 1000 * run.spent / max(1, run.learner.steps))
    if job.claim is None:
        return found
    second = None if job.beside is None else _trained(job, job.beside, seeds).rows
    return replace(found, seen=_seen(job.claim, run.rows, second, seeds))


@dataclass(frozen=True)
class _Trained:
    """A training that is over: what was measured on the way, at the start and at the end; which modes were served at
    the looks, (S, K) each; seconds of processor time for its steps."""

    learner: "Learner"
    rows: list[Row]
    looks: list[Floats]
    spent: float


def _trained(job: Job, changes: Mapping[str, Any], seeds: int) -> _Trained:
    import torch

    from playground.observer import observe
    from playground.training import learners
    from playground.training.learner import Diverged

    torch.set_num_threads(1)  # as the workers do: two threads only cost time on networks this small
    learner, steps = learners.fresh(settings.read(changes).replace(seeds=seeds)), job.steps
    observer = observe(learner)
    while not observer.prepared:
        observer.prepare(1.0)
    looks: list[Floats] = []
    rows = [observer.measure()]
    spent = 0.0
    try:
        while learner.steps < steps:
            before = time.process_time()
            learner.step()
            spent += time.process_time() - before
            if learner.steps % LOOK_EVERY == 0 and learner.steps >= min(SETTLED, steps / 2):
                looks += [shares for shares in [observer.shares()] if shares is not None]
            if job.claim is not None and learner.steps % learner.config.measure_every == 0 and learner.steps < steps:
                rows.append(observer.measure())
    except Diverged:
        pass  # told by the share of diverged seeds
    return _Trained(learner, [*rows, observer.measure()], looks, spent)


def _seen(claim: Claim, rows: Sequence[Row], beside: Sequence[Row] | None, seeds: int) -> float:
    """In which share of the seeds a claim came true."""
    tracks = [Track.of(row.of_lane(lane) for row in rows) for lane in range(seeds)]
    if beside is not None:
        tracks = [one.beside(Track.of(row.of_lane(lane) for row in beside)) for lane, one in enumerate(tracks)]
    return sum(bool(claim(track)) for track in tracks) / seeds


def outcome(
    job: Job, config: RunConfig, alive: Sequence[int], rows: tuple[Row, Row], looks: Sequence[Floats], ms: float
) -> Measured:
    """Of the lanes that are alive: the first and the last row, looks (S, K) in between, milliseconds for a step."""
    seeds, (start, end) = config.seeds, rows
    modes = len(end.mode_histogram[0]) if end.mode_histogram else 0
    told = {*METRICS, *IMAGE_METRICS, *config.learning.numbers}
    values = {name: np.array(column) for name, column in end.values.items() if name in told}
    if len(looks) > 1:
        values |= _service(np.stack(looks), config)
    first = {name: np.array(start.values[name]) for name in values if name in start.values}  # no losses as yet
    captured = values.get("classes" if config.on_images else "modes")
    lost = [] if captured is None else [lane for lane in alive if captured[lane] <= FEW_MODES * modes]
    return Measured(
        changes=dict(job.changes),
        seeds=seeds,
        steps=job.steps,
        start=spreads({name: before for name, before in first.items() if not np.isnan(before).all()}, alive),
        end=spreads(values, alive),
        modes=modes,
        collapsed=len(lost) / seeds,
        diverged=1 - len(alive) / seeds,
        well=sum(_well(values, lane, modes) for lane in alive) / seeds,
        ms=float(f"{ms:.3g}"),
    )


def _service(looks: Floats, config: RunConfig) -> dict[str, Floats]:
    """Each number of `Service` for every seed, of looks (T, S, K)."""
    weights = weights_of(config, looks.shape[2])
    found = [service(looks[:, lane], weights) for lane in range(looks.shape[1])]
    return {name: np.array([getattr(one, name) for one in found]) for name in Service.__dataclass_fields__}


def _well(values: Mapping[str, Floats], lane: int, modes: int) -> bool:
    """Whether a seed ends without an illness: most modes are served, by samples that stay, and most of those are clear.

    The limits are those of a reading's cases. Data without modes can be neither lost nor left.
    """
    if "served" not in values:
        return False
    clear = 1 - values["low_confidence"][lane] if "low_confidence" in values else values["high_quality"][lane]
    served, moved = values["served"][lane], values["turnover"][lane]
    return bool(served > FEW_MODES * modes and moved < TURNOVER and clear >= CLEAR)


def spreads(values: Mapping[str, Floats], lanes: Iterable[int]) -> dict[str, Spread]:
    """Every number: median, smallest and largest over these lanes; nothing without a lane, and nothing of a number that
    is not there yet (NaN), as a loss before the first step."""
    chosen = list(lanes)
    found: dict[str, Spread] = {}
    for name, column in values.items():
        seen = column[chosen]
        if chosen and not np.isnan(seen).any():
            median, low, high = (float(f"{value:.4g}") for value in (np.median(seen), seen.min(), seen.max()))
            found[name] = median, low, high
    return found
