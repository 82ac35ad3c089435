"""Image metrics: closed forms, independent oracles, and an evaluator on images whose answer is known."""

import math
from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist

from playground.data.distribution import Floats
from playground.data.images import load
from playground.metrics import images as module
from playground.metrics.evaluation import Bands, FloorEstimate
from playground.metrics.images import (
    IMAGE_METRICS,
    Gaussian,
    ImageEvaluation,
    ImageEvaluator,
    class_report,
    frechet_between,
    frechet_distance,
    gaussian,
    nearest_neighbours,
    pixel_pca,
)

TEN = np.full(10, 0.1)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def sure(labels: NDArray[np.integer] | list[int], classes: int = 10, confidence: float = 1.0) -> Floats:
    """Probabilities of a classifier that gives these labels, each with this confidence."""
    probabilities = np.full((len(labels), classes), (1 - confidence) / (classes - 1))
    probabilities[np.arange(len(labels)), labels] = confidence
    return probabilities


# Classes


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


# Fréchet distance


def cloud(seed: int, n: int, dim: int) -> Floats:
    """Correlated, off-centre points."""
    return rng(seed).standard_normal((n, dim)) @ rng(seed + 99).standard_normal((dim, dim)) + seed


@pytest.mark.parametrize("n, m, dim", [(300, 200, 5), (500, 500, 64), (40, 60, 1), (2, 3, 2)])
def test_frechet_distance_is_that_of_matrix_roots(n: int, m: int, dim: int) -> None:
    """The published formula, with SciPy's square root of a matrix."""
    x, y = cloud(1, n, dim), cloud(2, m, dim)
    a, b = np.cov(x.T).reshape(dim, dim), np.cov(y.T).reshape(dim, dim)
    wanted = np.square(x.mean(0) - y.mean(0)).sum() + np.trace(a + b - 2 * np.real(sqrtm(a @ b + 1e-13 * np.eye(dim))))
    assert frechet_distance(x, y) == pytest.approx(wanted, rel=1e-5)


def test_frechet_distance_of_known_gaussians() -> None:
    """Along each axis (mean difference)^2 + (difference of the standard deviations)^2, as covariances commute."""
    a = Gaussian(np.array([0.0, 1.0, 5.0]), np.diag([1.0, 2.0, 0.0]))
    b = Gaussian(np.array([3.0, 1.0, 5.0]), np.diag([4.0, 2.0, 7.0]))
    assert frechet_between(a, b) == pytest.approx(9 + 9 + 0 + 49)
    assert frechet_between(b, a) == pytest.approx(67)


def test_frechet_distance_of_scaled_and_shifted_features() -> None:
    """x -> s x + c: |(s - 1) mean + c|^2 + (s - 1)^2 tr(cov), whatever the distribution."""
    x, shift = cloud(3, 200, 6), np.arange(6.0)
    wanted = np.square(0.5 * x.mean(0) + shift).sum() + 0.25 * np.trace(np.cov(x.T))
    assert frechet_distance(1.5 * x + shift, x) == pytest.approx(wanted)


def test_frechet_distance_to_itself_is_zero_even_without_full_rank() -> None:
    x = cloud(4, 300, 8)
    x[:, 5:] = x[:, :3]  # three directions without variance
    for features in (x, x[:4], np.repeat(x[:1], 10, axis=0), x[:1]):
        order = rng().permutation(len(features))
        assert frechet_distance(features, features[order]) == pytest.approx(0, abs=1e-10)


def test_a_gaussian_has_numpys_moments() -> None:
    x = cloud(5, 50, 4)
    fitted = gaussian(x)
    np.testing.assert_allclose(fitted.mean, x.mean(0))
    np.testing.assert_allclose(fitted.root.T @ fitted.root, np.cov(x.T))
    assert fitted.variance == pytest.approx(np.trace(np.cov(x.T)))
    assert gaussian(x[:1]).variance == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e200])
def test_broken_features_give_nan(value: float) -> None:
    x, y = cloud(1, 30, 3), cloud(2, 30, 3)
    x[7, 1] = value
    assert math.isnan(frechet_distance(x, y)) and math.isnan(frechet_distance(y, x))


def test_features_of_other_shapes_are_refused() -> None:
    for x, y in (((5, 3), (5, 2)), ((0, 3), (5, 3)), ((5,), (5,))):
        with pytest.raises(ValueError, match="features"):
            frechet_distance(np.zeros(x), np.zeros(y))


# Pixels


def test_pca_is_that_of_the_singular_vectors() -> None:
    images = rng().integers(0, 256, (50, 4, 8), dtype=np.uint8)
    pca = pixel_pca(images, 6)
    flat = images.reshape(50, 32) / 255
    _, _, rows = np.linalg.svd(flat - flat.mean(0))
    np.testing.assert_allclose(pca.axes @ pca.axes.T, np.eye(6), atol=1e-10)
    np.testing.assert_allclose(np.abs(np.diag(pca.axes @ rows[:6].T)), 1, atol=1e-8)
    assert (pca.axes.max(axis=1) == np.abs(pca.axes).max(axis=1)).all()
    features = pca.project(images)
    np.testing.assert_allclose(features, pca.project(images / 255), atol=1e-12)
    np.testing.assert_allclose(features.mean(0), 0, atol=1e-12)
    assert (np.diff(features.var(0)) < 0).all()


def test_all_components_keep_all_distances() -> None:
    images = rng().integers(0, 256, (40, 4, 4), dtype=np.uint8)
    features = pixel_pca(images, 64).project(images)
    assert features.shape == (40, 16)
    np.testing.assert_allclose(cdist(features, features), cdist(*[images.reshape(40, 16) / 255] * 2), atol=1e-6)
    assert pixel_pca(images[:3], 64).project(images).shape == (40, 3)
    with pytest.raises(ValueError, match="PCA"):
        pixel_pca(images[:0])


@pytest.mark.parametrize("n, q, k", [(30, 7, 1), (100, 5, 9), (33, 20, 33), (1, 1, 1)])
def test_neighbours_are_those_of_brute_force(n: int, q: int, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that do not divide the numbers evenly."""
    monkeypatch.setattr(module, "_BLOCK", 8)
    monkeypatch.setattr(module, "_QUERIES", 3)
    training = rng().integers(0, 256, (n, 12), dtype=np.uint8)
    query = rng(1).random((q, 12))
    indices, distances = nearest_neighbours(query, training, k)
    wanted = cdist(query, training / 255)
    np.testing.assert_array_equal(indices, wanted.argsort(axis=1)[:, :k])
    np.testing.assert_allclose(distances, np.sort(wanted, axis=1)[:, :k], rtol=1e-12)


def test_an_image_is_its_own_neighbour_at_exactly_nothing() -> None:
    training = rng().integers(0, 256, (9000, 64), dtype=np.uint8)
    for index in (0, 4095, 4096, 8999):
        indices, distances = nearest_neighbours(training[index : index + 1] / 255, training)
        assert (indices.item(), distances.item()) == (index, 0.0)


def test_a_broken_query_has_no_neighbour_and_spoils_no_other() -> None:
    training = rng().integers(0, 256, (20, 4), dtype=np.uint8)
    query = training[[3, 4, 5]] / 255
    query[1, 2] = math.nan
    indices, distances = nearest_neighbours(query, training, 2)
    assert indices[:, 0].tolist() == [3, -1, 5]
    assert np.isnan(distances[1]).all() and np.isfinite(distances[[0, 2]]).all()
    assert nearest_neighbours(query[:0], training, 2)[0].shape == (0, 2)


def test_impossible_neighbours_are_refused() -> None:
    training = np.zeros((5, 4), dtype=np.uint8)
    for k in (0, 6):
        with pytest.raises(ValueError, match="k must be"):
            nearest_neighbours(np.zeros((1, 4)), training, k)
    with pytest.raises(ValueError, match="Neighbours need"):
        nearest_neighbours(np.zeros((1, 3)), training)


# The evaluator


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
    by_class = {name for name, metric in IMAGE_METRICS.items() if metric.needs_classes}
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
