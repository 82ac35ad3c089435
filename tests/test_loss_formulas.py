"""The formulas of the losses: by hand, and for the whole table, that each says what the term does."""

import math
import re
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from playground import elementwise
from playground.figures.loss_formulas import formula, loss_formulas
from playground.objectives import LOSSES

BY_HAND = {
    "minimax": {
        "D, real": r"\log\left(1 + e^{-d}\right)",
        "D, generated": r"\log\left(1 + e^{d}\right)",
        "G": r"-\log\left(1 + e^{d}\right)",
    },
    "hinge": {"D, real": r"\max\left(0, 1 - d\right)", "D, generated": r"\max\left(0, 1 + d\right)", "G": "-d"},
    "least_squares": {
        "D, real": r"\tfrac{1}{2}\,\left(d - 1\right)^{2}",
        "D, generated": r"\tfrac{1}{2}\,d^{2}",
        "G": r"\tfrac{1}{2}\,\left(d - 1\right)^{2}",
    },
    "relativistic": {"D": r"\log\left(1 + e^{-d}\right)", "G": r"\log\left(1 + e^{-d}\right)"},
}


@pytest.mark.parametrize("loss", BY_HAND)
def test_a_loss_is_written_as_in_its_paper(loss: str) -> None:
    assert loss_formulas(LOSSES[loss]) == BY_HAND[loss]


def worked_out(tex: str, d: float) -> float:
    """What LaTeX of ours says at d."""
    python = tex.replace(r"\left", "").replace(r"\right", "").replace(r"\,", "*").replace("{", "(").replace("}", ")")
    python = re.sub(r"\\tfrac(\((?:[^()]|\([^()]*\))*\))", r"\1/", python).replace("^", "**")
    names = {"e": math.e, "d": d, "log": math.log, "max": max, "tanh": math.tanh, "sigma": expit}
    python = python.replace(r"\log 2", "log(2)").replace(r"\tanh d", "tanh(d)").replace("\\", "")
    return float(eval(python, {"__builtins__": {}}, names))  # noqa: S307 (a formula that we have written)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_formula_has_the_values_of_its_term(loss: str) -> None:
    row = LOSSES[loss]
    for term in (row.real, row.fake, row.generator):
        for d in (-1.5, 0.25, 2.0):
            expected: Any = term(np.array([d]), elementwise)
            assert worked_out(formula(term), d) == pytest.approx(float(expected[0]), abs=1e-3)
