"""Bits and surprise: entropy, cross-entropy and code lengths."""

from typing import Any

from playground.lessons import bits
from playground.lessons.lesson import Lesson, Text, Worksheet


def _numbers() -> dict[str, Any]:
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


LESSON = Lesson(
    "Bits and surprise",
    "How many bits does an outcome take, and how many does a wrong code cost?",
    10,
    (
        ("Shannon 1948", "https://doi.org/10.1002/j.1538-7305.1948.tb01338.x"),
        ("Huffman 1952", "https://doi.org/10.1109/JRPROC.1952.273898"),
    ),
    (Text("surprise"), Text("codes"), Worksheet("tables"), Worksheet("weather"), Text("model")),
    _numbers,
)
