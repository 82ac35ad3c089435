"""How the weights of a layer start: one row for each way."""

from collections.abc import Callable

import numpy as np

from playground.config import Initialisation

Start = Callable[[np.random.Generator, int, int], np.ndarray]
"""(generator, inputs, outputs) -> weights (inputs, outputs)."""


def _normal(rng: np.random.Generator, inputs: int, outputs: int, deviation: float) -> np.ndarray:
    return rng.standard_normal((inputs, outputs)) * deviation


def _orthogonal(rng: np.random.Generator, inputs: int, outputs: int, gain: float) -> np.ndarray:
    """Orthonormal rows or columns, whichever are fewer, evenly distributed over all of them."""
    tall, wide = max(inputs, outputs), min(inputs, outputs)
    q, r = np.linalg.qr(rng.standard_normal((tall, wide)))
    q *= np.sign(np.diag(r))  # without it the distribution would not be even (Mezzadri 2007)
    return gain * (q if inputs >= outputs else q.T)


INITIALISATIONS: dict[Initialisation, Callable[[float, float], Start]] = {
    "he": lambda gain, activation: (
        lambda rng, inputs, outputs: _normal(rng, inputs, outputs, gain * activation / inputs**0.5)
    ),
    "glorot": lambda gain, activation: (
        lambda rng, inputs, outputs: _normal(rng, inputs, outputs, gain * (2 / (inputs + outputs)) ** 0.5)
    ),
    "orthogonal": lambda gain, activation: lambda rng, inputs, outputs: _orthogonal(rng, inputs, outputs, gain),
    "gaussian": lambda gain, activation: lambda rng, inputs, outputs: _normal(rng, inputs, outputs, gain),
}
"""Name -> (the setting's gain, the gain of the activation that follows) -> how a layer starts.

He et al. 2015 (arXiv 1502.01852): N(0, gain² · activation² / inputs), which keeps the signal's variance.
Glorot and Bengio 2010: N(0, gain² · 2 / (inputs + outputs)). Saxe et al. 2013 (arXiv 1312.6120): orthogonal · gain.
Gaussian: N(0, gain²), whatever the layer's size.
"""
