"""Figures of "Two rulers": the line that is pushed towards another, and piles of earth."""

import numpy as np

from playground.figures.lessons.parts import curve, dot, figure_of, panels, slider, two_rulers
from playground.figures.touch import Moment, Number, TouchFigure
from playground.lessons import piles, rulers
from playground.palette import BLUE, GREY, ORANGE

FURTHEST = 1.0


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
    """A plan between the costliest and the cheapest, as arcs from piles to holes, with its cost."""
    best, worst, plain = piles.cheapest(), piles.crossed(), piles.everywhere()
    figure = figure_of("place", "share of the earth", (-0.5, 5.5), (-0.62, 1.05))
    places, holes = np.array(piles.FROM), np.array(piles.TO)
    bars = {"width": 0.3, "hoverinfo": "skip"}
    figure.add_bar(x=places, y=list(piles.SHARES_FROM), name="piles", marker={"color": ORANGE}, **bars)
    figure.add_bar(x=holes, y=[-share for share in piles.SHARES_TO], name="holes", marker={"color": BLUE}, **bars)
    figure.update_layout(barmode="overlay", xaxis={"dtick": 1})
    arcs = {
        (i, j): curve(figure, f"from {places[i]:g} to {holes[j]:g}", GREY, showlegend=False, fill="toself")
        for i in range(len(places))
        for j in range(len(holes))
    }
    lowest = piles.cost(best)

    def at(thought: float) -> Moment:
        mixed = (1 - 2 * thought) * worst + 2 * thought * plain
        plan = mixed if thought <= 0.5 else (2 - 2 * thought) * plain + (2 * thought - 1) * best
        drawn = {
            trace: dict(zip("xy", _band(places[i], holes[j], plan[i, j]), strict=True))
            for (i, j), trace in arcs.items()
        }
        return Moment(drawn, (piles.cost(plan), lowest, piles.cost(plan) / lowest))

    return TouchFigure(
        figure,
        (slider("your plan: from the longest ways to the shortest", 0, 1, 41, 0.5, form=".2f"),),
        at,
        (
            Number("cost of this plan", tip="Earth times way, summed."),
            Number("cheapest plan", tip="The earth mover's distance, by linear programming."),
            Number("ratio"),
        ),
        "Piles of earth above the line, holes below it, and bands from each pile to each hole that are as wide as what "
        "a plan moves.",
        340,
    )


def _band(start: float, end: float, moved: float) -> tuple[np.ndarray, np.ndarray]:
    """The outline of an arc from a pile to a hole, as wide as what is moved; nothing where nothing is."""
    t = np.linspace(0, 1, 25)
    if moved < 1e-6:
        return np.full(2 * len(t), np.nan), np.full(2 * len(t), np.nan)
    x = start + (end - start) * t
    y = 0.25 + 0.7 * np.sin(np.pi * t) * (0.35 + 0.13 * abs(end - start)) - 0.35 * t
    return np.concatenate([x, x[::-1]]), np.concatenate([y + moved / 4, (y - moved / 4)[::-1]])
