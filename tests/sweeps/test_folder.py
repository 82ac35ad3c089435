"""A sweep on the disk: one writer, and what has ended stays ended."""

import json
import os
import time
from pathlib import Path

import pytest

from playground.sweeps.axis import SweepError
from playground.sweeps.cell import Done, Tiny
from playground.sweeps.folder import Reader, SweepFolder, parcel, read_cells, read_looks, read_sweep, remove
from playground.sweeps.task import Failed
from tests.sweeps.cells import tiny


def done(index: int) -> Done:
    looks = {10: {"emd": (1.0, None)}, 20: {"emd": (0.5, None)}}
    picture = Tiny("points", (1, 2), b"\x00\xff")
    return Done(index, "done", 20, 0.1, looks[20], looks, 8, (None, 12), (20, None), picture, b"PK parcel")


def test_what_comes_of_cells_is_read_as_it_comes(tmp_path: Path) -> None:
    with SweepFolder(tmp_path / "s", tiny(), resume=False) as folder:
        reader = Reader(tmp_path / "s")
        assert reader.refresh() == [] and reader.busy()
        folder.add(done(3))
        assert [line["index"] for line in reader.refresh()] == [3] and reader.refresh() == []
        folder.add(Failed(1, "It is broken."))
        assert [line["failed"] for line in reader.refresh()] == ["It is broken."]
    assert not reader.busy()
    assert read_sweep(tmp_path / "s") == tiny()
    assert reader.cells[3]["metrics"] == {"emd": [0.5, None]}
    assert dict(read_looks(tmp_path / "s"))[3][10] == {"emd": [1.0, None]}
    assert parcel(tmp_path / "s", 3).read_bytes() == b"PK parcel"


def test_what_is_left_goes_by_what_has_ended_since_it_goes_on(tmp_path: Path) -> None:
    with SweepFolder(tmp_path, tiny(), resume=False) as folder:
        reader = Reader(tmp_path)
        assert reader.left(6, 10.0) == pytest.approx(60, abs=2)  # by what one should take
        for index in (0, 1, 2):
            folder.add(done(index))
        reader.refresh()
        now = time.time()
        for index, ago in ((0, 5000), (1, 40), (2, 20)):
            os.utime(parcel(tmp_path, index), (now - ago, now - ago))
        os.utime(tmp_path / "lock", (now - 60, now - 60))  # so two cells have ended in a minute
        assert reader.left(6, 10.0) == pytest.approx(3 * 20 - 20, abs=2)  # 20 seconds each, the last one 20 ago


def test_a_kill_in_the_middle_of_a_line_loses_that_cell_only(tmp_path: Path) -> None:
    with SweepFolder(tmp_path, tiny(), resume=False) as folder:
        folder.add(done(0))
        folder.add(done(1))
    for name in ("cells.jsonl", "looks.jsonl"):
        data = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(data[:-7])
    assert [line["index"] for line in read_cells(tmp_path)] == [0]
    with SweepFolder(tmp_path, None, resume=True) as folder:
        assert folder.ended == {0}
        folder.add(done(1))
    assert [line["index"] for line in read_cells(tmp_path)] == [0, 1]


def test_a_failed_cell_is_tried_again_and_its_last_line_counts(tmp_path: Path) -> None:
    with SweepFolder(tmp_path, tiny(), resume=False) as folder:
        folder.add(Failed(0, "It is broken."))
    with SweepFolder(tmp_path, tiny(), resume=True) as folder:
        assert folder.ended == set()
        folder.add(done(0))
    assert ["failed" in line for line in read_cells(tmp_path)] == [False]


def test_cells_of_another_version_are_said(tmp_path: Path) -> None:
    with SweepFolder(tmp_path, tiny(), resume=False) as folder:
        folder.add(done(0))
    line = json.loads((tmp_path / "cells.jsonl").read_text())
    del line["modes"]
    (tmp_path / "cells.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(SweepError, match="have no modes: another version"):
        read_cells(tmp_path)
    with pytest.raises(SweepError, match="another version"):
        Reader(tmp_path).refresh()


def test_a_sweep_is_deleted_unless_it_is_being_trained(tmp_path: Path) -> None:
    with SweepFolder(tmp_path / "s", tiny(), resume=False) as folder:
        folder.add(done(0))
        with pytest.raises(SweepError, match="stop it first"):
            remove(tmp_path / "s")
        assert read_cells(tmp_path / "s")
    (tmp_path / "letters").mkdir()
    with pytest.raises(SweepError, match="no sweep"):
        remove(tmp_path / "letters")
    remove(tmp_path / "s")
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    with SweepFolder(tmp_path / "s", tiny(), resume=False):
        with pytest.raises(SweepError, match="Another process"):
            SweepFolder(tmp_path / "s", None, resume=True)
    with pytest.raises(SweepError, match="has a sweep already"):
        SweepFolder(tmp_path / "s", tiny(), resume=False)
    with pytest.raises(SweepError, match="another sweep"):
        SweepFolder(tmp_path / "s", tiny(steps=30), resume=True)
    with pytest.raises(SweepError, match="no sweep"):
        SweepFolder(tmp_path / "nothing", None, resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear")
    with pytest.raises(SweepError, match="not a new or an empty folder"):
        SweepFolder(tmp_path / "mine", tiny(), resume=False)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    (tmp_path / "s" / "sweep.json").write_text(json.dumps({"axes": 3}))
    with pytest.raises(SweepError):
        read_sweep(tmp_path / "s")
