"""Sweeps that come with the project: each file can be opened and is small; a finished folder makes one."""

from pathlib import Path

import pytest

from playground.sweeps.axis import SweepError
from playground.sweeps.cell import Done, Tiny
from playground.sweeps.folder import SweepFolder
from playground.sweeps.gallery import read_shipped, save, shipped
from playground.sweeps.outcomes import measures
from playground.sweeps.task import Failed
from tests.sweeps.cells import tiny

SAYS = ("It collapses at high rates.", "The literature says so too.")
SHOWS = {"measure": "collapsed", "statistic": "share", "x": "lr_d", "y": "k"}


def done(index: int) -> Done:
    end: dict[str, tuple[float | None, ...]] = {"emd": (0.98765, 2.0)}
    looks: dict[int, dict[str, tuple[float | None, ...]]] = {10: {"emd": (1.23456, None)}, 20: end}
    picture = Tiny("points", (1, 2), b"\x00\xff")
    return Done(index, "done", 20, 0.12345, end, looks, 8, (None, 12), (20, None), picture, b"PK parcel")


def test_a_finished_folder_is_kept_with_three_digits(tmp_path: Path) -> None:
    with SweepFolder(tmp_path / "s", tiny(), resume=False) as folder:
        for index in (5, 4, 3, 2, 1):
            folder.add(done(index))
        folder.add(Failed(0, "It is broken."))
        with pytest.raises(SweepError, match="1 of 6 cells of .* have not ended"):
            save(tmp_path / "s", tmp_path / "kept.json", "A title", SAYS, SHOWS)
        folder.add(done(0))
    save(tmp_path / "s", tmp_path / "kept.json", "A title", SAYS, SHOWS)
    kept = read_shipped(tmp_path / "kept.json")
    assert (kept.title, kept.says, kept.shows, kept.sweep) == ("A title", SAYS, SHOWS, tiny())
    assert [cell["index"] for cell in kept.cells] == [0, 1, 2, 3, 4, 5]
    assert kept.cells[3]["metrics"] == {"emd": [0.988, 2.0]} and kept.cells[3]["modes"] == 8
    assert kept.looks[2][10]["emd"] == [1.23, None]


def test_what_is_no_shipped_sweep_is_said(tmp_path: Path) -> None:
    for text in ("[]", "{", '{"says": ["one"]}'):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(SweepError, match="This is not a shipped sweep"):
            read_shipped(tmp_path / "x.json")
    with pytest.raises(SweepError, match="can't be read"):
        read_shipped(tmp_path / "none.json")


@pytest.mark.parametrize("path", shipped().values(), ids=shipped().keys())
def test_each_is_whole_and_small(path: Path) -> None:
    found = read_shipped(path)
    assert {cell["index"] for cell in found.cells} == {cell.index for cell in found.sweep.cells}
    assert found.shows["measure"] in measures(found.cells)
    assert {found.shows["x"], found.shows.get("y", found.shows["x"])} <= {axis.name for axis in found.sweep.axes}
    assert all(sentence.endswith(".") for sentence in found.says) and not found.title.endswith(".")
    assert path.stat().st_size < 250_000
