"""One step by hand: the lecture's worked example of a discriminator's update."""

from typing import Any

from playground.lessons import by_hand
from playground.lessons.lesson import Lesson, Text, Worksheet


def _numbers() -> dict[str, Any]:
    done = by_hand.update()
    return {
        "d_real": done.d_real.tolist(),
        "d_fake": done.d_fake.tolist(),
        "V": done.value,
        "d_log_d_da": done.d_log_d_da.tolist(),
        "d_log_d_db": done.d_log_d_db.tolist(),
        "gradient": dict(zip("ab", done.gradient, strict=True)),
        "updated": dict(zip("ab", done.updated, strict=True)),
    }


LESSON = Lesson(
    "One step by hand",
    "What does one update of the discriminator work out?",
    15,
    (("Goodfellow et al. 2014, algorithm 1", "https://arxiv.org/abs/1406.2661"),),
    (Text("judge"), Worksheet("update"), Text("again")),
    _numbers,
)
