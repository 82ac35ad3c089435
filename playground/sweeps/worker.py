"""A process that trains cells: `python -m playground.sweeps.worker`.

They come by standard input, what came of them goes to standard output; it ends when whoever started it does.
"""

import os
import pickle  # noqa: TID251  (between a process and its own child, as multiprocessing does)
import sys

from playground.engine.worker.entering import enter
from playground.sweeps.training import train


def main() -> None:
    """Train what comes, one cell after the other."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed meanwhile is no answer
    enter()
    while True:
        try:
            cell = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(train(cell), out)
        out.flush()


if __name__ == "__main__":
    main()
