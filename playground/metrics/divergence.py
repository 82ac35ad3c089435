"""The Jensen-Shannon divergence: of mass vectors, of samples against a known distribution, and as implied by D.

All values are in nats, from 0 (equal) to log 2 (nothing in common).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from playground.data.distribution import Distribution, Floats

LOG2 = math.log(2)
"""The largest Jensen-Shannon divergence, in nats."""


def jensen_shannon(p: Floats, q: Floats) -> float:
    """The Jensen-Shannon divergence of two mass vectors of one shape, in nats.

    JSD = 1/2 KL(p || m) + 1/2 KL(q || m) with m = (p + q) / 2 and 0 log 0 = 0 (Lin 1991, 10.1109/18.61115).
    Totals may miss 1 by rounding and are then rescaled. Raises ValueError where a mass is negative, NaN or infinite,
    or a total misses 1 by more than 1e-6: mass was dropped somewhere.
    """
    p, q = _masses(p), _masses(q)
    if p.shape != q.shape:
        raise ValueError(f"Both mass vectors need one shape, got {p.shape} and {q.shape}.")
    # rel_entr(2p, p + q) = 2p log(p / m): m itself, half of a tiny mass, could underflow to 0.
    both = p + q
    return float(rel_entr(2 * p, both).sum() + rel_entr(2 * q, both).sum()) / 4


def _masses(masses: Floats) -> Floats:
    masses = np.asarray(masses, dtype=float)
    total = float(masses.sum())
    if not (masses >= 0).all() or not abs(total - 1) <= 1e-6:  # written so that NaN fails
        raise ValueError(f"Masses must be finite, not negative and sum to 1; these sum to {total:.6g}.")
    return masses / total


def implied_jsd(real_logits: Floats, fake_logits: Floats) -> float:
    """The lower bound on the JSD that a discriminator certifies, in nats: (V + 2 log 2) / 2.

    V = E log D(x) + E log(1 - D(G(z))) with D = sigmoid(logit), any shapes; max over D of V is -2 log 2 + 2 JSD
    (Goodfellow et al. 2014, 1406.2661, theorem 1). Below 0 the discriminator is worse than one that always says 1/2.
    NaN logits give NaN. Raises ValueError without logits.
    """
    real_logits, fake_logits = np.asarray(real_logits, dtype=float), np.asarray(fake_logits, dtype=float)
    if real_logits.size == 0 or fake_logits.size == 0:
        raise ValueError("The implied JSD needs at least one real and one fake logit.")
    with np.errstate(invalid="ignore"):  # a NaN is shown as the result, once, and needs no warning
        value = -np.logaddexp(0, -real_logits).mean() - np.logaddexp(0, fake_logits).mean()
    return float(value / 2 + LOG2)


class CellGrid:
    """Equal cells over a distribution's extent, their exact masses, and one more cell for everything outside.

    edges: (c + 1,), the same on every axis; neighbours are `cell` apart. masses: (c ** dim + 1,), summing to 1,
    row by row, the cell for all mass off the grid last. Build once per distribution.
    """

    def __init__(self, distribution: Distribution) -> None:
        low, high = distribution.extent
        self.dim = distribution.dim
        self.cell = distribution.cell
        self.per_axis = math.ceil((high - low) / self.cell - 1e-9)  # whole cells: the last may reach past the extent
        self.edges: Floats = low + self.cell * np.arange(self.per_axis + 1, dtype=float)
        inside = distribution.cell_masses(self.edges).ravel()
        self.masses: Floats = np.append(inside, max(0.0, 1 - inside.sum()))

    def counts(self, samples: Floats) -> NDArray[np.intp]:
        """How many of the finite samples (n, dim) fall into each cell, shape (c ** dim + 1,), off the grid last."""
        # Clipped to just outside the grid: a diverged sample would not fit into an integer.
        near = np.clip(samples, self.edges[0] - self.cell, self.edges[-1] + self.cell)
        places = np.floor((near - self.edges[0]) / self.cell).astype(np.intp)
        cells = places[:, 0] if self.dim == 1 else places[:, 0] * self.per_axis + places[:, 1]
        outside = ((places < 0) | (places >= self.per_axis)).any(axis=1)
        cells[outside] = len(self.masses) - 1
        return np.bincount(cells, minlength=len(self.masses))

    def jsd(self, samples: Floats) -> float:
        """The JSD between the distribution and samples (n, dim), both seen through the cells, in nats.

        Cells cannot raise it above the JSD of the densities; sampling noise raises it by about
        (number of cells the data fill) / (8 n). NaN where a sample is not finite. Raises ValueError for another shape.
        """
        samples = np.asarray(samples, dtype=float)
        if samples.ndim != 2 or samples.shape[1] != self.dim or len(samples) == 0:
            raise ValueError(f"The JSD needs samples of shape (n, {self.dim}) with n > 0, got {samples.shape}.")
        if not np.isfinite(samples).all():
            return math.nan
        counts = self.counts(samples)
        # A cell without samples adds mass * log 2 / 2 whatever its size, so all of them count as one: few logarithms.
        filled = np.flatnonzero(counts)
        p = self.masses[filled]
        empty = max(0.0, 1 - p.sum())
        return jensen_shannon(np.append(p, empty), np.append(counts[filled] / len(samples), 0.0))
