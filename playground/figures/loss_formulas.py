"""The terms of a loss as formulas in LaTeX, made by following the term itself on a letter instead of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

from playground.elementwise import Functions
from playground.formulas import ATOM, POWER, PRODUCT, SIGN, SUM
from playground.objectives import Loss, Term


def loss_formulas(loss: Loss) -> dict[str, str]:
    """What each player lowers, in d: its output there, or for a relative loss the difference of two."""
    terms = {"D": loss.real} if loss.relative else {"D, real": loss.real, "D, generated": loss.fake}
    return {name: formula(term) for name, term in (terms | {"G": loss.generator}).items()}


def formula(term: Term) -> str:
    """One term in LaTeX."""
    return _of(term(Written("d"), cast(Functions, _Functions()))).text


@dataclass(frozen=True)
class Written:
    """What has been worked out so far, as text. binds: how strongly its parts hold together."""

    text: str
    binds: int = ATOM

    def within(self, binds: int) -> str:
        """As a part of something that binds like this."""
        return self.text if self.binds >= binds else rf"\left({self.text}\right)"

    def __neg__(self) -> Written:
        return Written(f"-{self.within(PRODUCT)}", SIGN)

    def __add__(self, other: Any) -> Written:
        return Written(f"{self.within(SUM)} + {_of(other).within(PRODUCT)}", SUM)

    def __radd__(self, other: Any) -> Written:
        return _of(other) + self

    def __sub__(self, other: Any) -> Written:
        return Written(f"{self.within(SUM)} - {_of(other).within(PRODUCT)}", SUM)

    def __rsub__(self, other: Any) -> Written:
        return _of(other) - self

    def __mul__(self, other: Any) -> Written:
        return Written(rf"{self.within(PRODUCT)}\,{_of(other).within(PRODUCT)}", PRODUCT)

    def __rmul__(self, other: Any) -> Written:
        return _of(other) * self

    def __truediv__(self, other: Any) -> Written:
        if self.binds == SIGN:
            fraction: Written = Written(self.text[1:]) / other
            return -fraction
        return Written(rf"\tfrac{{{self.text}}}{{{_of(other).text}}}")

    def __rtruediv__(self, other: Any) -> Written:
        return _of(other) / self

    def __pow__(self, other: Any) -> Written:
        return Written(f"{self.within(ATOM)}^{{{_of(other).text}}}", POWER)

    def __rpow__(self, other: Any) -> Written:
        return _of(other) ** self


class _Functions:
    """The functions of `elementwise.Functions`, written."""

    def softplus(self, x: Any) -> Written:
        return _call(r"\log", Written("1", SUM) + self.exp(x))

    def exp(self, x: Any) -> Written:
        return Written(f"e^{{{_of(x).text}}}", POWER)

    def log(self, x: Any) -> Written:
        return _call(r"\log", x)

    def sqrt(self, x: Any) -> Written:
        return Written(rf"\sqrt{{{_of(x).text}}}")

    def tanh(self, x: Any) -> Written:
        return Written(rf"\tanh {_of(x).within(ATOM)}", PRODUCT)

    def abs(self, x: Any) -> Written:
        return Written(rf"\left|{_of(x).text}\right|")

    def sigmoid(self, x: Any) -> Written:
        return _call(r"\sigma", x)

    def relu(self, x: Any) -> Written:
        return self.maximum(0, x)

    def minimum(self, *of: Any) -> Written:
        return _call(r"\min", *of)

    def maximum(self, *of: Any) -> Written:
        return _call(r"\max", *of)


def _call(name: str, *of: Any) -> Written:
    return Written(rf"{name}\left({', '.join(_of(one).text for one in of)}\right)")


def _of(value: Any) -> Written:
    """A number as it is read: log 2 and a half by their names."""
    if isinstance(value, Written):
        return value
    named = {math.log(2): r"\log 2", 0.5: r"\tfrac{1}{2}", math.e: "e", math.pi: r"\pi"}
    return Written(named.get(value, f"{value:.4g}"), ATOM if value >= 0 else SIGN)
