"""A writer that is killed at any moment leaves a folder that opens, with everything that it was told is kept."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from playground.runs.store import RunStore, StoreError
from tests.runs.making import CONFIG, SCENE, checkpoint, recorded, row

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from playground.runs.store import RunStore, StoreError
from tests.runs.making import CONFIG, recorded
store = RunStore(Path(sys.argv[1]))
begin = int(sys.argv[2])
if begin == 0:
    store.create("a", "me", CONFIG)
for first in range(begin, 1_000_000, 5):
    store.write(recorded("a", *range(first, first + 5), status="recording"))
    print(first + 4, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_killed_writer_loses_nothing_that_was_written(tmp_path: Path) -> None:
    rng, begin = random.Random(5), 0
    for _ in range(4):
        program = [sys.executable, "-c", WRITER, str(tmp_path), str(begin)]
        with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline(), "the writer never wrote"
            time.sleep(rng.uniform(0.0, 0.3))
            os.kill(writer.pid, signal.SIGKILL)
            kept = [begin + 4, *map(int, writer.stdout.read().split())][-1]
        database = sqlite3.connect(tmp_path / "runs.sqlite")
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        database.close()

        store = RunStore(tmp_path)
        (record,) = store.records()
        newest = store.checkpoint_steps("a")[-1]
        assert record.status == "interrupted" and f"step {newest:,}" in record.message
        assert newest >= kept
        assert store.rows("a") == [row(step) for step in range(newest + 1)]
        assert store.keyframe_steps("a")[-1] == newest and record.steps == newest
        for step in store.checkpoint_steps("a"):
            assert store.checkpoint("a", step) == checkpoint(step)
        left = {path.name for path in (tmp_path / "checkpoints" / "a").iterdir()}
        assert left == {f"{step}.safetensors" for step in store.checkpoint_steps("a")}
        store.close()
        begin = newest + 1


def test_leftovers_are_swept_and_other_peoples_files_are_not(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.create("a", "me", CONFIG)
    store.write(recorded("a", 0, 10, status="paused"))
    store.close()
    folder = tmp_path / "checkpoints"
    for leftover in ("a/5.safetensors", "a/10.safetensors.0123abcd.part", "gone/3.safetensors"):
        (folder / leftover).parent.mkdir(exist_ok=True)
        (folder / leftover).write_bytes(b"half")
    (folder / "a" / "mine.txt").write_text("hands off")
    store = RunStore(tmp_path)
    assert sorted(path.name for path in (folder / "a").iterdir()) == ["0.safetensors", "10.safetensors", "mine.txt"]
    assert not (folder / "gone").exists()
    assert store.record("a").status == "paused"
    store.close()


def test_a_checkpoint_whose_file_is_missing_is_no_longer_listed(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.create("a", "me", CONFIG)
    store.write(recorded("a", 0, 10, 20))
    store.close()
    (tmp_path / "checkpoints" / "a" / "20.safetensors").unlink()
    store = RunStore(tmp_path)
    assert store.checkpoint_steps("a") == [0, 10]
    assert store.record("a").message.endswith("from step 10.")
    store.close()


TEXTS = ["name", "note", "message", "config", "start", "changes", "summary", "sparkline"]


@pytest.mark.parametrize("damage", [b"\xff{", b"{", b"7", b"[" * 5_000], ids=["no text", "cut", "number", "deep"])
@pytest.mark.parametrize("column", TEXTS)
def test_a_damaged_record_is_told_and_spoils_no_other(tmp_path: Path, column: str, damage: bytes) -> None:
    store = RunStore(tmp_path)
    for id in ("a", "b"):
        store.create(id, "me", CONFIG)
        store.write(recorded(id, 0, 10, status="paused"))
    sound = store.record("b")
    store.close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        db.execute(f"UPDATE runs SET {column} = CAST(? AS TEXT) WHERE id = 'a'", (damage,))
    db.close()
    store = RunStore(tmp_path)
    found = {record.id: record for record in store.records()}
    assert found["b"] == sound and sound.problem == ""
    told = found["a"]
    assert isinstance(told.settings.get("dataset", ""), str) and len(told.changes) + len(told.sparkline) <= 2
    assert len(told.summary) in (0, len(sound.summary))
    if column in ("config", "start", "changes", "summary", "sparkline"):
        assert told.problem == f"The record of the run '{told.name}' is damaged."
    assert store.rows("a") == store.rows("b")
    store.close()


@pytest.mark.parametrize("damage", ["{", "7", "[3]", '{"a": 1}', '{"kind": "points"}'])
def test_damaged_details_are_one_sentence(tmp_path: Path, damage: str) -> None:
    store = RunStore(tmp_path)
    store.create("a", "me", CONFIG, scene=SCENE)
    store.close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        db.execute("UPDATE details SET scene = ?, floors = ?", (damage, damage))
    db.close()
    store = RunStore(tmp_path)
    for read in (store.scene, store.floors):
        with pytest.raises(StoreError, match=r"^[^\n]*damaged[^\n]*\.$"):
            read("a")
    store.close()


def test_a_damaged_name_in_the_database_is_one_sentence(tmp_path: Path) -> None:
    RunStore(tmp_path).close()
    path = tmp_path / "runs.sqlite"
    whole = path.read_bytes()
    damaged = whole.replace(b"runs_of_owner", b"runs_of_own\xd7r").replace(b"film", b"fi\xefm")
    assert damaged != whole
    path.write_bytes(damaged)
    for writable in (True, False):
        with pytest.raises(StoreError, match=r"is damaged[^\n]*\.$"):
            RunStore(tmp_path, writable=writable)


def test_a_store_closes_though_nothing_can_be_written_any_more(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.create("a", "me", CONFIG)
    store.delete("a")
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))  # as on a full disk
    try:
        store.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    again = RunStore(tmp_path)
    assert again.records(deleted=True) == []
    again.close()
