"""Random numbers for S lanes, drawn in advance.

A step needs a few hundred random numbers of several kinds. Asking S generators for each of them costs more than
the networks, so a stream draws a long block per lane and hands out slices. A lane's numbers depend on its own
seed alone, and a stream can be put back to any moment: the generators' states before the block, and how much of
it is used.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

Draw = Callable[[np.random.Generator, int], np.ndarray]
"""(generator, n) -> n rows of numbers, (n, dim)."""

MAX_ROWS = 2048
"""The most rows that one `take` can ask for: RunConfig's largest batch."""


def lane_generators(seeds: list[int], purpose: str) -> list[np.random.Generator]:
    """One generator per lane. The purpose is part of the seed, so no two uses share their numbers."""
    return [np.random.default_rng([seed, *purpose.encode()]) for seed in seeds]


class LaneStream:
    """An endless supply of rows for every lane: `take(n)` gives (S, n, dim) float32 on the device."""

    def __init__(
        self, seeds: list[int], purpose: str, draw: Draw, device: torch.device, rows: int | None = None
    ) -> None:
        """rows: the length of a block, if it has to be a certain one."""
        self._rngs = lane_generators(seeds, purpose)
        self._draw = draw
        self._device = device
        self._rows = rows or max(MAX_ROWS, 65_536 // draw(np.random.default_rng(0), 1).shape[1])
        self._before: list[Any] = [rng.bit_generator.state for rng in self._rngs]
        self._block: Tensor | None = None  # drawn at first need: most runs use few of their streams
        self._used = 0

    def take(self, n: int) -> Tensor:
        """The next n rows of every lane. What is left of a block too short for n is dropped."""
        if self._block is None or self._used + n > self._rows:
            self._refill()
            self._used = 0
        assert self._block is not None
        self._used += n
        return self._block[:, self._used - n : self._used]

    def _refill(self) -> None:
        self._before = [rng.bit_generator.state for rng in self._rngs]
        block = np.stack([self._draw(rng, self._rows) for rng in self._rngs])
        self._block = torch.from_numpy(block.astype(np.float32, copy=False)).to(self._device)

    def state(self) -> dict[str, Any]:
        """Where the stream stands: the generators before the present block, and how many of its rows are used."""
        return {"before": self._before, "used": self._used if self._block is not None else None}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from there: the block is drawn again."""
        for rng, before in zip(self._rngs, state["before"], strict=True):
            rng.bit_generator.state = before
        self._before = state["before"]
        self._block = None
        if state["used"] is not None:
            self._refill()
            self._used = state["used"]


def normals(dim: int) -> Draw:
    """Rows of `dim` numbers from N(0, 1)."""
    return lambda rng, n: rng.standard_normal((n, dim), dtype=np.float32)


def uniforms(dim: int, low: float = 0.0, high: float = 1.0) -> Draw:
    """Rows of `dim` numbers from U(low, high)."""
    return lambda rng, n: low + (high - low) * rng.random((n, dim), dtype=np.float32)
