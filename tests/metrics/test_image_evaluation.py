"""The evaluator of images, on images whose answer is known."""

import math
from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.data.distribution import Floats
from playground.data.image_data import load
from playground.metrics.evaluation import Bands, FloorEstimate
from playground.metrics.image_evaluation import IMAGE_METRICS, ImageEvaluation, ImageEvaluator
from playground.metrics.pixels import pixel_pca
from tests.metrics.classifying import TEN, sure


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def features_of(labels: NDArray[np.integer], seed: int) -> Floats:
    """Four clusters in 6-D, one per class, ten standard deviations apart."""
    centres = 10 * np.eye(6)[:4]
    points: Floats = centres[labels] + rng(seed).standard_normal((len(labels), 6))
    return points


def evaluator(**sizes: int) -> ImageEvaluator:
    train, test = rng(1).integers(0, 4, 1500), rng(2).integers(0, 4, 800)
    return ImageEvaluator(
        features_of(train, 3),
        features_of(test, 4),
        train_probabilities=sure(train, 4),
        test_labels=test,
        class_weights=np.bincount(train) / len(train),
        **({"n_classes": 400, "n_emd": 200, "n_fid": 400} | sizes),
    )


def evaluate(e: ImageEvaluator, labels: NDArray[np.integer], moved: float = 0.0, seed: int = 5) -> ImageEvaluation:
    return e.evaluate(features_of(labels, seed) + moved, sure(labels, 4), rng(6))


def floor(e: ImageEvaluator, repetitions: int) -> Bands:
    estimate = FloorEstimate(e, rng(), repetitions)
    while not estimate.done:
        estimate.step()
    return estimate.bands()


def test_table_names_the_fields_of_an_evaluation() -> None:
    assert [*IMAGE_METRICS, "class_histogram"] == [field.name for field in fields(ImageEvaluation)]
    assert all(metric.label and metric.help.endswith(".") for metric in IMAGE_METRICS.values())


def test_fresh_real_images_lie_inside_the_floor() -> None:
    e = evaluator()
    bands = floor(e, repetitions=30)
    assert list(bands) == list(IMAGE_METRICS)
    draws = [evaluate(e, rng(seed).integers(0, 4, 400), seed=seed + 20).values() for seed in range(10, 19)]
    for name, (low, high) in bands.items():
        median = np.median([draw[name] for draw in draws])
        assert low <= median <= high, name


def test_lost_classes_leave_the_floor() -> None:
    e = evaluator()
    result = evaluate(e, rng(7).integers(0, 2, 400))
    assert result.classes == 2
    assert result.class_histogram is not None and result.class_histogram[2:].sum() == 0
    bands = floor(e, repetitions=10)
    for name in ("class_jsd", "class_kl", "fid", "emd"):
        assert result.values()[name] > 2 * bands[name][1], name


def test_the_units_are_the_spread_of_the_data() -> None:
    """A shift by far more than the clusters is the distance itself; scaling all features changes nothing."""
    test = rng(2).integers(0, 4, 800)
    far = 1000.0
    result = evaluate(evaluator(), test, moved=far)
    spread = math.sqrt(np.trace(np.cov(features_of(test, 4).T)))
    assert evaluator().spread == pytest.approx(spread)
    assert result.emd == pytest.approx(far * math.sqrt(6) / spread, rel=0.01)
    assert result.fid == pytest.approx((far * math.sqrt(6) / spread) ** 2, rel=0.01)
    x, fresh = features_of(test, 4), features_of(test, 8)
    plain, scaled = (ImageEvaluator(s * x, s * x).evaluate(s * fresh, None, rng()) for s in (1.0, 64.0))
    assert scaled.values() == pytest.approx(plain.values(), rel=1e-9)


def test_without_a_classifier_there_are_distances_only() -> None:
    x = features_of(rng(2).integers(0, 4, 300), 4)
    e = ImageEvaluator(x, x)
    result = e.evaluate(x, None, rng())
    assert list(result.values()) == ["fid", "emd"] == list(e.counts(100))
    assert result.classes is None and result.class_histogram is None
    assert result.fid == pytest.approx(0, abs=1e-10) and result.emd == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="Probabilities"):
        e.evaluate(x, sure([0] * 300), rng())
    with pytest.raises(ValueError, match="Probabilities"):
        evaluator().evaluate(x, None, rng())


def test_each_metric_takes_its_own_first_images() -> None:
    e = evaluator(n_classes=300, n_emd=100, n_fid=200)
    by_class = {name for name, metric in IMAGE_METRICS.items() if metric.needs_modes}
    for broken, wanted in ((300, set()), (299, by_class), (199, by_class | {"fid"}), (0, set(IMAGE_METRICS))):
        labels = rng(9).integers(0, 4, 400)
        features, probabilities = features_of(labels, 5), sure(labels, 4)
        features[broken] = probabilities[broken] = math.nan
        result = e.evaluate(features, probabilities, rng())
        assert {name for name, value in result.values().items() if math.isnan(value)} == wanted


def test_counts_say_how_many_images_were_used() -> None:
    e = evaluator()
    assert e.n == 400
    assert e.counts(1000) == {**dict.fromkeys(IMAGE_METRICS, 400), "emd": 200}
    assert e.counts(150) == dict.fromkeys(IMAGE_METRICS, 150)
    assert evaluator(n_emd=5000).n_emd == 800  # no more than there are test images


def test_the_reference_of_the_emd_is_stratified_and_has_no_image_twice() -> None:
    e = evaluator()
    labels = rng(2).integers(0, 4, 800)
    shares = np.bincount(labels) / 800
    for n in (1, 37, 200, 800):
        chosen = e._stratified(rng(n), n)
        assert len(set(chosen.tolist())) == n
        assert np.abs(np.bincount(labels[chosen], minlength=4) - n * shares).max() <= 1
    assert not np.array_equal(e._stratified(rng(0), 200), e._stratified(rng(1), 200))


def test_result_is_decided_by_the_images_and_the_generator() -> None:
    e, labels = evaluator(), rng(5).integers(0, 4, 400)
    first, again = evaluate(e, labels), evaluate(e, labels)
    other = e.evaluate(features_of(labels, 5), sure(labels, 4), rng(7))
    assert first.values() == again.values()
    assert first.emd != other.emd and first.fid == other.fid
    real = [e.evaluate_real(rng(seed), 300).values() for seed in (1, 1, 2)]
    assert real[0] == real[1] != real[2]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_tiny_sets_are_evaluated(n: int) -> None:
    x = features_of(np.arange(n) % 4, 0)
    e = ImageEvaluator(x[:1], x[:1])
    assert np.isfinite(list(e.evaluate(x, None, rng()).values().values())).all()
    assert np.isfinite(list(e.evaluate_real(rng(), 100).values().values())).all()
    assert np.isfinite(list(evaluate(evaluator(), np.arange(n) % 4).values().values())).all()


def test_what_does_not_fit_is_refused() -> None:
    x = np.zeros((5, 3))
    with pytest.raises(ValueError, match="at least one image"):
        ImageEvaluator(x, x, n_emd=0)
    with pytest.raises(ValueError, match="both"):
        ImageEvaluator(x, x, class_weights=TEN)
    with pytest.raises(ValueError, match="4 probabilities"):
        ImageEvaluator(x, x, class_weights=TEN, train_probabilities=sure([0] * 4))
    with pytest.raises(ValueError, match="4 labels"):
        ImageEvaluator(x, x, test_labels=np.zeros(4, dtype=int))
    for shape in ((5, 2), (0, 3), (3,)):
        with pytest.raises(ValueError, match=r"\(n, 3\)"):
            ImageEvaluator(x, x).evaluate(np.zeros(shape), None, rng())
    with pytest.raises(ValueError, match="3 probabilities"):
        evaluator().evaluate(np.zeros((4, 6)), sure([0] * 3, 4), rng())


def test_pixels_alone_tell_real_digits_from_inverted_ones() -> None:
    digits = load("digits")
    pca = pixel_pca(digits.images, 16)
    e = ImageEvaluator(pca.project(digits.images), pca.project(digits.test_images))
    assert e.n == 1000 and e.n_emd == 297
    real, inverted = e.evaluate_real(rng(), 500), e.evaluate(pca.project(255 - digits.images[:500]), None, rng())
    assert inverted.fid > 10 * real.fid and inverted.emd > 2 * real.emd
