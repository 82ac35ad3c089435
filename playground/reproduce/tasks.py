"""A table's trainings as tasks, for whichever executor does them."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from playground import config as settings
from playground.recipes.measured import Measured
from playground.reproduce.tables import TABLES
from playground.reproduce.training import Job, train
from playground.sweeps.driver import Progress, watched
from playground.sweeps.executors import Executor, Stopped
from playground.sweeps.task import Failed
from playground.version import VERSION


@dataclass(frozen=True)
class Trained:
    """What came of the training of this index."""

    index: int
    measured: Measured


@dataclass(frozen=True)
class Training:
    """A job of a table's row by its name, since what is claimed of it is a function, which no pipe takes."""

    index: int
    table: str
    row: str
    job: str
    seeds: int
    version: str = VERSION

    def done(self) -> Trained:
        """Train it in this process."""
        table = TABLES[self.table]
        job = next(job for job in table.rows.jobs(self.row) if job.name == self.job)
        return Trained(self.index, table.train(job, self.seeds))


Asked = tuple[str, Job]
"""A row's name, and one of its jobs."""


def outcomes(
    table: str, asked: Sequence[Asked], seeds: int, executor: Executor, stopped: Stopped
) -> Iterator[tuple[Progress, list[tuple[Asked, Measured | Failed]]]]:
    """What came of the jobs of a table's rows, as it comes, after a progress with none.

    Jobs of the same settings are trained once.
    """
    groups: dict[Hashable, list[Asked]] = {}
    for row, job in asked:
        plain = TABLES[table].train is train and job.claim is None
        key = (settings.read(job.changes), job.steps, job.most) if plain else job.name
        groups.setdefault(key, []).append((row, job))
    same = list(groups.values())
    tasks = [Training(index, table, row, job.name, seeds) for index, [(row, job), *_] in enumerate(same)]
    for progress, ended in watched(executor, tasks, stopped):
        if ended is None:
            yield progress, []
        elif isinstance(ended, Failed):
            yield progress, [(one, ended) for one in same[ended.index]]
        else:
            measured = ended.measured
            yield progress, [(one, replace(measured, changes=dict(one[1].changes))) for one in same[ended.index]]
