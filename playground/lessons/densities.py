"""Two densities on a line and what can be said of them, by quadrature on a fine grid; everything in nats.

Goodfellow et al. 2014 (arXiv 1406.2661), section 4, for D* and V(D*).
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, ndtr, rel_entr

Floats = NDArray[np.float64]

GRID = np.linspace(-20.0, 20.0, 8001)
"""Where densities are worked out: 0.005 apart, and so far out that nothing of what is shown is cut off."""


def log_normal(mu: float, sigma: float, x: Floats = GRID) -> Floats:
    """log N(mu, sigma²) at x: finite also where the density is too small for a number."""
    found: Floats = -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))
    return found


def normal(mu: float, sigma: float, x: Floats = GRID) -> Floats:
    """N(mu, sigma²) at x."""
    found: Floats = np.exp(log_normal(mu, sigma, x))
    return found


def log_two_normals(apart: float, sigma: float, x: Floats = GRID) -> Floats:
    """The logarithm of half N(−apart/2, sigma²), half N(apart/2, sigma²), at x."""
    found: Floats = np.logaddexp(log_normal(-apart / 2, sigma, x), log_normal(apart / 2, sigma, x)) - np.log(2)
    return found


def two_normals(apart: float, sigma: float, x: Floats = GRID) -> Floats:
    """Half N(−apart/2, sigma²), half N(apart/2, sigma²), at x."""
    found: Floats = np.exp(log_two_normals(apart, sigma, x))
    return found


def climb(x: Floats, apart: float, sigma: float, rate: float, steps: int) -> Floats:
    """Points (n,) that follow the slope of log p of `two_normals`, (steps + 1, n): all of them, from the start on."""
    way = [x]
    for _ in range(steps):
        slope = (apart / 2 * np.tanh(way[-1] * apart / 2 / sigma**2) - way[-1]) / sigma**2
        way.append(way[-1] + rate * slope)
    return np.stack(way)


def kl(p: Floats, q: Floats, x: Floats = GRID) -> float:
    """KL(p ‖ q) = ∫ p log(p/q), from densities at the grid's points; inf where p has mass that q has not."""
    return float(np.trapezoid(rel_entr(p, q), x))


def kl_integrand(log_p: Floats, log_q: Floats) -> Floats:
    """p log(p/q) at each point, from the logarithms of both: finite wherever they are."""
    found: Floats = np.exp(log_p) * (log_p - log_q)
    return found


@dataclass(frozen=True)
class Boxes:
    """What three rulers say of two uniform densities of one width, in nats and in units of length."""

    kl: float
    jsd: float
    wasserstein: float


def boxes(push: float, width: float) -> Boxes:
    """U(0, width) and U(push, push + width), exactly. Where they overlap the two are the same; where they do not, only
    one is there, so each KL is infinite, and the JSD is log 2 times the share that is not shared."""
    alone = min(1.0, abs(push) / width)
    return Boxes(math.inf if push else 0.0, alone * math.log(2), abs(push))


def jsd(p: Floats, q: Floats, x: Floats = GRID) -> float:
    """½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (p + q)/2: at most log 2."""
    both = p + q  # not halved, which the smallest numbers would not survive
    return (kl(p, both, x) + kl(q, both, x) + float(np.trapezoid(both, x)) * math.log(2)) / 2


def wasserstein(p: Floats, q: Floats, x: Floats = GRID) -> float:
    """The earth mover's distance on a line: ∫ |F_p − F_q| (Vallender 1974)."""
    return float(np.trapezoid(np.abs(_cumulative(p, x) - _cumulative(q, x)), x))


def log_likelihood(p: Floats, log_q: Floats, x: Floats = GRID) -> float:
    """E_p log q: what one sample of the data adds to the model's log-likelihood, on average."""
    return float(np.trapezoid(p * log_q, x))


def best_logit(p: Floats, q: Floats) -> Floats:
    """log(p/q), of which D*(x) = p/(p + q) is the sigmoid; NaN where both are 0. A logit, because 1 − D would lose all
    digits where D is nearly 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.log(p) - np.log(q)
    return found


def value(p: Floats, q: Floats, logits: Floats, x: Floats = GRID) -> float:
    """V(D) = E_p log D + E_q log(1 − D) of a discriminator whose logits at the grid's points these are."""
    with np.errstate(invalid="ignore"):
        wins = np.where(p > 0, p * log_expit(logits), 0.0) + np.where(q > 0, q * log_expit(-logits), 0.0)
    return float(np.trapezoid(wins, x))


def best_critic(p: Floats, q: Floats, x: Floats = GRID, chance: float = 1e-9) -> Floats:
    """The function with slopes of at most 1 that maximises E_p f − E_q f, with f = 0 in the middle of the grid.

    On a line its slope is the sign of F_q − F_p (Kantorovich and Rubinstein 1958). chance: by how much the two may
    differ without meaning anything; there f is flat.
    """
    ahead = _cumulative(q, x) - _cumulative(p, x)
    slope = np.where(np.abs(ahead) > chance, np.sign(ahead), 0.0)
    heights: Floats = np.concatenate([[0.0], np.cumsum((slope[1:] + slope[:-1]) / 2 * np.diff(x))])
    middle: Floats = heights - heights[len(x) // 2]
    return middle


def critic_gains(p: Floats, q: Floats, places: Floats, x: Floats = GRID) -> Floats:
    """What a critic wins by each unit of slope between two neighbouring places, (n − 1,): E_p f − E_q f of an f that
    rises with slope 1 there and is flat elsewhere. A critic of straight pieces wins the sum over its slopes."""
    rises = [np.clip(x - low, 0, high - low) for low, high in pairwise(places)]
    return np.array([np.trapezoid((p - q) * rise, x) for rise in rises])


def jsd_of_blurred_points(theta: float, sigma: float) -> float:
    """The JSD of N(0, σ²) and N(θ, σ²): of two points that are θ apart, both blurred with the same noise."""
    x = np.linspace(min(0, theta) - 10 * sigma, max(0, theta) + 10 * sigma, 4001)
    return jsd(normal(0, sigma, x), normal(theta, sigma, x), x)


def overlap(theta: float, sigma: float) -> float:
    """The mass that N(0, σ²) and N(θ, σ²) share: 2 Φ(−|θ|/2σ)."""
    return float(2 * ndtr(-abs(theta) / (2 * sigma)))


def _cumulative(p: Floats, x: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum((p[1:] + p[:-1]) / 2 * np.diff(x))])
