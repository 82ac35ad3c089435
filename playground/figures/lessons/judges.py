"""Figures of "The best discriminator": at one point, and over a line."""

import numpy as np
from scipy.special import expit

from playground.figures.lessons.parts import curve, dot, figure_of, panels, slider
from playground.figures.touch import Moment, Number, TouchFigure
from playground.lessons import densities
from playground.palette import BLUE, GREEN, ORANGE, PURPLE

JUDGED = np.linspace(0.01, 0.99, 99)
X = np.linspace(-6, 6, 121)
PEAKS_APART, PEAKS_SIGMA = 4.0, 0.8


def at_a_point() -> TouchFigure:
    """a log D + b log(1 − D) over D, for the densities a and b of data and samples at one place, and a D one drags."""
    figure = figure_of("D", "a log D + b log(1 − D)", (0, 1), (-3, 0))
    what = curve(figure, "what D gets here, nearest to 0 is best", GREEN, JUDGED)
    top = dot(figure, "the best D, a/(a + b)", PURPLE)
    own = dot(figure, "your D", ORANGE)

    def at(a: float, b: float, d: float) -> Moment:
        best = a / (a + b)
        height, yours = (a * np.log(said) + b * np.log(1 - said) for said in (best, d))
        return Moment(
            {
                what: {"y": a * np.log(JUDGED) + b * np.log(1 - JUDGED)},
                top: {"x": [best], "y": [height]},
                own: {"x": [d], "y": [yours]},
            },
            (yours, best, height),
        )

    return TouchFigure(
        figure,
        (
            slider("a, the density of the data here", 0.05, 1, 20, 0.6),
            slider("b, the density of the samples here", 0.05, 1, 20, 0.2),
            slider("D, what it says here", 0.02, 0.98, 49, 0.3, drag="x"),
        ),
        at,
        (
            Number("with your D", tip="In nats, per unit of length."),
            Number("best D"),
            Number("with the best D", tip="In nats, per unit of length: nothing is nearer to 0."),
        ),
        "A curve over D from 0 to 1 with one maximum, marked at a/(a + b), and a point on it that can be moved.",
    )


def densities_and_judge() -> TouchFigure:
    """Data and samples as bell curves, D* below them, and V(D*) beside −2 log 2 + 2 JSD."""
    figure = panels("x", "D*(x)", "density", (-6, 6), (0, 1), (0, 0.85))
    curve(figure, "the data", BLUE, X, densities.normal(0, 1, X), axis="y2")
    made = curve(figure, "G's samples", ORANGE, X, axis="y2")
    judge = curve(figure, "D*", GREEN, X)
    p = densities.normal(0, 1)

    def at(mu: float, sigma: float) -> Moment:
        q, shown = densities.normal(mu, sigma), densities.normal(mu, sigma, X)
        jsd = densities.jsd(p, q)
        return Moment(
            {made: {"y": shown}, judge: {"y": expit(densities.best_logit(densities.normal(0, 1, X), shown))}},
            (densities.value(p, q, densities.best_logit(p, q)), 2 * jsd - 2 * np.log(2), jsd),
        )

    return TouchFigure(
        figure,
        (slider("mean of the samples", -4, 4, 41, 1.5, form=".1f", drag="x"), slider("their σ", 0.5, 2.5, 21, 1.0)),
        at,
        (
            Number("V(D*)", ".6f", "E log D* + E log(1 − D*), integrated."),
            Number("−2 log 2 + 2 JSD", ".6f", "From the JSD, which is integrated by itself."),
            Number("JSD", ".6f"),
        ),
        "Two bell curves, one of which can be moved and widened; below, the discriminator that is right about both: "
        "near 1 where only data are, near 0 where only samples are, ½ where both are as likely.",
        360,
    )


def climbing_points() -> TouchFigure:
    """Points that follow the slope of log p, step after step."""
    figure = figure_of("x", "density", (-5, 5), (0, 0.4))
    curve(figure, "p, the data", BLUE, X, densities.two_normals(PEAKS_APART, PEAKS_SIGMA, X))
    points = dot(figure, "G's points", ORANGE)
    way = densities.climb(np.linspace(-4.5, 4.5, 40), PEAKS_APART, PEAKS_SIGMA, 0.05, 60)

    def at(step: float) -> Moment:
        x = way[int(step)]
        heights = densities.two_normals(PEAKS_APART, PEAKS_SIGMA, x)
        off = np.abs(np.abs(x) - PEAKS_APART / 2) / PEAKS_SIGMA
        return Moment(
            {points: {"x": x, "y": heights}}, (float(np.log(heights).mean()), float(np.sqrt((off**2).mean())))
        )

    return TouchFigure(
        figure,
        (slider("steps", 0, 60, 61, 0, form="count"),),
        at,
        (Number("mean of log p", tip="In nats: it can only rise."), Number("spread at the peaks, in σ")),
        "A density with two peaks, and points on it that climb to the nearest top as the steps go on.",
    )
