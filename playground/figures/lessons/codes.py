"""Figures of "Autoencoders and VAEs": two estimates of one gradient, and the two halves of the bound."""

import numpy as np

from playground.figures.lessons.parts import curve, figure_of, panels, slider
from playground.figures.touch import Control, Moment, Number, TouchFigure
from playground.lessons import codes, densities
from playground.palette import BLUE, GREEN, GREY, ORANGE

ESTIMATES = 4000
DRAWS = (1.0, 2.0, 5.0, 10.0, 30.0, 100.0)
BINS = np.linspace(-15, 15, 76)
Z = np.linspace(-4, 4, 121)


def estimates() -> TouchFigure:
    """How both estimates of the slope of E z² lie around the true one, over the number of draws."""
    figure = figure_of("estimate of the slope", "share of the estimates", (-15, 15), (0, 0.6))
    middles = (BINS[1:] + BINS[:-1]) / 2
    good = curve(figure, "2 (θ + ε), reparameterised", BLUE, middles, line={"shape": "hvh"})
    poor = curve(figure, "z² (z − θ), by the score", ORANGE, middles, line={"shape": "hvh"})
    true = curve(figure, "the slope, 2 θ", GREY, dash="dot")
    noise = np.random.default_rng(0).normal(size=(ESTIMATES, int(DRAWS[-1])))

    def shares(found: np.ndarray) -> np.ndarray:
        return np.histogram(found, BINS)[0] / ESTIMATES

    def at(theta: float, draws: float) -> Moment:
        drawn = noise[:, : int(draws)]
        ours, theirs = codes.spreads(theta, int(draws))
        return Moment(
            {
                good: {"y": shares(codes.by_reparameterising(theta, drawn))},
                poor: {"y": shares(codes.by_the_score(theta, drawn))},
                true: {"x": [2 * theta] * 2, "y": [0, 0.6]},
            },
            (2 * theta, ours, theirs, (theirs / ours) ** 2),
        )

    return TouchFigure(
        figure,
        (slider("θ", -3, 3, 25, 1.0), Control("L, draws for each estimate", DRAWS, 1.0, form="count")),
        at,
        (
            Number("slope 2 θ", ".2f"),
            Number("spread, reparameterised", ".3f", "√(4/L), whatever θ is."),
            Number("spread, by the score", ".3f", "√((θ⁴ + 14 θ² + 15)/L)."),
            Number("times as many draws", ".1f", "That the score needs for the same spread."),
        ),
        "Two histograms around the true slope: that of the reparameterised estimate is narrow, the other wide.",
        320,
    )


def halves() -> TouchFigure:
    """A code q(z) for one x, beside the best one, and what both halves of the bound say of it."""
    figure = panels("z", "density", "p(x | z)", (-4, 4), (0, 1.1), (0, 0.45))
    curve(figure, "the prior of z", GREY, Z, densities.normal(0, 1, Z), dash="dot")
    best = curve(figure, "the best code of x", GREEN, Z, dash="dash")
    own = curve(figure, "your code q", ORANGE, Z)
    read = curve(figure, "how likely x is, read from z", BLUE, Z, axis="y2")

    def at(x: float, mu: float, sigma: float) -> Moment:
        found = codes.bound(x, mu, sigma)
        return Moment(
            {
                best: {"y": densities.normal(x / 2, np.sqrt(0.5), Z)},
                own: {"y": densities.normal(mu, sigma, Z)},
                read: {"y": densities.normal(x, 1, Z)},
            },
            (found.reconstruction, found.kl, found.bound, found.exact, found.exact - found.bound),
        )

    return TouchFigure(
        figure,
        (
            slider("x", -3, 3, 13, 2.0, form=".1f"),
            slider("μ of the code", -3, 3, 25, 0.0, drag="x"),
            slider("σ of the code", 0.4, 2, 17, 1.0, form=".1f"),
        ),
        at,
        (
            Number("−E log p(x | z)", tip="The first half: how badly x is rebuilt, in nats."),
            Number("KL(q ‖ prior)", tip="The second half: what the code costs, in nats."),
            Number("bound", tip="Minus the sum of both halves."),
            Number("log p(x)", tip="Exact: here p(x) is N(0, 2)."),
            Number("gap", tip="KL from your code to the best one: 0 only there."),
        ),
        "The normal density of a code that can be moved and widened, beside the prior and the best code; above, how "
        "likely x is from every z.",
        360,
    )
