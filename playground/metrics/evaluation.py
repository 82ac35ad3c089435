"""All metrics of a generator against a known distribution, and the band that a perfect generator would reach."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from playground.data.distribution import Distribution, Floats
from playground.metrics.divergence import CellGrid
from playground.metrics.modes import mode_report
from playground.metrics.transport import wasserstein_1

Bands = dict[str, tuple[float, float]]  # metric name -> (lower, upper)

_BAND_PERCENTILES = (5.0, 95.0)


@dataclass(frozen=True)
class Metric:
    """A row of a table of metrics. unit: empty for a pure number. help: what it means, and where it comes from.

    needs_modes: it counts modes or, of images, classes; without them it does not apply.
    """

    label: str
    unit: str
    better: Literal["lower", "higher"]
    needs_modes: bool
    help: str


METRICS: dict[str, Metric] = {
    "jsd": Metric(
        "JSD",
        "nats",
        "lower",
        False,
        "Jensen-Shannon divergence between the data's exact cell masses and the generated samples' histogram: "
        "0 when equal, log 2 = 0.693 when nothing overlaps (Goodfellow et al. 2014, 1406.2661).",
    ),
    "emd": Metric(
        "EMD",
        "data units",
        "lower",
        False,
        "Earth mover's distance: how far a sample has to be carried, on average, to turn the generated sample into "
        "a real one of the same size (Arjovsky et al. 2017, 1701.07875).",
    ),
    "modes": Metric(
        "Modes captured",
        "modes",
        "higher",
        True,
        "Modes that are nearest to at least one high-quality sample (Srivastava et al. 2017, 1705.07761).",
    ),
    "high_quality": Metric(
        "High quality",
        "share",
        "higher",
        True,
        "Share of samples within 3 sigma of the nearest mode's centre; even a perfect generator reaches only 0.989 "
        "in 2-D and 0.997 in 1-D (Srivastava et al. 2017, 1705.07761).",
    ),
    "reverse_kl": Metric(
        "Reverse KL",
        "nats",
        "lower",
        True,
        "KL divergence from the modes' true weights to the samples' shares by nearest mode: 0 when every mode gets "
        "its share (Lin et al. 2018, 1712.04086).",
    ),
}
"""Every number of an `Evaluation`, by the name of its field."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The metrics of one set of samples; the fields are the names in METRICS, plus the histogram.

    The mode fields are None where the distribution has no modes. A number is NaN where a sample it needs is not finite.
    mode_histogram: (K,), the share of samples by nearest mode.
    """

    jsd: float
    emd: float
    modes: float | None
    high_quality: float | None
    reverse_kl: float | None
    mode_histogram: Floats | None

    def values(self) -> dict[str, float]:
        """The metrics that apply, by name, in the table's order."""
        fields = {name: getattr(self, name) for name in METRICS}
        return {name: value for name, value in fields.items() if value is not None}


class Evaluator:
    """Evaluates samples against one distribution. Build once: the grid's exact masses are computed here.

    n_jsd, n_emd, n_modes: how many samples each metric uses. Fewer are taken where there are fewer.
    """

    def __init__(
        self, distribution: Distribution, *, n_jsd: int = 10_000, n_emd: int = 512, n_modes: int = 2_500
    ) -> None:
        if min(n_jsd, n_emd, n_modes) < 1:
            raise ValueError(f"Every metric needs at least one sample, got {n_jsd}, {n_emd} and {n_modes}.")
        self.distribution = distribution
        self.grid = CellGrid(distribution)
        self.n_jsd, self.n_emd, self.n_modes = n_jsd, n_emd, n_modes

    @property
    def n(self) -> int:
        """How many samples to give to `evaluate` so that every metric has all it asks for."""
        return max(self.n_jsd, self.n_emd, self.n_modes)

    def counts(self, n: int) -> dict[str, int]:
        """How many of n samples each metric uses, by name: to be stated beside the number."""
        wanted = {"jsd": self.n_jsd, "emd": self.n_emd}
        return {name: min(n, wanted.get(name, self.n_modes)) for name in METRICS}

    def evaluate(self, samples: Floats, rng: np.random.Generator) -> Evaluation:
        """The metrics of samples (n, dim), n >= 1; each takes the first of them, so they must be in no special order.

        rng: draws the real reference of the EMD, stratified over the modes or along the curve, because how many points
        fall into each mode is most of the EMD's noise. Raises ValueError for another shape.
        """
        samples = np.asarray(samples, dtype=float)
        dim = self.distribution.dim
        if samples.ndim != 2 or samples.shape[1] != dim or len(samples) == 0:
            raise ValueError(f"Evaluation needs samples of shape (n, {dim}) with n > 0, got {samples.shape}.")
        jsd = self.grid.jsd(samples[: self.n_jsd])
        moved = samples[: self.n_emd]
        emd = wasserstein_1(moved, self.distribution.stratified(rng, len(moved)))
        if self.distribution.modes is None:
            return Evaluation(jsd, emd, None, None, None, None)
        report = mode_report(samples[: self.n_modes], self.distribution.modes)
        return Evaluation(jsd, emd, report.captured, report.high_quality, report.reverse_kl, report.histogram)

    def evaluate_real(self, rng: np.random.Generator, n: int) -> Evaluation:
        """The metrics of n real samples drawn afresh."""
        return self.evaluate(self.distribution.sample(rng, n), rng)


class Measured(Protocol):
    """What an evaluation is, of points or of images."""

    def values(self) -> dict[str, float]:
        """The metrics that the data have, by name."""
        ...


class RealEvaluator(Protocol):
    """What a floor needs of an evaluator, of points or of images."""

    @property
    def n(self) -> int:
        """How many samples a measurement takes."""
        ...

    def evaluate_real(self, rng: np.random.Generator, n: int) -> Measured:
        """The metrics of n fresh real samples."""
        ...


class FloorEstimate:
    """The noise floor, one repetition at a time: what the metrics say about fresh real samples.

    n: the samples of each repetition; None for as many as the evaluator asks for. Give a file's own number for a
    smaller file, because the floor depends on it. Call `step` until `done`, in as many slices as you like.
    """

    def __init__(
        self, evaluator: RealEvaluator, rng: np.random.Generator, repetitions: int = 64, n: int | None = None
    ) -> None:
        if repetitions < 1:
            raise ValueError(f"A floor needs at least one repetition, got {repetitions}.")
        self.repetitions = repetitions
        self.n = evaluator.n if n is None else min(n, evaluator.n)
        self._evaluator = evaluator
        self._rng = rng
        self._rows: list[dict[str, float]] = []

    @property
    def completed(self) -> int:
        """Repetitions so far."""
        return len(self._rows)

    @property
    def done(self) -> bool:
        """Whether all repetitions have been made."""
        return self.completed >= self.repetitions

    def step(self) -> None:
        """One more repetition, about as long as one `evaluate`; nothing once done."""
        if not self.done:
            self._rows.append(self._evaluator.evaluate_real(self._rng, self.n).values())

    def bands(self) -> Bands:
        """The 5-95 % band of every metric that applies, from the repetitions so far; empty before the first."""
        names = self._rows[0] if self._rows else ()
        bands = {name: np.percentile([row[name] for row in self._rows], _BAND_PERCENTILES) for name in names}
        return {name: (float(low), float(high)) for name, (low, high) in bands.items()}


def floors(evaluator: RealEvaluator, rng: np.random.Generator, repetitions: int = 64, n: int | None = None) -> Bands:
    """The noise floor in one go: metric name -> the 5-95 % band over fresh real samples. See `FloorEstimate`."""
    estimate = FloorEstimate(evaluator, rng, repetitions, n)
    while not estimate.done:
        estimate.step()
    return estimate.bands()
