"""Formulas in d that somebody types: a text is read into a tree, and the tree is worked out.

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = ("-" | "+") signed | power
    power   = atom ("^" signed)?
    atom    = number | "d" | "e" | "pi" | "log2" | function "(" sum ("," sum)* ")" | "(" sum ")"

A minus, a dot or a cross in Unicode (− · ×) is as good. Nothing is ever evaluated as Python: what is not in this
grammar is a FormulaError, which says where. Length and depth are bounded, so nothing takes long.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground import elementwise
from playground.elementwise import Functions, sigmoid
from playground.errors import PlaygroundError

LONGEST = 200
"""Characters in a formula, at most."""
DEEPEST = 30
"""Brackets, signs and powers within each other, at most."""
LARGEST = float(np.finfo(np.float32).max)
"""Networks are trained in single precision: a larger number is infinite there."""
Floats = NDArray[np.floating[Any]]

TRIED = np.arange(-1000, 1001).astype(np.float32) / np.float32(100)
"""The d at which a formula has to be finite: from −10 to 10, 0 among them."""

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How strongly a part of a formula binds, in Python as here; a name, a number and a call most strongly."""

CONSTANTS = {"e": math.e, "pi": math.pi, "log2": math.log(2)}


class FormulaError(PlaygroundError, ValueError):
    """A text that is no formula that can be trained with: what is wrong, and where."""


@dataclass(frozen=True)
class Operation:
    """apply: works it out. back: takes the slope in what it comes to, and its arguments, to the slope in each of these;
    of NumPy's arrays, as autograd does it. code: how it is written for torch, {} where its arguments stand.
    arguments: how many. binds: how strongly."""

    apply: Callable[..., Any]
    back: Callable[..., tuple[Any, ...]]
    code: str
    arguments: int = 1
    binds: int = ATOM


def _back_from_power(g: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Of x ** y: d^0 is flat, and so is 0^d."""
    in_base = np.where(y == 0, 0, g * (y * np.power(x, y - 1)))
    in_exponent = np.where((x == 0) & (y >= 0), 0, g * (np.power(x, y) * np.log(x)))
    return in_base, in_exponent


FUNCTIONS: dict[str, Operation] = {
    "exp": Operation(lambda f, x: f.exp(x), lambda g, x: (g * np.exp(x),), "torch.exp({})"),
    "log": Operation(lambda f, x: f.log(x), lambda g, x: (g / x,), "torch.log({})"),
    "sqrt": Operation(lambda f, x: f.sqrt(x), lambda g, x: (g / (2 * np.sqrt(x)),), "torch.sqrt({})"),
    "softplus": Operation(lambda f, x: f.softplus(x), lambda g, x: (g * sigmoid(x),), "f.softplus({})"),
    "sigmoid": Operation(lambda f, x: f.sigmoid(x), lambda g, x: (g * sigmoid(x) * sigmoid(-x),), "torch.sigmoid({})"),
    "tanh": Operation(lambda f, x: f.tanh(x), lambda g, x: (g * (1 - np.tanh(x) ** 2),), "torch.tanh({})"),
    "relu": Operation(lambda f, x: f.relu(x), lambda g, x: (np.where(x > 0, g, 0),), "f.relu({})"),
    "abs": Operation(lambda f, x: f.abs(x), lambda g, x: (g * np.sign(x),), "torch.abs({})"),
    "min": Operation(
        lambda f, x, y: f.minimum(x, y),
        lambda g, x, y: (np.where(x <= y, g, 0), np.where(x > y, g, 0)),
        "torch.clamp({}, max={})",
        arguments=2,
    ),
    "max": Operation(
        lambda f, x, y: f.maximum(x, y),
        lambda g, x, y: (np.where(x >= y, g, 0), np.where(x < y, g, 0)),
        "torch.clamp({}, min={})",
        arguments=2,
    ),
}
INFIXES: dict[str, Operation] = {
    "+": Operation(lambda f, x, y: x + y, lambda g, x, y: (g, g), "{} + {}", 2, SUM),
    "-": Operation(lambda f, x, y: x - y, lambda g, x, y: (g, -g), "{} - {}", 2, SUM),
    "*": Operation(lambda f, x, y: x * y, lambda g, x, y: (g * y, g * x), "{} * {}", 2, PRODUCT),
    "/": Operation(lambda f, x, y: x / y, lambda g, x, y: (g / y, -g * (x / y / y)), "{} / {}", 2, PRODUCT),
    "^": Operation(lambda f, x, y: x**y, _back_from_power, "{} ** {}", 2, POWER),
}
NEGATIVE = Operation(lambda f, x: -x, lambda g, x: (-g,), "-{}", 1, SIGN)


@dataclass(frozen=True)
class Number:
    """A number, or what was worked out of numbers alone."""

    value: float


@dataclass(frozen=True)
class Variable:
    """d."""


@dataclass(frozen=True)
class Applied:
    """An operation on what its arguments come to; at least one of them has d in it."""

    operation: Operation
    arguments: tuple["Node", ...]


Node = Number | Variable | Applied


@dataclass(frozen=True)
class Formula:
    """A formula that has been read. It is called as the terms of the losses are: with d and the functions to use."""

    text: str
    tree: Node

    def __call__(self, d: Any, f: Functions, /) -> Any:
        """Its values at d, of the same shape."""
        return _worked_out(self.tree, d, f)

    def slope(self, d: Floats) -> Floats:
        """Its slope at d, of the same shape: what a player that minimises it follows, NaN where autograd finds none."""
        return _slope(self.tree, d, np.ones_like(d))


@lru_cache(maxsize=512)
def read(text: str) -> Formula:
    """A text as a formula that can be trained with. Raises FormulaError.

    It and its slope have to be finite at every d from −10 to 10, in single precision, and it has to change with d.
    """
    formula = Formula(text, _Reader(text).tree())
    with np.errstate(all="ignore"):
        values = np.broadcast_to(formula(TRIED, elementwise), TRIED.shape)
        slopes = formula.slope(TRIED)
    for found, fault in ((values, "is not a finite number"), (slopes, "has no finite slope")):
        wrong = TRIED[~np.isfinite(found)]
        if wrong.size:
            raise FormulaError(f"{_shown(text)} {fault} at d = {wrong[np.argmin(np.abs(wrong))]:g}")
    if (values == values[0]).all():
        raise FormulaError(f"{_shown(text)} is the same for every d")
    return formula


class _Reader:
    """Reads one text from left to right, one method for each line of the grammar."""

    TOKENS = re.compile(
        r"(?P<space>[ \t]+)|(?P<number>([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)|[A-Za-z_0-9]+|.", re.DOTALL
    )
    SAME = str.maketrans("−·×", "-**")

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise FormulaError(f"at most {LONGEST} characters are allowed, these are {len(text):,}")
        self._text = text
        found = [token for token in self.TOKENS.finditer(text.translate(self.SAME)) if token["space"] is None]
        self._tokens = [(token[0], token.start(), token["number"] is not None) for token in found]
        self._at = 0
        self._depth = 0

    def tree(self) -> Node:
        """All of it."""
        node = self._sum()
        if self._next:
            raise self._expected("an operator")
        return node

    def _sum(self) -> Node:
        node = self._product()
        while self._next in ("+", "-"):
            place = self._place
            node = self._applied(INFIXES[self._take()], place, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while self._next in ("*", "/"):
            place = self._place
            node = self._applied(INFIXES[self._take()], place, node, self._signed())
        return node

    def _signed(self) -> Node:
        if self._next not in ("+", "-"):
            return self._power()
        place = self._place
        sign = self._take()
        node = self._deeper(self._signed)
        return node if sign == "+" else self._applied(NEGATIVE, place, node)

    def _power(self) -> Node:
        node, place = self._atom(), self._place
        if self._next != "^":
            return node
        return self._applied(INFIXES[self._take()], place, node, self._deeper(self._signed))

    def _atom(self) -> Node:
        token, place = self._next, self._place
        if token and self._tokens[self._at][2]:
            return self._finite(float(self._take()), place)
        if token == "d":
            self._take()
            return Variable()
        if token in CONSTANTS:
            return Number(CONSTANTS[self._take()])
        if token == "(":
            self._take()
            node = self._deeper(self._sum)
            self._close("')'")
            return node
        if token in FUNCTIONS:
            return self._call(FUNCTIONS[self._take()], place)
        raise self._expected("a number, d, a function or '('")

    def _call(self, operation: Operation, place: int) -> Node:
        if self._next != "(":
            raise self._expected("'('")
        self._take()
        arguments = [self._deeper(self._sum)]
        while len(arguments) < operation.arguments:
            if self._next != ",":
                raise self._expected("','")
            self._take()
            arguments.append(self._deeper(self._sum))
        self._close("')'")
        if len(arguments) == 2:  # of a smaller and a larger one: the number stands behind, see Functions
            arguments.sort(key=lambda node: isinstance(node, Number))
        return self._applied(operation, place, *arguments)

    def _applied(self, operation: Operation, place: int, *arguments: Node) -> Node:
        """What has no d in it is worked out at once, in double precision."""
        numbers = [np.float64(node.value) for node in arguments if isinstance(node, Number)]
        if len(numbers) < len(arguments):
            return Applied(operation, arguments)
        with np.errstate(all="ignore"):
            return self._finite(float(operation.apply(elementwise, *numbers)), place)

    def _finite(self, value: float, place: int) -> Number:
        if not abs(value) <= LARGEST:
            raise FormulaError(f"{value:g} is no number to work with, {self._where(place)}")
        return Number(value)

    def _deeper(self, part: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError(f"at most {DEEPEST} brackets, signs and powers may lie within each other")
        node = part()
        self._depth -= 1
        return node

    def _close(self, what: str) -> None:
        if self._next != ")":
            raise self._expected(what)
        self._take()

    @property
    def _next(self) -> str:
        """The next token; empty at the end."""
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    @property
    def _place(self) -> int:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else len(self._text)

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][0]

    def _expected(self, what: str) -> FormulaError:
        """Why the next token is none that can stand here: with what was probably meant, where that is known."""
        if not self._tokens:
            return FormulaError("it is empty")
        if self._at and self._tokens[self._at - 1][0] == self._next == "*":
            return FormulaError(f"a power is written ^ {self._where(self._place)}")
        if self._next.isidentifier() and self._next not in ("d", *CONSTANTS, *FUNCTIONS):
            names = ", ".join(("d", *CONSTANTS, *FUNCTIONS))
            return FormulaError(f"{self._next[:20]!r} is unknown {self._where(self._place)}; known are {names}")
        return FormulaError(f"expected {what} {self._where(self._place)}")

    def _where(self, place: int) -> str:
        return f"at character {place + 1} of {_shown(self._text, place)}"


def _shown(text: str, place: int = 0) -> str:
    """A text in quotes, only what stands near the place where it is long."""
    first = max(0, min(place - 20, len(text) - 40))
    return repr(("…" if first else "") + text[first : first + 40] + ("…" if first + 40 < len(text) else ""))


def _worked_out(node: Node, d: Any, f: Functions) -> Any:
    match node:
        case Number(value):
            return value
        case Variable():
            return d
        case Applied(operation, arguments):
            return operation.apply(f, *(_worked_out(argument, d, f) for argument in arguments))


def _slope(node: Node, d: Floats, outer: Floats) -> Floats:
    """The slope in d by way of this part of a formula, in which it has the slope `outer`."""
    match node:
        case Number():
            return np.zeros_like(d)
        case Variable():
            return outer
        case Applied(operation, arguments):
            values = [np.asarray(_worked_out(argument, d, elementwise), d.dtype) for argument in arguments]
            back = operation.back(outer, *values)
            slopes = [_slope(part, d, inner) for part, inner in zip(arguments, back, strict=True)]
            return np.asarray(np.sum(slopes, axis=0))
