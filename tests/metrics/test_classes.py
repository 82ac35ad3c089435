"""The classes of generated images: hand-derived values."""

import math

import numpy as np
import pytest

from playground.metrics.classes import class_report
from tests.metrics.classifying import TEN, sure


def test_equal_shares_are_no_divergence() -> None:
    report = class_report(sure(np.arange(100) % 10), TEN)
    assert report.classes == 10
    assert report.class_jsd == pytest.approx(0, abs=1e-12) and report.class_kl == pytest.approx(0, abs=1e-12)
    assert report.low_confidence == 0
    np.testing.assert_allclose(report.histogram, TEN)


def test_half_of_the_classes_by_hand() -> None:
    """q = 1/5 on five of ten: KL = log 2; JSD = 1/2 [log 4/3] + 1/2 [1/2 log 2/3 + 1/2 log 2] = 0.2158."""
    report = class_report(sure(np.arange(100) % 5), TEN)
    assert report.classes == report.clear_classes == 5
    assert report.class_kl == pytest.approx(math.log(2), abs=1e-12)
    assert report.class_jsd == pytest.approx(0.215762, abs=1e-6)


def test_collapse_by_hand() -> None:
    report = class_report(sure([3] * 50), TEN)
    assert report.classes == 1 and report.class_kl == pytest.approx(math.log(10))
    np.testing.assert_array_equal(report.histogram, np.eye(10)[3])


def test_a_class_is_clear_from_a_tenth_of_its_share() -> None:
    """Of 1,000 samples 10 are a tenth of a tenth; 9 are not."""
    for rare, classes in ((10, 2), (9, 1)):
        assert class_report(sure([0] * (1000 - rare) + [1] * rare), TEN).clear_classes == classes
    weights = np.array([0.9, 0.1])  # the rare class needs fewer
    assert class_report(sure([0] * 990 + [1] * 10, 2), weights).clear_classes == 2
    assert class_report(sure([0] * 90 + [1] * 910, 2), weights).clear_classes == 2
    assert class_report(sure([0] * 89 + [1] * 911, 2), weights).clear_classes == 1


def test_one_confident_sample_is_the_least_that_is_clear() -> None:
    assert class_report(sure([0, 1, 1]), TEN).clear_classes == 2
    assert class_report(sure([7]), TEN).clear_classes == 1


def test_the_literatures_count_asks_for_one_sample_however_unsure() -> None:
    report = class_report(np.concatenate([sure([0] * 998), sure([1, 2], confidence=0.4)]), TEN)
    assert report.classes == 3 and report.clear_classes == 1


def test_unsure_samples_are_not_clear_but_are_counted() -> None:
    probabilities = np.concatenate([sure([0] * 30, confidence=0.9), sure([1] * 10, confidence=0.899)])
    report = class_report(probabilities, TEN)
    assert report.clear_classes == 1
    assert report.low_confidence == 0.25
    np.testing.assert_array_equal(report.histogram[:2], [0.75, 0.25])


def test_a_class_that_the_data_lack_is_infinitely_wrong_and_never_covered() -> None:
    weights = np.array([0.5, 0.5, 0.0])
    assert class_report(sure([0, 1], 3), weights).class_kl == pytest.approx(0)
    report = class_report(sure([0, 1, 2, 2], 3), weights)
    assert report.classes == report.clear_classes == 2 and report.class_kl == math.inf
    assert 0 < report.class_jsd < math.log(2)


def test_a_broken_probability_is_shown() -> None:
    probabilities = sure([0, 1, 2])
    probabilities[1, 4] = math.nan
    report = class_report(probabilities, TEN)
    counts = [report.classes, report.clear_classes]
    numbers = [*counts, report.class_jsd, report.class_kl, report.low_confidence, *report.histogram]
    assert np.isnan(numbers).all() and len(report.histogram) == 10


@pytest.mark.parametrize("shape", [(0, 10), (5, 9), (10,)])
def test_probabilities_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(n, 10\)"):
        class_report(np.zeros(shape), TEN)
