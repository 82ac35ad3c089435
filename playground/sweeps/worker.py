"""A process that does tasks: `python -m playground.sweeps.worker`.

They come by standard input, what came of them goes to standard output; it ends when whoever started it does.
"""

import os
import pickle  # noqa: TID251  (between a process and its own child, as multiprocessing does)
import sys

from playground.engine.worker.entering import enter
from playground.sweeps.task import perform


def main() -> None:
    """Do what comes, one task after the other."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed meanwhile is no answer
    enter()
    while True:
        try:
            task = pickle.load(sys.stdin.buffer)
            pickle.dump(perform(task), out)
            out.flush()
        except (EOFError, BrokenPipeError):  # nobody asks, or waits, any more
            return


if __name__ == "__main__":
    main()
