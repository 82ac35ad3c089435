"""Which threads the server's side has, and which lock each may hold: all of it is said here, and checked.

| thread | what it does | locks |
|---|---|---|
| a page's, the feed's | call the engine's methods | the engine's; writing, where it waits for the disk |
| a listener for each worker | takes in what the worker reports | the engine's |
| a writer for each worker | writes what its outbox holds into the worker's pipe | the outbox's |
| a waiter for each worker | wakes the listener of a worker that never called | none |
| the recorder's | writes batches to the store | writing, and within it the engine's |
| the inbox's | takes in what commands have recorded | the store's own |

The order is: the recorder's `_writing`, then the engine's, then an outbox's. The store's own locks come after writing,
and never within the engine's.

The engine's lock guards what is known of runs, and nothing else. Under it nobody touches a disk, a pipe or a socket:
a listener that waits for it does not empty its worker's pipe, so a worker that is busy sending would never read, and
whoever wrote to it would never let go of the lock. What touches one of these begins with `assert unlocked()`.
"""

import threading
from types import TracebackType


class _Held(threading.local):
    """How many times the calling thread holds an engine's lock."""

    times = 0


_held = _Held()


class EngineLock:
    """The lock around what an engine knows of its runs. A thread that holds it may take it again."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()
        _held.times += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _held.times -= 1
        self._lock.release()


def unlocked() -> bool:
    """Whether the calling thread holds no engine's lock, and so may wait for a disk, a pipe or a socket."""
    return _held.times == 0
