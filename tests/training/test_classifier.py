"""The classifier's training: what it reaches, in one go or in slices, and a cache that trusts nothing."""

import math
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from playground.data.image_data import Images, available, load
from playground.training import classifier as module
from playground.training.classifier import Classifier, ClassifierTraining, cache_folder, triangle

MNIST = Path(__file__).parents[3] / "shared" / "data"


def bars(n: int = 120, seed: int = 0, height: int = 8, width: int = 8, labelled: bool = True) -> Images:
    """Three classes: a bright row, a bright column, neither; on noise. The last quarter is the test split."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 100, (n, height, width), dtype=np.uint8)
    labels = (np.arange(n) % 3).astype(np.uint8)
    for image, label, place in zip(images, labels, rng.integers(1, min(height, width) - 1, n), strict=True):
        if label == 0:
            image[place] = 255
        elif label == 1:
            image[:, place] = 255
    cut = n * 3 // 4
    train, test = (
        (images[part].copy(), labels[part].copy() if labelled else None) for part in (slice(cut), slice(cut, n))
    )
    return Images.of("bars", train, test, ("row", "column", "neither") if labelled else ())


def trained_on(images: Images, folder: Path | None = None) -> Classifier:
    """The classifier of these images, in one go."""
    training = ClassifierTraining(images, folder)
    while not training.done:
        training.step(0.1)
    return training.result()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Fewer batches, except where the accuracy on real data is the question."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(module, "SEEN", 60 * module.BATCH)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SEEN", 60 * module.BATCH)
        return trained_on(bars(), tmp_path_factory.mktemp("cache"))


def weights(classifier: Classifier) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = classifier._stored()["weights"]
    return found


def assert_same(one: Classifier, other: Classifier) -> None:
    assert one.test_accuracy == other.test_accuracy
    for name, value in weights(one).items():
        assert torch.equal(value, weights(other)[name]), name


def test_easy_classes_are_learnt(trained: Classifier) -> None:
    """Thirty test images: chance is 10 of them."""
    data = bars()
    assert trained.test_accuracy >= 0.9
    probabilities, features = trained.classify(data.test_images)
    assert probabilities.shape == (30, 3) and features.shape == (30, 64)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    assert (probabilities.argmax(axis=1) == data.test_labels).mean() == pytest.approx(trained.test_accuracy)


def test_bytes_and_floats_are_the_same_images(trained: Classifier) -> None:
    images = bars().test_images
    by_bytes, features = trained.classify(images)
    for floats in (images / 255, (images / 255).astype(np.float32)):
        by_floats, same = trained.classify(floats)
        np.testing.assert_allclose(by_floats, by_bytes, atol=1e-5)
        np.testing.assert_allclose(same, features, rtol=1e-4, atol=1e-4)


def test_classifying_is_batched_and_needs_no_gradient(trained: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    images = bars().test_images
    whole = trained.classify(images)
    monkeypatch.setattr(module, "_LOOK", 7)
    for one, other in zip(whole, trained.classify(images), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    probabilities, features = trained.classify(images[:0])
    assert probabilities.shape == (0, 3) and features.shape == (0, 64)


def test_a_broken_image_is_shown_as_such_and_spoils_no_other(trained: Classifier) -> None:
    images = bars().test_images / 255
    clean, _ = trained.classify(images)
    images[4, 3, 3] = math.nan
    probabilities, features = trained.classify(images)
    assert np.isnan(probabilities[4]).all() and np.isnan(features[4]).any()
    others = np.arange(len(images)) != 4
    np.testing.assert_allclose(probabilities[others], clean[others], atol=1e-6)
    assert np.isfinite(features[others]).all()


@pytest.mark.parametrize("shape", [(5, 8, 4), (5, 64), (8, 8), (5, 1, 8, 8)])
def test_images_of_another_shape_are_refused(trained: Classifier, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"shape \(n, 8, 8\)"):
        trained.classify(np.zeros(shape))


def test_slices_give_the_classifier_of_one_go_bit_for_bit(trained: Classifier, tmp_path: Path) -> None:
    before = torch.get_rng_state()
    training = ClassifierTraining(bars(), tmp_path)
    with pytest.raises(RuntimeError, match="not trained yet"):
        training.result()
    seen, words = [training.progress], {training.status}
    while not training.done:
        training.step()
        seen.append(training.progress)
        words.add(training.status)
    assert seen[0] == 0 and seen[-1] == 1 and seen == sorted(seen)
    assert len(seen) == 60 + 1 + 2  # batches, one look at the test images, the last touch, and the start
    assert max(np.diff(seen)) == pytest.approx(1 / 62)
    assert len(words) == 3 and not any(sentence.endswith(".:") for sentence in words)
    assert_same(training.result(), trained)
    assert torch.equal(torch.get_rng_state(), before)
    training.step()
    assert training.done


def test_a_slice_lasts_as_long_as_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(1000))
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(now)))
    training = ClassifierTraining(bars(), tmp_path)
    training.step(5)  # the clock is read once before, and once after each batch
    assert training.progress == pytest.approx(5 / 62)


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    training = ClassifierTraining(bars(), tmp_path)
    told = [(training.progress, training.status)]
    while not training.done:
        training.step(0.1)
        told.append((training.progress, training.status))
    assert told[0][0] == 0 and told[-1][0] == 1
    assert "90 images" in told[0][1] and "right" in told[-1][1]


def test_a_cached_classifier_is_the_same_and_done_at_once(trained: Classifier, tmp_path: Path) -> None:
    first = trained_on(bars(), tmp_path)
    again = ClassifierTraining(bars(), tmp_path)
    assert again.done and again.cached and again.progress == 1
    assert_same(again.result(), first)
    np.testing.assert_array_equal(again.result().classify(bars().test_images)[1], first.classify(bars().test_images)[1])
    (file,) = tmp_path.iterdir()
    assert bars().digest[:32] in file.name and f"v{module.VERSION}" in file.name


def test_other_data_are_another_classifier(tmp_path: Path) -> None:
    trained_on(bars(), tmp_path)
    assert not ClassifierTraining(bars(seed=1), tmp_path).cached


def test_damaged_and_foreign_files_are_ignored_and_rewritten(tmp_path: Path) -> None:
    trained_on(bars(), tmp_path)
    (file,) = tmp_path.iterdir()
    good = file.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    for bad in (b"", b"no classifier", good[:-1], good[:32], good + b"x", bytes(flipped), os.urandom(5000)):
        file.write_bytes(bad)
        training = ClassifierTraining(bars(), tmp_path)
        assert not training.cached, bad[:20]
    while not training.done:
        training.step(1)
    assert list(tmp_path.iterdir()) == [file]
    assert ClassifierTraining(bars(), tmp_path).cached


def test_a_file_under_another_name_is_ignored(tmp_path: Path) -> None:
    """Same network, other data: only the digest inside tells."""
    trained_on(bars(), tmp_path)
    (file,) = tmp_path.iterdir()
    file.rename(tmp_path / file.name.replace(bars().digest[:32], bars(seed=1).digest[:32]))
    assert not ClassifierTraining(bars(seed=1), tmp_path).cached


def test_without_a_cache_there_is_still_a_classifier(trained: Classifier, tmp_path: Path) -> None:
    """A file where the folder should be; root could write into a read-only folder."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert_same(trained_on(bars(), blocked), trained)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_nothing_behind(
    trained: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    assert_same(trained_on(bars(), tmp_path), trained)
    assert list(tmp_path.iterdir()) == []


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GAN_PLAYGROUND_CACHE", raising=False)
    assert "gan-playground" in cache_folder().parts
    monkeypatch.setenv("GAN_PLAYGROUND_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    trained_on(bars())
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("n, height, width", [(2, 4, 4), (5, 12, 8)])
def test_tiny_data_are_trained_on(tmp_path: Path, n: int, height: int, width: int) -> None:
    """One or three training images, as small as images may be: no batch is too small for batch norm."""
    classifier = trained_on(bars(n, height=height, width=width), tmp_path)
    assert 0 <= classifier.test_accuracy <= 1
    assert np.isfinite(classifier.classify(np.zeros((3, height, width)))[0]).all()


def test_images_without_labels_have_no_classifier(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="labels"):
        ClassifierTraining(bars(labelled=False), tmp_path)


def test_batches_are_random_orders_of_all_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 6)
    batches = module._batches(np.random.default_rng(0), 10)
    drawn: NDArray[np.intp] = np.concatenate([next(batches) for _ in range(5)])
    for start in (0, 10, 20):
        assert sorted(drawn[start : start + 10]) == list(range(10))
    assert not np.array_equal(drawn[:10], drawn[10:20])


def test_shifts_move_quarters_by_a_pixel_at_most() -> None:
    spots = torch.zeros(8, 5, 5)
    spots[:, 2, 2] = 1
    shifted = module._shifted(spots, np.random.default_rng(1))
    places = shifted.flatten(1).argmax(1)
    rows, columns = places // 5 - 2, places % 5 - 2
    assert (shifted.sum((1, 2)) == 1).all() and shifted.shape == spots.shape
    assert rows.abs().max() == columns.abs().max() == 1
    assert (places[0::2] == places[1::2]).all() and len(set(places.tolist())) > 1


def test_the_rate_rises_and_falls_in_straight_lines() -> None:
    assert [triangle(done) for done in (0, 0.1, 0.2, 0.6, 1)] == pytest.approx([0, 0.5, 1, 0.5, 0])


@pytest.mark.slow
@pytest.mark.parametrize("name, least", [("digits", 0.93), ("mnist", 0.985)])
def test_accuracy_on_real_digits(name: str, least: float, tmp_path: Path) -> None:
    if not available(name, MNIST):
        pytest.skip(f"{name} is not in {MNIST}")
    assert trained_on(load(name, MNIST), tmp_path).test_accuracy >= least
