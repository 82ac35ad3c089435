"""Nearest neighbours against brute force."""

import math

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from playground.metrics import neighbours as module
from playground.metrics.neighbours import nearest_neighbours


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


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
