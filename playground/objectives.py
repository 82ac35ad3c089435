"""What the two players minimise: every loss and every penalty, one row each.

A row says what happens to a logit. The functions that it needs are passed in (see `elementwise.py`), so that the same
row trains the networks, fills the menus of a page that must load without torch, and is drawn as a curve.

Sign convention, for every loss: a higher logit d(x) means "more real", and both players minimise.
With D(x) = sigmoid(d(x)), softplus(−d) is −log D(x), and softplus(d) is −log(1 − D(x)).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from playground import formulas
from playground.elementwise import Functions

Term = Callable[[Any, Functions], Any]
"""One player's loss per sample: (logits, functions) -> values of the same shape."""


@dataclass(frozen=True)
class Loss:
    """One two-player objective. `real`, `fake` are D's terms, `generator` is G's term on fakes.

    A relative loss judges d(x) − d(G(z)) instead of the two logits on their own: `real` then gets
    d(x) − d(G), `generator` gets d(G) − d(x), and `fake` is not used.

    labels: D is a classifier that is shown labels, so flipping and smoothing them means something.
    log_odds: D(x) = sigmoid(d(x)) is D's probability of "real", so V and the implied JSD mean something.
    bounds: the divergence that is at least −(E real + E fake), whatever D is; empty where nobody has shown one.
    """

    label: str
    source: str
    real: Term
    fake: Term
    generator: Term
    labels: bool = True
    log_odds: bool = False
    relative: bool = False
    bounds: str = ""


OWN = "own"
"""The loss whose three terms somebody has typed."""
OWN_REAL, OWN_FAKE, OWN_GENERATOR = "softplus(-d)", "softplus(d)", "softplus(-d)"
"""What they are until then: the non-saturating ones."""
FGAN = "Nowozin et al. 2016 (arXiv 1606.00709)"

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
    # As least squares without the squares: it is linear in D = sigmoid(d), so the best D only says where the data are
    # denser, and both slopes disappear where D is sure.
    "slides": Loss(
        "The lecture's slides: ±D",
        "The lecture's first game: D minimises −D(x) + D(G(z)), G −D(G(z))",
        real=lambda d, f: -f.sigmoid(d),
        fake=lambda d, f: f.sigmoid(d),
        generator=lambda d, f: -f.sigmoid(d),
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
    # f-GAN: a divergence D_f(p ‖ q) = ∫ q f(p/q) is at least E_p[T] − E_q[f*(T)], and equal to it where T = f'(p/q).
    # D maximises this over T = g_f(d): its terms are −g_f(d) and f*(g_f(d)). G minimises the same number, −f*(g_f(d)):
    # the minimax form, not the paper's alternative −g_f(d). f, f* and g_f are those of its table 6. Where exp(d)
    # overflows, a loss is infinite and the run has diverged.
    "fgan_kl": Loss(  # f = u log u, f* = exp(T − 1), T = d
        "f-GAN: KL",
        f"{FGAN}, table 6",
        real=lambda d, f: -d,
        fake=lambda d, f: f.exp(d - 1),
        generator=lambda d, f: -f.exp(d - 1),
        labels=False,
        bounds="KL(p_data ‖ p_G)",
    ),
    "fgan_reverse_kl": Loss(  # f = −log u, f* = −1 − log(−T), T = −exp(−d)
        "f-GAN: reverse KL",
        f"{FGAN}, table 6",
        real=lambda d, f: f.exp(-d),
        fake=lambda d, f: d - 1,
        generator=lambda d, f: 1 - d,
        labels=False,
        log_odds=True,
        bounds="KL(p_G ‖ p_data)",
    ),
    "fgan_pearson": Loss(  # f = (u − 1)², f* = T²/4 + T, T = d
        "f-GAN: Pearson χ²",
        f"{FGAN}, table 6",
        real=lambda d, f: -d,
        fake=lambda d, f: d**2 / 4 + d,
        generator=lambda d, f: -(d**2) / 4 - d,
        labels=False,
        bounds="Pearson's χ², the mean of (p_data/p_G − 1)² over p_G",
    ),
    "fgan_neyman": Loss(  # f = (1 − u)²/u, f* = 2 − 2√(1 − T), T = 1 − exp(−d)
        "f-GAN: Neyman χ²",
        f"{FGAN}, table 6",
        real=lambda d, f: f.exp(-d) - 1,
        fake=lambda d, f: 2 - 2 * f.exp(-d / 2),
        generator=lambda d, f: 2 * f.exp(-d / 2) - 2,
        labels=False,
        bounds="Neyman's χ², the mean of (p_G/p_data − 1)² over p_data",
    ),
    "fgan_hellinger": Loss(  # f = (√u − 1)², f* = T/(1 − T), T = 1 − exp(−d)
        "f-GAN: squared Hellinger",
        f"{FGAN}, table 6",
        real=lambda d, f: f.exp(-d) - 1,
        fake=lambda d, f: f.exp(d) - 1,
        generator=lambda d, f: 1 - f.exp(d),
        labels=False,
        bounds="the squared Hellinger distance",
    ),
    # f = (u − 1) log u. With the paper's T = d, f* needs Lambert's W; with T = f'(exp(d)) = 1 + d − exp(−d), which
    # grows with d as well, it is u f'(u) − f(u) at u = exp(d): exp(d) + d − 1.
    "fgan_jeffrey": Loss(
        "f-GAN: Jeffrey",
        f"{FGAN}, table 6, with another output activation",
        real=lambda d, f: f.exp(-d) - d - 1,
        fake=lambda d, f: f.exp(d) + d - 1,
        generator=lambda d, f: 1 - d - f.exp(d),
        labels=False,
        log_odds=True,
        bounds="both KL divergences together",
    ),
    # f = u log u − (u + 1) log((u + 1)/2), f* = −log(2 − exp(T)), T = log 2 − log(1 + exp(−d)): twice the JSD.
    "fgan_js": Loss(
        "f-GAN: Jensen-Shannon",
        f"{FGAN}, table 6",
        real=lambda d, f: f.softplus(-d) - math.log(2),
        fake=lambda d, f: f.softplus(d) - math.log(2),
        generator=lambda d, f: math.log(2) - f.softplus(d),
        log_odds=True,
        bounds="twice the JSD",
    ),
    "fgan_total_variation": Loss(  # f = |u − 1|/2, f* = T, T = tanh(d)/2
        "f-GAN: total variation",
        f"{FGAN}, table 6",
        real=lambda d, f: -f.tanh(d) / 2,
        fake=lambda d, f: f.tanh(d) / 2,
        generator=lambda d, f: -f.tanh(d) / 2,
        labels=False,
        bounds="the total variation",
    ),
    OWN: Loss(
        "Your own",
        "whoever typed it",
        real=formulas.read(OWN_REAL),
        fake=formulas.read(OWN_FAKE),
        generator=formulas.read(OWN_GENERATOR),
    ),
}


SATURATING = ("minimax", "fgan_js")
"""The losses whose slope for G, at a fake, is D(x) itself: it disappears where D is sure."""


class Chosen(Protocol):
    """What a run's settings say of its loss: a name in LOSSES, and formulas in d for the one that is one's own."""

    loss: str
    own_real: str
    own_fake: str
    own_generator: str


def objective(config: Chosen) -> Loss:
    """The loss of a run with these settings: a row of the table, with one's own formulas in it where they count."""
    row = LOSSES[config.loss]
    if config.loss != OWN:
        return row
    real, fake, generator = map(formulas.read, (config.own_real, config.own_fake, config.own_generator))
    return replace(row, real=real, fake=fake, generator=generator)


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
