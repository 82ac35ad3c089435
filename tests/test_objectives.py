"""Every loss and every penalty of the tables: signs, values derived by hand, and what the flags promise."""

import math

import pytest
import torch
from torch.nn import functional

from playground.objectives import LOSSES, PENALTIES

every_loss = pytest.mark.parametrize("name", LOSSES)
LOGITS = torch.linspace(-4, 4, 33)

LN2 = math.log(2)
MINUS, PLUS = math.log1p(math.exp(-1)), math.log1p(math.exp(1))
"""softplus(−1) and softplus(1)."""

# Per loss: logit -> (D's term on a real point, D's term on a fake, G's term), from SCIENCE.md's table.
BY_HAND: dict[str, dict[int, tuple[float, float, float]]] = {
    "non_saturating": {-1: (PLUS, MINUS, PLUS), 0: (LN2, LN2, LN2), 1: (MINUS, PLUS, MINUS)},
    "minimax": {-1: (PLUS, MINUS, -MINUS), 0: (LN2, LN2, -LN2), 1: (MINUS, PLUS, -PLUS)},
    "least_squares": {-1: (2, 0.5, 2), 0: (0.5, 0, 0.5), 1: (0, 0.5, 0)},
    "hinge": {-1: (2, 0, 1), 0: (1, 1, 0), 1: (0, 2, -1)},
    "wasserstein": {-1: (1, -1, 1), 0: (0, 0, 0), 1: (-1, 1, -1)},
    "relativistic": {-1: (PLUS, PLUS, PLUS), 0: (LN2, LN2, LN2), 1: (MINUS, MINUS, MINUS)},
}


def test_the_table_holds_the_six_losses() -> None:
    assert set(LOSSES) == set(BY_HAND)


@every_loss
@pytest.mark.parametrize("logit", [-1, 0, 1])
def test_terms_have_the_values_derived_by_hand(name: str, logit: int) -> None:
    row, d = LOSSES[name], torch.tensor([float(logit)])
    terms = [term(d, functional).item() for term in (row.real, row.fake, row.generator)]
    assert terms == pytest.approx(BY_HAND[name][logit], abs=1e-6)


@every_loss
def test_the_generator_gains_when_fakes_look_more_real(name: str) -> None:
    losses = LOSSES[name].generator(LOGITS, functional)
    active = LOGITS < 1 if name == "least_squares" else LOGITS < 5  # least squares wants a logit of 1, not more
    assert (losses[active].diff() < 0).all()


@every_loss
def test_the_discriminator_gains_when_real_looks_more_real(name: str) -> None:
    """For a relative loss, real is seen as d(x) − d(G), so this is also the gain from fakes looking less real."""
    losses = LOSSES[name].real(LOGITS, functional)
    active = LOGITS <= 1 if name in ("least_squares", "hinge") else LOGITS < 5
    assert (losses[active].diff() < 0).all()


@every_loss
def test_the_discriminator_gains_when_fakes_look_less_real(name: str) -> None:
    row = LOSSES[name]
    if row.relative:
        real = torch.zeros(1)
        losses = row.real(real - LOGITS, functional)
    else:
        losses = row.fake(LOGITS, functional)
    active = {"least_squares": LOGITS >= 0, "hinge": LOGITS >= -1}.get(name, LOGITS > -5)
    assert (losses[active].diff() > 0).all()


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_an_undecided_discriminator_of_log_odds_pays_two_log_two(name: str) -> None:
    row, zero = LOSSES[name], torch.zeros(3)
    total = row.real(zero, functional).mean() + row.fake(zero, functional).mean()
    assert total.item() == pytest.approx(2 * LN2, abs=1e-6)


@every_loss
def test_log_odds_is_claimed_exactly_where_the_best_discriminator_is_sigmoid_of_the_logit(name: str) -> None:
    """At densities p and q the best logit has p · real'(d) + q · fake'(d) = 0; log odds means d = log(p / q)."""
    row = LOSSES[name]
    if row.relative:
        assert not row.log_odds
        return
    p, q = 0.8, 0.2
    d = torch.tensor([math.log(p / q)], requires_grad=True)
    (slope,) = torch.autograd.grad((p * row.real(d, functional) + q * row.fake(d, functional)).sum(), d)
    assert (abs(slope.item()) < 1e-6) == row.log_odds


@pytest.mark.parametrize("label", [0.0, 0.3, 0.9, 1.0])
def test_least_squares_weighed_by_a_label_has_the_gradient_of_half_the_squared_distance_to_it(label: float) -> None:
    row = LOSSES["least_squares"]
    d = LOGITS.clone().requires_grad_()
    weighed = label * row.real(d, functional) + (1 - label) * row.fake(d, functional)
    (gradient,) = torch.autograd.grad(weighed.sum(), d)
    torch.testing.assert_close(gradient, LOGITS - label)


@pytest.mark.parametrize("label", [0.0, 0.1, 0.9, 1.0])
def test_cross_entropy_weighed_by_a_label_is_pytorchs_own(label: float) -> None:
    row = LOSSES["non_saturating"]
    weighed = label * row.real(LOGITS, functional) + (1 - label) * row.fake(LOGITS, functional)
    wanted = functional.binary_cross_entropy_with_logits(LOGITS, torch.full_like(LOGITS, label), reduction="none")
    torch.testing.assert_close(weighed, wanted)


@every_loss
def test_terms_keep_the_shape_and_stay_finite_at_extreme_logits(name: str) -> None:
    row, d = LOSSES[name], torch.tensor([[-1e4, 1e4]])
    for term in (row.real, row.fake, row.generator):
        assert term(d, functional).shape == d.shape
        assert torch.isfinite(term(d, functional)).all()


@every_loss
def test_only_a_discriminator_that_is_shown_labels_says_so(name: str) -> None:
    assert LOSSES[name].labels == (name not in ("wasserstein", "relativistic"))


def test_penalties_are_the_ones_of_the_papers() -> None:
    rows = {name: (row.points, row.slope, row.factor) for name, row in PENALTIES.items()}
    assert rows == {
        "none": ((), 0.0, 1.0),
        "gradient_penalty": (("interpolates",), 1.0, 1.0),
        "r1": (("real",), 0.0, 0.5),
        "r1_r2": (("real", "fake"), 0.0, 0.5),
        "zero_centred": (("interpolates",), 0.0, 1.0),
    }


def test_every_row_says_where_it_comes_from() -> None:
    sources = {name: row.source for table in (LOSSES, PENALTIES) for name, row in table.items()}
    assert {name for name, source in sources.items() if "arXiv" not in source} == {"none"}
