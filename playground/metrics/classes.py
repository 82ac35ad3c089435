"""The classes of generated images, as a classifier sees them: which there are, how often, and how sure it is."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import rel_entr

from playground.data.distribution import Floats
from playground.metrics.divergence import jensen_shannon

CONFIDENT = 0.9
"""A sample is confident where the classifier gives its most likely class at least this probability."""
CLEAR_SHARE = 0.1
"""A class is clear when its confident samples make up at least this part of the class's share in the data."""


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
