"""What is still to be written of one run: gathered report by report, and bounded."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from playground.config import RunConfig
from playground.engine.messages import Checkpoint, Film, Floors, Keyframe, Measured, Opened, Report, State, Status
from playground.engine.server.run import Run
from playground.frame import Row
from playground.runs import record as stored
from playground.runs.record import FilmFrame, RunBatch

MOST_ROWS = 5000
"""Rows of one run that wait at most, where they can't be written: a few megabytes."""
DROPPED = (
    f"Meanwhile the newest picture and checkpoint wait, and what is measured: at most {MOST_ROWS:,} rows of a run, "
    "further apart where there would be more."
)
"""What becomes of the reports of a run that can't be written, said with the reason."""
ON_DISK: dict[Status, stored.Status] = {
    "playing": "recording",
    "opening": "paused",
    "paused": "paused",
    "diverged": "diverged",
    "failed": "failed",
}
"""A run's status as the store calls it."""


@dataclass(frozen=True, eq=False)
class Taken:
    """What is being written of one run. start: its settings, where the store has not been told of this start yet."""

    waiting: "Waiting"
    batch: RunBatch
    start: RunConfig | None


@dataclass(eq=False)
class Waiting:
    """What is still to be written of one run, and how far the store knows of it."""

    run: Run
    batch: RunBatch = field(default_factory=RunBatch)
    config: RunConfig | None = None
    """Its settings at its start."""
    begun: bool = False
    """It has trained since its start: from then on it is recorded."""
    anew: bool = True
    """The store has not been told yet that the run started, or started anew."""
    over: bool = False
    """The run has left its worker."""
    newest: int = -1
    """The step that the run stands at."""
    refused: str = ""
    """Why it could not be written last, in a sentence; empty once it could."""
    due: float = 0.0
    """When it may be tried again, by the monotonic clock."""

    def note(self, report: Report) -> None:
        """Take a report of the run in."""
        batch, self.over = self.batch, False
        match report:
            case Opened(scene=scene, resumed=None):
                self.batch = RunBatch(scene=scene)
                self.config, self.begun, self.anew, self.newest = None, False, True, -1
            case Opened(resumed=int(step)):
                self.take_back(step)
            case State():
                self.config = self.config or report.config
                batch.status, batch.message, batch.steps = ON_DISK[report.status], report.message, report.steps
                batch.config, batch.changes = report.config, report.changes
            case Measured(row=row):
                self._stands_at(row.step)
                self._add_rows([row])
            case Keyframe(step=step, frame=frame):
                self.begun = True
                self._stands_at(step)
                batch.keyframes.append((step, frame))
            case Checkpoint(step=step, data=data):
                self.begun = True
                self._stands_at(step)
                batch.checkpoints.append((step, data))
            case Floors(bands=bands):
                batch.floors = bands
            case Film(epoch=epoch, step=step, images=images):
                batch.film.append(FilmFrame(epoch, step, images))
            case _:
                pass

    def take_back(self, step: int) -> None:
        """The run stands at this step again: what came after it is no longer part of it."""
        batch, self.newest = self.batch, step
        batch.truncate_after = step if batch.truncate_after is None else min(step, batch.truncate_after)
        batch.rows = [row for row in batch.rows if row.step <= step]
        batch.keyframes = [kept for kept in batch.keyframes if kept[0] <= step]
        batch.checkpoints = [kept for kept in batch.checkpoints if kept[0] <= step]
        batch.film = [frame for frame in batch.film if frame.step <= step]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return self.batch == RunBatch()

    def take(self) -> Taken:
        """Take out what waits, to be written."""
        taken = Taken(self, self.batch, (self.config or self.run.config) if self.anew else None)
        self.batch, self.anew = RunBatch(), False
        return taken

    def put_back(self, taken: Taken, *, begun: bool) -> None:
        """What was taken could not be written: it waits again, before what has been noted since.

        begun: the store has been told of the start.
        """
        if self.batch.scene is not None:
            return  # the run has started anew since: this was of the start before
        self.anew = taken.start is not None and not begun
        later, batch = self.batch, taken.batch
        self.batch = batch
        batch.keyframes, batch.checkpoints = batch.keyframes[-1:], batch.checkpoints[-1:]
        if later.truncate_after is not None:
            self.take_back(later.truncate_after)
        for name in ("status", "message", "steps", "config", "changes", "floors"):
            if getattr(later, name) is not None:
                setattr(batch, name, getattr(later, name))
        self._add_rows(later.rows)
        batch.keyframes = (batch.keyframes + later.keyframes)[-1:]
        batch.checkpoints = (batch.checkpoints + later.checkpoints)[-1:]
        batch.film += later.film
        self.newest = max(self.newest, batch.steps or -1)

    def _stands_at(self, step: int) -> None:
        if step < self.newest:
            self.take_back(step)
        self.newest = self.batch.steps = step

    def _add_rows(self, fresh: Iterable[Row]) -> None:
        """Rows at rising steps; one takes the place of those at its step and beyond."""
        rows = self.batch.rows
        for row in fresh:
            while rows and rows[-1].step >= row.step:
                rows.pop()
            rows.append(row)
            if len(rows) > MOST_ROWS:
                rows[:] = _thinned(rows)


def _thinned(rows: list[Row]) -> list[Row]:
    """About half of them: the first, the newest, and between them some that stand evenly apart."""
    apart = 2 * (rows[-1].step - rows[0].step) / MOST_ROWS
    kept = rows[:1]
    for row in rows[1:-1]:
        if row.step - kept[-1].step >= apart:
            kept.append(row)
    return kept + rows[-1:]
