"""Runs in the inbox come into the folder whole and once, whatever is killed or damaged on the way."""

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from playground.runs import inbox
from playground.runs.inbox import InboxWatch, take_in, take_in_if_free, waiting
from playground.runs.store import FilmFrame, RunStore
from tests.runs.making import CONFIG, SCENE, batch, checkpoint, frame, recorded, row

ROOT = Path(__file__).parents[2]
DYING = """
import os, shutil, sys
from pathlib import Path
from playground.runs.inbox import take_in
from playground.runs.store import RunStore
folder, where, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = RunStore(folder)
place = shutil if where == "rmtree" else RunStore
real = getattr(place, where)
def dying(*given, **named):
    global count
    count -= 1
    if count == 0:
        os._exit(9)
    return real(*given, **named)
setattr(place, where, dying)
take_in(store)
"""


def put(folder: Path, id: str, name: str = "", status: str = "paused") -> Path:
    """A run as a command leaves it, its command at its end."""
    place = inbox.place(folder, id)
    store = RunStore(place)
    store.create(id, "", CONFIG, name=name, scene=SCENE)
    film = [FilmFrame(0.5, 10, np.arange(32, dtype=np.uint8).reshape(2, 4, 4))]
    store.write(recorded(id, 0, 10, 20, floors={"emd": (0.1, 0.2)}, film=film))
    store.write(batch(id, status=status, config=CONFIG.replace(k=2), changes=((15, {"k": [1, 2]}),)))
    store.close()
    return place


def whole(store: RunStore, id: str) -> bool:
    """Whether everything of such a run is there."""
    record = store.record(id)
    assert (record.status, record.steps, record.owner) == ("paused", 20, "")
    assert (record.start_config, record.config.k, record.changes) == (CONFIG, 2, ((15, {"k": [1, 2]}),))
    assert record.summary["rows"] == 3.0 and len(record.sparkline) == 3
    assert store.rows(id) == [row(0), row(10), row(20)]
    assert store.scene(id) == SCENE and store.floors(id) == {"emd": (0.1, 0.2)}
    for step in (0, 10, 20):
        assert store.keyframe(id, step) == (step, frame(step)) and store.checkpoint(id, step) == checkpoint(step)
    assert [(each.epoch, each.step) for each in store.film(id)] == [(0.5, 10)]
    return True


def test_runs_come_in_whole_and_leave_the_inbox(tmp_path: Path) -> None:
    places = [put(tmp_path, "a"), put(tmp_path, "b", name="Mine")]
    store = RunStore(tmp_path)
    store.create("old", "me", CONFIG)
    assert waiting(tmp_path) == places
    assert take_in(store) == {} and waiting(tmp_path) == []
    assert not any(place.exists() for place in places)
    assert whole(store, "a") and whole(store, "b")
    assert [store.record(id).name for id in ("old", "a", "b")] == ["Run 1", "Run 2", "Mine"]
    store.close()


POINTS = [("create", 1), *(("write", count) for count in (1, 2, 4)), ("undelete", 1), ("rmtree", 1)]


@pytest.mark.parametrize(("where", "count"), POINTS)
def test_a_holder_killed_while_it_takes_a_run_in_loses_nothing(tmp_path: Path, where: str, count: int) -> None:
    put(tmp_path, "a", name="Mine")
    program = [sys.executable, "-c", DYING, str(tmp_path), where, str(count)]
    assert subprocess.run(program, cwd=ROOT, check=False, timeout=120).returncode == 9
    assert len(waiting(tmp_path)) == 1
    store = RunStore(tmp_path)
    assert [record.id for record in store.records()] == (["a"] if where == "rmtree" else [])
    assert take_in(store) == {} and waiting(tmp_path) == []
    assert [record.id for record in store.records()] == ["a"] and whole(store, "a")
    store.close()


def test_a_run_whose_command_still_records_is_left_alone(tmp_path: Path) -> None:
    place = inbox.place(tmp_path, "a")
    command, store = RunStore(place), RunStore(tmp_path)
    command.create("a", "", CONFIG)
    command.write(recorded("a", 0, 10))
    assert take_in(store) == {} and waiting(tmp_path) == [place] and store.records() == []
    command.close()
    assert take_in(store) == {} and waiting(tmp_path) == []
    assert store.record("a").status == "interrupted" and "from step 10" in store.record("a").message
    store.close()


def test_a_damaged_run_disturbs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "EVERY", 0.01)
    foreign, broken, _ = put(tmp_path, "a"), put(tmp_path, "b"), put(tmp_path, "c")
    (foreign / "runs.sqlite").write_bytes(b"no database at all" * 100)
    with sqlite3.connect(broken / "runs.sqlite") as db:
        db.execute("UPDATE keyframes SET data = x'00'")
    db.close()
    store = RunStore(tmp_path)
    problems = take_in(store)
    assert list(problems) == [foreign, broken] == waiting(tmp_path)
    assert "is damaged" in problems[foreign] and "picture is damaged" in problems[broken]
    assert whole(store, "c") and [record.id for record in store.records()] == ["c"]
    assert store.records(deleted=True) == []
    watch = InboxWatch(store)
    while not watch.problem:
        time.sleep(0.01)
    watch.close()
    assert watch.problem == problems[foreign]
    store.close()


def test_runs_are_taken_in_by_whoever_finds_the_folder_free(tmp_path: Path) -> None:
    put(tmp_path, "a")
    holder = RunStore(tmp_path)
    take_in_if_free(tmp_path, 10**9)
    assert len(waiting(tmp_path)) == 1
    holder.close()
    take_in_if_free(tmp_path, 10**9)
    assert waiting(tmp_path) == []
    take_in_if_free(tmp_path / "nothing", 10**9)
    assert not (tmp_path / "nothing").exists()
