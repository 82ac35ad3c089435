"""The exercise: its parameters line by line, against the networks that train, and the table of its epochs."""

import numpy as np
import pytest
from PIL import Image

from playground.lessons import exercise
from playground.models.image_networks import LectureDiscriminator, LectureGenerator


def test_the_lines_have_the_lectures_parameters() -> None:
    learned = [row.parameters for row in exercise.lines() if row.parameters]
    assert learned == [2_000, 79_184, 78_500, 101]
    assert [exercise.parameters(network, exercise.lines()) for network in "GD"] == [81_184, 78_601]
    assert [row.shape for row in exercise.lines()][:4] == [(64, 20), (64, 100), (64, 100), (64, 784)]


@pytest.mark.parametrize(("latent", "pixels"), [(20, 784), (7, 64)])
def test_they_are_those_of_the_networks_that_train(latent: int, pixels: int) -> None:
    rngs = [np.random.default_rng(0)]
    built = {"G": LectureGenerator(rngs, latent, pixels), "D": LectureDiscriminator(rngs, pixels)}
    rows = exercise.lines(latent, pixels=pixels)
    for name, network in built.items():
        assert exercise.parameters(name, rows) == sum(weights.numel() for weights in network.parameters())


def test_a_network_without_units_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        exercise.lines(hidden=0)


def test_the_epochs_are_told_in_their_order_with_the_strip() -> None:
    rows = exercise.epochs()
    assert [row.epoch for row in rows] == sorted({row.epoch for row in rows}) and rows[0].epoch == 0
    assert all(low <= median <= high for row in rows for median, low, high in row.values.values())
    with Image.open(exercise.PICTURE) as strip:
        assert strip.size == (10 * 28, len(exercise.strip()) * 28)
