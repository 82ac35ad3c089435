"""Looking at runs on images: pictures, questions about them, and what is measured."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground.config import RunConfig
from playground.data.image_data import load
from playground.frame import Frame, decode, encode
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.observer import ImageObserver, PointObserver, observe
from playground.observer.image_observer import FILM, GRID_SIDE, WALK, Preparation, preparation
from playground.recipes import RECIPES
from playground.training import classifier
from playground.training.trainer import Trainer

GAME = {"d_loss", "g_loss", "d_real", "d_fake", "jsd_implied", "g_gradient", "x_gradient", "noise_sigma", "epoch"}


@pytest.fixture(scope="module", autouse=True)
def quick_classifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A classifier that has seen a seventh of what it usually does (it gets 90 %), in a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "SEEN", 25_600)
        patch.setenv(classifier.CACHE_VARIABLE, str(tmp_path_factory.mktemp("cache")))
        preparation.cache_clear()
        yield
        preparation.cache_clear()


def recipe(name: str = "lecture", **changes: Any) -> RunConfig:
    return RECIPES[name].config.replace(**({"batch_size": 16, "image_samples": 200} | changes))


def trained(config: RunConfig, steps: int = 3) -> Trainer:
    trainer = Trainer(config)
    for _ in range(steps):
        trainer.step()
    return trainer


def watching(config: RunConfig, steps: int = 3) -> ImageObserver:
    return ImageObserver(trained(config, steps))


def trainer_of(observer: ImageObserver) -> Trainer:
    assert isinstance(observer._learner, Trainer)
    return observer._learner


def prepared(observer: ImageObserver) -> ImageObserver:
    while not observer.prepared:
        observer.prepare(0.2)
    return observer


def grid(observer: ImageObserver, lane: int = 0) -> np.ndarray:
    images: np.ndarray = observer.picture(lane).arrays["images"]
    return images


# Pictures


def test_the_kind_of_data_decides_who_looks() -> None:
    assert isinstance(observe(Trainer(recipe())), ImageObserver)
    assert isinstance(observe(Trainer(RunConfig(g_width=8, d_width=8))), PointObserver)


def test_the_scene_says_how_images_are_shown() -> None:
    scene = watching(recipe(batch_size=30, k=2, seeds=2), 0).scene()
    assert (scene.kind, scene.seeds, scene.image, scene.grid_side) == ("images", 2, (8, 8), 10)
    assert scene.classes == tuple("0123456789")
    assert scene.steps_per_epoch == 1500 / 60


def test_a_picture_is_a_grid_of_bytes_that_travels_unchanged() -> None:
    observer = watching(recipe())
    picture = observer.picture()
    images = picture.arrays["images"]
    assert images.shape == (GRID_SIDE**2, 8, 8) and images.dtype == np.uint8
    assert picture.values["step"] == 3 and picture.values["epoch"] == pytest.approx(3 * 16 / 1500)
    assert "classes" not in picture.values
    arrived = decode(encode(picture)).arrays["images"]
    assert arrived.dtype == np.uint8
    np.testing.assert_array_equal(arrived, images)


def test_bytes_are_gs_numbers() -> None:
    observer = watching(recipe("dcgan", batch_size=16))
    trainer = trainer_of(observer)
    trainer.generator.eval()
    with torch.no_grad():
        made = trainer.generator(observer._picture_latents)[0].numpy()
    np.testing.assert_array_equal(grid(observer).reshape(100, 64), np.round((made + 1) * 127.5))


def test_the_grid_keeps_its_latents() -> None:
    """The same run twice shows the same; a step of D changes nothing; a step of G moves every image a little."""
    observer = watching(recipe())
    first = grid(observer).astype(int)
    np.testing.assert_array_equal(grid(watching(recipe())), first)
    trainer_of(observer).update_discriminator()
    np.testing.assert_array_equal(grid(observer), first)
    trainer_of(observer).update_generator()
    moved = np.abs(grid(observer) - first).reshape(100, -1)
    # Each image is still nearer to itself than to any other one.
    apart = np.linalg.norm(first.reshape(100, 1, -1) - grid(observer).astype(int).reshape(1, 100, -1), axis=2)
    assert moved.any(axis=1).all() and (apart.argmin(axis=1) == np.arange(100)).all()


def test_each_seed_has_its_own_grid() -> None:
    three = watching(recipe(seeds=3))
    alone = watching(recipe(seed=1))
    difference = grid(three, 1).astype(int) - grid(alone)
    assert np.abs(difference).max() <= 2  # float rounding, in steps of 1/255
    assert np.abs(grid(three, 2).astype(int) - grid(alone)).max() > 10
    assert three.picture(2).values["lane"] == 2


def test_a_conditional_grid_has_one_class_in_each_column() -> None:
    observer = watching(recipe("conditional_dcgan"))
    picture = observer.picture()
    assert picture.values["classes"] == [place % GRID_SIDE for place in range(100)]
    g = trainer_of(observer).generator.eval()
    codes = torch.eye(10).repeat(10, 1)[None]
    with torch.no_grad():
        made = g(torch.cat([observer._picture_latents, codes], dim=-1))[0].numpy()
    np.testing.assert_array_equal(picture.arrays["images"].reshape(100, 64), np.round((made + 1) * 127.5))


def test_the_average_is_shown_where_there_is_one() -> None:
    averaged, plain = watching(recipe(ema=0.9), 8), watching(recipe(), 8)
    assert not np.array_equal(grid(averaged), grid(plain))
    trainer_of(averaged).average.load_state_dict(trainer_of(averaged).generator.state_dict())
    np.testing.assert_array_equal(grid(averaged), grid(plain))


def test_the_filmstrip_is_the_grids_first_images() -> None:
    observer = watching(recipe(seeds=2))
    np.testing.assert_array_equal(observer.film(1), grid(observer, 1)[:FILM])
    assert observer.film().shape == (FILM, 8, 8)


# Questions


@pytest.mark.parametrize("name", ["lecture", "dcgan", "conditional_dcgan"])
def test_a_walk_begins_and_ends_at_images_of_the_grid(name: str) -> None:
    observer = watching(recipe(name, seeds=2))
    walk = observer.walk(1, 4, 37)
    images = grid(observer, 1)
    assert walk.shape == (WALK, 8, 8) and walk.dtype == np.uint8
    np.testing.assert_array_equal(walk[[0, -1]], images[[4, 37]])
    np.testing.assert_array_equal(observer.walk(1, 37, 4), walk[::-1])
    assert (observer.walk(1, 4, 4) == images[4]).all()
    if name == "lecture":  # hardly trained, it is nearly linear: the middle lies between the ends
        middle = images[[4, 37]].astype(float).mean(axis=0)
        assert np.abs(walk[WALK // 2] - middle).max() < np.abs(images[4].astype(float) - middle).max()


@pytest.mark.parametrize("name", ["lecture", "dcgan", "conditional_dcgan"])
def test_arithmetic_with_a_number_taken_away_again(name: str) -> None:
    """a − a + c = c, a − c + c = a, up to the rounding of the sum; and the terms are shown as they are."""
    observer = watching(recipe(name, seeds=2))
    images = grid(observer, 1).astype(int)
    shown = observer.arithmetic(1, 8, 8, 2).astype(int)
    assert shown.shape == (4, 8, 8)
    np.testing.assert_array_equal(shown[:3], images[[8, 8, 2]])
    assert np.abs(shown[3] - images[2]).max() <= 1
    if name != "conditional_dcgan":  # there the result keeps the class of c
        assert np.abs(observer.arithmetic(1, 8, 2, 2).astype(int)[3] - images[8]).max() <= 1


def test_a_training_image_is_its_own_nearest_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    observer, digits = watching(recipe()), load("digits")
    assert digits.labels is not None
    planted = digits.images[[7, 1234]]

    def picture(self: ImageObserver, lane: int = 0) -> Frame:
        return Frame({}, {"images": planted})

    monkeypatch.setattr(ImageObserver, "picture", picture)
    images, labels, distances = observer.neighbours(0, 1, count=4)
    assert images.shape == (4, 8, 8)
    np.testing.assert_array_equal(images[0], planted[1])
    assert distances[0] == 0 and distances == sorted(distances) and distances[1] > 0
    assert labels is not None and labels[0] == str(digits.labels[1234])
    everywhere = np.linalg.norm((digits.images.astype(float) - planted[1]).reshape(1500, -1) / 255, axis=1)
    assert distances == pytest.approx(sorted(everywhere)[:4])


# Measuring


def test_before_the_classifier_is_there_the_game_alone_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(classifier.CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr("playground.observer.image_observer.preparation", Preparation)  # not the one that tests share
    observer = watching(recipe(), 2)
    row = observer.measure()
    assert set(row.values) == GAME and row.mode_histogram is None
    assert observer.evaluator() is None
    what, done = observer.preparing
    assert "1,500 images" in what and done < 1


def test_a_row_has_every_measure_of_every_seed() -> None:
    observer = prepared(watching(recipe(seeds=2)))
    row = observer.measure()
    assert set(row.values) == GAME | set(IMAGE_METRICS) | {"sharpness"}
    assert all(len(column) == 2 and np.isfinite(column).all() for column in row.values.values())
    assert row.step == 3 and row.values["epoch"][0] == pytest.approx(3 * 16 / 1500)
    assert row.mode_histogram is not None and np.shape(row.mode_histogram) == (2, 10)
    np.testing.assert_allclose(np.sum(row.mode_histogram, axis=1), 1)
    assert observer.sample_size == 200 and observer.preparing[1] == 1


def test_a_rows_numbers_depend_on_the_step_alone() -> None:
    often, once = prepared(watching(recipe(), 0)), prepared(watching(recipe(), 4))
    for _ in range(4):
        often.measure()
        trainer_of(often).step()
    assert often.measure() == once.measure() == once.measure()


def test_the_shares_alone_are_those_of_a_row() -> None:
    observer = prepared(watching(recipe("conditional_dcgan", seeds=2)))
    shares = observer.shares()
    assert shares is not None
    assert tuple(map(tuple, shares.tolist())) == observer.measure().mode_histogram


def test_perfect_samples_lie_inside_the_floors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training images in place of G's. One of six numbers leaves its 5–95 % band about every second time."""
    observer = prepared(watching(recipe()))
    floors = observer.floors()
    while not floors.done:
        floors.step()
    bands = floors.bands()
    assert set(bands) == set(IMAGE_METRICS)
    digits = load("digits")

    def real(rngs: list[np.random.Generator], n: int) -> np.ndarray:
        chosen = np.stack([rng.permutation(1500)[:n] for rng in rngs])
        images: np.ndarray = digits.images[chosen].reshape(len(rngs), n, 64) / np.float32(127.5) - 1
        return images

    measured = []
    for step in range(9):
        trainer_of(observer).game.steps = step
        with monkeypatch.context() as patch:
            patch.setattr(observer, "samples", real)
            measured.append(observer.measure().values)
    for name, (low, high) in bands.items():
        middle = np.median([values[name][0] for values in measured])
        assert low <= middle <= high, name
    assert list(bands["classes"]) == [10, 10] and 0 < bands["fid"][0] < bands["fid"][1] < 0.5
    untrained = observer.measure().values
    assert all(untrained[name][0] > bands[name][1] for name in ("class_jsd", "class_kl", "fid", "emd"))


def test_the_floors_depend_on_the_data_and_the_sample_size() -> None:
    observer = watching(recipe())
    key = observer.floor_key
    trainer_of(observer).apply(trainer_of(observer).config.replace(image_samples=300))
    assert observer.floor_key != key
    assert prepared(observer).sample_size == 300
    evaluator = observer.evaluator()
    assert evaluator is not None and evaluator.n_fid == evaluator.n_classes == 300


@pytest.mark.parametrize("name", ["lecture", "dcgan"])
def test_a_broken_generator_is_shown_not_masked(name: str) -> None:
    observer = prepared(watching(recipe(name, seeds=2)))
    with torch.no_grad():
        for parameter in trainer_of(observer).generator.parameters():
            parameter.chunk(2)[0].fill_(math.nan)
    row = observer.measure()
    for column in (*IMAGE_METRICS, "d_fake", "g_gradient", "jsd_implied"):
        assert math.isnan(row.values[column][0]), column
        assert math.isfinite(row.values[column][1]), column
    assert math.isfinite(row.values["d_real"][0])
    assert np.isnan((row.mode_histogram or ())[0]).all()
    assert not grid(observer, 0).any() and grid(observer, 1).any()  # bytes have no NaN: black
    assert math.isfinite(observer.neighbours(0, 0)[2][0])  # and a black image has neighbours


@pytest.fixture
def unlabelled(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = replace(load("digits"), labels=None, test_labels=None, classes=(), digest="unlabelled")
    monkeypatch.setattr("playground.data.image_data.load", lambda *_: bare)


@pytest.mark.usefixtures("unlabelled")
def test_images_without_labels_are_compared_in_their_main_directions() -> None:
    observer = watching(recipe(seeds=2))
    assert observer.prepared and observer.preparing == ("", 1.0)
    row = observer.measure()
    assert set(row.values) == GAME | {"fid", "emd", "sharpness"} and row.mode_histogram is None
    assert np.isfinite(row.values["fid"]).all()
    images, labels, distances = observer.neighbours(0, 3)
    assert labels is None and len(images) == len(distances) == 5
    assert observer.scene().classes == ()
    floors = observer.floors()
    floors.step()
    assert set(floors.bands()) == {"fid", "emd"}


def test_the_epoch_follows_live_changes_of_k_and_of_the_batch() -> None:
    trainer = trained(recipe(batch_size=16, k=1), steps=3)
    count = ImageObserver(trainer).steps_per_epoch * 16
    trainer.apply(trainer.config.replace(k=3))
    for _ in range(2):
        trainer.step()
    trainer.apply(trainer.config.replace(batch_size=32))
    trainer.step()
    observer = ImageObserver(trainer)
    assert observer.epoch == pytest.approx((3 * 16 + 2 * 3 * 16 + 3 * 32) / count)
    assert observer.picture().values["epoch"] == observer.epoch
    assert observer.measure().values["epoch"] == (observer.epoch,)


def test_stacks_are_shown_in_colour_and_counted_by_their_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    observer = prepared(watching(recipe(dataset="stacked_digits")))
    assert observer.scene().image == (8, 8) and observer.scene().classes == ()
    images = grid(observer)
    assert images.shape == (GRID_SIDE**2, 8, 8, 3) and images.dtype == np.uint8
    assert observer.film().shape == (FILM, 8, 8, 3) and observer.walk(0, 1, 2).shape == (WALK, 8, 8, 3)
    row = observer.measure()
    assert row.mode_histogram is None and observer.shares() is None
    assert {"classes", "class_kl", "low_confidence", "fid", "emd"} <= row.values.keys()
    stacks = load("stacked_digits")
    assert stacks.labels is not None
    shown = stacks.images[:300]
    work = preparation(stacks)
    features, probabilities = work.features(shown)
    assert probabilities is not None and features.shape == (300, 192) and probabilities.shape == (300, 1000)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)
    each = [preparation(stacks.single).features(shown[..., channel])[1] for channel in range(3)]
    wanted = sum(10 ** (2 - place) * one.argmax(1) for place, one in enumerate(each) if one is not None)
    assert (probabilities.argmax(1) == wanted).all()
    assert (probabilities.argmax(1) == stacks.labels[:300]).mean() > 0.6  # 0.9 of each channel
    real = stacks.images[3:4].reshape(1, 1, -1) / np.float32(127.5) - 1
    monkeypatch.setattr(observer._learner, "show", lambda *_: torch.from_numpy(real).expand(1, GRID_SIDE**2, -1))
    found, names, distances = observer.neighbours(0, 0)
    np.testing.assert_array_equal(found[0], stacks.images[3])
    assert distances[0] == pytest.approx(0, abs=1e-6) and names is not None
    assert names[0] == stacks.classes[stacks.labels[3]]
