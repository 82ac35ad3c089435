"""A loss's row as the text of its formula: the row is called with a symbol in place of the logits."""

from typing import Any

from playground.objectives import Term

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)
"""How tightly an expression holds together, as in Python's own grammar."""


class Symbol:
    """A formula in the making: arithmetic on it writes down what was done."""

    def __init__(self, text: str, binding: int = _ATOM) -> None:
        self.text = text
        self.binding = binding

    def __neg__(self) -> "Symbol":
        return Symbol(f"-{_inside(self, _SIGN)}", _SIGN)

    def __add__(self, other: Any) -> "Symbol":
        return _joined(self, "+", other, _SUM)

    def __radd__(self, other: Any) -> "Symbol":
        return _joined(other, "+", self, _SUM)

    def __sub__(self, other: Any) -> "Symbol":
        return _joined(self, "-", other, _SUM)

    def __rsub__(self, other: Any) -> "Symbol":
        return _joined(other, "-", self, _SUM)

    def __mul__(self, other: Any) -> "Symbol":
        return _joined(self, "*", other, _PRODUCT)

    def __rmul__(self, other: Any) -> "Symbol":
        return _joined(other, "*", self, _PRODUCT)

    def __truediv__(self, other: Any) -> "Symbol":
        return _joined(self, "/", other, _PRODUCT)

    def __pow__(self, exponent: float) -> "Symbol":
        return Symbol(f"{_inside(self, _ATOM)} ** {exponent!r}", _POWER)


class _Functions:
    """What torch.nn.functional has, as text."""

    def softplus(self, x: Any) -> Symbol:
        return Symbol(f"functional.softplus({_lifted(x).text})")

    def relu(self, x: Any) -> Symbol:
        return Symbol(f"functional.relu({_lifted(x).text})")


def formula(term: Term, name: str) -> str:
    """The term as Python text in a tensor of that name: "functional.softplus(-d)"."""
    text: str = _lifted(term(Symbol(name), _Functions())).text
    return text


def _lifted(value: Any) -> Symbol:
    return value if isinstance(value, Symbol) else Symbol(repr(value), _ATOM if value >= 0 else _SIGN)


def _joined(left: Any, sign: str, right: Any, binding: int) -> Symbol:
    # The right side of a difference or a quotient needs brackets even where it binds as tightly.
    return Symbol(f"{_inside(_lifted(left), binding)} {sign} {_inside(_lifted(right), binding + 1)}", binding)


def _inside(part: Symbol, binding: int) -> str:
    return part.text if part.binding >= binding else f"({part.text})"
