"""Figures of "Why the JSD tells so little": few points, and noise on both sides."""

from functools import cache

import numpy as np

from playground.figures.lessons.parts import curve, panels, slider
from playground.figures.touch import Control, Moment, Number, TouchFigure
from playground.lessons import densities, sampling
from playground.palette import BLUE, GREEN, ORANGE, PURPLE

X = np.linspace(-3, 4, 141)
COUNTS = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
BUMPS = (0.0, 10.0, 20.0, 40.0)
DRAWS = 4


def few() -> TouchFigure:
    """How often a D is right about the points that it has seen and about fresh ones, over their number."""
    figure = panels("points of each kind", "D is right about", "density", (0.9, 3.1), (0.45, 1.02), (0, 0.45))
    figure.update_layout(
        xaxis={"type": "log", "anchor": "y", "tickvals": COUNTS, "ticktext": [f"{count:,.0f}" for count in COUNTS]},
        xaxis2={"range": [-4, 4.5], "anchor": "y2", "fixedrange": True},
        yaxis={"domain": [0, 0.5]},
        yaxis2={"domain": [0.68, 1], "anchor": "x2"},
    )
    line = np.linspace(-4, 4.5, 121)
    curve(figure, "one", BLUE, line, densities.normal(0, 1, line), axis="y2", xaxis="x2")
    curve(figure, "the other", ORANGE, line, densities.normal(sampling.APART, 1, line), axis="y2", xaxis="x2")
    seen = curve(figure, "points it has seen", PURPLE, COUNTS)
    fresh = curve(figure, "fresh points", GREEN, COUNTS)
    here = curve(figure, "here", PURPLE, dash="dot", showlegend=False)

    def at(n: float, bumps: float) -> Moment:
        pairs = np.array([_accuracy(int(count), int(bumps)) for count in COUNTS])
        place = COUNTS.index(n)
        return Moment(
            {seen: {"y": pairs[:, 0]}, fresh: {"y": pairs[:, 1]}, here: {"x": [n, n], "y": [0.45, 1.02]}},
            tuple(pairs[place]),
        )

    return TouchFigure(
        figure,
        (
            Control("points of each kind", COUNTS, 50.0, form="count"),
            Control("D's capacity (bumps)", BUMPS, 40.0, form="count"),
        ),
        at,
        (Number("right about seen points", "percent"), Number("right about fresh points", "percent")),
        "Two bell curves that nearly coincide; below, how often a fitted discriminator is right about points that it "
        "has seen, near 1 where they are few, and about fresh ones, near a half.",
        360,
    )


def noise() -> TouchFigure:
    """Two points, blurred by the same noise: densities, and the JSD over their distance."""
    apart = np.linspace(-3, 3, 61).round(6)
    figure = panels("θ, the distance between the two", "JSD (nats)", "density, blurred", (-3, 3), (0, 0.75), (0, 2))
    first = curve(figure, "the data, blurred", BLUE, X, axis="y2")
    second = curve(figure, "G's point, blurred", ORANGE, X, axis="y2")
    over = curve(figure, "JSD", GREEN, apart)
    curve(
        figure,
        "JSD without noise",
        PURPLE,
        [-3, -1e-6, 0, 1e-6, 3],
        [np.log(2)] * 2 + [0] + [np.log(2)] * 2,
        dash="dot",
    )
    here = curve(figure, "here", ORANGE, dash="dot", showlegend=False)

    def at(theta: float, sigma: float) -> Moment:
        nearby = [densities.jsd_of_blurred_points(theta + shift, sigma) for shift in (-0.005, 0.005)]
        return Moment(
            {
                first: {"y": densities.normal(0, sigma, X)},
                second: {"y": densities.normal(theta, sigma, X)},
                over: {"y": [_blurred(abs(float(place)), sigma) for place in apart]},
                here: {"x": [theta, theta], "y": [0, 0.75]},
            },
            (
                _blurred(abs(theta), sigma),
                (nearby[1] - nearby[0]) / 0.01,
                densities.overlap(theta, sigma),
            ),
        )

    return TouchFigure(
        figure,
        (slider("θ", -3, 3, 61, 1.5, form=".1f", drag="x"), slider("σ of the noise", 0.2, 1.5, 14, 0.3, form=".1f")),
        at,
        (
            Number("JSD"),
            Number("its slope in θ", ".4f", "What G would follow: 0 where the JSD is flat."),
            Number("shared mass", "percent", "2 Φ(−θ/2σ)."),
        ),
        "Two narrow bell curves; below, the Jensen-Shannon divergence over their distance: a valley that gets wider "
        "with the noise, beside the flat line with a hole that it is without.",
        360,
    )


@cache
def _blurred(theta: float, sigma: float) -> float:
    return densities.jsd_of_blurred_points(theta, sigma)


@cache
def _accuracy(n: int, bumps: int) -> tuple[float, float]:
    """The mean over a few draws of the points."""
    seen, fresh = np.mean([sampling.accuracy(n, bumps, seed) for seed in range(DRAWS)], axis=0).tolist()
    return seen, fresh
