"""One's own formulas: what they come to, how they are written as code, and what is refused, and where."""

import math
import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from torch.nn import functional

from playground import config as settings
from playground import elementwise as numpy_functions
from playground import formulas
from playground.config import ConfigError, RunConfig
from playground.exports.script.formula_code import code_of
from playground.formulas import FormulaError
from playground.training import elementwise
from tests.config.drafts import is_one_sentence
from tests.faults.formulas import any_formula

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [
        ("d", 3, 3),
        ("-d^2", 3, -9),
        ("(-d)^2", 3, 9),
        ("2^-d", 3, 1 / 8),
        ("2^(d/10)^2", 10, 2),
        ("2^2^(d/10)", 10, 4),
        ("8 - d - 2", 3, 3),
        ("24 / (d^2 + 1) / 2", 3, 1.2),
        ("1 − 2 · d × 3", 2, -11),
        ("--d + +d", 2, 4),
        ("2e1 + .5 + 1. + 0·d + d", 1, 22.5),
        ("d·e + pi − log2", 1, math.e + math.pi - math.log(2)),
        ("exp(d) + log(exp(d))", 1, math.e + 1),
        ("sqrt(abs(d) + 1)", -3, 2),
        ("softplus(d)", 0, math.log(2)),
        ("sigmoid(d) · tanh(d)", 1, math.tanh(1) / (1 + math.exp(-1))),
        ("relu(1 - d)", -2, 3),
        ("min(2, d)", 5, 2),
        ("max(d, -d)", -5, 5),
        ("log(2)·d − 2^0.5", 1, math.log(2) - math.sqrt(2)),
    ],
)
def test_a_formula_has_the_value_derived_by_hand(text: str, at: float, value: float) -> None:
    formula, d = formulas.read(text), torch.tensor([float(at)]).double()
    assert formula(d, elementwise).item() == pytest.approx(value, rel=1e-7)
    assert formula(d.numpy(), numpy_functions).item() == pytest.approx(value, rel=1e-7)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("softplus(-", "expected a number, d, a function or '(' at character 11 of 'softplus(-'"),
        ("2d", "expected an operator at character 2 of '2d'"),
        ("exp d", "expected '(' at character 5 of 'exp d'"),
        ("exp(d", "expected ')' at character 6 of 'exp(d'"),
        ("min(d)", "expected ',' at character 6 of 'min(d)'"),
        ("max(d, 1, 2)", "expected ')' at character 9 of 'max(d, 1, 2)'"),
        ("d**2", "a power is written ^ at character 3 of 'd**2'"),
        (
            "D + 1",
            "'D' is unknown at character 1 of 'D + 1'; known are d, e, pi, log2, "
            "exp, log, sqrt, softplus, sigmoid, tanh, relu, abs, min, max",
        ),
        ("d + 10^40", "1e+40 is no number to work with, at character 7 of 'd + 10^40'"),
        ("d / (1 - 1)", "'d / (1 - 1)' is not a finite number at d = 0"),
        ("(-1)^0.5 * d", "nan is no number to work with, at character 5 of '(-1)^0.5 * d'"),
        ("log(d)", "'log(d)' is not a finite number at d = 0"),
        ("sqrt(d - 2)", "'sqrt(d - 2)' is not a finite number at d = 0"),
        ("exp(10 * d)", "'exp(10 * d)' is not a finite number at d = 8.88"),  # in single precision
        ("max(d, 0)^0.5", "'max(d, 0)^0.5' has no finite slope at d = 0"),
        ("sqrt(abs(d))", "'sqrt(abs(d))' has no finite slope at d = 0"),
        ("(d^2)^0.5", "'(d^2)^0.5' has no finite slope at d = 0"),
        ("sqrt(d + 10)", "'sqrt(d + 10)' has no finite slope at d = -10"),
        ("2 + 2", "'2 + 2' is the same for every d"),
        ("max(d, 20)", "'max(d, 20)' is the same for every d"),
        ("d + " * 60 + "d", "at most 200 characters are allowed, these are 241"),
        ("(" * 40 + "d" + ")" * 40, "at most 30 brackets, signs and powers may lie within each other"),
        ("1 + " * 40 + "(" + " + d", "at character 166 of '… + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + ( + d'"),
        ("d\n+ 1", "expected an operator at character 2 of 'd\\n+ 1'"),
        ("d.__class__", "expected an operator at character 2 of 'd.__class__'"),
    ],
)
def test_a_bad_formula_is_refused_in_one_sentence_that_says_where(text: str, why: str) -> None:
    with pytest.raises(FormulaError) as caught:
        formulas.read(text)
    assert str(caught.value).endswith(why)
    with pytest.raises(ConfigError) as refused:
        settings.read_text({"own_fake": text})
    assert str(refused.value) == f"own_fake must be a formula in d: {caught.value}."
    assert refused.value.field == "own_fake" and is_one_sentence(str(refused.value))


def test_the_slope_is_autograds() -> None:
    d = torch.linspace(-3, 3, 30, dtype=torch.float64, requires_grad=True)  # without the kinks at 0 and 1
    formula = formulas.read("softplus(d)^2 · tanh(d) − min(d, 1) / (1 + exp(−d)) + abs(d)^3")
    assert torch.autograd.gradcheck(lambda x: formula(x, elementwise), d)


def test_where_a_formula_is_refused_for_its_slope_is_where_autograd_finds_none() -> None:
    rng, refused = Random(7), 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(formulas, "TRIED", np.array([1, 2], np.float32))  # so that all sorts of slopes are there
        for _ in range(2000):
            try:
                formula = formulas.read.__wrapped__(any_formula(rng, rng.randint(1, 5)))
            except FormulaError:
                continue
            places = np.arange(-20, 21) / 4
            with np.errstate(all="ignore"):
                places = places[np.isfinite(formula(places, numpy_functions) + 0 * places)]
                slope = formula.slope(places)
            d = torch.tensor(places, requires_grad=True)
            (autograds,) = torch.autograd.grad(formula(d, elementwise).sum(), d)
            there = np.isfinite(slope)
            assert (there == autograds.isfinite().numpy()).all(), formula.text
            np.testing.assert_allclose(slope[there], autograds.numpy()[there], rtol=1e-6, atol=1e-9)
            refused += not there.all()
    assert 20 < refused < 1000


def test_the_code_of_a_formula_is_the_formula_to_the_last_bit_and_formatted(tmp_path: Path) -> None:
    rng = Random(5)
    lines: list[str] = []
    d = torch.linspace(-10, 10, 41)
    while len(lines) < 300:
        try:
            formula = formulas.read(any_formula(rng, rng.randint(1, 5)))
        except FormulaError:
            continue
        worked_out, code = formula(d, elementwise), code_of(formula.tree)
        assert torch.equal(worked_out, eval(code, {"torch": torch, "f": functional, "d": d})), formula.text
        in_double = formula(d.double().numpy(), numpy_functions)
        np.testing.assert_allclose(worked_out.numpy(), in_double, rtol=0.02, atol=1e-3, err_msg=formula.text)
        if len(code) < 90:
            lines.append(f"x{len(lines)} = lambda d: {code}")
    (tmp_path / "made.py").write_text(
        "\n".join(["import torch", "from torch.nn import functional as f", "", *lines, ""])
    )
    ruff = [sys.executable, "-m", "ruff", "format", "--no-cache", "--config", str(PYPROJECT), "--diff", "."]
    done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:]


def test_formulas_go_through_the_address_and_stay_as_they_were_typed() -> None:
    config = RunConfig(loss="own", own_real="(1 − d)^2", own_generator=" relu(1-d) ")
    assert config.to_query() == {"loss": "own", "own_real": "(1 − d)^2", "own_generator": " relu(1-d) "}
    assert settings.read_text(config.to_query()) == config
    assert settings.read_assignments(["own_real=d^2 + (d - 1)^2"]).own_real == "d^2 + (d - 1)^2"
