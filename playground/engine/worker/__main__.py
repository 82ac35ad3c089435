"""The worker process: `python -m playground.engine.worker ADDRESS`, with the connection's key on standard input.

It ends when the engine does: the connection then breaks.
"""

import contextlib
import os
import signal
import sys
from multiprocessing.connection import Client

import torch

from playground.engine.worker.worker import Worker


def _import_what_comes_late() -> None:
    """PyTorch imports its compiler at the first optimiser, and the metrics import POT at the first EMD: 1.8 s of
    computing that a first run would wait for, and for much longer once this process has a low priority."""
    torch.optim.SGD([torch.zeros(1, requires_grad=True)])
    import ot  # noqa: F401


def main() -> None:
    """Call the engine and work for it until it hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the engine decides
    _import_what_comes_late()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # the page and its pictures come first; at 15 a busy machine would leave nothing for training
    torch.set_num_threads(1)  # measured: two threads only cost time on networks this small
    device = "cuda" if torch.cuda.is_available() else "cpu"
    key = bytes.fromhex(sys.stdin.readline())
    connection = Client(sys.argv[1], authkey=key)
    try:
        Worker(connection, device).serve()
    except (EOFError, ConnectionError):
        pass  # the engine has gone


if __name__ == "__main__":
    main()
