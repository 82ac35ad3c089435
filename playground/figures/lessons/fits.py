"""Figures of "Many divergences" and "A critic instead of a judge"."""

import itertools

import numpy as np
import plotly.graph_objects as go

from playground.figures.lessons.parts import curve, figure_of, panels, slider
from playground.figures.touch import Control, Moment, Number, TouchFigure
from playground.lessons import densities, divergences
from playground.palette import BLUE, GREEN, ORANGE, PURPLE

X = np.linspace(-5, 8, 157)
LABELS = {
    "KL": "KL",
    "reverse_KL": "reverse KL",
    "JS": "JSD",
    "Jeffrey": "Jeffrey",
    "Pearson": "Pearson χ²",
    "squared_Hellinger": "squared Hellinger",
    "total_variation": "total variation",
}
"""What each divergence is called."""


def by_hand() -> TouchFigure:
    """A Gaussian that one puts on the mixture, and every divergence there."""
    figure = _mixture()
    model = curve(figure, "your Gaussian", ORANGE, X)

    def at(mu: float, sigma: float) -> Moment:
        numbers = [divergences.divergence(name, mu, sigma) for name in LABELS]
        return Moment({model: {"y": densities.normal(mu, sigma, X)}}, numbers)

    return TouchFigure(
        figure,
        (slider("mean", -2, 3, 21, 0.0, drag="x"), slider("σ", 0.2, 2.6, 17, 1.1)),
        at,
        tuple(Number(label) for label in LABELS.values()),
        "A mixture with a narrow peak on the left and a wide one on the right, and a bell curve that can be moved and "
        "widened.",
        320,
    )


def best() -> TouchFigure:
    """The best Gaussian by each divergence."""
    figure = _mixture()
    model = curve(figure, "the best Gaussian", ORANGE, X)
    names = tuple(LABELS)

    def at(which: float) -> Moment:
        found = divergences.fit(names[int(which)])
        return Moment(
            {model: {"y": densities.normal(found.mu, found.sigma, X)}}, (found.mu, found.sigma, found.divergence)
        )

    return TouchFigure(
        figure,
        (Control("best by", tuple(map(float, range(len(names)))), 0.0, names=tuple(LABELS.values())),),
        at,
        (Number("mean", ".3f"), Number("σ", ".3f"), Number("divergence there", ".3f")),
        "The mixture, and the bell curve that is nearest to it by the chosen divergence.",
        320,
    )


def critic() -> TouchFigure:
    """Two densities, the best function with slopes of at most 1, and what it measures."""
    line = np.linspace(-6, 6, 121)
    figure = panels("x", "f, the critic", "density", (-6, 6), (-5, 5), (0, 0.85))
    curve(figure, "the data", BLUE, line, densities.normal(0, 0.7, line), axis="y2")
    made = curve(figure, "G's samples", ORANGE, axis="y2")
    function = curve(figure, "the best critic", GREEN, line)
    p = densities.normal(0, 0.7)
    places = np.searchsorted(densities.GRID, line - 1e-9)

    def at(mu: float, sigma: float) -> Moment:
        q = densities.normal(mu, sigma)
        f = densities.best_critic(p, q)
        gained = float(np.trapezoid((p - q) * f, densities.GRID))
        return Moment(
            {made: {"x": line, "y": densities.normal(mu, sigma, line)}, function: {"y": f[places]}},
            (gained, densities.wasserstein(p, q), densities.jsd(p, q)),
        )

    return TouchFigure(
        figure,
        (
            slider("mean of the samples", -4, 4, 41, 2.0, form=".1f", drag="x"),
            slider("their σ", 0.3, 2, 18, 0.7, form=".1f"),
        ),
        at,
        (
            Number("E f(data) − E f(samples)", ".4f", "By the best critic."),
            Number("earth mover's distance", ".4f", "∫ |F_p − F_q|, by itself."),
            Number("JSD", ".4f"),
        ),
        "Two bell curves; below, the steepest allowed function, which falls from the data towards the samples.",
        360,
    )


def own_critic() -> TouchFigure:
    """A critic of straight pieces whose slopes one chooses, beside the best one."""
    places = np.linspace(-4.0, 5.0, 7)
    p, q = densities.normal(0.5, 0.6), densities.two_normals(5.0, 0.7)
    gains, distance = densities.critic_gains(p, q, places), densities.wasserstein(p, q)
    line = np.linspace(-6, 6, 121)
    figure = panels("x", "f, your critic", "density", (-6, 6), (-5, 5), (0, 0.75))
    curve(figure, "the data", BLUE, line, densities.normal(0.5, 0.6, line), axis="y2")
    curve(figure, "G's samples", ORANGE, line, densities.two_normals(5.0, 0.7, line), axis="y2")
    best = densities.best_critic(p, q)[np.searchsorted(densities.GRID, line - 1e-9)]
    curve(figure, "the best critic", GREEN, line, best - best.mean(), dash="dot")
    own = curve(figure, "your critic", PURPLE, [-6, *places, 6])

    def at(*slopes: float) -> Moment:
        heights = np.concatenate([[0.0], np.cumsum(np.array(slopes) * np.diff(places))])
        heights = np.concatenate([heights[:1], heights, heights[-1:]])
        gained = float(gains @ slopes)
        return Moment({own: {"y": heights - heights.mean()}}, (gained, distance, gained / distance))

    return TouchFigure(
        figure,
        tuple(
            slider(f"slope from {low:g} to {high:g}".replace("-", "−"), -1, 1, 5, 0.0, form=".1f")
            for low, high in itertools.pairwise(places)
        ),
        at,
        (
            Number("E f(data) − E f(samples)", ".3f", "By your critic."),
            Number("earth mover's distance", ".3f", "What the best critic wins: nobody wins more."),
            Number("share", "percent"),
        ),
        "Data in the middle and samples on both sides; below, a critic of six straight pieces, and the best critic, a "
        "tent over the data.",
        360,
    )


def _mixture() -> go.Figure:
    figure = figure_of("x", "density", (-5, 8), (0, 0.75))
    curve(figure, "the mixture", BLUE, X, np.exp(divergences.log_mixture(X)))
    return figure
