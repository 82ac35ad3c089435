"""The tables that can be reproduced: what is trained for each of their rows, and where the outcome is kept and told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.recipes import RECIPES, cures, measured
from playground.recipes.measured import Measured, kept_in
from playground.reproduce import cures as cures_table
from playground.reproduce import hacks as hacks_table
from playground.reproduce import recipes as recipes_table
from playground.reproduce.training import Job

HACKS_FILE = Path(measured.__file__).with_name("hacks.json")


@dataclass(frozen=True)
class Table:
    """names: of the rows. jobs: the trainings of a row. file: where outcomes are kept. document: in docs/, and page:
    what it says. claim: what the source of a row says of it."""

    names: Callable[[], list[str]]
    jobs: Callable[[str], list[Job]]
    file: Callable[[], Path]
    document: str
    page: Callable[[Mapping[str, Measured]], str]
    claim: Callable[[str], str]

    def missing(self, job: Job, seeds: int) -> bool:
        """Whether the file has no outcome of these settings with as many seeds or more."""
        kept = kept_in(self.file()).get(job.name)
        return kept is None or (dict(kept.changes), kept.steps) != (dict(job.changes), job.steps) or kept.seeds < seeds


TABLES: dict[str, Table] = {
    "recipes": Table(
        recipes_table.names,
        lambda name: [recipes_table.job(name)],
        lambda: measured.FILE,
        "recipes.md",
        recipes_table.page,
        lambda name: RECIPES[name].claim,
    ),
    "cures": Table(
        cures_table.names,
        cures_table.jobs,
        lambda: cures.FILE,
        "cures.md",
        cures_table.page,
        cures_table.why,
    ),
    "hacks": Table(
        hacks_table.names,
        hacks_table.jobs,
        lambda: HACKS_FILE,
        "hacks.md",
        hacks_table.page,
        hacks_table.claim,
    ),
}
