"""`train --record`: the run goes among the recorded ones, where the page and `runs` find it."""

import secrets
from types import TracebackType
from typing import TYPE_CHECKING, Self

from playground.config import RunConfig
from playground.frame import Row, encode
from playground.recipes.run_names import title_of
from playground.runs.place import default_folder, default_quota
from playground.runs.record import Status
from playground.runs.store import Batch, RunBatch, RunStore

if TYPE_CHECKING:
    from playground.headless import Outcome
    from playground.observer import Observer
    from playground.training.trainer import Trainer


class Recording:
    """Keeps what `headless.run` measures. The folder is taken at once, and the run's record made at the first row.

    Raises StoreError, at once where a server is recording into the folder.
    """

    def __init__(self, config: RunConfig, name: str) -> None:
        self.id = ""
        self._config, self._name = config, name
        self._store = RunStore(default_folder(), quota=default_quota())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self.id and kind is not None:
            self._write(RunBatch(status="interrupted"))
        self._store.close()

    def keep(self, observer: "Observer", trainer: "Trainer", row: Row) -> None:
        """A row, a picture and a checkpoint; the store thins them out as the run grows."""
        from playground.training.checkpoint import pack

        if not self.id:
            self.id = secrets.token_urlsafe(16)
            self._store.create(self.id, "", self._config, name=self._name, scene=observer.scene())
        self._write(
            RunBatch(
                steps=row.step,
                rows=[row],
                keyframes=[(row.step, encode(observer.picture()))],
                checkpoints=[(row.step, pack(trainer.state()))],
            )
        )

    def finish(self, outcome: "Outcome") -> str:
        """The run as it ended; returns what it is called."""
        status: Status = "diverged" if outcome.end == "diverged" else "paused"
        message = outcome.notes[0] if status == "diverged" else ""
        self._write(RunBatch(status=status, message=message, floors=outcome.floors))
        return title_of(self._store.record(self.id))

    def _write(self, part: RunBatch) -> None:
        batch = Batch()
        batch.runs[self.id] = part
        self._store.write(batch)
