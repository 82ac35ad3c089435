"""The command line as a person or a script meets it: what it prints, what it leaves behind, and what it refuses."""

import csv
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground import config as settings
from playground.cli import main
from playground.config import RunConfig
from playground.data import DATASETS, download, image_table, make
from playground.data.image_table import IMAGE_DATASETS
from playground.data.images import load
from playground.metrics.evaluation import METRICS
from playground.metrics.images import IMAGE_METRICS
from playground.observer.images import preparation
from playground.recipes import RECIPES
from playground.training import classifier
from playground.training.trainer import Trainer
from tests.data import serving
from tests.data.serving import NO_REAL_MNIST, mirrors, real_mnist, small_mnist, write

Capture = pytest.CaptureFixture[str]
SMALL = [
    f"--set={change}" for change in ("g_width=8", "d_width=8", "batch_size=16", "jsd_samples=500", "emd_samples=50")
]


def answer(capsys: Capture, *arguments: object, code: int = 0) -> Any:
    """The last line that a command prints, as strict JSON."""
    assert main([str(argument) for argument in arguments]) == code
    return json.loads(capsys.readouterr().out.splitlines()[-1], parse_constant=pytest.fail)


def complaint(capsys: Capture, *arguments: object) -> str:
    """The one line with which a command refuses its input."""
    assert main([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("Error: ") and len(line) < 1000
    return line


def flat(state: Any, name: str = "") -> dict[str, Any]:
    """A nested state as one dictionary, for comparing two of them bit for bit."""
    if isinstance(state, torch.Tensor):
        return {name: (str(state.dtype), state.numpy().tobytes())}
    if isinstance(state, dict | list | tuple):
        pairs = state.items() if isinstance(state, dict) else enumerate(state)
        return {key: value for part, inner in pairs for key, value in flat(inner, f"{name}/{part}").items()}
    return {name: state}


# train


def test_train_ends_with_one_line_of_json(capsys: Capture) -> None:
    report = answer(capsys, "train", "--steps", 20, "--seeds", 3, "--set", "seed=5", "--json", *SMALL)
    assert set(report) == {"config", "steps", "seconds", "steps_per_second", "metrics"}
    config = settings.read(report["config"])
    assert (config.seed, config.seeds, config.g_width) == (5, 3, 8)
    assert report["steps"] == 20 and report["seconds"] > 0
    assert report["steps_per_second"] == pytest.approx(20 / report["seconds"], rel=0.02)
    assert list(report["metrics"]) == list(METRICS)
    assert all(len(column) == 3 and None not in column for column in report["metrics"].values())
    assert all(0 < jsd <= math.log(2) + 1e-9 for jsd in report["metrics"]["jsd"])


def test_a_seed_of_three_is_that_seed_alone(capsys: Capture) -> None:
    three = answer(capsys, "train", "--steps", 20, "--seeds", 3, "--json", *SMALL)["metrics"]
    alone = answer(capsys, "train", "--steps", 20, "--set", "seed=1", "--json", *SMALL)["metrics"]
    for name in METRICS:
        assert three[name][1] == pytest.approx(alone[name][0], abs=2e-3), name


def test_metrics_that_do_not_apply_are_null(capsys: Capture) -> None:
    metrics = answer(capsys, "train", "--steps", 2, "--set", "dataset=moons", "--json", *SMALL)["metrics"]
    assert [metrics[name] for name in ("modes", "high_quality", "reverse_kl")] == [None] * 3
    assert len(metrics["jsd"]) == len(metrics["emd"]) == 1


def test_recipe_comes_before_set_and_set_before_seeds(capsys: Capture) -> None:
    changes = ["--set", "k=2", "--set", "seeds=4", "--seeds", 2]
    config = answer(capsys, "train", "--recipe", "wgan_gp", "--steps", 1, *changes, "--json", *SMALL)["config"]
    assert config["loss"] == "wasserstein" and config["k"] == 2 and config["seeds"] == 2


def test_table_shows_each_seed_and_the_range(capsys: Capture) -> None:
    assert main(["train", "--steps", "2", "--seeds", "2", *SMALL]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line.split()[0] for line in lines[3:]] == ["seed", "0", "1", "median", "lowest", "highest"]
    assert lines[3].split() == " ".join(["seed", *(metric.label for metric in METRICS.values())]).split()
    assert printed.err == ""  # no progress bar where there is no terminal


@pytest.mark.parametrize("seeds", [1, 2])
def test_out_keeps_the_run(capsys: Capture, tmp_path: Path, seeds: int) -> None:
    out = tmp_path / "deep" / "run"
    given = ["--steps", 25, "--seeds", seeds, "--set", "seed=3", "--set", "measure_every=10", "--out", out, *SMALL]
    report = answer(capsys, "train", *given, "--json")
    assert {path.name for path in out.iterdir()} == {"config.json", "metrics.csv", "samples.npy", "checkpoint.pt"}
    assert json.loads((out / "config.json").read_text()) == report["config"]
    config = settings.read(report["config"])

    with (out / "metrics.csv").open() as table:
        rows = list(csv.DictReader(table))
    measured = [(int(row["step"]), int(row["seed"])) for row in rows]
    assert measured == [(step, 3 + lane) for step in (0, 10, 20, 25) for lane in range(seeds)]
    assert {*METRICS, "d_loss", "g_loss", "jsd_implied", "noise_sigma"} <= set(rows[0])
    for row in rows:
        assert sum(float(row[f"mode_{mode}"]) for mode in range(1, 9)) == pytest.approx(1)
    for name in METRICS:
        assert [float(row[name]) for row in rows[-seeds:]] == report["metrics"][name]

    samples = np.load(out / "samples.npy", allow_pickle=False)
    n = max(config.jsd_samples, config.emd_samples, config.mode_samples)
    assert samples.shape == ((n, 2) if seeds == 1 else (seeds, n, 2)) and np.isfinite(samples).all()


def test_checkpoint_goes_on_exactly(capsys: Capture, tmp_path: Path) -> None:
    answer(capsys, "train", "--steps", 10, "--seeds", 2, "--out", tmp_path / "run", "--json", *SMALL)
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    resumed, straight = Trainer.restored(state), Trainer(settings.read(state["config"]))
    while resumed.steps < 20:
        resumed.step()
    while straight.steps < 20:
        straight.step()
    assert flat(resumed.state()) == flat(straight.state())


def test_samples_of_a_run_can_be_evaluated(capsys: Capture, tmp_path: Path) -> None:
    """Both are estimates of the same numbers, from different draws of 2,500 points."""
    trained = answer(capsys, "train", "--steps", 5, "--out", tmp_path / "run", "--json", *SMALL)["metrics"]
    sizes = ["--set", "jsd_samples=500", "--set", "emd_samples=50"]
    found = answer(
        capsys, "evaluate", "--dataset", "ring8", "--samples", tmp_path / "run" / "samples.npy", *sizes, "--json"
    )
    assert found["jsd"] == pytest.approx(trained["jsd"][0], abs=0.02)
    assert found["high_quality"] == pytest.approx(trained["high_quality"][0], abs=0.02)


def test_a_run_that_diverges_says_so_and_keeps_what_it_has(capsys: Capture, tmp_path: Path) -> None:
    explosive = ["loss=wasserstein", "optimizer=sgd", "lr_g=1", "lr_d=1", "measure_every=1"]
    changes = [f"--set={change}" for change in explosive]
    code = main(["train", "--steps", "500", "--out", str(tmp_path / "run"), "--json", *changes, *SMALL])
    assert code == 1
    printed = capsys.readouterr()
    report = json.loads(printed.out, parse_constant=pytest.fail)
    assert 0 < report["steps"] < 500
    assert "no longer a finite number" in printed.err and f"step {report['steps']:,}" in printed.err
    with (tmp_path / "run" / "metrics.csv").open() as table:
        steps = [int(row["step"]) for row in csv.DictReader(table)]
    assert steps == list(range(len(steps))) and 0 < len(steps) <= report["steps"] + 1
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert state["steps"] in steps
    assert all(bool(weight.isfinite().all()) for weight in state["generator"].values())
    assert np.isfinite(np.load(tmp_path / "run" / "samples.npy")).all()


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_ctrl_c_keeps_what_there_is(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "playground", "train", "--steps", "10000000", "--out", str(out), "--json", *SMALL]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until and not (
            (out / "metrics.csv").exists() and (out / "metrics.csv").stat().st_size
        ):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        printed, complaints = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, complaints
    report = json.loads(printed)
    assert complaints.splitlines() == [f"Stopped after {report['steps']:,} of 10,000,000 steps."]
    assert torch.load(out / "checkpoint.pt", weights_only=True)["steps"] == report["steps"]


TRAIN_REFUSALS = [
    (["--steps", "0"], "--steps"),
    (["--steps", "many"], "--steps"),
    ([], "--steps"),
    (["--steps", "1", "--recipe", "nope"], "--recipe must be one of "),
    (["--steps", "1", "--seeds", "0"], "seeds must be a whole number from 1 to 32"),
    (["--steps", "1", "--seeds", "33"], "seeds must be a whole number from 1 to 32"),
    (["--steps", "1", "--set", "k=0"], "k must be a whole number from 1 to 10 (got '0')"),
    (["--steps", "1", "--set", "k=2.5"], "k must be"),
    (["--steps", "1", "--set", "lr_g=nan"], "lr_g must be a number from 1e-06 to 1"),
    (["--steps", "1", "--set", "loss=best"], "loss must be one of "),
    (["--steps", "1", "--set", "colour=red"], "'colour' is not a setting; the settings are "),
    (["--steps", "1", "--set", "k"], "'k' is not of the form key=value"),
    (["--steps", "1", "--set", "clip=0.1", "--set", "penalty=r1"], "clip and penalty"),
    (["--steps", "1", "--set", "batch_size=2048", "--seeds", "32"], "seeds × batch_size must be at most 32,768"),
    (["--steps", "1", "--nonsense"], "--nonsense"),
]


@pytest.mark.parametrize(("arguments", "named"), TRAIN_REFUSALS)
def test_train_refuses_in_one_sentence(capsys: Capture, arguments: list[str], named: str) -> None:
    assert named in complaint(capsys, "train", *arguments)


def test_out_must_be_a_folder_of_its_own(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for out in (tmp_path, tmp_path / "notes.txt", tmp_path / "notes.txt" / "run"):
        assert "--out must be" in complaint(capsys, "train", "--steps", 1, "--out", out, *SMALL)
    assert (tmp_path / "notes.txt").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


# evaluate


def evaluated(capsys: Capture, tmp_path: Path, points: Any, *arguments: object, dataset: str = "ring8") -> Any:
    np.save(tmp_path / "points.npy", points)
    return answer(capsys, "evaluate", "--dataset", dataset, "--samples", tmp_path / "points.npy", "--json", *arguments)


def test_perfect_samples_lie_inside_their_floors(capsys: Capture, tmp_path: Path) -> None:
    """One draw leaves one of two 5-95 % bands one time in five; the median of nine practically never does."""
    reports = [
        evaluated(capsys, tmp_path, make("ring8").sample(np.random.default_rng(seed), 2000), "--set=emd_samples=128")
        for seed in range(9)
    ]
    for name in ("jsd", "emd"):
        low, high = reports[0][f"{name}_floor"]
        assert 0 < low < high
        assert low <= np.median([report[name] for report in reports]) <= high, name
    for report in reports:
        assert report["modes"] == 8
        assert report["high_quality"] == pytest.approx(1 - math.exp(-4.5), abs=0.01)
        assert 0 <= report["reverse_kl"] < 0.01
        assert report["samples"] == dict.fromkeys(METRICS, 2000) | {"emd": 128}


@pytest.mark.parametrize("k", [1, 2, 4, 7, 8])
def test_k_perfect_modes_by_hand(capsys: Capture, tmp_path: Path, k: int) -> None:
    """The samples stand at the centres of the first k of eight modes, in equal numbers and in order.

    p is 1/8 on eight cells, q is 1/k on k of them (the mass of a mode is all but in its own cells, and the cells that
    the points do not fill are counted apart below). Reverse KL = log(8/k).
    """
    ring = make("ring8")
    assert ring.modes is not None
    assert ring.modes is not None
    centres = ring.modes.centres[:k]
    points = np.repeat(centres, 8000 // k, axis=0) + ring.sigma * np.random.default_rng(0).standard_normal(
        (8000 // k * k, 2)
    )
    report = evaluated(capsys, tmp_path, points, "--set=emd_samples=50")
    # m = (1/8 + 1/k) / 2 where both are, 1/16 where only the data are.
    both = 0.5 * k * (1 / 8 * math.log(2 / (1 + 8 / k)) + 1 / k * math.log(2 / (1 + k / 8)))
    expected = both + 0.5 * (8 - k) / 8 * math.log(2)
    assert expected - 0.002 < report["jsd"] < expected + 0.004
    assert report["modes"] == k
    assert report["reverse_kl"] == pytest.approx(math.log(8 / k), abs=0.003)
    np.testing.assert_allclose(report["mode_histogram"], [1 / k] * k + [0] * (8 - k), atol=0.035)
    assert report["high_quality"] == pytest.approx(1 - math.exp(-4.5), abs=0.008)
    low, high = report["jsd_floor"]
    assert (low <= report["jsd"] <= high * 1.2) == (k == 8)


def test_evaluate_is_decided_by_the_file(capsys: Capture, tmp_path: Path) -> None:
    points = make("moons").sample(np.random.default_rng(0), 700)
    sizes = "--set=emd_samples=50"
    first = evaluated(capsys, tmp_path, points, sizes, dataset="moons")
    assert first == evaluated(capsys, tmp_path, points, sizes, dataset="moons")
    assert [first[name] for name in ("modes", "high_quality", "reverse_kl", "mode_histogram")] == [None] * 4
    assert first["samples"]["jsd"] == 700


def test_evaluate_takes_the_settings_of_the_data(capsys: Capture, tmp_path: Path) -> None:
    points = make("ring8", sigma_scale=5, ring_modes=3).sample(np.random.default_rng(0), 2000)
    as_it_is = evaluated(capsys, tmp_path, points, "--set=sigma_scale=5", "--set=ring_modes=3", "--set=emd_samples=50")
    assert as_it_is["modes"] == 3 and as_it_is["high_quality"] > 0.97
    assert evaluated(capsys, tmp_path, points, "--set=emd_samples=50")["high_quality"] < 0.5


@pytest.mark.parametrize("kind", [np.float16, np.float32, ">f8", np.int32])
def test_evaluate_reads_every_kind_of_number(capsys: Capture, tmp_path: Path, kind: str) -> None:
    points = np.array([[2, 0], [-2, 0], [0, 2]]).astype(kind)
    assert evaluated(capsys, tmp_path, points)["mode_histogram"] == pytest.approx([1 / 3, 0] * 3 + [0, 0])


def test_one_dimension_may_be_a_plain_list(capsys: Capture, tmp_path: Path) -> None:
    points = make("normal_1d").sample(np.random.default_rng(0), 500)
    assert evaluated(capsys, tmp_path, points[:, 0], dataset="normal_1d") == evaluated(
        capsys, tmp_path, points, dataset="normal_1d"
    )


def test_evaluate_prints_a_table(capsys: Capture, tmp_path: Path) -> None:
    np.save(tmp_path / "points.npy", make("ring8").sample(np.random.default_rng(0), 500))
    assert main(["evaluate", "--dataset", "ring8", "--samples", str(tmp_path / "points.npy")]) == 0
    printed = capsys.readouterr().out
    assert all(metric.label in printed for metric in METRICS.values()) and "share by mode" in printed


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--dataset", "ring9"], "dataset must be one of "),
        (["--dataset", "ring8", "--set", "sigma_scale=0"], "sigma_scale must be a number from"),
        (["--dataset", "ring8", "--set", "k=5"], "k is of no use to evaluate"),
        ([], "--dataset"),
    ],
)
def test_evaluate_refuses_in_one_sentence(capsys: Capture, arguments: list[str], named: str) -> None:
    assert named in complaint(capsys, "evaluate", "--samples", "points.npy", *arguments)


# images


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def digits(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A classifier that has seen a seventh of what it usually does, and no files of the user's."""
    monkeypatch.setattr(classifier, "SEEN", 25_600)
    monkeypatch.setenv(classifier.CACHE_VARIABLE, str(cache))
    monkeypatch.delenv("GAN_PLAYGROUND_DATA", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "user" / name)
    preparation.cache_clear()
    yield
    preparation.cache_clear()


on_images = pytest.mark.usefixtures("digits")
LECTURE = ["train", "--recipe", "lecture", "--set", "batch_size=16", "--set", "image_samples=100"]


@on_images
def test_train_measures_images(capsys: Capture) -> None:
    report = answer(capsys, *LECTURE, "--steps", 30, "--seeds", 2, "--json")
    assert report["config"]["dataset"] == "digits" and report["config"]["network"] == "lecture"
    assert report["epochs"] == pytest.approx(30 * 16 / 1500)
    assert list(report["metrics"]) == list(IMAGE_METRICS) == list(report["floors"])
    assert all(len(column) == 2 and None not in column for column in report["metrics"].values())
    for name, (low, high) in report["floors"].items():
        assert low <= high, name
        assert (
            name in ("classes", "clear_classes") or min(report["metrics"][name]) > low
        )  # more is better for the classes only
    np.testing.assert_allclose(np.sum(report["class_histogram"], axis=1), 1)
    assert np.shape(report["class_histogram"]) == (2, 10)


@on_images
def test_the_table_of_images_ends_with_the_floor(capsys: Capture) -> None:
    assert main([*LECTURE, "--steps", "3"]) == 0
    printed = capsys.readouterr()
    told = printed.out.splitlines()
    assert told[0].startswith("digits, dataset=digits") and "3 steps (0.03 epochs) in" in told[1]
    assert all(metric.label in told[3] for metric in IMAGE_METRICS.values())
    assert [line.split()[0] for line in told[4:]] == ["0", "floor"]
    assert "10 to 10" in told[5] and printed.err == ""


@on_images
@pytest.mark.parametrize("seeds", [1, 2])
def test_out_keeps_images_as_bytes(capsys: Capture, tmp_path: Path, seeds: int) -> None:
    out = tmp_path / "run"
    given = ["--steps", 5, "--seeds", seeds, "--set", "measure_every=2", "--out", out, "--json"]
    report = answer(capsys, *LECTURE, *given)
    samples = np.load(out / "samples.npy", allow_pickle=False)
    assert samples.dtype == np.uint8 and samples.shape == ((100, 8, 8) if seeds == 1 else (2, 100, 8, 8))
    assert samples.min() < 128 < samples.max()
    with (out / "metrics.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [int(line["step"]) for line in rows] == [step for step in (0, 2, 4, 5) for _ in range(seeds)]
    assert sum(float(rows[-1][f"class_{name}"]) for name in range(10)) == pytest.approx(1)
    for name in IMAGE_METRICS:
        assert [float(line[name]) for line in rows[-seeds:]] == report["metrics"][name]
    state = torch.load(out / "checkpoint.pt", weights_only=True)
    resumed, straight = Trainer.restored(state), Trainer(settings.read(report["config"]))
    for trainer in (resumed, straight):
        while trainer.steps < 8:
            trainer.step()
    assert flat(resumed.state()) == flat(straight.state())


@on_images
def test_images_of_a_run_can_be_evaluated(capsys: Capture, tmp_path: Path) -> None:
    """Both are estimates of the same numbers, from different draws of 100 images."""
    trained = answer(capsys, *LECTURE, "--steps", 40, "--out", tmp_path / "run", "--json")["metrics"]
    file = tmp_path / "run" / "samples.npy"
    found = answer(capsys, "evaluate", "--dataset", "digits", "--samples", file, "--json")
    assert found["emd"] == pytest.approx(trained["emd"][0], rel=0.1)
    assert found["fid"] == pytest.approx(trained["fid"][0], rel=0.2)


@on_images
def test_real_images_are_evaluated_alike_in_every_form(capsys: Capture, tmp_path: Path) -> None:
    images = load("digits").images[::2]
    forms = {
        "bytes": images,
        "flat": images.reshape(-1, 64),
        "floats": images / 255,
        "singles": (images / np.float32(255)).astype(">f4"),
    }
    found = [evaluated(capsys, tmp_path, form, dataset="digits") for form in forms.values()]
    first = found[0]
    names = list(IMAGE_METRICS)
    assert list(first) == [*names, *(f"{name}_floor" for name in names), "class_histogram", "samples"]
    assert first["samples"] == dict.fromkeys(names, 750) | {"emd": 297}
    assert first["classes"] == 10 and sum(first["class_histogram"]) == pytest.approx(1)
    assert first["fid"] < 2 * first["fid_floor"][1] and first["class_jsd"] < 0.01
    for other in found[1:]:
        assert [other[name] for name in names] == pytest.approx([first[name] for name in names], abs=1e-4)


@on_images
def test_one_class_alone_by_hand(capsys: Capture, tmp_path: Path) -> None:
    """A classifier that were never wrong would say: KL = log(1 / w), w the share of that class in the data."""
    digits = load("digits")
    assert digits.labels is not None
    report = evaluated(capsys, tmp_path, digits.images[digits.labels == 0], dataset="digits")
    share = float((digits.labels == 0).mean())
    assert report["class_histogram"][0] > 0.97 and report["clear_classes"] == 1 <= report["classes"] <= 2
    assert report["class_kl"] == pytest.approx(math.log(1 / share), abs=0.2)
    assert report["fid"] > 3 * report["fid_floor"][1] and report["emd"] > report["emd_floor"][1]


@on_images
def test_evaluate_prints_a_table_of_images(capsys: Capture, tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", load("digits").images)
    given = ["evaluate", "--dataset", "digits", "--samples", str(tmp_path / "images.npy"), "--set=image_samples=300"]
    assert main(given) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("1,500 samples against digits; the floor is where 90 % of perfect samples lie.")
    assert all(metric.label in printed for metric in IMAGE_METRICS.values())
    assert "share by class: 0 0." in printed and ", 9 0." in printed and " 300" in printed


@on_images
@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_missing_data_are_named_in_one_sentence(capsys: Capture, tmp_path: Path, command: str) -> None:
    out, place = tmp_path / "run", tmp_path / "nowhere"
    given = {
        "train": ["--steps", 5, "--recipe", "lecture", "--set", "dataset=mnist", "--out", out],
        "evaluate": ["--dataset", "mnist", "--samples", tmp_path / "images.npy"],
    }
    line = complaint(capsys, command, *given[command], "--data-dir", place)
    assert all(name in line for name in IMAGE_DATASETS["mnist"].files) and str(place) in line
    assert line.endswith("or have them downloaded with `python -m playground download mnist`.")
    assert not out.exists()  # so that the same command works once the files are there


@on_images
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--set", "emd_samples=50"], "--set may change image_samples here; emd_samples is of no use"),
        (["--set", "image_samples=1"], "image_samples must be a whole number from 100 to 5,000"),
        ([], "there is no file"),
    ],
)
def test_evaluate_refuses_for_images_too(capsys: Capture, arguments: list[str], named: str) -> None:
    assert named in complaint(capsys, "evaluate", "--dataset", "digits", "--samples", "images.npy", *arguments)


@on_images
def test_data_dir_is_where_files_are_found(capsys: Capture, tmp_path: Path) -> None:
    place = write(tmp_path / "data" / "mnist", small_mnist())
    given = ["train", "--recipe", "dcgan", "--steps", 2, "--set", "dataset=mnist", "--set", "image_samples=100"]
    report = answer(capsys, *given, "--set", "batch_size=8", "--data-dir", tmp_path / "data", "--json")
    assert report["epochs"] == pytest.approx(2 * 8 / 300) and None not in report["metrics"]["fid"]
    rows = answer(capsys, "datasets", "--data-dir", tmp_path / "data", "--json")
    there = {row["name"]: row["folder"] for row in rows if row["kind"] == "images" and row["available"]}
    assert set(there) == {"digits", "mnist"} and there["mnist"] == str(place)


@on_images
def test_download_fetches_and_says_where(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = small_mnist()
    with mirrors(files, "missing", "good") as (empty, good):
        monkeypatch.setitem(image_table.IMAGE_DATASETS, "mnist", serving.row(files, [empty.address, good.address]))
        for _ in range(2):  # the second time everything is there
            assert main(["download", "mnist", "--data-dir", str(tmp_path / "data")]) == 0
            printed = capsys.readouterr()
            assert printed.out == f"MNIST is in '{tmp_path / 'data' / 'mnist'}'.\n" and printed.err == ""
        assert len(good.asked) == 4
    assert {path.name for path in (tmp_path / "data" / "mnist").iterdir()} == set(files)


@on_images
def test_download_fails_in_one_sentence(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = small_mnist()
    with mirrors(files, "corrupt") as (mirror,):
        monkeypatch.setitem(image_table.IMAGE_DATASETS, "mnist", serving.row(files, [mirror.address]))
        assert "its SHA-256 is wrong" in complaint(capsys, "download", "mnist", "--data-dir", tmp_path)
    assert not list((tmp_path / "mnist").iterdir())
    assert "'cifar' is no image dataset" in complaint(capsys, "download", "cifar")
    assert "can't be downloaded" in complaint(capsys, "download", "digits")


@on_images
def test_ctrl_c_ends_a_download(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "_fetch", interrupted)
    assert main(["download", "mnist", "--data-dir", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "Stopped; nothing was changed.\n"
    assert not list((tmp_path / "mnist").iterdir())


@on_images
def test_progress_is_shown_on_a_terminal(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(classifier.CACHE_VARIABLE, str(tmp_path / "empty"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert main([*LECTURE, "--steps", "5"]) == 0
    printed = capsys.readouterr()
    assert "Training the classifier on 1,500 images" in printed.err and "5 of 5 steps" in printed.err
    assert "classifier" not in printed.out


@pytest.mark.slow
def test_the_real_mnist_is_its_own_best_sample(
    capsys: Capture, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = real_mnist()
    if folder is None:
        pytest.skip(NO_REAL_MNIST)
    monkeypatch.setenv(classifier.CACHE_VARIABLE, str(cache / "real"))
    np.save(tmp_path / "images.npy", load("mnist", folder).test_images[:1000])
    given = ["--samples", tmp_path / "images.npy", "--data-dir", folder, "--json"]
    report = answer(capsys, "evaluate", "--dataset", "mnist", *given)
    assert report["classes"] == 10 and report["low_confidence"] < 0.06
    assert report["fid"] < 2 * report["fid_floor"][1]
    assert report["emd"] == pytest.approx(np.mean(report["emd_floor"]), rel=0.1)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, {"OMP": "1", "OPENBLAS": "1", "MKL": "1"}),
        ({"OPENBLAS": "3"}, {"OMP": "1", "OPENBLAS": "3", "MKL": "1"}),
        ({"OMP": "2"}, {"OMP": "2", "OPENBLAS": "2", "MKL": "2"}),
    ],
)
def test_one_thread_unless_others_are_named(named: dict[str, str], expected: dict[str, str]) -> None:
    """More threads than cores took a Fréchet distance from 1 to 400 ms. It must be set before NumPy is loaded."""
    others = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    code = (
        "import os, runpy, sys, types\n"
        "def main():\n"
        "    found = {name: os.environ[name + '_NUM_THREADS'] for name in ('OMP', 'OPENBLAS', 'MKL')}\n"
        f"    return int(found != {expected!r} or 'numpy' in sys.modules)\n"
        "sys.modules['playground.cli'] = types.SimpleNamespace(main=main)\n"
        "runpy.run_module('playground', run_name='__main__')"
    )
    environment = others | {f"{name}_NUM_THREADS": value for name, value in named.items()}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=60)
    assert done.returncode == 0


# listings and start


def test_listings_name_every_row(capsys: Capture) -> None:
    assert [row["name"] for row in answer(capsys, "recipes", "--json")] == list(RECIPES)
    rows = answer(capsys, "datasets", "--json")
    assert [row["name"] for row in rows if row["kind"] == "points"] == list(DATASETS)
    assert [row["name"] for row in rows if row["kind"] == "images"] == list(IMAGE_DATASETS)
    ring = next(row for row in rows if row["name"] == "ring8")
    assert ring["dim"] == 2 and ring["modes"] == 8 and "ring_radius" in ring["parameters"]
    for command, table in (("recipes", RECIPES), ("datasets", DATASETS | IMAGE_DATASETS)):
        assert main([command]) == 0
        printed = capsys.readouterr().out
        assert all(name in printed for name in table)


def test_recipes_print_what_set_understands(capsys: Capture) -> None:
    assert main(["recipes"]) == 0
    words = capsys.readouterr().out.split()
    for recipe in RECIPES.values():
        changes = [f"{name}={value}" for name, value in recipe.config.to_query().items()]
        assert set(changes) <= set(words)
        assert settings.read_assignments(changes) == recipe.config


def test_no_arguments_is_help(capsys: Capture) -> None:
    assert main([]) == 0
    assert "Usage: python -m playground" in capsys.readouterr().out
    assert "unknown" in complaint(capsys, "unknown")


def test_help_and_listings_load_no_torch() -> None:
    code = (
        "import sys; from playground.cli import main\n"
        "assert [main([name]) for name in ('--help', 'recipes', 'datasets')] == [0, 0, 0]\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_train_starts_from_the_defaults() -> None:
    assert RECIPES["non_saturating"].config == RunConfig()
