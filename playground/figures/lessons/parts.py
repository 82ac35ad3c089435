"""What the lessons' figures have in common: empty figures, curves, and the places of their sliders."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from playground.figures.touch import Control
from playground.palette import GREEN, PURPLE


def figure_of(x: str, y: str, x_range: tuple[float, float], y_range: tuple[float, float], **more: Any) -> go.Figure:
    """An empty figure with named axes whose ranges stay, so that nothing jumps while one drags."""
    figure = go.Figure()
    figure.update_layout(
        template="none",
        margin={"l": 48, "r": 12, "t": 30, "b": 38},
        xaxis={"title": {"text": x}, "range": list(x_range), "anchor": "y", "fixedrange": True},
        yaxis={"title": {"text": y}, "range": list(y_range), "fixedrange": True},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode=False,
        dragmode=False,
        **more,
    )
    return figure


def panels(
    x: str, y: str, y2: str, x_range: tuple[float, float], low: tuple[float, float], high: tuple[float, float]
) -> go.Figure:
    """Two panels on one x axis: `y` below with the range `low`, `y2` above with the range `high`."""
    figure = figure_of(x, y, x_range, low)
    figure.update_layout(
        yaxis={"domain": [0, 0.46]},
        yaxis2={"title": {"text": y2}, "range": list(high), "domain": [0.54, 1], "anchor": "x", "fixedrange": True},
    )
    return figure


def curve(
    figure: go.Figure,
    name: str,
    colour: str,
    x: Any = (),
    y: Any = (),
    dash: str = "solid",
    axis: str = "y",
    **more: Any,
) -> int:
    """Add a line; its place among the traces."""
    line = {"color": colour, "width": 2, "dash": dash, "simplify": False, **more.pop("line", {})}
    figure.add_scatter(x=list(x), y=list(y), mode="lines", name=name, line=line, yaxis=axis, **more)
    return len(figure.data) - 1


def dot(figure: go.Figure, name: str, colour: str, axis: str = "y", **more: Any) -> int:
    """Add a single marker that is moved; its place among the traces."""
    figure.add_scatter(x=[], y=[], mode="markers", name=name, marker={"color": colour, "size": 11}, yaxis=axis, **more)
    return len(figure.data) - 1


def slider(label: str, low: float, high: float, places: int, start: float, **more: Any) -> Control:
    """Evenly spaced places from low to high."""
    return Control(label, tuple(np.linspace(low, high, places).round(6).tolist()), start, **more)


def two_rulers(figure: go.Figure, places: Any, jsd: Any, w1: Any) -> None:
    """Add what the JSD and the earth mover's distance say at every place."""
    curve(figure, "JSD", GREEN, places, jsd)
    curve(figure, "earth mover's distance", PURPLE, places, w1)
