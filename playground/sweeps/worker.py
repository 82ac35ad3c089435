"""A process that does tasks: `python -m playground.sweeps.worker`.

They come by standard input, what came of them goes to standard output; it ends when whoever started it does.
"""

import os
import pickle  # noqa: TID251  (between a process and its own child, as multiprocessing does)
import queue
import sys
import threading
from typing import Any

from playground.engine.worker.entering import enter
from playground.sweeps.task import Task, perform


def main() -> None:
    """Do what comes, one task after the other."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed meanwhile is no answer
    enter()
    tasks: queue.SimpleQueue[Task[Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        pickle.dump(perform(tasks.get()), out)
        out.flush()


def _listen(tasks: "queue.SimpleQueue[Task[Any]]") -> None:
    """Whatever is under way, nobody waits for it once whoever asked has ended: then this process does too."""
    while True:
        try:
            tasks.put(pickle.load(sys.stdin.buffer))
        except (EOFError, pickle.UnpicklingError):
            os._exit(0)


if __name__ == "__main__":
    main()
