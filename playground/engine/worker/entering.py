"""What a process that trains does first."""

import contextlib
import os
import signal

import torch


def enter() -> None:
    """Low priority, one thread, and what is imported late imported now. Ctrl-C is left to whoever started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it reaches the whole group
    _import_what_comes_late()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # the page and its pictures come first; at 15 a busy machine would leave nothing for training
    torch.set_num_threads(1)  # measured: two threads only cost time on networks this small


def _import_what_comes_late() -> None:
    """PyTorch imports its compiler at the first optimiser, and the metrics import POT at the first EMD: 1.8 s of
    computing that a first run would wait for, and for much longer once this process has a low priority."""
    torch.optim.SGD([torch.zeros(1, requires_grad=True)])
    import ot  # noqa: F401
