"""Stacked images: which images stand in which channel, and what their classes are."""

import numpy as np
import pytest

from playground.config import ConfigError, RunConfig, read
from playground.data.image_data import DataError, find, load
from playground.data.image_table import IMAGE_DATASETS
from playground.recipes import RECIPES, kept_by, named


def test_each_channel_is_an_image_of_its_class() -> None:
    stacks, single = load("stacked_digits"), load("digits")
    assert stacks.single is single and stacks.labels is not None and stacks.test_labels is not None
    assert stacks.images.shape == (20_000, 8, 8, 3) and stacks.test_images.shape == (5000, 8, 8, 3)
    assert stacks.shape == (8, 8) and stacks.form == (8, 8, 3) and stacks.pixels == 192
    assert single.labels is not None and single.test_labels is not None
    for images, labels, of, names in (
        (stacks.images, stacks.labels, single.images, single.labels),
        (stacks.test_images, stacks.test_labels, single.test_images, single.test_labels),
    ):
        known = {image.tobytes(): int(name) for image, name in zip(of, names, strict=True)}
        for image, label in zip(images[:200], labels[:200], strict=True):
            digits = [known[image[..., channel].tobytes()] for channel in range(3)]
            assert stacks.classes[label] == "".join(map(str, digits))


def test_all_thousand_classes_are_about_equally_common_and_the_same_every_time() -> None:
    stacks = load("stacked_digits")
    assert stacks.labels is not None
    counts = np.bincount(stacks.labels, minlength=1000)
    assert len(counts) == 1000 and counts.min() >= 5 and counts.max() <= 45
    assert load("stacked_digits") is stacks
    assert stacks.digest != load("digits").digest


def test_the_files_are_those_of_single_images(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path_factory.mktemp("none"))
    monkeypatch.delenv("GAN_PLAYGROUND_DATA", raising=False)
    assert find("stacked_digits") == find("digits")
    assert find("stacked_mnist") is None
    with pytest.raises(DataError, match="^MNIST is not on this computer yet"):
        load("stacked_mnist")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"network": "dcgan"}, "network must be mlp or lecture for dataset=stacked_digits"),
        ({"conditional": True}, "conditional must be false for dataset=stacked_digits"),
    ],
)
def test_what_stacks_do_not_go_with_is_said(changes: dict[str, object], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read({"dataset": "stacked_digits", **changes})


def test_a_recipe_keeps_stacks_only_where_they_go_with_it() -> None:
    stacks = RunConfig(dataset="stacked_digits")
    for name, row in RECIPES.items():
        if row.config.on_images:
            assert row.config.replace(**kept_by(row, stacks)).stacked == (row.config.network != "dcgan"), name
    assert named(RECIPES["lecture"].config.replace(dataset="stacked_digits")) == "lecture"


def test_only_rows_of_stacks_have_no_files_of_their_own() -> None:
    assert {name for name, row in IMAGE_DATASETS.items() if row.single} == {"stacked_digits", "stacked_mnist"}
    assert all(bool(row.files) != bool(row.single) for row in IMAGE_DATASETS.values())
