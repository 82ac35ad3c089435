"""`runs` on the command line: recorded runs listed, shown, compared, exported and imported."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.cli import main
from playground.config import RunConfig
from playground.feed.export import KINDS
from playground.runs.store import RunStore
from playground.training.checkpoint import restored
from tests.cli.asking import Capture, answer, complaint, said

SMALL = ["g_width=8", "d_width=8", "batch_size=16", "jsd_samples=500", "emd_samples=50", "measure_every=10"]


def train(name: str, *changes: str, steps: int = 20) -> None:
    """Records a run."""
    given = [f"--set={change}" for change in (*SMALL, *changes)]
    assert main(["train", "--steps", str(steps), "--record", "--name", name, *given]) == 0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_PLAYGROUND_RUNS", str(folder))
        train("Baseline")
        train("Stronger D", "k=5", "lr_d=0.002", "seeds=2")
    return folder


@pytest.fixture
def folder(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(recorded))
    yield recorded


def test_train_records_what_it_measured(folder: Path) -> None:
    store = RunStore(folder, writable=False)
    try:
        record = next(record for record in store.records() if record.name == "Stronger D")
        assert (record.status, record.steps, record.owner, record.config.k) == ("paused", 20, "", 5)
        assert (store.keyframe_steps(record.id)[0], store.keyframe_steps(record.id)[-1]) == (0, 20)
        assert (store.checkpoint_steps(record.id)[0], store.checkpoint_steps(record.id)[-1]) == (0, 20)
        rows = store.rows(record.id)
        assert [(row.step, row.d_updates) for row in rows] == [(0, 0), (10, 50), (20, 100)]
        assert 0 == rows[0].seconds < rows[1].seconds < rows[2].seconds
        learner = restored(store.checkpoint(record.id, 20))
        assert learner.steps == 20
        assert learner.losses["d_loss"].tolist() == pytest.approx(list(rows[-1].values["d_loss"]))
    finally:
        store.close()


def test_list_shows_the_newest_first(capsys: Capture, folder: Path) -> None:
    lines = said(capsys, "runs", "list").splitlines()
    assert lines[0].split()[:5] == ["id", "name", "status", "steps", "dataset"]
    assert ["Stronger D" in lines[1], "Baseline" in lines[2], len(lines)] == [True, True, 3]
    assert "/8" in lines[1] and "paused" in lines[1]
    rows = answer(capsys, "runs", "list", "--json")
    assert [row["name"] for row in rows] == ["Stronger D", "Baseline"]
    assert rows[0]["config"]["k"] == 5 and rows[0]["summary"]["seeds"] == 2 and rows[0]["outcome"]
    assert [row["name"] for row in answer(capsys, "runs", "list", "--search", "stronger", "--json")] == ["Stronger D"]
    assert said(capsys, "runs", "list", "--search", "zebra") == "No recorded run has 'zebra' in it.\n"


def test_show_tells_everything_of_one(capsys: Capture, folder: Path) -> None:
    told = said(capsys, "runs", "show", "Stronger D")
    assert "k=5" in told and "?k=5" in told and "3 rows; pictures at " in told
    found = answer(capsys, "runs", "show", "Stronger D", "--json")
    assert (
        (found["checkpoints"][0], found["checkpoints"][-1]) == (0, 20) and found["rows"] == 3 and found["changes"] == []
    )
    assert answer(capsys, "runs", "show", found["id"], "--json")["name"] == "Stronger D"
    assert answer(capsys, "runs", "show", found["id"][:8], "--json")["name"] == "Stronger D"


@pytest.mark.parametrize("id", ["-Zx_kQ9pL2aB", "--folderZ9pL", "-"])
def test_an_id_may_begin_with_a_dash(capsys: Capture, tmp_path: Path, id: str) -> None:
    store = RunStore(tmp_path)
    store.create(id, "", RunConfig())
    store.close()
    assert answer(capsys, "runs", "show", id, "--folder", tmp_path, "--json")["id"] == id
    assert said(capsys, "runs", "export", id, "config", "--folder", tmp_path, "--out", tmp_path / "x.json")


FIRST, SECOND = "Non-saturating baseline, seed 1 · run 1", "Hinge, k 2, lr G 0.0001, lr D 0.0001, 2 more · run 2"


@pytest.fixture
def unnamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two runs that nobody has named."""
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "unnamed"))
    store = RunStore(tmp_path / "unnamed")
    store.create("first-of-all", "", RunConfig(seed=1))
    store.create("second", "", RunConfig(loss="hinge", k=2, lr_g=1e-4, lr_d=1e-4, g_width=128, d_width=128))
    store.close()
    return tmp_path / "unnamed"


def test_a_run_is_called_what_the_pages_call_it(capsys: Capture, unnamed: Path) -> None:
    lines = said(capsys, "runs", "list").splitlines()
    assert FIRST in lines[2] and "Hinge, k 2, lr G 0.0001, lr…more · run 2" in lines[1]
    rows = answer(capsys, "runs", "list", "--json")
    assert [(row["name"], row["title"]) for row in rows] == [("Run 2", SECOND), ("Run 1", FIRST)]
    assert [row["id"] for row in answer(capsys, "runs", "list", "--search", "seed 1", "--json")] == ["first-of-all"]
    assert said(capsys, "runs", "show", "second").startswith(f"{SECOND} (second)\n")
    lines = said(capsys, "runs", "compare", "run 1", "run 2").splitlines()
    assert lines[0].strip().startswith(FIRST) and lines[0].endswith("lr…more · run 2")
    assert lines[-4].startswith(f"{FIRST}: ") and lines[-3].startswith(f"{SECOND}: ")
    assert lines[-1] == "These runs have no step at which all of them were measured."


@pytest.mark.parametrize("name", ["first-of-all", "firs", "Run 1", "run 1", "RUN 1", FIRST, FIRST.upper()])
def test_a_run_is_found_by_whatever_it_is_called(capsys: Capture, unnamed: Path, name: str) -> None:
    assert answer(capsys, "runs", "show", name, "--json")["id"] == "first-of-all"


def test_a_title_that_two_runs_have_is_not_guessed(capsys: Capture, unnamed: Path) -> None:
    store = RunStore(unnamed)
    store.rename("second", FIRST)
    store.close()
    assert "may be second, first-of-all: name one by its id" in complaint(capsys, "runs", "show", FIRST)
    assert "may be second, first-of-all" in complaint(capsys, "runs", "show", FIRST.lower())
    assert answer(capsys, "runs", "show", "run 1", "--json")["id"] == "first-of-all"


def test_the_name_as_it_is_written_comes_before_one_in_another_case(capsys: Capture, unnamed: Path) -> None:
    store = RunStore(unnamed)
    store.rename("second", "run 1")
    store.close()
    assert answer(capsys, "runs", "show", "run 1", "--json")["id"] == "second"
    assert answer(capsys, "runs", "show", "Run 1", "--json")["id"] == "first-of-all"
    assert "may be" in complaint(capsys, "runs", "show", "RUN 1")


def test_a_copy_of_a_run_gets_a_number_of_its_own(capsys: Capture, unnamed: Path, tmp_path: Path) -> None:
    said(capsys, "runs", "export", "run 1", "run", "--out", tmp_path / "run.zip")
    (came,) = answer(capsys, "runs", "import", tmp_path / "run.zip", "--json")
    assert (came["name"], came["title"]) == ("Run 3", FIRST.replace("run 1", "run 3"))
    assert answer(capsys, "runs", "show", "run 1", "--json")["id"] == "first-of-all"


def test_compare_shows_the_differences_first(capsys: Capture, folder: Path) -> None:
    lines = said(capsys, "runs", "compare", "Baseline", "Stronger D").splitlines()
    assert lines[0].split() == ["Baseline", "Stronger", "D"]
    assert [line.split()[0] for line in lines[1:5]] == ["id", "k", "lr_d", "seeds"]
    assert lines[2].split() == ["k", "1", "5"]
    assert lines[-4].startswith("Baseline: ") and lines[-3].startswith("Stronger D: ")
    assert "needs 2 seeds or more" in lines[-1]
    found = answer(capsys, "runs", "compare", "Baseline", "Stronger D", "--json")
    assert found["differing"] == ["k", "lr_d", "seeds"] and len(found["runs"]) == 2
    assert (found["step"], found["differences"]) == (20, [{}])


def test_compare_tells_what_luck_has_to_do_with_it(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path))
    train("Two", "seeds=2")
    train("Three", "seeds=3", "loss=hinge")
    found = answer(capsys, "runs", "compare", "Two", "Three", "--json")
    (metrics,) = found["differences"]
    assert set(metrics) == {"jsd", "emd", "modes", "high_quality", "reverse_kl"}
    assert metrics["emd"]["up"] + metrics["emd"]["down"] == 2 and metrics["emd"]["low"] is None
    text = said(capsys, "runs", "compare", "Two", "Three")
    assert "At step 20, the newest at which all were measured; A is Two:" in text
    assert text.count(" up, ") == text.count("needs 6 seeds") == len(metrics)


@pytest.mark.parametrize("kind", ["script", "csv", "filmstrip", "generator"])
def test_export_writes_a_new_file(
    capsys: Capture, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = answer(capsys, "runs", "export", "Stronger D", kind, "--json")
    path = tmp_path / found["file"]
    assert path.name == f"stronger-d-{KINDS[kind].ending}" and path.stat().st_size == found["bytes"] > 0
    before = path.read_bytes()
    assert "--out must be a new file" in complaint(capsys, "runs", "export", "Stronger D", kind)
    assert path.read_bytes() == before
    assert "can't be" in complaint(capsys, "runs", "export", "Baseline", kind, "--out", tmp_path / "no" / "x")


def test_a_state_dict_and_fresh_samples_take_torch(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    answer(capsys, "runs", "export", "Stronger D", "state-dict", "--out", tmp_path / "w.pt", "--json")
    held = torch.load(tmp_path / "w.pt", weights_only=True)
    assert held["step"] == 20 and held["generator"]["hidden.0.weight"].shape == (2, 2, 8)
    answer(capsys, "runs", "export", "Baseline", "fresh-samples", "--out", tmp_path / "s.npy", "--json")
    samples = np.load(tmp_path / "s.npy")
    assert samples.shape == (2500, 2) and np.isfinite(samples).all()


def test_a_run_moves_to_another_folder(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "run.zip", tmp_path / "other"
    said(capsys, "runs", "export", "Stronger D", "run", "--out", file)
    (came,) = answer(capsys, "runs", "import", file, "--folder", other, "--json")
    assert came["name"] == "Stronger D" and came["steps"] == 20
    assert [row["name"] for row in answer(capsys, "runs", "list", "--folder", other, "--json")] == ["Stronger D"]
    first = said(capsys, "runs", "export", "Stronger D", "csv", "--out", tmp_path / "a.csv")
    again = said(capsys, "runs", "export", "Stronger D", "csv", "--out", tmp_path / "b.csv", "--folder", other)
    assert "a.csv" in first and "b.csv" in again
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_reading_works_while_a_server_records_and_writing_says_so(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "run.zip"
    server = RunStore(folder)
    try:
        assert len(answer(capsys, "runs", "list", "--json")) == 2
        said(capsys, "runs", "export", "Baseline", "run", "--out", file)
        assert "Another server is recording" in complaint(capsys, "runs", "import", file)
    finally:
        server.close()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["show", "nobody"], "RUN must be an id, the beginning of one, or a name; there is no recorded run 'nobody'."),
        (["show"], "RUN"),
        (["export", "Baseline", "everything"], "KIND must be one of script, config"),
        (["export", "Baseline", "data"], "this run has none"),
        (["compare", "Baseline"], "from 2 to 6 runs (got 1)"),
        (["compare", "Baseline", "Baseline"], "one is named twice"),
        (["import", "nothing.zip"], "there is no file 'nothing.zip'"),
        (["paint"], "paint"),
    ],
)
def test_bad_input_is_one_sentence(capsys: Capture, folder: Path, arguments: list[str], named: str) -> None:
    assert named in complaint(capsys, "runs", *arguments)


def test_runs_alone_is_help(capsys: Capture) -> None:
    told = said(capsys, "runs")
    assert all(command in told for command in ("list", "show", "compare", "export", "import"))


def test_a_foreign_file_is_not_imported(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no archive")
    complaint(capsys, "runs", "import", tmp_path / "x.zip", "--folder", tmp_path / "runs")
    folder = tmp_path / "runs"
    assert said(capsys, "runs", "list", "--folder", folder) == f"No runs are recorded in '{folder}'.\n"


def test_a_folder_without_runs_says_so(capsys: Capture, tmp_path: Path) -> None:
    assert "No runs are recorded in" in complaint(capsys, "runs", "list", "--folder", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_two_runs_have_is_not_guessed(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path))
    for _ in range(2):
        train("Twice", steps=1)
    assert "'Twice' may be" in complaint(capsys, "runs", "show", "Twice")
    assert "--name is what a recorded run is called" in complaint(capsys, "train", "--steps", 1, "--name", "x")
    assert said(capsys, "runs", "list").count("Twice") == 2
