"""What a reading says of runs that were made to show each case, and what following its suggestions did to them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground import config as settings
from playground.config import RunConfig
from playground.frame import Row
from playground.papers import linked
from playground.reading import READ, Reading, read_run
from playground.reading.made import CURED, MADE, job_name
from playground.reading.rules import VERSION
from playground.reading.verdicts import CASES, MEASURES
from playground.recipes.cures import ILLNESSES, UNTREATED
from playground.recipes.measured import Measured, told
from playground.recipes.techniques import ALL
from playground.reproduce.training import Job, spreads

if TYPE_CHECKING:
    from playground.training.learner import Learner

EARLIER = " †"
"""Behind what earlier rules said."""
CLEARLY = 0.8
"""A measure has become smaller where it is at most this part of what it was: runs that stand still move by less."""


@dataclass(frozen=True)
class Followed(Job):
    """One run, and one technique that is tried on it."""

    run: str = ""
    technique: str = UNTREATED


def names() -> list[str]:
    """The runs."""
    return list(MADE)


def jobs(name: str) -> list[Job]:
    """The run itself, and every technique that changes something there."""
    made, found = MADE[name], list[Job]()
    for technique in (UNTREATED, *made.techniques):
        treated = made.treated(technique)
        if treated is None:
            continue
        changes = settings.difference(RunConfig(), treated).values
        told = f"{made.label}: {_label(technique)}"
        found.append(
            Followed(job_name(name, technique), told, changes, made.ends(technique), run=name, technique=technique)
        )
    return found


def claim(name: str) -> str:
    """What the run is made to show."""
    return f"{CASES[MADE[name].case].title}."


def train(job: Job, seeds: int) -> Measured:
    """Make the run with seeds 0 … seeds − 1, follow the suggestion as the page would, and read what came of it.

    `cases` of a run as it is are those that it was made for, of a technique those that it led to. `helped`: the seeds
    that end in no bad case and with a measure that is clearly smaller than before; a seed that had diverged, than at
    step 0. Of the run as it is that tells how many come there by themselves.
    """
    assert isinstance(job, Followed)
    made = MADE[job.run]
    begun = _begun(job.run, seeds)
    after = begun
    if job.technique != UNTREATED and made.restarts(job.technique):
        after = _followed(_learner(settings.read(job.changes), seeds), made.steps, made.every)
    elif made.techniques and not made.anew:
        learner = _restored(begun.state)
        learner.apply(settings.read(job.changes).replace(seeds=seeds))
        after = _followed(learner, job.steps, made.every, since=made.steps)
    read = begun if job.technique == UNTREATED else after
    lanes = range(seeds)
    found = [
        after is not begun
        and CASES[after.reading(lane).case].tone != "bad"
        and after.level(lane, made.measure) <= CLEARLY * begun.level(lane, made.measure)
        for lane in lanes
    ]
    alive = [lane for lane in lanes if after.diverged[lane] is None]
    cases = Counter(read.reading(lane).case for lane in lanes)
    return Measured(
        changes=dict(job.changes),
        seeds=seeds,
        steps=job.steps,
        start=spreads({made.measure: np.array([begun.level(lane, made.measure) for lane in lanes])}, lanes),
        end=spreads({made.measure: np.array([after.level(lane, made.measure) for lane in lanes])}, alive),
        modes=0,
        collapsed=0.0,
        diverged=1 - len(alive) / seeds,
        cases={case: count / seeds for case, count in cases.most_common()},
        helped=sum(found) / seeds,
        rules=VERSION,
    )


@dataclass(frozen=True, eq=False)
class _Way:
    """How a run went since its last change: its rows, and where it stands now."""

    config: RunConfig
    rows: tuple[Row, ...]
    floors: Mapping[str, tuple[float, float]]
    diverged: tuple[int | None, ...]
    since: int
    state: Mapping[str, Any]

    def reading(self, lane: int) -> Reading:
        """One seed's run in words."""
        columns = {name: np.array([row.values[name][lane] for row in self.rows]) for name in self._columns()}
        columns["step"] = np.array([row.step for row in self.rows], dtype=float)
        counted = [row.mode_histogram[lane] for row in self.rows if row.mode_histogram]
        shares = np.array(counted) if counted else None
        lost = self.diverged[lane]
        return read_run(columns, shares, self.floors, self.config, since=self.since, diverged=lost)

    def level(self, lane: int, measure: str) -> float:
        """The median over the last third of the rows; that of step 0 for a seed whose numbers were lost."""
        values = [row.values[measure][lane] for row in self.rows]
        chosen = values[:1] if self.diverged[lane] is not None else values[-max(1, len(values) // 3) :]
        return float(np.median(chosen))

    def _columns(self) -> list[str]:
        return [name for name in READ if name in self.rows[0].values]


@lru_cache(maxsize=1)
def _begun(run: str, seeds: int) -> _Way:
    """A run as it is, until it shows its case: every technique that changes live goes on from there."""
    made = MADE[run]
    return _followed(_learner(made.config, seeds), made.steps, made.every)


def _learner(config: RunConfig, seeds: int) -> "Learner":
    from playground.training import learners

    return learners.fresh(config.replace(seeds=seeds))


def _restored(state: Mapping[str, Any]) -> "Learner":
    from playground.training import learners

    return learners.restored(dict(state))


def _followed(learner: "Learner", until: int, every: int, since: int = 0) -> _Way:
    """Train to a step, and measure every so many steps."""
    import torch

    from playground.observer import observe
    from playground.observer.floors import known
    from playground.training.learner import Diverged

    torch.set_num_threads(1)  # as the workers do
    observer = observe(learner)
    rows = [observer.measure()]
    try:
        while learner.steps < until:
            learner.step()
            if learner.steps % every == 0:
                rows.append(observer.measure())
    except Diverged:
        pass  # told by the seeds' readings
    state = learner.state()
    return _Way(learner.config, tuple(rows), known(observer), tuple(learner.diverged), since, state)


def page(rows: Mapping[str, Measured]) -> str:
    """docs/readings.md: each case on runs made to show it, and what its suggestions did to them."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Mapping[str, Measured]) -> Iterator[str]:
    yield "# Readings, measured"
    yield ""
    yield (
        "What the line above the picture says of runs that were made to show each case, and what following its "
        "suggestions did to them. `python -m playground reproduce --table readings --write` trains what is missing "
        "here and writes this page. A suggestion is offered where it helped more than half of the seeds, and more of "
        "them than came out of it by themselves; the page says how many."
    )
    yield ""
    if any(map(_earlier, rows.values())):
        yield f"{EARLIER.strip()} Read by earlier rules, and not trained again since they changed."
        yield ""
    yield "## What is said"
    yield ""
    yield "| run | steps | made to show | said | also said |"
    yield "|---|---|---|---|---|"
    for name, made in MADE.items():
        row = rows.get(job_name(name, UNTREATED))
        if row is not None:
            others = {case: share for case, share in row.cases.items() if case != made.case}
            yield (
                f"| {made.label}{_earlier(row)} | {made.steps:,} | {CASES[made.case].title} | "
                f"{row.of_seeds(row.cases.get(made.case, 0.0))} | {_cases(row, others) or '–'} |"
            )
    yield ""
    yield "## What helped"
    yield ""
    yield (
        "What can change live was changed in the run as it stood, which then trained on; what needs a restart "
        "began at step 0 and trained as many steps. A seed was *helped* when it ended in no bad case, with a "
        f"measure at most {CLEARLY:g} times what it was before: medians over the last third, smallest and largest seed "
        "in brackets."
    )
    for name, made in MADE.items():
        measured = {t: rows[job_name(name, t)] for t in made.techniques if job_name(name, t) in rows}
        base = rows.get(job_name(name, UNTREATED))
        if not measured or base is None:
            continue
        measure = MEASURES[made.measure].label
        yield ""
        yield f"### {CASES[made.case].title}: {made.label}"
        yield ""
        yield f"| suggestion | how | helped | {measure} before | {measure} after | said then |"
        yield "|---|---|---|---|---|---|"
        before, after = _told(base.start), _told(base.end)
        yield f"| as it is{_earlier(base)} | trained on | {base.of_seeds(base.helped)} | {before} | {after} | |"
        for technique, row in sorted(measured.items(), key=lambda item: -item[1].helped):
            how = "from step 0" if made.restarts(technique) else "live"
            yield (
                f"| {_label(technique)}{_earlier(row)} | {how} | {row.of_seeds(row.helped)} | {_told(row.start)} | "
                f"{_told(row.end)} | {_cases(row, row.cases)} |"
            )
    yield ""
    yield "## What is suggested"
    yield ""
    for technique in dict.fromkeys(technique for made in MADE.values() for technique in made.techniques):
        yield f"- *{_label(technique)}*: {linked(ALL[technique].why)}"
    yield ""
    illnesses = " and ".join(f"*{CASES[case].title}* ({ILLNESSES[name].row.label})" for case, name in CURED.items())
    yield f"What helps against {illnesses} is in [cures](cures.md): every technique, from step 0."


def _earlier(row: Measured) -> str:
    return EARLIER if row.rules < VERSION else ""


def _told(spread: Mapping[str, Any]) -> str:
    return next((told(each) for each in spread.values()), "–")


def _cases(row: Measured, cases: Mapping[str, float]) -> str:
    return ", ".join(f"{CASES[case].title} {row.of_seeds(share)}" for case, share in cases.items())  # type: ignore[index]


def _label(technique: str) -> str:
    return "as it is" if technique == UNTREATED else ALL[technique].label
