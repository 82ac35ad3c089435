"""All recorded pictures of a run as one block of bytes, much smaller than one by one; `replay/pictures.js` reads it.

The arrays of one name, type and shape form a stack (pictures, …). What a neighbour foretells is taken off each number,
then the numbers' high bytes come first and the low ones last. Nothing is lost of what the store kept.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.frame import Frame

Whole = NDArray[Any]
"""Numbers as unsigned integers of one to four bytes."""


def _by_the_one_before(stack: Whole) -> Whole:
    """Each picture's numbers less those of the picture before."""
    return _zigzag(np.diff(stack, axis=0, prepend=np.zeros_like(stack[:1])))


def _by_their_neighbours(stack: Whole) -> Whole:
    """Each number less its neighbours in the grid that the last two axes are: left + above − above left."""
    for axis in (-1, -2):
        stack = np.diff(stack, axis=axis, prepend=np.zeros_like(stack.take([0], axis=axis)))
    return _zigzag(stack)


FORETELLS: dict[str, Callable[[Whole], Whole]] = {
    "nothing": lambda stack: stack,
    "before": _by_the_one_before,
    "neighbours": _by_their_neighbours,
}
"""What foretells a number: of each stack the one that leaves the fewest bytes."""


@dataclass(frozen=True)
class Stack:
    """The arrays of one name: the shape of one, how many, what foretells their numbers, and where their bytes begin."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    count: int
    foretells: str
    at: int


@dataclass(frozen=True)
class Pictures:
    """frames: for each its values, and its arrays as (place in `stacks`, which one of the stack)."""

    frames: Sequence[Mapping[str, Any]]
    stacks: Sequence[Stack]
    content: bytes


def packed(frames: Sequence[Frame]) -> Pictures:
    """The pictures, in their order; their arrays of float32, float16 and uint8."""
    found: dict[tuple[str, str, tuple[int, ...]], list[NDArray[Any]]] = {}
    told = []
    for frame in frames:
        places = []
        for name, array in frame.arrays.items():
            stack = found.setdefault((name, array.dtype.name, array.shape), [])
            places.append((list(found).index((name, array.dtype.name, array.shape)), len(stack)))
            stack.append(array)
        told.append({"values": dict(frame.values), "arrays": places})
    stacks, content = [], b""
    for (name, dtype, shape), arrays in found.items():
        foretells, body = _smallest(_in_order(np.stack(arrays)))
        stacks.append(Stack(name, dtype, shape, len(arrays), foretells, len(content)))
        content += body
    return Pictures(told, stacks, content)


def _smallest(stack: Whole) -> tuple[str, bytes]:
    ways = {name: way for name, way in FORETELLS.items() if name != "neighbours" or stack.ndim > 2}
    bodies = {name: _planes(way(stack)) for name, way in ways.items()}
    best = min(bodies, key=lambda name: len(gzip.compress(bodies[name], 1)))
    return best, bodies[best]


def _in_order(stack: NDArray[Any]) -> Whole:
    """Floats as whole numbers in the same order: a little more is the next number, below zero too. Bytes stay."""
    if stack.dtype == np.uint8:
        return stack
    whole = np.ascontiguousarray(stack).view(f"u{stack.itemsize}")
    sign = whole.dtype.type(1 << (8 * stack.itemsize - 1))
    ordered: Whole = np.where(whole & sign, ~whole, whole | sign)
    return ordered


def _zigzag(differences: Whole) -> Whole:
    """0, −1, 1, −2, 2 … as 0, 1, 2, 3, 4 …: small ones have no high bytes."""
    signed = differences.view(f"i{differences.itemsize}")
    folded: Whole = ((signed << 1) ^ (signed >> (8 * signed.itemsize - 1))).view(differences.dtype)
    return folded


def _planes(stack: Whole) -> bytes:
    """The highest bytes of all numbers, then the next …"""
    return stack.astype(stack.dtype.newbyteorder(">")).reshape(-1, 1).view(np.uint8).T.tobytes()
