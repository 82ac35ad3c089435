"""All metrics of generated images against real ones.

Distances are those of features, (n, f) numbers, that a classifier or `pixels.PixelPca` makes of the images.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.distribution import Floats
from playground.metrics.classes import class_report
from playground.metrics.evaluation import Metric
from playground.metrics.frechet import Gaussian, frechet_between, gaussian
from playground.metrics.transport import wasserstein_1

IMAGE_METRICS: dict[str, Metric] = {
    "class_jsd": Metric(
        "JSD of classes",
        "nats",
        "lower",
        True,
        "Jensen-Shannon divergence between the classes of the generated images, as a small classifier sees them, and "
        "those of the data: 0 when every class gets its share, log 2 = 0.693 at most (Lin 1991, 10.1109/18.61115).",
    ),
    "classes": Metric(
        "Classes captured",
        "classes",
        "higher",
        True,
        "Classes that are the most likely one of at least one generated image: how the literature counts the modes of "
        "stacked MNIST (Metz et al. 2016, 1611.02163; Srivastava et al. 2017, 1705.07761). More images make it easier.",
    ),
    "clear_classes": Metric(
        "Clear classes",
        "classes",
        "higher",
        True,
        "Classes whose confident images (0.9 or more) reach a tenth of the class's share in the data: with ten equal "
        "classes 1 % of all images. Stricter than the literature's count, which a single blurred image satisfies.",
    ),
    "class_kl": Metric(
        "KL of classes",
        "nats",
        "lower",
        True,
        "KL divergence from the data's classes to those of the generated images: 0 when every class gets its share "
        "(Srivastava et al. 2017, 1705.07761).",
    ),
    "low_confidence": Metric(
        "Low confidence",
        "share",
        "lower",
        True,
        "Share of generated images whose most likely class has a probability below 0.9: images between classes, or of "
        "none. Real images reach a few percent. A classifier may also be sure about noise.",
    ),
    "fid": Metric(
        "Fréchet distance",
        "variance of the data",
        "lower",
        False,
        "Squared Fréchet distance between Gaussians fitted to the features of generated and of real test images, as "
        "the FID (Heusel et al. 2017, 1706.08500), but in this page's own features and divided by the variance of the "
        "real ones: compare it with its floor, never with published FIDs.",
    ),
    "emd": Metric(
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
            if self._weights is not None or not metric.needs_modes
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
