"""The PCA of pixels against singular vectors and distances."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from playground.metrics.pixels import edges, pixel_pca


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


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


def test_edges_are_what_neighbours_differ_by() -> None:
    images = np.zeros((1, 2, 3))
    images[0, 0, 1] = 12.0  # across: 12, 12, 0, 0; down: 0, 12, 0
    assert edges(images) == pytest.approx((6 + 4) / 2)
    assert edges(np.stack([images, images], axis=-1)) == pytest.approx((6 + 4) / 2)
    assert edges(images.astype(np.uint8)) == pytest.approx((6 + 4) / 2)
