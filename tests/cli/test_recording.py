"""`train --record`: recorded as the page's runs are, whoever holds the folder meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.cli import main
from playground.config import RunConfig, read_assignments
from playground.engine.server.engine import Engine
from playground.frame import decode
from playground.runs import inbox
from playground.runs.inbox import InboxWatch, waiting
from playground.runs.record import StoreError
from playground.runs.store import RunStore
from playground.training.checkpoint import unpack
from tests.cli.asking import SMALL, Capture, answer, complaint, said
from tests.engine.running import PATIENCE, until

ROOT = Path(__file__).parents[2]
GAMES: dict[str, list[str]] = {
    "points": ["seeds=2", "measure_every=10"],
    "images": ["dataset=digits", "batch_size=64", "measure_every=15", "image_samples=100"],
}
"""Steps enough of the digits for two frames of the filmstrip."""
STEPS = {"points": 20, "images": 30}
HOLDER = """
import threading
from playground.engine.server import shared
print(shared.engine().store is not None, flush=True)
threading.Event().wait()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def by_command(game: str) -> None:
    given = [*SMALL, *(f"--set={change}" for change in GAMES[game])]
    assert main(["train", "--steps", str(STEPS[game]), "--record", "--name", "By command", *given]) == 0


def by_engine(folder: Path, game: str) -> None:
    """The same run on a page: it plays to the same step and is paused there."""
    assignments = [change.removeprefix("--set=") for change in SMALL]
    config = read_assignments([*assignments, *GAMES[game]], RunConfig())
    store = RunStore(folder)
    engine = Engine(workers=1, store=store)
    run = engine.run(engine.start("me", config), "me")
    until(engine, run, lambda: len(run.history) > 0 and bool(run.floors))
    engine.until(run, STEPS[game])
    engine.play(run, True)
    until(engine, run, lambda: run.steps == STEPS[game])
    engine.play(run, False)
    until(engine, run, lambda: run.status == "paused")
    engine.close()
    store.close()


def form_of(value: Any) -> Any:
    """What a value is made of, its numbers apart."""
    if isinstance(value, dict):
        return {key: form_of(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return value.dtype.name, value.shape
    return type(value).__name__


@pytest.mark.parametrize("game", GAMES)
def test_a_command_records_what_a_page_would(folder: Path, game: str) -> None:
    by_command(game)
    by_engine(folder, game)
    store = RunStore(folder, writable=False)
    one, other = sorted(store.records(), key=lambda record: record.name)
    assert one.name == "By command"
    assert (one.status, one.message, one.steps) == (other.status, other.message, other.steps)
    assert (one.config, one.start_config, one.changes) == (other.config, other.start_config, other.changes)
    assert (one.owner, other.owner) == ("", "me") and (one.parent, one.relation) == (other.parent, other.relation)
    assert one.summary.keys() == other.summary.keys() and len(one.sparkline) == len(other.sparkline)
    assert store.scene(one.id) == store.scene(other.id)
    assert store.floors(one.id) == store.floors(other.id) != {}

    mine, theirs = store.rows(one.id), store.rows(other.id)
    assert [(row.step, row.d_updates) for row in mine] == [(row.step, row.d_updates) for row in theirs]
    assert [repr(row.values) for row in mine] == [repr(row.values) for row in theirs]
    assert [row.mode_histogram for row in mine] == [row.mode_histogram for row in theirs]

    ends = [0, STEPS[game]]
    for id in (one.id, other.id):
        assert [store.keyframe_steps(id)[0], store.keyframe_steps(id)[-1]] == ends
        assert [store.checkpoint_steps(id)[0], store.checkpoint_steps(id)[-1]] == ends
    for step in ends:
        picture, same = (decode(store.keyframe(id, step)[1]) for id in (one.id, other.id))
        assert picture.values == same.values
        assert form_of(dict(picture.arrays)) == form_of(dict(same.arrays))
        assert ("lanes" in picture.arrays) == (game == "points")
        for name, array in picture.arrays.items():
            np.testing.assert_array_equal(array, same.arrays[name])
        state, other_state = (unpack(store.checkpoint(id, step)) for id in (one.id, other.id))
        assert form_of(state) == form_of(other_state) and state["seconds"] >= 0
    film, other_film = store.film(one.id), store.film(other.id)
    assert [(each.epoch, each.step) for each in film] == [(each.epoch, each.step) for each in other_film]
    assert len(film) == (0 if game == "points" else 2)
    for frame, same_frame in zip(film, other_film, strict=True):
        np.testing.assert_array_equal(frame.images, same_frame.images)
    store.close()


def test_a_run_that_diverges_is_recorded_at_its_last_good_state(folder: Path) -> None:
    explosive = ["loss=wasserstein", "optimizer=sgd", "lr_g=1", "lr_d=1", "measure_every=1"]
    given = [*SMALL, *(f"--set={change}" for change in explosive)]
    assert main(["train", "--steps", "500", "--record", *given]) == 1
    store = RunStore(folder, writable=False)
    [record] = store.records()
    assert record.status == "diverged" and f"last good state, step {record.steps:,}." in record.message
    assert store.checkpoint_steps(record.id)[-1] == record.steps
    store.close()


# Whoever holds the folder ----------------------------------------------------------------------------------------


@contextmanager
def server(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A server's process that holds the folder."""
    program = [sys.executable, "-c", HOLDER]
    environment = os.environ | {"GAN_PLAYGROUND_RUNS": str(folder)}
    with subprocess.Popen(program, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "True\n"
        try:
            yield process
        finally:
            process.kill()


def command(folder: Path, name: str, steps: int) -> subprocess.Popen[str]:
    words = ["train", "--steps", str(steps), "--record", "--name", name, "--set=measure_every=10", *SMALL]
    environment = os.environ | {"GAN_PLAYGROUND_RUNS": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "playground", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def names(folder: Path) -> list[str]:
    store = RunStore(folder, writable=False)
    try:
        return sorted(record.name for record in store.records())
    finally:
        store.close()


@pytest.mark.slow
def test_two_commands_at_once_record_while_a_server_holds_the_folder(folder: Path) -> None:
    with server(folder):
        commands = [command(folder, name, 30) for name in ("One", "Two")]
        told = [process.communicate(timeout=PATIENCE)[1] for process in commands]
        assert [process.returncode for process in commands] == [0, 0], told
        for name, lines in zip(("One", "Two"), told, strict=True):
            first, last = lines.splitlines()
            assert first.startswith(f"Recording in '{folder / 'inbox'}") and first.endswith(
                "into the list when it ends."
            )
            assert last == f"Recorded as '{name}': see `python -m playground runs list`."
        assert names(folder) == ["One", "Two"] and waiting(folder) == []
        store = RunStore(folder, writable=False)
        for record in store.records():
            assert (record.status, record.steps, store.checkpoint_steps(record.id)[-1]) == ("paused", 30, 30)
            assert [row.step for row in store.rows(record.id)] == [0, 10, 20, 30]
        store.close()


def test_a_run_that_nobody_takes_in_waits_and_says_where(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as beside a server of an older version."""
    monkeypatch.setattr(inbox, "PATIENCE", 0.1)
    holder = RunStore(folder)
    capsys.readouterr()
    assert main(["train", "--steps", "5", "--record", "--name", "Patient", *SMALL]) == 0
    printed = capsys.readouterr().err
    [place] = waiting(folder)
    assert f"Recorded in '{place}'" in printed and "takes the run into its list" in printed
    assert holder.records() == []
    holder.close()
    assert [row["name"] for row in answer(capsys, "runs", "list", "--json")] == ["Patient"]
    assert waiting(folder) == [] and not place.exists()


def has_recorded(folder: Path) -> bool:
    """Whether a command in the inbox has written a checkpoint down. A file alone is not yet in its list."""
    for place in folder.glob("inbox/*/"):
        with suppress(StoreError):
            held = RunStore(place, writable=False)
            found = any(held.checkpoint_steps(record.id) for record in held.records())
            held.close()
            if found:
                return True
    return False


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_killed_command_leaves_what_it_had_recorded(folder: Path, capsys: Capture) -> None:
    process = command(folder, "Killed", 10_000_000)
    try:
        deadline = time.monotonic() + PATIENCE
        while not has_recorded(folder):
            assert time.monotonic() < deadline and process.poll() is None, "it never recorded anything"
            time.sleep(0.02)
        RunStore(folder).close()  # there is a list, and nothing in it yet
        assert "1 run is still being recorded by a command" in said(capsys, "runs", "list")
    finally:
        process.kill()
        process.communicate()
    [row] = answer(capsys, "runs", "list", "--json")
    assert (row["name"], row["status"]) == ("Killed", "interrupted") and "it can go on from step" in row["message"]
    assert waiting(folder) == []
    shown = answer(capsys, "runs", "show", "Killed", "--json")
    assert shown["rows"] > 0 and shown["keyframes"][0] == shown["checkpoints"][0] == 0


def test_a_server_takes_in_what_it_finds_when_it_starts(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PATIENCE", 0.0)
    holder = RunStore(folder)
    assert main(["train", "--steps", "5", "--record", "--name", "Earlier", *SMALL]) == 0
    holder.close()
    store = RunStore(folder)
    watch = InboxWatch(store)
    deadline = time.monotonic() + PATIENCE
    while not store.records() and time.monotonic() < deadline:
        time.sleep(0.02)
    watch.close()
    assert [record.name for record in store.records()] == ["Earlier"] and watch.problem == ""
    store.close()


def test_a_name_that_is_too_long_is_refused_before_anything_is_trained(capsys: Capture, folder: Path) -> None:
    given = ["--steps", 5, "--record", "--name", "x" * 101]
    assert "from 1 to 100 characters (got 101)" in complaint(capsys, "train", *given, *SMALL)
    assert waiting(folder) == []


def test_a_run_that_does_not_fit_stays_in_the_inbox_and_says_why(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = RunStore(folder)
    full.create("old", "", RunConfig())
    full.close()
    monkeypatch.setenv("GAN_PLAYGROUND_QUOTA", "1MB")
    monkeypatch.setattr(RunStore, "usage", lambda self: (990_000 if self.folder == folder else 0, 1_000_000))
    assert main(["train", "--steps", "5", "--record", "--name", "Large", *SMALL]) == 2
    printed = capsys.readouterr().err
    [place] = waiting(folder)
    assert f"The run stays in '{place}' for now. The recorded runs take" in printed
    monkeypatch.undo()
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(folder))
    assert sorted(json.loads(said(capsys, "runs", "list", "--json"))[0]) and names(folder) == ["Large", "Run 1"]


def test_nothing_is_recorded_of_a_run_that_never_trained(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["playground.cli.train"], "ctrl_c", lambda: nullcontext(lambda: True))
    capsys.readouterr()
    assert main(["train", "--steps", "5", "--record", *SMALL]) == 130
    assert "Nothing was recorded" in capsys.readouterr().err
    assert waiting(folder) == [] and names(folder) == []
