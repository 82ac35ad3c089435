"""Figures of "Two ways to be wrong": a model under two peaks, and two uniforms that are pushed apart."""

import numpy as np

from playground.figures.lessons.parts import curve, panels, slider, two_rulers
from playground.figures.touch import Moment, Number, TouchFigure
from playground.lessons import densities
from playground.palette import BLUE, GREEN, ORANGE, PURPLE

APART, SIGMA = 4.0, 0.6
"""The data: two peaks."""
X = np.linspace(-6, 6, 121)
WIDTH = 3.0
"""Of the two uniforms that are pushed apart."""
BOX = np.array([0, 0, 1, 1, 0, 0]) / WIDTH
"""How high the outline of one is at its corners."""


def fit() -> TouchFigure:
    """A normal model q that one drags under data p with two peaks, and the integrands of both divergences."""
    figure = panels("x", "integrand", "density", (-6, 6), (-0.4, 2.1), (0, 1.05))
    curve(figure, "p, the data", BLUE, X, densities.two_normals(APART, SIGMA, X), axis="y2")
    model = curve(figure, "q, the model", ORANGE, X, axis="y2")
    forward = curve(figure, "p log(p/q)", GREEN, X)
    backward = curve(figure, "q log(q/p)", PURPLE, X)
    whole, shown = densities.log_two_normals(APART, SIGMA), densities.log_two_normals(APART, SIGMA, X)

    def at(mu: float, sigma: float) -> Moment:
        q, everywhere = densities.log_normal(mu, sigma, X), densities.log_normal(mu, sigma)
        both = densities.kl_integrand(whole, everywhere), densities.kl_integrand(everywhere, whole)
        kl, reverse = (float(np.trapezoid(integrand, densities.GRID)) for integrand in both)
        return Moment(
            {
                model: {"y": np.exp(q)},
                forward: {"y": densities.kl_integrand(shown, q)},
                backward: {"y": densities.kl_integrand(q, shown)},
            },
            (kl, reverse, densities.log_likelihood(np.exp(whole), everywhere)),
        )

    return TouchFigure(
        figure,
        (slider("mean of q", -4, 4, 41, 0.0, form=".1f", drag="x"), slider("σ of q", 0.4, 3, 27, 1.0, form=".1f")),
        at,
        (
            Number("KL(p ‖ q)", tip="∫ p log(p/q), in nats: what maximum likelihood makes small."),
            Number("KL(q ‖ p)", tip="∫ q log(q/p), in nats: the reverse."),
            Number("mean of log q over the data", tip="The average log-likelihood of a sample of p under q, in nats."),
        ),
        "A density with two peaks, a bell curve that can be moved and widened, and below them the integrands of both "
        "Kullback-Leibler divergences.",
        360,
    )


def apart() -> TouchFigure:
    """Two uniforms of one width: where they overlap, and what three rulers say."""
    places = np.linspace(-5, 5, 101).round(6)
    told = [densities.boxes(place, WIDTH) for place in places]
    figure = panels("x, and how far q is pushed", "distance", "density", (-7, 7), (0, 5.2), (0, 0.5))
    curve(figure, "p", BLUE, _edges(0.0), BOX, axis="y2")
    other = curve(figure, "q", ORANGE, axis="y2")
    two_rulers(figure, places, [row.jsd for row in told], [row.wasserstein for row in told])
    here = curve(figure, "your push", ORANGE, dash="dot")

    def at(push: float) -> Moment:
        found = densities.boxes(push, WIDTH)
        return Moment(
            {other: {"x": _edges(push), "y": BOX}, here: {"x": [push, push], "y": [0.0, 5.2]}},
            (found.kl, found.kl, found.jsd, found.wasserstein),
        )

    return TouchFigure(
        figure,
        (slider("push of q", -5, 5, 101, 1.0, form=".1f", drag="x"),),
        at,
        (
            Number("KL(p ‖ q)", tip="Infinite as soon as p has mass where q has none."),
            Number("KL(q ‖ p)", tip="Infinite as soon as q has mass where p has none."),
            Number("JSD", tip="At most log 2 = 0.693: the same for all that do not overlap."),
            Number("earth mover's", tip="The way that the mass has to go, on average."),
        ),
        "Two boxes of one width, one of which can be pushed, and below them the Jensen-Shannon divergence, which ends "
        "flat, and the earth mover's distance, which goes on rising.",
        360,
    )


def _edges(push: float) -> np.ndarray:
    """Where the outline of a box has its corners."""
    left, right = push - WIDTH / 2, push + WIDTH / 2
    return np.array([-7, left, left, right, right, 7])
