"""Points from a drawing: strokes of one brush, as a canvas sends them."""

import math
from typing import Any

import numpy as np

from playground.data.distribution import Floats
from playground.data.errors import DataError
from playground.data.kernel import MAX_COMPONENTS
from playground.data.own_points import OwnPoints

SPAN = 4.0
"""Length of the canvas's sides, in data units: from -2 to 2."""
BRUSHES: dict[str, float] = {"fine": 0.04, "medium": 0.08, "broad": 0.16}
"""The standard deviation of each brush, in data units."""
MAX_STROKES = 500
MAX_PLACES = 50_000
"""Of all strokes together, as they are sent."""

PER_SIGMA = 2
"""Points along a stroke per standard deviation of the brush: it then looks like one line, to 1e-30."""


def read(drawing: Any) -> OwnPoints:
    """A drawing: {"brush": a key of BRUSHES, "strokes": [[[x, y], …], …]} with x, y from 0 to 1, y downwards.

    A stroke is uniform along its length; a dot weighs as much as a stroke as long as two standard deviations of the
    brush. Raises DataError.
    """
    brush, strokes = _checked(drawing)
    sigma = BRUSHES[brush]
    step = sigma / PER_SIGMA
    length = sum(_length(stroke) for stroke in strokes)
    step = max(step, length / (MAX_COMPONENTS - 2 * len(strokes)))
    pieces = [_along(stroke, step, 2 * sigma) for stroke in strokes]
    centres = np.concatenate([places for places, _ in pieces])
    weights = np.concatenate([shares for _, shares in pieces])
    rule = f"the {brush} brush"
    return OwnPoints(centres, weights / weights.sum(), sigma, "drawing", len(strokes), rule)


def _checked(drawing: Any) -> tuple[str, list[Floats]]:
    """The brush and the strokes, (n, 2) each in data units."""
    unreadable = DataError("The drawing could not be read: draw it again.")
    if not isinstance(drawing, dict) or not isinstance(drawing.get("strokes"), list):
        raise unreadable
    brush, strokes = drawing.get("brush"), drawing["strokes"]
    if not isinstance(brush, str) or brush not in BRUSHES:
        raise unreadable
    if not strokes:
        raise DataError("The drawing has no stroke yet: draw something first.")
    if len(strokes) > MAX_STROKES:
        raise DataError(f"The drawing has {len(strokes):,} strokes; at most {MAX_STROKES} are allowed.")
    if not all(isinstance(stroke, list) and stroke for stroke in strokes):
        raise unreadable
    if sum(map(len, strokes)) > MAX_PLACES:
        raise DataError(f"The drawing is too long; it may have at most {MAX_PLACES:,} places.")
    placed = []
    for stroke in strokes:
        try:
            places = np.array(stroke, dtype=float)
        except (ValueError, TypeError, OverflowError):
            raise unreadable from None
        if places.ndim != 2 or places.shape[1] != 2 or not ((places >= 0) & (places <= 1)).all():
            raise unreadable
        placed.append(SPAN * (places - 0.5) * [1, -1])
    return brush, placed


def _length(stroke: Floats) -> float:
    return float(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum())


def _along(stroke: Floats, step: float, dot: float) -> tuple[Floats, Floats]:
    """Points at equal distances along a stroke, at most `step` apart, and the length that each stands for."""
    lengths = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    total = float(lengths.sum())
    if total < step:
        return stroke.mean(axis=0, keepdims=True), np.array([dot])
    count = math.ceil(total / step)
    at = (np.arange(count) + 0.5) * total / count
    passed = np.concatenate([[0.0], lengths.cumsum()])
    places = np.stack([np.interp(at, passed, stroke[:, axis]) for axis in (0, 1)], axis=1)
    return places, np.full(count, total / count)
