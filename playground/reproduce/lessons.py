"""The lessons' claims about training, each over seeds: the shares in the lessons and in docs/lessons.md."""

from collections.abc import Iterator, Mapping

from playground import config as settings
from playground.config import RunConfig
from playground.lessons.course import COURSE
from playground.lessons.lesson import Experiment
from playground.lessons.texts import read
from playground.recipes import RECIPES
from playground.recipes.measured import Measured
from playground.reproduce.training import Job

ENOUGH = 0.8
"""The share of the seeds in which a claim has to come true; one that does less often is reworded or dropped."""


MEASURE_EVERY = 50


def experiments() -> dict[str, tuple[str, Experiment]]:
    """Claim -> the lesson's name and the experiment, in the course's order."""
    return {claim_of(name, part): (name, part) for name, row in COURSE.items() for part in row.experiments()}


def claim_of(lesson: str, part: Experiment) -> str:
    """The name of an experiment's claim: in the file, and in what a browser remembers."""
    return f"{lesson}/{part.key}"


def config_of(part: Experiment) -> RunConfig:
    """The settings that an experiment trains with. It is measured often: a claim is judged by what was measured."""
    return RECIPES[part.recipe].config.replace(**{"measure_every": MEASURE_EVERY, **part.changes})


def beside_of(part: Experiment) -> RunConfig | None:
    """Those of the run beside it, if there is one, measured as often."""
    if not part.beside:
        return None
    return RECIPES[part.beside].config.replace(measure_every=config_of(part).measure_every)


def names() -> list[str]:
    """Every claim."""
    return list(experiments())


def jobs(name: str) -> list[Job]:
    """The training that tries it."""
    lesson, part = experiments()[name]
    changes = settings.difference(RunConfig(), config_of(part)).values
    second = beside_of(part)
    beside = None if second is None else settings.difference(RunConfig(), second).values
    return [Job(name, f"{COURSE[lesson].title}: {_title(name)}", changes, part.steps, part.claim, beside=beside)]


def claim(name: str) -> str:
    """What is claimed: the right answer."""
    lesson, part = experiments()[name]
    section = read(lesson)[part.key]
    return section.answers[section.right]


def page(rows: Mapping[str, Measured]) -> str:
    """docs/lessons.md: every claim, and in how many seeds it came true."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Mapping[str, Measured]) -> Iterator[str]:
    yield "# The lessons' claims, measured"
    yield ""
    yield (
        "What the lessons say of training is said of runs that everybody can repeat: `python -m playground reproduce "
        "--lessons` trains each experiment over seeds, judges every seed's rows as the page does, and "
        "writes this table. A claim that comes true in fewer than four of five seeds is reworded or dropped."
    )
    yield ""
    yield "| lesson | experiment | claim | came true | steps |"
    yield "|---|---|---|---|---|"
    for name, (lesson, part) in experiments().items():
        seen = told(rows[name]) if name in rows else "not measured yet"
        yield f"| {COURSE[lesson].title} | {_title(name)} | {claim(name)} | {seen} | {part.steps:,} |"


def told(row: Measured) -> str:
    """In how many seeds a claim came true, such as "8 of 8"."""
    return row.of_seeds(row.seen or 0.0)


def _title(name: str) -> str:
    lesson, part = experiments()[name]
    return read(lesson)[part.key].title
