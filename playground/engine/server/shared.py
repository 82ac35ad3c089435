"""The one engine of a server process, and the store that it records into."""

import atexit
import threading

from playground.engine.server.engine import Engine
from playground.runs.inbox import InboxWatch
from playground.runs.place import default_folder, default_quota
from playground.runs.record import StoreError
from playground.runs.store import RunStore

_lock = threading.Lock()
_engine: Engine | None = None
_inbox: InboxWatch | None = None
_store: RunStore | None = None
_problem = ""


def engine() -> Engine:
    """The process's engine, started at first need. Without a store that can be opened it records nothing."""
    global _engine, _inbox, _store, _problem
    with _lock:
        if _engine is None:
            _store, _problem = None, ""
            try:
                _store = RunStore(default_folder(), quota=default_quota())
            except StoreError as error:
                _problem = str(error)
            _engine = Engine(store=_store)
            _inbox = InboxWatch(_store) if _store else None
            atexit.register(close)
        return _engine


def store_problem() -> str:
    """Why runs are not being recorded, in one sentence; empty if all is well."""
    return _problem or engine().problem or (_inbox.problem if _inbox else "")


def close() -> None:
    """Stop the engine and its workers, if there is one, and close the store."""
    global _engine, _inbox
    with _lock:
        if _inbox is not None:
            _inbox.close()
            _inbox = None
        if _engine is not None:
            _engine.close()
            if _store is not None:
                _store.close()
            _engine = None
