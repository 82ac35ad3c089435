"""The charts of a comparison: every run's lines are asked for, in its own colour, and what they ask for is measured."""

from itertools import combinations

import numpy as np
import pytest

from playground import config as settings
from playground.config import RunConfig
from playground.figures import compare
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.palette import RUN_COLOURS
from playground.runs.summary import COUNTS, DISTANCES

# Machado, Oliveira and Fernandes 2009, severity 1: what eyes without one kind of cone make of linear RGB.
EYES = {
    "normal": np.eye(3),
    "red-blind": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "green-blind": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "blue-blind": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, eye: np.ndarray) -> np.ndarray:
    """A colour's place in L*a*b*, as that eye sees it."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(TO_XYZ @ (eye @ linear).clip(0, 1) / (0.9505, 1.0, 1.089))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("paper", [0, 1], ids=["white", "black"])
def test_any_two_run_colours_can_be_told_apart(eye: str, paper: int) -> None:
    seen = [lab(pair[paper], EYES[eye]) for pair in RUN_COLOURS]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 25


@pytest.mark.parametrize("on_images", [False, True])
def test_every_run_has_its_line_band_and_floor(on_images: bool) -> None:
    charts = compare.charts([3, 0, 5], on_images)
    ids = [chart.id for chart in charts]
    assert set(IMAGE_METRICS if on_images else METRICS) <= set(ids) and len(ids) == len(set(ids))
    shown = {chart.id for chart in charts if chart.shown}
    assert shown == {*DISTANCES[on_images], COUNTS[on_images], "d_loss", "g_loss"}
    for chart in charts:
        lines = [trace for trace in chart.figure.data if "column" in trace.meta]
        assert [trace.meta["run"] for trace in lines] == [0, 1, 2]
        assert [trace.line.color for trace in lines] == [RUN_COLOURS[colour][0] for colour in (3, 0, 5)]
        bands = [trace.meta["run"] for trace in chart.figure.data if "band" in trace.meta]
        floors = [trace.meta["run"] for trace in chart.figure.data if "floor" in trace.meta]
        assert bands == [0, 1, 2]
        assert floors == ([0, 1, 2] if chart.id in DISTANCES[on_images] else [])


def test_lines_lie_over_all_bands() -> None:
    for chart in compare.charts([0, 1], False):
        kinds = ["column" if "column" in trace.meta else "area" for trace in chart.figure.data]
        assert kinds == sorted(kinds)  # "area" before "column"


def test_described_charts_are_made_once() -> None:
    assert compare.described([0, 1], 2 * [RunConfig()]) is compare.described((0, 1), 2 * [RunConfig(k=2)])
    assert compare.described([1, 0], 2 * [RunConfig()]) != compare.described([0, 1], 2 * [RunConfig()])


def test_games_of_two_numbers_are_held_against_each_other_by_their_radius() -> None:
    ids = [chart["id"] for chart in compare.described([0, 1], 2 * [RunConfig(dataset="dirac")]) if chart["shown"]]
    assert ids == ["jsd", "emd", "radius", "d_loss", "g_loss"]


def test_methods_that_differ_are_held_against_each_other_by_what_all_have() -> None:
    vae = settings.read({"dataset": "digits", "method": "vae"})
    charts = compare.described([0, 1], [vae, settings.read({"dataset": "digits", "network": "lecture"})])
    assert [chart["id"] for chart in charts if chart["shown"]] == [
        "fid",
        "emd",
        "classes",
        "sharpness",
        "low_confidence",
    ]
    assert {"bound", "active_units", "d_loss"} <= {chart["id"] for chart in charts}
    alone = compare.described([0, 1], [vae, vae])
    assert "bound" in {chart["id"] for chart in alone} and "d_loss" not in {chart["id"] for chart in alone}
