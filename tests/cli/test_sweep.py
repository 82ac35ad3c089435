"""`sweep` on the command line."""

import json
from pathlib import Path

import pytest

from playground.cli import main

Capture = pytest.CaptureFixture[str]
TINY = ["--set", "g_width=4", "--set", "d_width=4", "--seeds", "2", "--steps", "10", "--looks", "1", "--workers", "1"]


def said(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = main(["sweep", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.slow
def test_a_sweep_ends_with_one_strict_line_and_goes_on_where_it_was(capsys: Capture, tmp_path: Path) -> None:
    place = str(tmp_path / "sweep")
    axes = ["--grid", "clip=0,0.1", "--grid", "penalty=none,r1"]
    code, out, err = said(capsys, "--out", place, *axes, *TINY, "--json")
    found = json.loads(out.splitlines()[-1], parse_constant=lambda _: pytest.fail("not strict"))
    assert code == 0 and set(found) == {"cells", "failed", "impossible", "seconds", "executor"}
    assert [cell["changes"] for cell in found["cells"]] == [
        {"clip": 0.0, "penalty": "none"},
        {"clip": 0.0, "penalty": "r1"},
        {"clip": 0.1, "penalty": "none"},
    ]
    for cell in found["cells"]:
        assert (cell["end"], cell["steps"]) == ("done", 10)
        assert all(len(values) == 2 for values in cell["metrics"].values()) and "emd" in cell["metrics"]
    assert "Left out: clip=0.1 penalty=r1." in err
    code, out, _ = said(capsys, "--out", place, "--resume", "--json")
    assert code == 0 and json.loads(out.splitlines()[-1])["cells"] == found["cells"]
    code, out, _ = said(capsys, "--out", place, "--resume")
    head, *rows = out.splitlines()
    assert code == 0 and head.split()[:2] == ["clip", "penalty"] and "Collapsed" in head and len(rows) == 4
    assert rows[1].split()[:2] == ["0", "r1"] and rows[-1].startswith("3 of 3 cells are in")
    code, _, err = said(capsys, "--out", place, *axes, *TINY)
    assert code == 2 and "has a sweep already" in err
    code, _, err = said(capsys, "--out", place, "--resume", "--grid", "k=1,2", *TINY)
    assert code == 2 and "another sweep" in err


@pytest.mark.parametrize(
    "arguments, named",
    [
        (["--grid", "learning=1,2"], "'learning'"),
        (["--grid", "lr_d=1e-2..1e-4:3"], "upwards"),
        (["--recipe", "best", "--grid", "k=1,2"], "--recipe"),
        (["--grid", "k=1,2", "--executor", "slurm"], "executor must be one of local, ray"),
        (["--grid", "k=1,2", "--address", "10.0.0.1:6379"], "--address"),
        (["--grid", "lr_d=1e-4..1e-2:log:100", "--grid", "lr_g=1e-4..1e-2:log:30"], "--yes says that this is meant"),
        (["--grid", "clip=0.1,0.2", "--set", "penalty=r1"], "None of the cells is possible"),
        (["--resume"], "There is no sweep"),
        (["--resume", "--grid", "k=1,2"], "There is no sweep"),
        (["--grid", "k=1,2", "--set", "k=3"], "k is an axis"),
        ([], "1 to 6 axes"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_trains_nothing(
    capsys: Capture, tmp_path: Path, arguments: list[str], named: str
) -> None:
    code, out, err = said(capsys, "--out", str(tmp_path / "sweep"), *arguments)
    assert code == 2 and not out
    assert named in err and err.count("\n") <= 6
    assert not list(tmp_path.glob("sweep/parcels/*"))
