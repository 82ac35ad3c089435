"""Many divergences: a Gaussian fitted to a mixture by each of them."""

from dataclasses import asdict
from typing import Any

from playground.lessons import divergences
from playground.lessons.lesson import Lesson, Text, Touch, Worksheet


def _numbers() -> dict[str, Any]:
    return {
        "fits": {name: asdict(divergences.fit(name)) for name in divergences.INTEGRANDS},
        "table": divergences.table(),
    }


LESSON = Lesson(
    "Many divergences",
    "Which Gaussian is nearest to a mixture, and by which measure?",
    15,
    (("Nowozin et al. 2016", "https://arxiv.org/abs/1606.00709"),),
    (Text("family"), Touch("by-hand"), Text("fits"), Touch("best"), Worksheet("table"), Text("which")),
    _numbers,
)
