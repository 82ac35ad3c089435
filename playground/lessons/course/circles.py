"""Going round in circles: the Dirac-GAN and the bilinear game."""

from typing import Any, get_args

from playground.lessons import circles
from playground.lessons.claims import ends, reaches
from playground.lessons.lesson import Experiment, Lesson, Text, Touch
from playground.lessons.track import Claim


def _numbers() -> dict[str, Any]:
    return {
        "final_radius": {
            name: {
                order: float(circles.radius(circles.trajectory(field, order))[-1]) for order in get_args(circles.Order)
            }
            for name, field in circles.GAMES.items()
        }
    }


LABEL = "radius, which was 1.41 at the start,"


def _tried(key: str, recipe: str, steps: int, claim: Claim, *controls: str) -> Experiment:
    """A game of two numbers on the stage, with the radius as its only chart."""
    return Experiment(key, recipe, {}, steps, claim, controls=controls, charts=("radius",))


LESSON = Lesson(
    "Going round in circles",
    "Why do two players that both learn not always arrive?",
    15,
    (
        ("Mescheder et al. 2018", "https://arxiv.org/abs/1801.04406"),
        ("Mescheder et al. 2017", "https://arxiv.org/abs/1705.10461"),
    ),
    (
        Text("smallest"),
        Touch("paths"),
        Text("eigenvalues"),
        _tried("round", "dirac", 3000, ends("radius", LABEL, 1.2, 10.0, 3000, ".2f")),
        _tried("damped", "dirac_r1", 3000, reaches("radius", "radius", 0.3, 3000, ".2f"), "penalty_weight"),
        _tried("outwards", "bilinear_simultaneous", 3000, ends("radius", LABEL, 2.0, 1e9, 3000, ".2f")),
        _tried("ahead", "bilinear_extragradient", 5000, reaches("radius", LABEL, 0.8, 5000, ".2f")),
        Text("large"),
    ),
    _numbers,
)
