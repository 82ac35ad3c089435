"""Runs on images in real worker processes: prepared, measured, filmed, asked about; and data that are not there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.config import RunConfig
from playground.data.image_data import load
from playground.engine.messages import Answer, Kind, Progress, Refused
from playground.engine.server.engine import Engine
from playground.engine.server.run import Run
from playground.frame import decode
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.recipes import RECIPES
from tests.engine.running import beginning, quick, until

DIGITS = RECIPES["lecture"].config.replace(image_samples=100, measure_every=20)
PER_EPOCH = 1500 / 64


@pytest.fixture(scope="module")
def images_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine of its own: its worker's caches are empty, and the user's folders stay out of sight."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_PLAYGROUND_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("user")))
        patch.delenv("GAN_PLAYGROUND_DATA", raising=False)
        engine = Engine(workers=1)
    yield engine
    engine.close()


@pytest.fixture
def begin(images_engine: Engine) -> Iterator[Callable[..., Run]]:
    with beginning(images_engine) as begin:
        yield begin


def ask(engine: Engine, run: Run, kind: Kind, *of: int) -> Answer | Refused:
    """The worker's answer to a question."""
    had = run.letters.posted
    engine.ask(run, had + 1, kind, of)
    until(engine, run, lambda: run.letters.posted > had)
    (letter,) = run.letters.since(had)
    assert isinstance(letter, Refused) or letter.id == had + 1
    return letter


def test_a_run_prepares_then_measures_everything_then_has_floors(
    images_engine: Engine, begin: Callable[[RunConfig], Run]
) -> None:
    """The classifier comes first: until it is there the rows tell of the game alone."""
    engine = images_engine
    told: list[Progress] = []
    run = engine.run(engine.start("me", DIGITS), "me")

    def note() -> None:
        if run.progress is not None and (not told or told[-1] is not run.progress):
            told.append(run.progress)

    unwatch = engine.watch(run, note)
    until(engine, run, lambda: bool(run.floors))
    unwatch()
    engine.stop(run)
    assert run.scene is not None and (run.scene.kind, run.scene.image) == ("images", (8, 8))
    assert run.scene.steps_per_epoch == pytest.approx(PER_EPOCH)
    shares = [progress.fraction for progress in told]
    assert len(told) > 5 and shares == sorted(shares) and shares[-1] == 1
    assert "Training the classifier on 1,500 images" in told[0].what
    assert "of the test images right" in told[-1].what
    assert set(run.floors) == set(IMAGE_METRICS)
    low, high = run.floors["fid"]
    assert 0 < low < high < 1
    row = run.history.latest
    assert row is not None and row.step == 0 and set(IMAGE_METRICS) <= set(row.values)
    assert row.mode_histogram is not None and len(row.mode_histogram[0]) == 10


def test_the_film_has_a_frame_at_the_epochs_to_see(images_engine: Engine, begin: Callable[[RunConfig], Run]) -> None:
    run = begin(DIGITS)
    images_engine.play(run, True)
    until(images_engine, run, lambda: len(run.film) >= 3)
    images_engine.play(run, False)
    until(images_engine, run, lambda: run.status == "paused")
    first, second, third = run.film[:3]
    assert [first.epoch, second.epoch, third.epoch] == [0, 1, 2]
    assert [first.step, second.step, third.step] == [0, 24, 47]  # the first steps at or after 23.4 and 46.9
    for frame in (first, second, third):
        assert frame.images.shape == (10, 8, 8) and frame.images.dtype == np.uint8
    assert not np.array_equal(first.images, third.images)
    images_engine.restart(run)
    until(images_engine, run, lambda: run.generation == 2 and run.status == "paused")
    until(images_engine, run, lambda: len(run.film) == 1)
    np.testing.assert_array_equal(run.film[0].images, first.images)


def test_questions_are_answered(images_engine: Engine, begin: Callable[[RunConfig], Run]) -> None:
    run = begin(DIGITS)
    images_engine.want(run)
    until(images_engine, run, lambda: run.frame is not None)
    assert run.frame is not None
    picture = decode(run.frame).arrays["images"]

    near = ask(images_engine, run, "neighbours", 5)
    assert isinstance(near, Answer) and near.kind == "neighbours" and near.images.shape == (5, 8, 8)
    assert near.labels is not None and near.distances is not None and len(near.labels) == 5
    assert list(near.distances) == sorted(near.distances)
    train = {image.tobytes() for image in load("digits").images}
    assert all(image.tobytes() in train for image in near.images)
    assert near.distances[0] == pytest.approx(np.linalg.norm(near.images[0] / 255 - picture[5] / 255), rel=1e-6)

    walk = ask(images_engine, run, "walk", 5, 17)
    assert isinstance(walk, Answer) and walk.labels is None
    np.testing.assert_array_equal(walk.images[[0, -1]], picture[[5, 17]])

    sums = ask(images_engine, run, "arithmetic", 5, 5, 17)
    assert isinstance(sums, Answer)
    np.testing.assert_array_equal(sums.images[:3], picture[[5, 5, 17]])
    assert np.abs(sums.images[3].astype(int) - picture[17]).max() <= 1
    assert run.steps == 0 and run.status == "paused"


def test_a_run_on_points_cannot_be_asked_about_images(images_engine: Engine, begin: Callable[[RunConfig], Run]) -> None:
    run = begin(quick())
    letter = ask(images_engine, run, "walk", 0, 1)
    assert letter == Refused(run.id, "Only runs on images can be asked about images.")
    assert run.status == "paused" and run.scene is not None and run.scene.kind == "points"


def test_missing_data_are_said_and_other_data_can_be_taken(images_engine: Engine, tmp_path: Path) -> None:
    engine = images_engine
    run = engine.run(engine.start("me", DIGITS.replace(dataset="kmnist"), tmp_path), "me")
    until(engine, run, lambda: run.status == "failed")
    assert run.message.startswith("Kuzushiji-MNIST is not on this computer yet: put train-images-idx3-ubyte.gz")
    assert f"'{tmp_path}'" in run.message and "\n" not in run.message
    engine.restart(run, DIGITS, playing=True)
    until(engine, run, lambda: run.status == "playing" and run.steps > 10)
    assert run.config == DIGITS and run.message == ""
    engine.stop(run)


def test_a_conditional_dcgan_trains_and_shows_its_classes(
    images_engine: Engine, begin: Callable[[RunConfig], Run]
) -> None:
    run = begin(RECIPES["conditional_dcgan"].config.replace(image_samples=100, batch_size=8, seeds=2))
    images_engine.look_at(run, 1)
    images_engine.play(run, True)
    until(images_engine, run, lambda: run.steps >= 5)
    images_engine.play(run, False)
    version = run.version
    images_engine.want(run)
    until(images_engine, run, lambda: run.version > version and run.frame is not None)
    assert run.frame is not None
    frame = decode(run.frame)
    assert frame.values["lane"] == 1 and frame.values["classes"][:12] == [*range(10), 0, 1]
    assert frame.arrays["images"].shape == (100, 8, 8)
