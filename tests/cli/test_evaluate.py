"""`evaluate` on the command line: the metrics of anybody's samples."""

import math
from pathlib import Path

import numpy as np
import pytest

from playground.cli import main
from playground.data import make
from playground.metrics.evaluation import METRICS
from tests.cli.asking import Capture, complaint, evaluated


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
