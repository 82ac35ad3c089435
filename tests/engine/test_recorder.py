"""What waits to be written: in order, bounded, and never lost for an error that concerns another run."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.engine.messages import Checkpoint, Floors, Keyframe, Measured, Opened, Report, State
from playground.engine.server import recorder as recorder_module
from playground.engine.server import waiting as waiting_module
from playground.engine.server.locks import EngineLock
from playground.engine.server.recorder import Recorder
from playground.engine.server.run import Run
from playground.engine.server.waiting import Waiting
from playground.frame import Frame, Row, Scene, encode
from playground.runs.record import Batch, StoreError
from playground.runs.store import RunStore
from tests.engine.running import PATIENCE, quick, refusals

SCENE = Scene("points", 1, 2, (-2.5, 2.5), 64, [[0.0, 0.0]], [[2.0, 0.0]])
FULL = "The disk is full."


def measured(step: int) -> Measured:
    return Measured("a", Row(step, {"jsd": (0.5,)}, None))


def a_run(id: str) -> Run:
    return Run(id, "me", quick(), quick(), worker=0)


class Recording:
    """A recorder whose store can be told to refuse a run, and its runs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lock = EngineLock()
        self.store = RunStore(folder)
        self.refuses: dict[str, Exception] = {}
        write = self.store.write

        def sometimes(batch: Batch) -> None:
            for id in batch.runs.keys() & self.refuses.keys():
                raise self.refuses[id]
            write(batch)

        monkeypatch.setattr(self.store, "write", sometimes)
        self.told: list[str] = []
        self.recorder = Recorder(self.store, self.lock, lambda run: self.told.append(run.id))
        self.runs = {id: a_run(id) for id in "abc"}
        for run in self.runs.values():
            self.note(run, Opened(run.id, SCENE), State(run.id, "playing", "", 0, quick(), (), None, (None,)))

    def note(self, run: Run, *reports: Report) -> None:
        with self.lock:
            for report in reports:
                self.recorder.note(run, report)

    def train(self, run: Run, *steps: int) -> None:
        """The run gets to these steps, and leaves a row and a picture at each."""
        for step in steps:
            picture = Keyframe(run.id, step, encode(Frame({"step": step})))
            self.note(run, Measured(run.id, measured(step).row), picture)

    def rows(self, run: Run) -> list[int]:
        return [row.step for row in self.store.rows(run.id)]


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recording]:
    monkeypatch.setattr(recorder_module, "AGAIN_AFTER", 0.0)
    recording = Recording(tmp_path, monkeypatch)
    yield recording
    recording.recorder.close()
    recording.store.close()


ERRORS = [StoreError(FULL), RuntimeError("the numbers are of the wrong kind"), OSError("no such device")]


@pytest.mark.parametrize("error", ERRORS, ids=["refused", "unforeseen", "device"])
def test_an_error_in_writing_one_run_is_told_and_the_others_are_recorded(
    recording: Recording, error: Exception
) -> None:
    a, b, c = recording.runs.values()
    recording.refuses["b"] = error
    for run in (a, b, c):
        recording.train(run, 0, 20)
    recording.recorder.flush()
    assert recording.rows(a) == recording.rows(c) == [0, 20] and recording.rows(b) == []
    [sentence] = refusals(b)
    assert sentence.startswith("This run is not being recorded. ") and str(error) in sentence
    assert waiting_module.DROPPED in sentence and recording.recorder.problem in sentence
    assert refusals(a) == refusals(c) == [] and "b" in recording.told

    recording.train(b, 40)
    recording.recorder.flush()
    assert len(refusals(b)) == 1  # it is said once
    recording.refuses.clear()
    recording.recorder.flush()
    assert recording.rows(b) == [0, 20, 40] and recording.recorder.problem == ""


def test_the_thread_survives_an_error_that_nobody_foresaw(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = recording.runs["a"]

    def wait_for(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    fails: list[int] = []

    def broken(_: str) -> Any:
        fails.append(1)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(recording.store, "keyframe_steps", broken)
        recording.train(a, 0)
        wait_for(lambda: bool(fails))
    recording.train(a, 20)
    wait_for(lambda: a.keyframes == (0, 20))


def test_a_run_that_cannot_even_be_begun_is_begun_when_it_can(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, _ = recording.runs.values()

    def full(*_: Any, **__: Any) -> Any:
        raise StoreError(FULL)

    recording.train(a, 0)
    with monkeypatch.context() as patch:
        patch.setattr(recording.store, "create", full)
        recording.recorder.flush()
    assert a.record is None and FULL in refusals(a)[0]
    recording.train(a, 20)
    recording.train(b, 0)
    recording.recorder.flush()
    assert recording.rows(a) == [0, 20] and recording.rows(b) == [0]


def test_what_could_not_be_written_of_an_old_start_is_no_part_of_the_new_one(recording: Recording) -> None:
    a = recording.runs["a"]
    recording.train(a, 0)
    recording.recorder.flush()
    recording.refuses["a"] = StoreError(FULL)
    recording.train(a, 20, 40)
    taken = recording.recorder._runs["a"].take()  # it is being written …
    recording.note(a, Opened("a", SCENE))  # … when the run starts anew
    recording.recorder._refuse(taken, FULL, begun=True)
    recording.refuses.clear()
    recording.train(a, 0, 10)
    recording.recorder.flush()
    assert recording.rows(a) == [0, 10] and recording.store.keyframe_steps("a") == [0, 10]


def test_runs_that_have_ended_and_cannot_be_written_do_not_pile_up(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "AGAIN_AFTER", 1000.0)
    monkeypatch.setattr(recorder_module, "MOST_OVER", 2)
    for run in recording.runs.values():
        recording.refuses[run.id] = StoreError(FULL)
        recording.train(run, 0)
    recording.recorder.flush()
    for id in "cab":
        with recording.lock:
            recording.recorder.ended(recording.runs[id])
    recording.recorder.flush()
    assert list(recording.recorder._runs) == ["a", "b"]  # c was the first to end


# What waits of one run --------------------------------------------------------------------------------------------


def test_rows_that_wait_are_bounded_and_cover_the_whole_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_module, "MOST_ROWS", 100)
    waiting = Waiting(a_run("a"))
    for step in range(0, 10_000, 10):
        waiting.note(measured(step))
        rows = [row.step for row in waiting.batch.rows]
        assert len(rows) <= 100 and rows[0] == 0 and rows[-1] == step and rows == sorted(set(rows))
    gaps = [after - before for before, after in zip(rows, rows[1:], strict=False)]
    assert len(rows) >= 50 and max(gaps) <= 500  # of 10,000


def test_rows_that_could_not_be_written_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_module, "MOST_ROWS", 100)
    waiting = Waiting(a_run("a"), anew=False)
    for step in range(1000):
        waiting.note(measured(step))
        waiting.note(Checkpoint("a", step, bytes(1)))
        if step % 30 == 0:
            waiting.put_back(waiting.take(), begun=True)
    waiting.put_back(waiting.take(), begun=True)
    assert len(waiting.batch.rows) <= 100 and waiting.batch.rows[-1].step == 999
    assert [step for step, _ in waiting.batch.checkpoints] == [999]


def test_taking_a_row_in_does_not_look_at_all_that_wait() -> None:
    looked = 0

    class Counted(Row):
        """A row that notes how often its step is asked for."""

        def __getattribute__(self, name: str) -> Any:
            nonlocal looked
            looked += name == "step"
            return super().__getattribute__(name)

    waiting = Waiting(a_run("a"))
    for step in range(2000):
        waiting.note(Measured("a", Counted(step, {"jsd": (0.5,)}, None)))
    assert len(waiting.batch.rows) == 2000 and looked <= 10 * 2000


def test_a_row_takes_the_place_of_those_at_its_step_and_beyond() -> None:
    waiting = Waiting(a_run("a"), newest=0)
    for step in (0, 10, 20, 20, 30, 15):
        waiting.note(measured(step))
    assert [row.step for row in waiting.batch.rows] == [0, 10, 15]
    assert waiting.batch.truncate_after == 15
    waiting.note(Floors("a", {"jsd": (0.1, 0.2)}))
    taken = waiting.take()
    assert waiting.empty
    waiting.note(measured(12))
    waiting.put_back(taken, begun=True)
    assert [row.step for row in waiting.batch.rows] == [0, 10, 12]
    assert waiting.batch.floors == {"jsd": (0.1, 0.2)} and waiting.batch.truncate_after == 12
