"""The figure of "Mode collapse": the hopping run and its cures under one slider."""

import numpy as np
import plotly.graph_objects as go

from playground.figures.touch import Control, Moment, Number, TouchFigure
from playground.lessons import strips
from playground.palette import BLUE, ORANGE

MODES, RADIUS, REACH = 8, 2.0, 3.2
"""The ring, and how far each panel reaches."""


def cures() -> TouchFigure:
    """Four recorded runs beside each other, at a step that one chooses."""
    angles = 2 * np.pi * np.arange(MODES) / MODES
    figure = go.Figure()
    figure.update_layout(
        template="none", margin={"l": 48, "r": 12, "t": 10, "b": 38}, showlegend=False, hovermode=False, dragmode=False
    )
    drawn = {}
    for place, (name, label) in enumerate(strips.CURES.items()):
        axis = str(place + 1) if place else ""
        column, row = place % 2, place // 2
        shared = {"range": [-REACH, REACH], "showticklabels": False, "fixedrange": True, "showgrid": False}
        figure.update_layout(
            {
                f"xaxis{axis}": shared
                | {
                    "domain": [0.52 * column, 0.48 + 0.52 * column],
                    "anchor": f"y{axis}",
                    "scaleanchor": f"y{axis}",
                    "title": {"text": label},
                },
                f"yaxis{axis}": shared
                | {"domain": [0.56 * (1 - row), 0.44 + 0.56 * (1 - row)], "anchor": f"x{axis}", "title": {"text": ""}},
            }
        )
        ring = {"color": BLUE, "size": 20, "opacity": 0.25}
        on = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "mode": "markers"}
        figure.add_scatter(x=RADIUS * np.cos(angles), y=RADIUS * np.sin(angles), marker=ring, name="the data", **on)
        figure.add_scatter(x=[], y=[], marker={"color": ORANGE, "size": 4}, name=label, **on)
        drawn[name] = len(figure.data) - 1

    def at(step: float) -> Moment:
        place = strips.STEPS.index(int(step))
        shown = {trace: strips.points(name)[place].T for name, trace in drawn.items()}
        return Moment(
            {trace: {"x": x, "y": y} for trace, (x, y) in shown.items()},
            [float(strips.served(name)[place]) for name in strips.CURES],
        )

    return TouchFigure(
        figure,
        (Control("step", tuple(map(float, strips.STEPS)), 0.0, form="count"),),
        at,
        tuple(
            Number(
                f"modes served, {label}", "count", "Modes with at least a quarter of their fair share of the samples."
            )
            for label in strips.CURES.values()
        ),
        "Four panels with the same ring of eight modes, each with the samples of one run at the chosen step: the game "
        "as it is, on one or two modes, and three cures, on all or nearly all of them.",
        520,
    )
