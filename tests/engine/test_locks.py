"""The rule of the engine's lock: who holds it touches neither the disk nor a pipe, and whoever tries fails at once."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.engine.server import returning
from playground.engine.server.locks import EngineLock, unlocked
from playground.engine.server.recorder import Recorder
from playground.engine.server.worker_process import WorkerProcess
from playground.runs.store import RunStore


def test_a_thread_knows_whether_it_holds_the_lock() -> None:
    lock, other, told = EngineLock(), EngineLock(), []
    assert unlocked()
    with lock:
        with lock, other:
            assert not unlocked()
        assert not unlocked()  # it was taken twice
        asking = threading.Thread(target=lambda: told.append(unlocked()))
        asking.start()
        asking.join()
    assert unlocked() and told == [True]
    with pytest.raises(ZeroDivisionError), lock:
        1 / 0  # noqa: B018
    assert unlocked()


def test_the_lock_keeps_others_out() -> None:
    lock, entered = EngineLock(), threading.Event()

    def enter() -> None:
        with lock:
            entered.set()

    with lock:
        waiting = threading.Thread(target=enter)
        waiting.start()
        assert not entered.wait(0.05)
    waiting.join()
    assert entered.is_set()


def test_nobody_touches_the_disk_or_a_pipe_under_the_lock(tmp_path: Path) -> None:
    lock, store = EngineLock(), RunStore(tmp_path)
    recorder = Recorder(store, lock, lambda run: None)
    touching: list[Callable[[], object]] = [
        recorder.flush,
        lambda: recorder.forget("a"),
        lambda: returning.from_store(store, "a", "me"),
        lambda: returning.newest_checkpoint(store, "a"),
        lambda: returning.fork(store, "me", "a", 0, None),
        lambda: WorkerProcess(0, lambda report: None, lambda index, called: None),
        lambda: store.record("a"),
    ]
    for touch in touching:
        with lock, pytest.raises(AssertionError):
            touch()
    recorder.close()
    store.close()
