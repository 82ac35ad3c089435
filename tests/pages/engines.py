"""An engine for pages that are tested without a process that trains."""

import threading

from playground.config import RunConfig
from playground.engine.server import returning
from playground.engine.server.engine import EngineError
from playground.engine.server.run import Run
from playground.runs.store import RunStore


class FakeEngine:
    """Recorded runs only, and no process that trains."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.lock = threading.RLock()
        self.full = False

    def run(self, run_id: str, owner: str) -> Run:
        return returning.from_store(self.store, run_id, owner)

    def start(self, owner: str, config: RunConfig) -> str:
        if self.full:
            raise EngineError("All 8 runs are in use.")
        return self.store.create(returning.new_id(), owner, config).id

    def rename(self, run_id: str, owner: str, name: str) -> None:
        self.store.rename(run_id, name)
