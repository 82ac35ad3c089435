"""What a process that trains does first."""

import contextlib
import os
import signal

import torch

from playground.config import RunConfig
from playground.observer import observe
from playground.training import learners


def enter() -> None:
    """Low priority, one thread, and what is imported late imported now. Ctrl-C is left to whoever started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it reaches the whole group
    _train_once()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # the page and its pictures come first; at 15 a busy machine would leave nothing for training
    torch.set_num_threads(1)  # measured: two threads only cost time on networks this small


def _train_once() -> None:
    """Much is imported at its first use: PyTorch's compiler by an optimiser, POT by the EMD, parts of SciPy by the
    data. A first run would wait two seconds for them, and for much longer once this process has a low priority."""
    learner = learners.fresh(RunConfig(jsd_samples=500, emd_samples=50, mode_samples=100))
    observer = observe(learner)
    learner.step()
    observer.picture()
    observer.measure()
