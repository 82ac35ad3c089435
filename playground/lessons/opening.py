"""What each lesson shows before anything is changed, as plain numbers: `python -m playground lesson NAME --json`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from playground.lessons import bits, by_hand, circles, divergences, rulers


@dataclass(frozen=True)
class Lesson:
    """title: as a page heads it. question: the one that it answers. numbers: at its opening values, plain values."""

    title: str
    question: str
    numbers: Callable[[], dict[str, Any]]


def _bits() -> dict[str, Any]:
    p, q, codes = bits.WEATHER_P, bits.WEATHER_Q, bits.WEATHER_CODES
    best = bits.huffman(q)
    return {
        "entropy": bits.entropy(q),
        "cross_entropy": bits.cross_entropy(p, q),
        "kl": bits.kl(p, q),
        "average_length": [bits.average_length(q, code) for code in codes],
        "kraft": [bits.kraft(code) for code in codes],
        "decodable": [bits.decodable(code) for code in codes],
        "huffman": {"code": list(best), "average_length": bits.average_length(q, best)},
    }


def _rulers() -> dict[str, Any]:
    theta = np.linspace(-1.0, 1.0, 41).round(10)
    return {
        "theta": theta.tolist(),
        "jsd": rulers.parallel_jsd(theta).tolist(),
        "w1": rulers.parallel_w1(theta).tolist(),
    }


def _by_hand() -> dict[str, Any]:
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


def _circles() -> dict[str, Any]:
    orders: tuple[circles.Order, ...] = ("simultaneous", "alternating")
    return {
        "final_radius": {
            name: {order: float(circles.radius(circles.trajectory(field, order))[-1]) for order in orders}
            for name, field in circles.GAMES.items()
        }
    }


def _divergences() -> dict[str, Any]:
    return {
        "fits": {name: asdict(divergences.fit(name)) for name in divergences.INTEGRANDS},
        "table": divergences.table(),
    }


LESSONS: dict[str, Lesson] = {
    "bits": Lesson(
        "Bits and surprise", "How many bits does an outcome take, and how many does a wrong code cost?", _bits
    ),
    "rulers": Lesson(
        "Two rulers", "What do the JSD and the earth mover's distance see of two lines that never meet?", _rulers
    ),
    "by-hand": Lesson("One step by hand", "What does one update of the discriminator work out?", _by_hand),
    "circles": Lesson("Going round in circles", "Why do two players that both learn not always arrive?", _circles),
    "divergences": Lesson(
        "Many divergences", "Which Gaussian is nearest to a mixture, and by which measure?", _divergences
    ),
}
"""The lessons whose numbers there are, in the order of the course."""
