"""Figures of "Two rulers": the line that is pushed towards another, and piles of earth."""

import numpy as np
import plotly.graph_objects as go

from playground.figures.lessons.parts import curve, dot, figure_of, panels, slider, two_rulers
from playground.figures.touch import Moment, Number, TouchFigure
from playground.lessons import piles, rulers
from playground.palette import BLUE, GREY, ORANGE

FURTHEST = 1.0
START = (0.4, 0.6, 0.2, 0.6)
"""The plan that one begins with: some of what can go there."""


def lines() -> TouchFigure:
    """P_G as a line that one pushes towards the data's line, and what both rulers say on the way."""
    way = np.linspace(-FURTHEST, FURTHEST, 401)
    figure = panels("θ, where G's line is", "distance", "y", (-1.1, 1.1), (0, 1.1), (0, 1))
    curve(figure, "the data", BLUE, [0, 0], [0, 1], axis="y2")
    made = curve(figure, "G", ORANGE, axis="y2")
    two_rulers(figure, way, rulers.parallel_jsd(way), rulers.parallel_w1(way))
    marks = dot(figure, "here", ORANGE, showlegend=False)

    def at(theta: float) -> Moment:
        jsd, w1 = float(rulers.parallel_jsd(theta)), float(rulers.parallel_w1(theta))
        return Moment({made: {"x": [theta, theta], "y": [0, 1]}, marks: {"x": [theta] * 2, "y": [jsd, w1]}}, (jsd, w1))

    return TouchFigure(
        figure,
        (slider("θ", -FURTHEST, FURTHEST, 101, 0.8, drag="x"),),
        at,
        (
            Number("JSD", tip="In nats; log 2 = 0.693 wherever the lines do not meet."),
            Number("earth mover's", tip="|θ|."),
        ),
        "Two upright lines, one of which can be pushed sideways; below, the Jensen-Shannon divergence, flat but for "
        "one point, and the earth mover's distance, a V.",
        340,
    )


def earth() -> TouchFigure:
    """A plan of one's own above the cheapest: bands from piles to holes, and the plan as a matrix beside them."""
    best = piles.cheapest()
    figure = figure_of("place", "cheapest plan", (-0.5, 5.5), (-0.62, 1.05))
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        xaxis={"domain": [0, 0.62], "dtick": 1},
        yaxis={"domain": [0, 0.44]},
        xaxis2={
            "domain": [0.7, 1],
            "anchor": "y2",
            "fixedrange": True,
            "title": {"text": "into"},
            "type": "category",
            "showgrid": False,
        },
        yaxis2={
            "title": {"text": "from"},
            "domain": [0, 0.4],
            "anchor": "x2",
            "fixedrange": True,
            "type": "category",
            "autorange": "reversed",
            "showgrid": False,
        },
        yaxis3={
            "domain": [0.54, 1],
            "range": [-0.62, 1.05],
            "anchor": "x",
            "fixedrange": True,
            "title": {"text": "your plan"},
        },
        yaxis4={
            "domain": [0.56, 0.96],
            "anchor": "x2",
            "fixedrange": True,
            "type": "category",
            "autorange": "reversed",
            "showgrid": False,
        },
    )
    _plan(figure, best, "y", "y2")
    arcs, matrix = _plan(figure, piles.filled(START), "y3", "y4")

    def at(*choices: float) -> Moment:
        plan = piles.filled(choices)
        drawn = {trace: dict(zip("xy", _band(i, j, plan[i, j]), strict=True)) for (i, j), trace in arcs.items()}
        cost = piles.cost(plan)
        return Moment({**drawn, matrix: {"z": plan}}, (cost, piles.cost(best), cost / piles.cost(best)))

    return TouchFigure(
        figure,
        tuple(
            slider(f"from {piles.FROM[i]:g} into {piles.TO[j]:g}", 0, 1, 6, start, form="percent")
            for (i, j), start in zip(((0, 0), (0, 1), (1, 0), (1, 1)), START, strict=True)
        ),
        at,
        (
            Number("cost of your plan", tip="Earth times way, summed."),
            Number("cheapest plan", tip="The earth mover's distance, by linear programming."),
            Number("ratio"),
        ),
        "Piles of earth above a line, holes below it, and bands from piles to holes that are as wide as what a plan "
        "moves: above your plan, below the cheapest, each with its matrix of shares.",
        480,
    )


def _plan(figure: go.Figure, plan: np.ndarray, axis: str, beside: str) -> tuple[dict[tuple[int, int], int], int]:
    """Add a plan's piles, holes and bands on one axis and its matrix on another: the traces of bands and matrix."""
    bars = {"width": 0.3, "hoverinfo": "skip", "yaxis": axis, "showlegend": axis == "y"}
    figure.add_bar(x=piles.FROM, y=piles.SHARES_FROM, name="piles", marker={"color": ORANGE}, **bars)
    figure.add_bar(x=piles.TO, y=[-share for share in piles.SHARES_TO], name="holes", marker={"color": BLUE}, **bars)
    arcs = {}
    for (i, j), moved in np.ndenumerate(plan):
        x, y = _band(i, j, moved) if moved > 1e-6 else ((), ())
        name = f"from {piles.FROM[i]:g} to {piles.TO[j]:g}"
        arcs[i, j] = curve(figure, name, GREY, x, y, axis=axis, showlegend=False, fill="toself")
    figure.add_heatmap(
        z=plan,
        x=[f"{hole:g}" for hole in piles.TO],
        y=[f"{pile:g}" for pile in piles.FROM],
        xaxis="x2",
        yaxis=beside,
        zmin=0,
        zmax=0.4,
        showscale=False,
        texttemplate="%{z:.2f}",
        colorscale=[[0, "rgba(127,127,127,0.06)"], [1, "rgba(127,127,127,0.4)"]],
        hoverinfo="skip",
    )
    return arcs, len(figure.data) - 1


def _band(pile: int, hole: int, moved: float) -> tuple[np.ndarray, np.ndarray]:
    """The outline of an arc from a pile to a hole, as wide as what is moved; nothing where nothing is."""
    start, end = piles.FROM[pile], piles.TO[hole]
    t = np.linspace(0, 1, 25)
    if moved < 1e-6:
        return np.full(2 * len(t), np.nan), np.full(2 * len(t), np.nan)
    x = start + (end - start) * t
    y = 0.25 + 0.7 * np.sin(np.pi * t) * (0.15 + 0.23 * abs(end - start)) - 0.35 * t
    return np.concatenate([x, x[::-1]]), np.concatenate([y + moved / 6, (y - moved / 6)[::-1]])
