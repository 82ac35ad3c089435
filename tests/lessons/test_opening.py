"""The lessons' numbers on the command line: strict JSON with the names that are promised."""

import math

import pytest

from playground.cli.lessons import LESSONS
from playground.lessons.by_hand import FAKE, REAL
from playground.lessons.course import COURSE
from tests.cli.asking import Capture, answer, complaint, said


def test_every_lesson_is_listed_and_answers(capsys: Capture) -> None:
    assert [row["name"] for row in answer(capsys, "lessons", "--json")] == list(LESSONS)
    printed = said(capsys, "lessons")
    for name in LESSONS:
        row = COURSE[name]
        assert name in printed and row.title in printed
        assert answer(capsys, "lesson", name, "--json")
        assert row.title in said(capsys, "lesson", name)


def test_bits(capsys: Capture) -> None:
    found = answer(capsys, "lesson", "bits", "--json")
    assert found["cross_entropy"] == pytest.approx(1.852295, abs=1e-5)
    assert found["average_length"] == pytest.approx([1.6, 1.4]) and found["kraft"] == [1.5, 1.5]
    assert found["kl"] == pytest.approx(0.001487, abs=1e-5) and found["entropy"] == pytest.approx(1.846439, abs=1e-6)


def test_rulers(capsys: Capture) -> None:
    found = answer(capsys, "lesson", "rulers", "--json")
    for theta, jsd, w1 in zip(found["theta"], found["jsd"], found["w1"], strict=True):
        assert w1 == abs(theta)
        assert jsd == (0 if theta == 0 else pytest.approx(math.log(2)))
    assert 0.0 in found["theta"] and len(found["theta"]) > 10


def test_by_hand(capsys: Capture) -> None:
    found = answer(capsys, "lesson", "by-hand", "--json")
    real, fake = ([1 / (1 + math.exp(-0.1 * x + 0.2 * y + 2)) for x, y in points] for points in (REAL, FAKE))
    value = sum(map(math.log, real)) / 2 + sum(math.log(1 - d) for d in fake) / 2
    assert len(found["d_log_d_da"]) == 2 and found["V"] == pytest.approx(value, abs=1e-12)
    assert found["updated"]["a"] == pytest.approx(0.1 + 0.02 * found["gradient"]["a"])


def test_circles(capsys: Capture) -> None:
    radii = answer(capsys, "lesson", "circles", "--json")["final_radius"]
    assert set(radii) == {"gan", "non_saturating", "r1", "consensus"}
    assert all(set(each) == {"simultaneous", "alternating"} for each in radii.values())


def test_divergences(capsys: Capture) -> None:
    found = answer(capsys, "lesson", "divergences", "--json")
    names = {"KL", "reverse_KL", "JS", "Jeffrey", "Pearson", "squared_Hellinger", "total_variation"}
    assert set(found["fits"]) == set(found["table"]) == names
    assert all(set(fit) == {"divergence", "mu", "sigma"} for fit in found["fits"].values())


def test_an_unknown_lesson(capsys: Capture) -> None:
    assert "must be one of bits, rulers" in complaint(capsys, "lesson", "alchemy")
