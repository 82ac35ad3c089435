"""What is measured of generated images: their classes, their distance from real ones, the nearest real one.

Everything is computed in a feature space, (n, f) numbers, that a classifier or `PixelPca` makes of the images.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from playground.data.distribution import Floats
from playground.data.idx import Bytes
from playground.metrics.divergence import jensen_shannon
from playground.metrics.transport import wasserstein_1

CONFIDENT = 0.9
"""A sample is confident where the classifier gives its most likely class at least this probability."""
CLEAR_SHARE = 0.1
"""A class is clear when its confident samples make up at least this part of the class's share in the data."""

_FITTED = 10_000  # images that a PCA looks at
_BLOCK, _QUERIES = 4096, 256  # images and queries compared at once: 26 and 9 MB of float64 at 28 x 28


@dataclass(frozen=True)
class ImageMetric:
    """A row of the table. unit: empty for a pure number. help: what it means, and where it comes from."""

    label: str
    unit: str
    better: Literal["lower", "higher"]
    needs_classes: bool
    help: str


IMAGE_METRICS: dict[str, ImageMetric] = {
    "class_jsd": ImageMetric(
        "JSD of classes",
        "nats",
        "lower",
        True,
        "Jensen-Shannon divergence between the classes of the generated images, as a small classifier sees them, and "
        "those of the data: 0 when every class gets its share, log 2 = 0.693 at most (Lin 1991, 10.1109/18.61115).",
    ),
    "classes": ImageMetric(
        "Classes captured",
        "classes",
        "higher",
        True,
        "Classes that are the most likely one of at least one generated image: how the literature counts the modes of "
        "stacked MNIST (Metz et al. 2016, 1611.02163; Srivastava et al. 2017, 1705.07761). More images make it easier.",
    ),
    "clear_classes": ImageMetric(
        "Clear classes",
        "classes",
        "higher",
        True,
        "Classes whose confident images (0.9 or more) reach a tenth of the class's share in the data: with ten equal "
        "classes 1 % of all images. Stricter than the literature's count, which a single blurred image satisfies.",
    ),
    "class_kl": ImageMetric(
        "KL of classes",
        "nats",
        "lower",
        True,
        "KL divergence from the data's classes to those of the generated images: 0 when every class gets its share "
        "(Srivastava et al. 2017, 1705.07761).",
    ),
    "low_confidence": ImageMetric(
        "Low confidence",
        "share",
        "lower",
        True,
        "Share of generated images whose most likely class has a probability below 0.9: images between classes, or of "
        "none. Real images reach a few percent. A classifier may also be sure about noise.",
    ),
    "fid": ImageMetric(
        "Fréchet distance",
        "variance of the data",
        "lower",
        False,
        "Squared Fréchet distance between Gaussians fitted to the features of generated and of real test images, as "
        "the FID (Heusel et al. 2017, 1706.08500), but in this page's own features and divided by the variance of the "
        "real ones: compare it with its floor, never with published FIDs.",
    ),
    "emd": ImageMetric(
        "EMD of features",
        "spread of the data",
        "lower",
        False,
        "Earth mover's distance between the features of generated and of real test images, in units of the real ones' "
        "standard deviation (Arjovsky et al. 2017, 1701.07875). In so many dimensions even real images are far from "
        "each other: compare it with its floor.",
    ),
}
"""Every number of an `ImageEvaluation`, by the name of its field."""


@dataclass(frozen=True, eq=False)
class ClassReport:
    """classes: how many classes have a sample. clear_classes: how many are clear, see CLEAR_SHARE. A class that the
    data lacks does not count.

    class_jsd, class_kl: JSD and KL(histogram || class weights), nats; the KL is infinite where a class the data lacks
    is generated. low_confidence: the share of samples whose most likely class is below CONFIDENT.
    histogram: (c,), the share of all samples by most likely class.
    All of them are NaN where a probability is not finite, the counts too (their type is float for that).
    """

    classes: float
    clear_classes: float
    class_jsd: float
    class_kl: float
    low_confidence: float
    histogram: Floats


def class_report(probabilities: Floats, class_weights: Floats) -> ClassReport:
    """The class metrics of n images, from a classifier's probabilities (n, c) and the data's class shares (c,).

    Raises ValueError for other shapes.
    """
    probabilities, class_weights = np.asarray(probabilities, dtype=float), np.asarray(class_weights, dtype=float)
    count = len(class_weights)
    if probabilities.ndim != 2 or probabilities.shape[1] != count or len(probabilities) == 0:
        raise ValueError(
            f"The class report needs probabilities of shape (n, {count}) with n > 0, got {probabilities.shape}."
        )
    if not np.isfinite(probabilities).all():
        return ClassReport(math.nan, math.nan, math.nan, math.nan, math.nan, np.full(count, math.nan))
    likely = probabilities.argmax(axis=1)
    confident = probabilities.max(axis=1) >= CONFIDENT
    histogram = np.bincount(likely, minlength=count) / len(likely)
    sure = np.bincount(likely[confident], minlength=count)
    # n times the share is compared, with room for rounding; one sample is the least, however few there are
    needed = np.maximum(1, CLEAR_SHARE * class_weights * len(likely) - 1e-9)
    return ClassReport(
        classes=int(((histogram > 0) & (class_weights > 0)).sum()),
        clear_classes=int(((sure >= needed) & (class_weights > 0)).sum()),
        class_jsd=jensen_shannon(histogram, class_weights),
        class_kl=float(rel_entr(histogram, class_weights).sum()),
        low_confidence=float((~confident).mean()),
        histogram=histogram,
    )


@dataclass(frozen=True, eq=False)
class Gaussian:
    """Mean (f,) and covariance of features; the covariance (f, f) is root.T @ root, root (r, f)."""

    mean: Floats
    root: Floats

    @property
    def variance(self) -> float:
        """The trace of the covariance: the mean squared distance from the mean."""
        return float(np.square(self.root).sum())


@np.errstate(over="ignore", invalid="ignore")
def gaussian(features: Floats) -> Gaussian:
    """The mean and the unbiased covariance of features (n, f), n > 0; that of a single one is 0.

    Raises ValueError for another shape.
    """
    features = np.asarray(features, dtype=float)
    if features.ndim != 2 or features.size == 0:
        raise ValueError(f"A covariance needs features of shape (n, f) with n and f > 0, got {features.shape}.")
    mean = features.mean(axis=0)
    centred = (features - mean) / math.sqrt(max(1, len(features) - 1))
    return Gaussian(mean, np.asarray(np.linalg.qr(centred, mode="r")))


def frechet_distance(features: Floats, others: Floats) -> float:
    """The squared Fréchet distance of the Gaussians fitted to features (n, f) and others (m, f).

    |mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2)) (Dowson & Landau 1982, 10.1016/0047-259X(82)90077-X; the FID of
    Heusel et al. 2017, 1706.08500). Few samples raise it: compare equal numbers only.
    NaN where a feature is not finite or a square is too large for a float. Raises ValueError for other shapes.
    """
    a, b = gaussian(features), gaussian(others)
    if len(a.mean) != len(b.mean):
        raise ValueError(f"Both sets of features need the same number per image, got {len(a.mean)} and {len(b.mean)}.")
    return frechet_between(a, b)


@np.errstate(over="ignore", invalid="ignore")
def frechet_between(a: Gaussian, b: Gaussian) -> float:
    """`frechet_distance` of two Gaussians.

    With A = R'R and B = S'S, tr (A B)^(1/2) is the sum of the singular values of R S'. No matrix root is taken, so
    directions without any variance lose no digits (a root of a rounding error of 1e-16 is one of 1e-8).
    """
    product = a.root @ b.root.T
    if not np.isfinite(product).all():
        return math.nan
    apart = float(np.square(a.mean - b.mean).sum())
    spread = a.variance + b.variance - 2 * float(np.linalg.svd(product, compute_uv=False).sum())
    return max(0.0, apart + spread) if math.isfinite(apart + spread) else math.nan


@dataclass(frozen=True, eq=False)
class PixelPca:
    """The main directions of real images: features for images that have no labels to train a classifier on.

    mean: (h · w,). axes: (components, h · w), orthonormal, of falling variance. Pixels are from 0 to 1.
    """

    mean: Floats
    axes: Floats

    def project(self, images: np.ndarray) -> Floats:
        """Images (n, h, w), uint8 or floats from 0 to 1 -> features (n, components)."""
        return (_pixels(images) - self.mean) @ self.axes.T


def pixel_pca(images: Bytes, components: int = 64) -> PixelPca:
    """The PCA of images (n, h, w), uint8, from at most 10,000 of them, spread evenly. Few images give fewer components.

    Raises ValueError for no images or components.
    """
    if images.ndim != 3 or len(images) == 0 or components < 1:
        raise ValueError(f"A PCA needs images (n, h, w) and a component, got {images.shape} and {components}.")
    chosen = np.linspace(0, len(images) - 1, min(len(images), _FITTED)).astype(np.intp)
    pixels = _pixels(images[chosen])
    mean = pixels.mean(axis=0)
    centred = pixels - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)  # of rising variance
    axes = vectors[:, ::-1][:, : min(components, len(images))].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return PixelPca(mean, axes * np.sign(largest))  # either sign would do: the largest entry is positive


def _pixels(images: np.ndarray) -> Floats:
    """(n, h, w), uint8 or floats from 0 to 1 -> (n, h · w), float64 from 0 to 1."""
    flat = images.reshape(len(images), math.prod(images.shape[1:])).astype(float)
    return flat / 255 if images.dtype == np.uint8 else flat


def nearest_neighbours(query: Floats, training: Bytes, k: int = 1) -> tuple[NDArray[np.intp], Floats]:
    """The k nearest of the training images (n, pixels), uint8, for each query (q, pixels) of floats from 0 to 1.

    Returns indices (q, k) and exact Euclidean distances (q, k), in pixels from 0 to 1, nearest first. 60,000 images of
    28 x 28 take about 0.15 s. A query that is not finite has the indices -1 and the distances NaN.
    Raises ValueError for other shapes and for k beyond 1 to n.
    """
    query = np.asarray(query, dtype=float)
    if query.ndim != 2 or training.ndim != 2 or query.shape[1] != training.shape[1]:
        raise ValueError(f"Neighbours need queries (q, p) and images (n, p), got {query.shape} and {training.shape}.")
    if not 1 <= k <= len(training):
        raise ValueError(f"k must be from 1 to the number of images, {len(training):,} (got {k}).")
    indices, distances = np.full((len(query), k), -1, dtype=np.intp), np.full((len(query), k), math.nan)
    finite = np.flatnonzero(np.isfinite(query).all(axis=1))
    for start in range(0, len(finite), _QUERIES):
        asked = finite[start : start + _QUERIES]
        indices[asked], distances[asked] = _nearest(query[asked], training, k)
    return indices, distances


def _nearest(query: Floats, training: Bytes, k: int) -> tuple[NDArray[np.intp], Floats]:
    best = np.empty((len(query), 0), dtype=np.intp)
    squares = np.empty((len(query), 0))
    for start in range(0, len(training), _BLOCK):
        block = training[start : start + _BLOCK].astype(float) / 255
        # |x - y|^2 less |x|^2, which is the same for all of them
        found = np.einsum("ij,ij->i", block, block) - 2 * (query @ block.T)
        best = np.append(best, np.broadcast_to(np.arange(start, start + len(block)), found.shape), axis=1)
        squares = np.append(squares, found, axis=1)
        if squares.shape[1] > k:
            kept = np.argpartition(squares, k - 1, axis=1)[:, :k]
            best, squares = np.take_along_axis(best, kept, axis=1), np.take_along_axis(squares, kept, axis=1)
    # The expanded square decides who is near, to 1e-13; how near is computed from the difference itself.
    distances = np.stack([np.linalg.norm(training[row] / 255 - x, axis=1) for row, x in zip(best, query, strict=True)])
    order = np.lexsort((best, distances))
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(distances, order, axis=1)


@dataclass(frozen=True, eq=False)
class ImageEvaluation:
    """The metrics of one set of images; the fields are the names in IMAGE_METRICS, plus the histogram.

    The class fields are None where there is no classifier. A number is NaN where an image it needs is not finite.
    class_histogram: (c,), the share of images by most likely class.
    """

    class_jsd: float | None
    classes: float | None
    clear_classes: float | None
    class_kl: float | None
    low_confidence: float | None
    fid: float
    emd: float
    class_histogram: Floats | None

    def values(self) -> dict[str, float]:
        """The metrics that apply, by name, in the table's order."""
        fields = {name: getattr(self, name) for name in IMAGE_METRICS}
        return {name: value for name, value in fields.items() if value is not None}


class ImageEvaluator:
    """Evaluates generated images against real test images. Build once, from features of real images.

    train_features (n, f), train_probabilities (n, c): a sample of the train split, which the floors are drawn from.
    test_features (m, f), test_labels (m,): the reference, and by what its samples are stratified. class_weights (c,):
    the shares of the classes in the train split, summing to 1. No probabilities, labels and weights where
    there is no classifier. n_classes, n_emd, n_fid: how many images each metric uses, or as many as there are.
    Features are divided by `spread`, the root mean squared distance of the test images from their mean, because the
    scale of features means nothing by itself. Raises ValueError where something does not fit.
    """

    def __init__(
        self,
        train_features: Floats,
        test_features: Floats,
        *,
        train_probabilities: Floats | None = None,
        test_labels: NDArray[np.integer] | None = None,
        class_weights: Floats | None = None,
        n_classes: int = 1000,
        n_emd: int = 500,
        n_fid: int = 1000,
    ) -> None:
        if min(n_classes, n_emd, n_fid) < 1:
            raise ValueError(f"Every metric needs at least one image, got {n_classes}, {n_emd} and {n_fid}.")
        if (train_probabilities is None) != (class_weights is None):
            raise ValueError("The class metrics need both the probabilities and the class weights.")
        if train_probabilities is not None and len(train_probabilities) != len(train_features):
            raise ValueError(f"{len(train_features)} features and {len(train_probabilities)} probabilities don't fit.")
        if test_labels is not None and len(test_labels) != len(test_features):
            raise ValueError(f"{len(test_features)} test features and {len(test_labels)} labels don't fit.")
        reference = gaussian(test_features)
        self.spread = math.sqrt(reference.variance) or 1.0
        self._reference = Gaussian(reference.mean / self.spread, reference.root / self.spread)
        self._test = np.asarray(test_features, dtype=float) / self.spread
        self._test_labels = None if test_labels is None else np.asarray(test_labels)
        self._train = np.asarray(train_features, dtype=float)
        self._train_probabilities = train_probabilities
        self._weights = class_weights
        self.n_classes, self.n_emd, self.n_fid = n_classes, min(n_emd, len(test_features)), n_fid

    @property
    def n(self) -> int:
        """How many images to give to `evaluate` so that every metric has all it asks for."""
        return max(self.n_classes, self.n_emd, self.n_fid)

    def counts(self, n: int) -> dict[str, int]:
        """How many of n images each metric uses, by name: to be stated beside the number."""
        wanted = {"emd": self.n_emd, "fid": self.n_fid}
        return {
            name: min(n, wanted.get(name, self.n_classes))
            for name, metric in IMAGE_METRICS.items()
            if self._weights is not None or not metric.needs_classes
        }

    def evaluate(self, features: Floats, probabilities: Floats | None, rng: np.random.Generator) -> ImageEvaluation:
        """The metrics of images with features (n, f), n > 0, and probabilities (n, c), None without a classifier.

        Each metric takes the first of them, so they must be in no special order. rng: draws the real reference of
        the EMD, stratified over the classes. Raises ValueError for other shapes.
        """
        features = np.asarray(features, dtype=float)
        if features.ndim != 2 or features.shape[1] != self._test.shape[1] or len(features) == 0:
            raise ValueError(
                f"Evaluation needs features of shape (n, {self._test.shape[1]}) with n > 0, got {features.shape}."
            )
        if (probabilities is None) != (self._weights is None):
            raise ValueError("Probabilities belong to an evaluator with classes, and to no other.")
        if probabilities is not None and len(probabilities) != len(features):
            raise ValueError(f"{len(features)} features and {len(probabilities)} probabilities don't fit.")
        features = features / self.spread
        fid = frechet_between(gaussian(features[: self.n_fid]), self._reference)
        moved = features[: self.n_emd]
        emd = wasserstein_1(moved, self._test[self._stratified(rng, len(moved))])
        if probabilities is None or self._weights is None:
            return ImageEvaluation(None, None, None, None, None, fid, emd, None)
        report = class_report(probabilities[: self.n_classes], self._weights)
        return ImageEvaluation(
            report.class_jsd,
            report.classes,
            report.clear_classes,
            report.class_kl,
            report.low_confidence,
            fid,
            emd,
            report.histogram,
        )

    def evaluate_real(self, rng: np.random.Generator, n: int) -> ImageEvaluation:
        """The metrics of n real training images drawn afresh, no image twice; of all of them where there are fewer."""
        chosen = rng.permutation(len(self._train))[:n]
        probabilities = None if self._train_probabilities is None else self._train_probabilities[chosen]
        return self.evaluate(self._train[chosen], probabilities, rng)

    def _stratified(self, rng: np.random.Generator, n: int) -> NDArray[np.intp]:
        """n different test images; each class has its share of the test split, give or take one image."""
        order = rng.permutation(len(self._test))
        if self._test_labels is not None:
            order = order[np.argsort(self._test_labels[order], kind="stable")]
        places = (np.arange(n) + rng.random()) * (len(order) / n)
        return order[np.minimum(places.astype(np.intp), len(order) - 1)]
