"""`train`, `evaluate` and `download` with images."""

import csv
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from playground import config as settings
from playground.cli import main
from playground.data import download, image_table, own_images
from playground.data.image_data import load
from playground.data.image_table import IMAGE_DATASETS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.observer.image_observer import preparation
from playground.training import classifier
from playground.training.trainer import Trainer
from tests.cli.asking import Capture, answer, complaint, evaluated, flat
from tests.data import serving
from tests.data.serving import NO_REAL_MNIST, mirrors, real_mnist, small_mnist, write


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
    assert set(there) == {"digits", "mnist", "stacked_digits", "stacked_mnist"} and there["mnist"] == str(place)


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


@on_images
def test_a_recorded_run_on_ones_own_images_names_them_by_their_content(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the page finds them, whatever happens to the file."""
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "runs"))
    file = tmp_path / "own_images.npz"
    np.savez(file, images=np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8))
    given = [
        "--set",
        "dataset=own_images",
        "--data-dir",
        tmp_path,
        "--steps",
        2,
        "--record",
        "--name",
        "Mine",
        "--json",
    ]
    images_id = answer(capsys, *LECTURE, *given)["config"]["images_id"]
    file.unlink()
    assert len(own_images.load(images_id).images) == 35
    assert answer(capsys, "runs", "show", "Mine", "--json")["config"]["images_id"] == images_id


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
