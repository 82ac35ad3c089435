"""What version 1 wrote still opens, exactly as it was, and is added to in today's form."""

import hashlib
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.frame import Frame, decode, encode
from playground.runs import pictures, rows
from playground.runs.archive import export_run, import_run
from playground.runs.compression import is_compressed
from playground.runs.reader import RunReader
from playground.runs.record import StoreError
from playground.runs.store import RunStore
from tests.runs.making import CONFIG, SCENE, batch, frame, row

OLD = Path(__file__).parent / "old"
EXPECTED: dict[str, dict[str, Any]] = json.loads((OLD / "expected.json").read_text())
BY_COMMAND = next(id for id, run in EXPECTED.items() if run["name"] == "By command")


def unpacked(folder: Path) -> Path:
    with zipfile.ZipFile(OLD / "runs.zip") as held:
        held.extractall(folder)
    return folder


def version(folder: Path) -> int:
    with sqlite3.connect(folder / "runs.sqlite") as db:
        (found,) = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return int(found)


def kept(folder: Path, table: str) -> list[bytes]:
    with sqlite3.connect(folder / "runs.sqlite") as db:
        found = [data for (data,) in db.execute(f"SELECT data FROM {table}")]
    db.close()
    return found


def as_it_was(data: bytes) -> bytes:
    """The picture without what is added to one that the command line recorded."""
    picture = decode(data)
    added = ("version", "steps_per_second")
    return encode(Frame({name: value for name, value in picture.values.items() if name not in added}, picture.arrays))


def told(store: RunReader, id: str) -> dict[str, Any]:
    """A run as expected.json describes it."""
    return {
        "name": store.record(id).name,
        "rows": repr(store.rows(id)),
        "keyframes": {
            str(step): hashlib.sha256(as_it_was(store.keyframe(id, step)[1])).hexdigest()
            for step in store.keyframe_steps(id)
        },
        "checkpoints": {
            str(step): hashlib.sha256(store.checkpoint(id, step)).hexdigest() for step in store.checkpoint_steps(id)
        },
    }


@pytest.mark.parametrize("writable", [False, True])
def test_a_folder_of_version_1_holds_what_it_held(tmp_path: Path, writable: bool) -> None:
    folder = unpacked(tmp_path)
    assert version(folder) == 1
    store = RunStore(folder, writable=writable)
    assert {id: told(store, id) for id in EXPECTED} == EXPECTED
    assert store.film("made")[0].images.tolist() == np.arange(32).reshape(2, 4, 4).tolist()
    store.close()
    assert version(folder) == (2 if writable else 1), "a program of version 1 must not write into it any more"


def test_new_rows_and_pictures_are_added_in_todays_form(tmp_path: Path) -> None:
    folder = unpacked(tmp_path)
    store = RunStore(folder)
    before = store.rows("made")
    store.write(batch("made", rows=[row(40), row(50)], keyframes=[(50, frame(50))]))
    assert repr(store.rows("made")) == repr([*before, row(40), row(50)])
    columns = store.columns("made")
    assert columns.steps.tolist() == [0, 10, 20, 30, 40, 50] and columns.values["jsd"].shape == (1, 6)
    assert decode(store.keyframe("made", 50)[1]).values["step"] == 50
    store.write(batch("made", truncate_after=10))
    assert repr(store.rows("made")) == repr(before[:2])
    store.close()
    forms = [is_compressed(data) for data in kept(folder, "chunks")]
    assert sorted(forms) == [False, True], "what was cut is kept anew, the other run's rows are as they were"


def test_a_picture_that_the_command_line_recorded_says_what_a_browser_needs(tmp_path: Path) -> None:
    store = RunStore(unpacked(tmp_path), writable=False)
    values = decode(store.keyframe(BY_COMMAND, 0)[1]).values
    assert values["steps_per_second"] == 0.0
    store.close()


def test_an_archive_of_version_1_comes_in_and_leaves_as_one_of_version_2(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    first = import_run(store, OLD / "made.zip", "you")
    export_run(store, first, tmp_path / "again.zip")
    with zipfile.ZipFile(tmp_path / "again.zip") as held:
        assert json.loads(held.read("manifest.json"))["version"] == 2
        assert "rows/0.arrow.zst" in held.namelist() and "rows.bin" not in held.namelist()
    for id in (first, import_run(store, tmp_path / "again.zip", "you")):
        record = store.record(id)
        assert told(store, id) == EXPECTED["made"]
        assert (record.config, record.changes) == (CONFIG.replace(k=2), ((15, {"k": [1, 2]}),))
        assert (record.note, store.scene(id), store.floors(id)) == ("Look at step 10.", SCENE, {"emd": (0.1, 0.2)})
        assert [(each.epoch, each.step) for each in store.film(id)] == [(0.5, 10)]
    store.close()


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = unpacked(tmp_path_factory.mktemp("old"))
    return {"rows": min(kept(folder, "chunks"), key=len), "picture": min(kept(folder, "keyframes"), key=len)}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["rows", "picture"])
def test_damage_to_an_old_piece_is_one_sentence(pieces: dict[str, bytes], kind: str, data: st.DataObject) -> None:
    whole = pieces[kind]
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.binary(max_size=3)) + whole[place + data.draw(st.integers(0, 3)) :]
    try:
        {"rows": rows.unpack, "picture": pictures.unpack}[kind](damaged)
    except StoreError as error:
        assert str(error).startswith("Recorded metrics are damaged" if kind == "rows" else "A recorded picture is")
        assert str(error).endswith(".") and "\n" not in str(error)
