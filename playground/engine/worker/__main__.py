"""The worker process: `python -m playground.engine.worker ADDRESS`, with the connection's key on standard input.

It ends when the engine does: the connection then breaks.
"""

import contextlib
import os
import signal
import sys
from multiprocessing.connection import Client

import torch

from playground.config import RunConfig
from playground.engine.worker.worker import Worker
from playground.observer import observe
from playground.training import learners


def _train_once() -> None:
    """Much is imported at its first use: PyTorch's compiler by an optimiser, POT by the EMD, parts of SciPy by the
    data. A first run would wait two seconds for them, and for much longer once this process has a low priority."""
    learner = learners.fresh(RunConfig(jsd_samples=500, emd_samples=50, mode_samples=100))
    observer = observe(learner)
    learner.step()
    observer.picture()
    observer.measure()


def main() -> None:
    """Call the engine and work for it until it hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the engine decides
    _train_once()
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
