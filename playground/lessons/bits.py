"""Entropy, cross-entropy and code lengths of a discrete distribution, in bits."""

import heapq
import itertools
import math
from collections.abc import Sequence

WEATHER_Q = (0.1, 0.3, 0.4, 0.2)
WEATHER_P = (0.11, 0.29, 0.41, 0.19)
WEATHER_CODES = (("0", "1", "10", "11"), ("11", "01", "0", "1"))
"""The lecture's weather: the true shares, somebody's estimate of them, and two tables of code words."""

Code = Sequence[str]
"""One word of 0s and 1s for each outcome."""


def entropy(p: Sequence[float]) -> float:
    """H(p) = −Σ pᵢ log₂ pᵢ: the fewest bits an outcome can take on average (Shannon 1948)."""
    return cross_entropy(p, p)


def cross_entropy(p: Sequence[float], q: Sequence[float]) -> float:
    """H(p, q) = −Σ pᵢ log₂ qᵢ: bits per outcome of p in the code that is best for q; inf where q has a hole in p."""
    _check(p)
    _check(q)
    if len(p) != len(q):
        raise ValueError(f"Both distributions must have as many outcomes (got {len(p)} and {len(q)}).")
    if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True)):
        return math.inf
    return -sum(a * math.log2(b) for a, b in zip(p, q, strict=True) if a > 0) + 0.0


def kl(p: Sequence[float], q: Sequence[float]) -> float:
    """KL(p ‖ q) = H(p, q) − H(p): the bits that the wrong code costs."""
    return cross_entropy(p, q) - entropy(p)


def average_length(p: Sequence[float], code: Code) -> float:
    """Σ pᵢ · length of word i, in bits per outcome."""
    _check(p)
    _check_code(code, len(p))
    return math.fsum(share * len(word) for share, word in zip(p, code, strict=True))


def kraft(code: Code) -> float:
    """Σ 2^(−length): above 1, no code with these lengths can be decoded (Kraft 1949, McMillan 1956)."""
    _check_code(code, len(code))
    return math.fsum(2.0 ** -len(word) for word in code)


def decodable(code: Code) -> bool:
    """Whether every text of words can be cut into words in one way only (Sardinas and Patterson 1953)."""
    return two_readings(code) is None


def two_readings(code: Code) -> tuple[str, tuple[int, ...], tuple[int, ...]] | None:
    """A shortest text that can be read in two ways, and the places of the words of both; None where there is none.

    Two readings are built side by side from different first words, always the shorter one further; what one is ahead is
    a rest of one of the words, so there are finitely many (Sardinas and Patterson 1953).
    """
    _check_code(code, len(code))
    heap: list[tuple[int, str, tuple[int, ...], tuple[int, ...]]] = []  # length, rest, who is ahead, who is behind
    for a, b in itertools.permutations(range(len(code)), 2):
        if code[b].startswith(code[a]):
            heapq.heappush(heap, (len(code[b]), code[b].removeprefix(code[a]), (b,), (a,)))
    seen: set[str] = set()
    while heap:
        length, rest, ahead, behind = heapq.heappop(heap)
        if not rest:
            return "".join(code[place] for place in ahead), ahead, behind
        if rest in seen:
            continue
        seen.add(rest)
        for place, word in enumerate(code):
            if rest.startswith(word):
                heapq.heappush(heap, (length, rest.removeprefix(word), ahead, (*behind, place)))
            elif word.startswith(rest):
                more = word.removeprefix(rest)
                heapq.heappush(heap, (length + len(more), more, (*behind, place), ahead))
    return None


def huffman(p: Sequence[float]) -> tuple[str, ...]:
    """The words of a code with the smallest average length among those that can be decoded (Huffman 1952)."""
    _check(p)
    if len(p) == 1:
        return ("0",)
    words = [""] * len(p)
    heap: list[tuple[float, int, list[int]]] = [(share, place, [place]) for place, share in enumerate(p)]
    heapq.heapify(heap)
    for turn in range(len(p), 2 * len(p) - 1):
        (low, _, left), (high, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        for bit, places in (("1", left), ("0", right)):
            for place in places:
                words[place] = bit + words[place]
        heapq.heappush(heap, (low + high, turn, left + right))
    return tuple(words)


def _check(p: Sequence[float]) -> None:
    if not p:
        raise ValueError("A distribution needs at least one outcome.")
    if any(not math.isfinite(share) or share < 0 for share in p):
        raise ValueError("Probabilities must be numbers from 0 to 1.")
    if abs(math.fsum(p) - 1) > 1e-9:
        raise ValueError(f"Probabilities must sum to 1 (these sum to {math.fsum(p):.6g}).")


def _check_code(code: Code, outcomes: int) -> None:
    if len(code) != outcomes:
        raise ValueError(f"A code needs one word for each outcome: {outcomes} (got {len(code)}).")
    if any(not word or set(word) - {"0", "1"} for word in code):
        raise ValueError("A code word is made of one or more of the digits 0 and 1.")
