"""The terms of a loss over d, with their slopes: what each player gains by moving d at one example."""

from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from playground import elementwise
from playground.objectives import Loss, Term
from playground.palette import BLUE, ORANGE, PURPLE

Floats = NDArray[np.float64]

D = np.linspace(-4, 4, 81)
"""Where the curves are drawn. Few logits are larger."""
STEP = 1e-4
"""Half of the distance over which a slope is taken: at a kink it is the mean of both sides."""
HIGHEST = 6.0
"""Curves go on beyond it, out of sight: exp(4) would flatten all others."""


@lru_cache(maxsize=64)
def loss_curves(loss: Loss) -> go.Figure:
    """The terms above their slopes, over d; those of a relative loss over d(x) − d(G(z)) and, for G, the opposite."""
    terms: list[tuple[str, str, Term]] = [("real", BLUE, loss.real), ("fake", ORANGE, loss.fake)]
    if loss.relative:
        terms = [("D", BLUE, loss.real)]
    figure = go.Figure()
    shown: dict[str, list[Floats]] = {"y2": [], "y": []}
    for name, colour, term in [*terms, ("G", PURPLE, loss.generator)]:
        with np.errstate(all="ignore"):
            curves = {
                "y2": term(D, elementwise),
                "y": (term(D + STEP, elementwise) - term(D - STEP, elementwise)) / (2 * STEP),
            }
        for axis, curve in curves.items():
            shown[axis].append(curve)
            figure.add_scatter(
                x=D,
                y=np.round(curve, 4),
                yaxis=axis,
                mode="lines",
                name=name,
                line={"color": colour, "width": 1.8, "dash": "dot" if name == "G" else "solid"},
                showlegend=axis == "y2",
            )
    figure.update_layout(
        template="none",
        height=260,
        margin={"l": 36, "r": 4, "t": 44, "b": 32},
        xaxis={"title": {"text": "difference of two d" if loss.relative else "d"}, "anchor": "y"},
        yaxis={"title": {"text": "slope"}, "domain": [0, 0.46], "range": _range(shown["y"]), "nticks": 4},
        yaxis2={
            "title": {"text": "loss"},
            "domain": [0.54, 1],
            "range": _range(shown["y2"]),
            "nticks": 4,
            "anchor": "x",
        },
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "font": {"size": 11},
        },
        hovermode="x",
    )
    return figure


def _range(curves: list[Floats]) -> list[float]:
    """From the lowest to the highest value, as far as that goes."""
    low, high = max(-HIGHEST, np.min(curves)), min(HIGHEST, np.max(curves))
    return [float(low - 0.05 * (high - low)), float(high + 0.05 * (high - low))]
