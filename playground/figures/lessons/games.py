"""Figures of "Going round in circles" and "The diminished gradient"."""

import itertools
from functools import cache

import numpy as np
from scipy.special import expit, log_expit

from playground.figures.lessons.parts import curve, dot, figure_of, slider
from playground.figures.touch import Control, Moment, Number, TouchFigure
from playground.lessons import circles
from playground.palette import BLUE, GREEN, GREY, ORANGE, PURPLE

STEPS = 300
FARTHEST = 3.0
GAMES: dict[str, circles.Field] = {
    "minimax": circles.gan,
    "non-saturating": circles.non_saturating,
    "Wasserstein (x·y)": circles.wasserstein,
    "WGAN-GP": circles.wgan_gp(),
    "minimax with R1": circles.r1(),
    "minimax with noise": circles.instance_noise(),
    "minimax with consensus": circles.consensus(),
}


def paths() -> TouchFigure:
    """The way of θ and ψ over the plane, beside their radius over the steps.

    The paper's D is high on samples; here D is high on data, as everywhere else in this playground: ψ has the other
    sign.
    """
    figure = figure_of("θ, where G's point is", "ψ, D's slope", (-FARTHEST, FARTHEST), (-FARTHEST, FARTHEST))
    figure.update_layout(
        xaxis={"domain": [0, 0.46]},
        xaxis2={
            "title": {"text": "step"},
            "range": [0, STEPS],
            "domain": [0.56, 1],
            "anchor": "y2",
            "fixedrange": True,
        },
        yaxis2={"title": {"text": "radius"}, "range": [0, FARTHEST], "anchor": "x2", "fixedrange": True},
    )
    arrows = curve(figure, "where they move", GREY, line={"width": 1})
    way = curve(figure, "the way", PURPLE)
    start = dot(figure, "start", GREY)
    end = dot(figure, "end", ORANGE)
    curve(figure, "rest", GREEN, [0], [0], showlegend=False)
    far = curve(figure, "radius", BLUE, range(STEPS + 1), axis="y2", xaxis="x2")
    names = tuple(GAMES)

    def at(game: float, order: float, step: float) -> Moment:
        field = GAMES[names[int(game)]]
        path = circles.trajectory(field, "alternating" if order else "simultaneous", step, steps=STEPS)
        with np.errstate(invalid="ignore", over="ignore"):
            radius = circles.radius(path)
            shown = np.where(radius[:, None] < 100, path, np.nan)
        derivative = circles.jacobian(field)
        smooth = np.abs(derivative).max() < 100  # a field that jumps at rest has no derivative there
        values = np.linalg.eigvals(derivative) if smooth else np.full(2, np.nan + 0j)
        return Moment(
            {
                arrows: dict(zip("xy", _arrows(names[int(game)]), strict=True)),
                way: {"x": shown[:, 0], "y": -shown[:, 1]},
                start: {"x": path[:1, 0], "y": -path[:1, 1]},
                end: {"x": shown[-1:, 0], "y": -shown[-1:, 1]},
                far: {"y": np.where(radius < 100, radius, np.nan)},
            },
            (float(radius[-1]), float(values.real.max()), float(np.abs(values.imag).max())),
        )

    return TouchFigure(
        figure,
        (
            Control("game", tuple(map(float, range(len(names)))), 0.0, names=names),
            Control("who moves", (0.0, 1.0), 0.0, names=("both at once", "in turn")),
            slider("step size", 0.02, 0.5, 13, 0.2),
        ),
        at,
        (
            Number(f"radius after {STEPS} steps", ".3g", "√2 = 1.414 at the start."),
            Number(
                "real part",
                ".3f",
                "The largest of the eigenvalues of the field's derivative at (0, 0): below 0 it pulls in.",
            ),
            Number("imaginary part", ".3f", "Of the same eigenvalues: how fast it turns."),
        ),
        "The plane of θ and ψ with the way of the two players, and their distance from the place of rest over time.",
        330,
    )


@cache
def _arrows(game: str) -> np.ndarray:
    """The field as one line of arrows with gaps between them, (2, n)."""
    places = np.linspace(-0.9 * FARTHEST, 0.9 * FARTHEST, 10)
    strokes = []
    for theta, psi in itertools.product(places, places):
        moved = np.array(GAMES[game](theta, psi))
        along = 0.22 * moved / max(1e-9, float(np.hypot(*moved)))
        across = 0.35 * np.array([-along[1], along[0]])
        tail, tip = np.array([theta, psi]) - along, np.array([theta, psi]) + along
        neck = tip - 0.6 * along
        strokes += [tail, tip, neck + across, tip, neck - across, np.full(2, np.nan)]
    mirrored: np.ndarray = np.stack(strokes, axis=1) * np.array([[1], [-1]])
    return mirrored


def slopes() -> TouchFigure:
    """What G minimises over D's logit at a sample, both ways, and the slopes."""
    logits = np.linspace(-8, 8, 161)
    figure = figure_of("d, D's logit at a sample (D = sigmoid(d))", "what G minimises", (-8, 8), (-8.5, 8.5))
    curve(figure, "log(1 − D), minimax", ORANGE, logits, log_expit(-logits))
    curve(figure, "−log D, non-saturating", BLUE, logits, -log_expit(logits))
    tangents = [curve(figure, "slope", colour, dash="dot", showlegend=False) for colour in (ORANGE, BLUE)]
    here = dot(figure, "this sample", PURPLE)

    def at(d: float) -> Moment:
        heights = float(log_expit(-d)), float(-log_expit(d))
        pushes = float(-expit(d)), float(-expit(-d))
        near = np.array([d - 2, d + 2])
        drawn = {
            trace: {"x": near, "y": height + push * (near - d)}
            for trace, height, push in zip(tangents, heights, pushes, strict=True)
        }
        return Moment({**drawn, here: {"x": [d, d], "y": heights}}, (float(expit(d)), *pushes))

    return TouchFigure(
        figure,
        (slider("d", -8, 8, 81, -4.0, form=".1f", drag="x"),),
        at,
        (
            Number("D(G(z))", ".4f"),
            Number("slope of log(1 − D)", ".4f", "−D: nothing where D is sure that the sample is generated."),
            Number("slope of −log D", ".4f", "−(1 − D): largest just there."),
        ),
        "Two falling curves over D's logit: one is flat on the left, where D is sure, the other steep.",
        320,
    )
