"""`train --record`: the run goes among the recorded ones, where the page and `runs` find it."""

from types import TracebackType
from typing import Self

from playground.config import RunConfig
from playground.engine.messages import Report
from playground.engine.server.locks import EngineLock
from playground.engine.server.recorder import Recorder
from playground.engine.server.returning import new_id
from playground.engine.server.run import Lineage, Run
from playground.recipes.run_names import title_of
from playground.runs import inbox
from playground.runs.place import default_folder, default_quota
from playground.runs.record import StoreError
from playground.runs.store import RunStore, checked_name


class Recording:
    """Records what `headless.run` reports, as the page's runs are recorded, into a store of its own in the inbox.

    So it never matters who holds the folder meanwhile: at the end whoever does takes the run in, see runs/inbox.py.
    Raises StoreError.
    """

    def __init__(self, config: RunConfig, name: str) -> None:
        self.id = new_id()
        self._folder, self._quota = default_folder(), default_quota()
        self.place = inbox.place(self._folder, self.id)
        """Where the run is while it is being recorded."""
        lineage = Lineage(name=checked_name(name) if name.strip() else "")
        self._run = Run(self.id, "", config, config, worker=-1, hosted=False, lineage=lineage)
        self._lock = EngineLock()
        self._store = RunStore(self.place, quota=self._quota)
        self._recorder = Recorder(self._store, self._lock, lambda run: None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Everything that was reported is on the disk. A run that breaks off here is taken in as interrupted."""
        self._recorder.close()
        self._store.close()

    def keep(self, report: Report) -> None:
        """Take in what a worker would report."""
        with self._lock:
            self._recorder.note(self._run, report)

    def hand_over(self) -> str:
        """After the end: bring the run among the recorded ones, and say where it is.

        Raises StoreError where it could not be recorded completely, or not brought in; what was recorded is kept.
        """
        if self._recorder.problem:
            raise StoreError(
                f"The run is not recorded completely; the part that is lies in '{self.place}'. {self._recorder.problem}"
            )
        if self._run.record is None:
            inbox.hand_over(self._folder, self.id, self._quota)
            return "Nothing was recorded: the run had not trained yet."
        if not inbox.hand_over(self._folder, self.id, self._quota):
            return (
                f"Recorded in '{self.place}': the playground that has '{self._folder}' open, or the next one to open "
                "it, takes the run into its list."
            )
        store = RunStore(self._folder, writable=False)
        try:
            return f"Recorded as '{title_of(store.record(self.id))}': see `python -m playground runs list`."
        finally:
            store.close()
