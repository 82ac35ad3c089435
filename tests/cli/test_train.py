"""`train` on the command line: what it prints, what it leaves behind, and what it refuses."""

import csv
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from playground import config as settings
from playground.cli import main
from playground.metrics.evaluation import METRICS
from playground.training.trainer import Trainer
from tests.cli.asking import SMALL, Capture, answer, complaint, flat


def test_train_ends_with_one_line_of_json(capsys: Capture) -> None:
    report = answer(capsys, "train", "--steps", 20, "--seeds", 3, "--set", "seed=5", "--json", *SMALL)
    assert set(report) == {"config", "steps", "seconds", "steps_per_second", "compiled", "metrics"}
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


def test_a_methods_own_numbers_are_told_too(capsys: Capture) -> None:
    sizes = ["--set", "g_width=8", "--set", "d_width=8", "--set", "emd_samples=50"]
    metrics = answer(capsys, "train", "--steps", 2, "--set", "method=vae", "--json", *sizes)["metrics"]
    assert metrics["bound"][0] == pytest.approx(-metrics["reconstruction"][0] - metrics["kl"][0], rel=1e-5)
    assert main(["train", "--steps", "2", "--set", "method=vae", *map(str, sizes)]) == 0
    assert "bound" in capsys.readouterr().out


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
