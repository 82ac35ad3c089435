"""The one engine of a server process."""

import atexit
import threading

from playground.engine.engine import Engine

_lock = threading.Lock()
_engine: Engine | None = None


def engine() -> Engine:
    """The process's engine, started at first need."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = Engine()
            atexit.register(close)
        return _engine


def close() -> None:
    """Stop the engine and its workers, if there is one."""
    global _engine
    with _lock:
        if _engine is not None:
            _engine.close()
            _engine = None
