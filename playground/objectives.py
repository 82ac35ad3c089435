"""What the two players minimise: every loss and every penalty, one row each.

A row says what happens to a logit; it imports no array library. The functions get the library's own
softplus and relu passed in (`torch.nn.functional` when training), so that the same row trains the
networks, fills the menus of a page that must load without torch, and can be drawn as a curve.

Sign convention, for every loss: a higher logit d(x) means "more real", and both players minimise.
With D(x) = sigmoid(d(x)), softplus(−d) is −log D(x), and softplus(d) is −log(1 − D(x)).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol


class Functions(Protocol):
    """The two element-wise functions that the losses are made of (torch.nn.functional has both)."""

    def softplus(self, x: Any, /) -> Any:
        """log(1 + exp(x)), of the same shape."""
        ...

    def relu(self, x: Any, /) -> Any:
        """max(0, x), of the same shape."""
        ...


Term = Callable[[Any, Functions], Any]
"""One player's loss per sample: (logits, functions) -> values of the same shape."""


@dataclass(frozen=True)
class Loss:
    """One two-player objective. `real`, `fake` are D's terms, `generator` is G's term on fakes.

    A relative loss judges d(x) − d(G(z)) instead of the two logits on their own: `real` then gets
    d(x) − d(G), `generator` gets d(G) − d(x), and `fake` is not used.

    labels: D is a classifier that is shown labels, so flipping and smoothing them means something.
    log_odds: D(x) = sigmoid(d(x)) is D's probability of "real", so V and the implied JSD mean something.
    """

    label: str
    source: str
    real: Term
    fake: Term
    generator: Term
    labels: bool = True
    log_odds: bool = False
    relative: bool = False


LOSSES: dict[str, Loss] = {
    "non_saturating": Loss(
        "Non-saturating",
        "Goodfellow et al. 2014 (arXiv 1406.2661), section 3",
        real=lambda d, f: f.softplus(-d),
        fake=lambda d, f: f.softplus(d),
        generator=lambda d, f: f.softplus(-d),
        log_odds=True,
    ),
    "minimax": Loss(
        "Minimax (saturating)",
        "Goodfellow et al. 2014 (arXiv 1406.2661), equation 1",
        real=lambda d, f: f.softplus(-d),
        fake=lambda d, f: f.softplus(d),
        generator=lambda d, f: -f.softplus(d),
        log_odds=True,
    ),
    "least_squares": Loss(
        "Least squares",
        "Mao et al. 2016 (arXiv 1611.04076), a = 0, b = c = 1",
        real=lambda d, f: 0.5 * (d - 1) ** 2,
        fake=lambda d, f: 0.5 * d**2,
        generator=lambda d, f: 0.5 * (d - 1) ** 2,
    ),
    "hinge": Loss(
        "Hinge",
        "Miyato et al. 2018 (arXiv 1802.05957)",
        real=lambda d, f: f.relu(1 - d),
        fake=lambda d, f: f.relu(1 + d),
        generator=lambda d, f: -d,
    ),
    "wasserstein": Loss(
        "Wasserstein",
        "Arjovsky et al. 2017 (arXiv 1701.07875)",
        real=lambda d, f: -d,
        fake=lambda d, f: d,
        generator=lambda d, f: -d,
        labels=False,
    ),
    "relativistic": Loss(
        "Relativistic",
        "Jolicoeur-Martineau 2018 (arXiv 1807.00734)",
        real=lambda d, f: f.softplus(-d),
        fake=lambda d, f: f.softplus(-d),
        generator=lambda d, f: f.softplus(-d),
        labels=False,
        relative=True,
    ),
}


@dataclass(frozen=True)
class Penalty:
    """weight · factor · E(‖∇d(x)‖ − slope)², summed over the kinds of points where the slope of D is looked at."""

    label: str
    source: str
    points: tuple[Literal["real", "fake", "interpolates"], ...]
    slope: float = 0.0
    factor: float = 1.0


PENALTIES: dict[str, Penalty] = {
    "none": Penalty("None", "", points=()),
    "gradient_penalty": Penalty(
        "Gradient penalty",
        "Gulrajani et al. 2017 (arXiv 1704.00028), equation 3",
        points=("interpolates",),
        slope=1.0,
    ),
    "r1": Penalty("R1", "Mescheder et al. 2018 (arXiv 1801.04406), equation 9", points=("real",), factor=0.5),
    "r1_r2": Penalty(
        "R1 + R2", "Mescheder et al. 2018 (arXiv 1801.04406), equations 9 and 10", points=("real", "fake"), factor=0.5
    ),
    "zero_centred": Penalty(
        "Zero-centred gradient penalty", "Thanh-Tung et al. 2019 (arXiv 1902.03984)", points=("interpolates",)
    ),
}
