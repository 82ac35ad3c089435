"""Every loss and every penalty of the tables: signs, values derived by hand, and what the flags promise."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.special import lambertw
from torch.nn import functional

from playground import elementwise as numpy_functions
from playground.config import RunConfig
from playground.figures.parts import d_loss_tip
from playground.lessons.divergences import INTEGRANDS, Floats, log_normal
from playground.objectives import LOSSES, PENALTIES, objective
from playground.training import elementwise

Curve = Callable[[Floats], Floats]
every_loss = pytest.mark.parametrize("name", LOSSES)
LOGITS = torch.linspace(-4, 4, 33)

LN2 = math.log(2)
MINUS, PLUS = math.log1p(math.exp(-1)), math.log1p(math.exp(1))
"""softplus(−1) and softplus(1)."""
E, TANH, HALF = math.e, math.tanh(1), 2 * math.exp(-0.5)

# Per loss: logit -> (D's term on a real point, D's term on a fake, G's term), from SCIENCE.md's table.
TAIL = 1 / (1 + E)
"""sigmoid(−1)."""

BY_HAND: dict[str, dict[int, tuple[float, float, float]]] = {
    "non_saturating": {-1: (PLUS, MINUS, PLUS), 0: (LN2, LN2, LN2), 1: (MINUS, PLUS, MINUS)},
    "minimax": {-1: (PLUS, MINUS, -MINUS), 0: (LN2, LN2, -LN2), 1: (MINUS, PLUS, -PLUS)},
    "least_squares": {-1: (2, 0.5, 2), 0: (0.5, 0, 0.5), 1: (0, 0.5, 0)},
    "hinge": {-1: (2, 0, 1), 0: (1, 1, 0), 1: (0, 2, -1)},
    "wasserstein": {-1: (1, -1, 1), 0: (0, 0, 0), 1: (-1, 1, -1)},
    "slides": {-1: (-TAIL, TAIL, -TAIL), 0: (-0.5, 0.5, -0.5), 1: (TAIL - 1, 1 - TAIL, TAIL - 1)},
    "relativistic": {-1: (PLUS, PLUS, PLUS), 0: (LN2, LN2, LN2), 1: (MINUS, MINUS, MINUS)},
    "fgan_kl": {-1: (1, E**-2, -(E**-2)), 0: (0, 1 / E, -1 / E), 1: (-1, 1, -1)},
    "fgan_reverse_kl": {-1: (E, -2, 2), 0: (1, -1, 1), 1: (1 / E, 0, 0)},
    "fgan_pearson": {-1: (1, -0.75, 0.75), 0: (0, 0, 0), 1: (-1, 1.25, -1.25)},
    "fgan_neyman": {-1: (E - 1, 2 - 2 * E**0.5, 2 * E**0.5 - 2), 0: (0, 0, 0), 1: (1 / E - 1, 2 - HALF, HALF - 2)},
    "fgan_hellinger": {-1: (E - 1, 1 / E - 1, 1 - 1 / E), 0: (0, 0, 0), 1: (1 / E - 1, E - 1, 1 - E)},
    "fgan_jeffrey": {-1: (E, 1 / E - 2, 2 - 1 / E), 0: (0, 0, 0), 1: (1 / E - 2, E, -E)},
    "fgan_js": {-1: (PLUS - LN2, MINUS - LN2, LN2 - MINUS), 0: (0, 0, 0), 1: (MINUS - LN2, PLUS - LN2, LN2 - PLUS)},
    "fgan_total_variation": {-1: (TANH / 2, -TANH / 2, TANH / 2), 0: (0, 0, 0), 1: (-TANH / 2, TANH / 2, -TANH / 2)},
    "own": {-1: (PLUS, MINUS, PLUS), 0: (LN2, LN2, LN2), 1: (MINUS, PLUS, MINUS)},
}


def test_every_loss_has_values_derived_by_hand() -> None:
    assert set(LOSSES) == set(BY_HAND)


@every_loss
@pytest.mark.parametrize("logit", [-1, 0, 1])
def test_terms_have_the_values_derived_by_hand(name: str, logit: int) -> None:
    row, d = LOSSES[name], torch.tensor([float(logit)])
    terms = [term(d, elementwise).item() for term in (row.real, row.fake, row.generator)]
    assert terms == pytest.approx(BY_HAND[name][logit], abs=1e-6)


@every_loss
def test_the_generator_gains_when_fakes_look_more_real(name: str) -> None:
    losses = LOSSES[name].generator(LOGITS, elementwise)
    # Least squares wants a logit of 1, not more; Pearson's conjugate is a parabola whose vertex no best D goes below.
    active = {"least_squares": LOGITS < 1, "fgan_pearson": LOGITS > -2}.get(name, LOGITS < 5)
    assert (losses[active].diff() < 0).all()


@every_loss
def test_the_discriminator_gains_when_real_looks_more_real(name: str) -> None:
    """For a relative loss, real is seen as d(x) − d(G), so this is also the gain from fakes looking less real."""
    losses = LOSSES[name].real(LOGITS, elementwise)
    active = LOGITS <= 1 if name in ("least_squares", "hinge") else LOGITS < 5
    assert (losses[active].diff() < 0).all()


@every_loss
def test_the_discriminator_gains_when_fakes_look_less_real(name: str) -> None:
    row = LOSSES[name]
    if row.relative:
        real = torch.zeros(1)
        losses = row.real(real - LOGITS, elementwise)
    else:
        losses = row.fake(LOGITS, elementwise)
    active = {"least_squares": LOGITS >= 0, "hinge": LOGITS >= -1, "fgan_pearson": LOGITS >= -2}.get(name, LOGITS > -5)
    assert (losses[active].diff() > 0).all()


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_an_undecided_discriminator_of_log_odds_pays_two_log_two(name: str) -> None:
    row, zero = LOSSES[name], torch.zeros(3)
    total = row.real(zero, elementwise).mean() + row.fake(zero, elementwise).mean()
    assert total.item() == pytest.approx(2 * LN2, abs=1e-6)


@every_loss
def test_log_odds_is_claimed_exactly_where_the_best_discriminator_is_sigmoid_of_the_logit(name: str) -> None:
    """At densities p and q the best logit has p · real'(d) + q · fake'(d) = 0; log odds means d = log(p / q)."""
    row = LOSSES[name]
    if row.relative:
        assert not row.log_odds
        return
    if name == "own":
        return  # what it claims does not depend on what somebody types
    p, q = 0.8, 0.2
    d = torch.tensor([math.log(p / q)], requires_grad=True)
    (slope,) = torch.autograd.grad((p * row.real(d, elementwise) + q * row.fake(d, elementwise)).sum(), d)
    assert (abs(slope.item()) < 1e-6) == row.log_odds


@pytest.mark.parametrize("label", [0.0, 0.3, 0.9, 1.0])
def test_least_squares_weighed_by_a_label_has_the_gradient_of_half_the_squared_distance_to_it(label: float) -> None:
    row = LOSSES["least_squares"]
    d = LOGITS.clone().requires_grad_()
    weighed = label * row.real(d, elementwise) + (1 - label) * row.fake(d, elementwise)
    (gradient,) = torch.autograd.grad(weighed.sum(), d)
    torch.testing.assert_close(gradient, LOGITS - label)


@pytest.mark.parametrize("label", [0.0, 0.1, 0.9, 1.0])
def test_cross_entropy_weighed_by_a_label_is_pytorchs_own(label: float) -> None:
    row = LOSSES["non_saturating"]
    weighed = label * row.real(LOGITS, elementwise) + (1 - label) * row.fake(LOGITS, elementwise)
    wanted = functional.binary_cross_entropy_with_logits(LOGITS, torch.full_like(LOGITS, label), reduction="none")
    torch.testing.assert_close(weighed, wanted)


@every_loss
def test_terms_keep_the_shape_and_stay_finite_at_extreme_logits(name: str) -> None:
    """Those with exp(d) in them as far as single precision goes; further out they are infinite, and still numbers."""
    row, far = LOSSES[name], torch.tensor([[-1e4, 1e4]])
    near = 80 * far.sign() if name in EXPONENTIAL else far
    for term in (row.real, row.fake, row.generator):
        assert term(far, elementwise).shape == far.shape
        assert torch.isfinite(term(near, elementwise)).all()
        assert not term(far, elementwise).isnan().any()
        if name in EXPONENTIAL:
            slopes = torch.autograd.grad(term(far.requires_grad_(), elementwise).sum(), far)
            assert not slopes[0].isnan().any()


@every_loss
def test_only_a_discriminator_that_is_shown_labels_says_so(name: str) -> None:
    critics = {"wasserstein", "relativistic", *(loss for loss in FGAN if loss != "fgan_js")}
    assert LOSSES[name].labels == (name not in critics)


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
    assert {name for name, source in sources.items() if "arXiv" not in source} == {"none", "own", "slides"}


# f-GAN ----------------------------------------------------------------------------------------------------------

FGAN: dict[str, tuple[str, Curve, Curve]] = {
    "fgan_kl": ("KL", lambda u: u * np.log(u), lambda u: 1 + np.log(u)),
    "fgan_reverse_kl": ("reverse_KL", lambda u: -np.log(u), np.log),
    "fgan_pearson": ("Pearson", lambda u: (u - 1) ** 2, lambda u: 2 * (u - 1)),
    "fgan_neyman": ("Neyman", lambda u: (1 - u) ** 2 / u, lambda u: 2 * np.log(u)),
    "fgan_hellinger": ("squared_Hellinger", lambda u: (np.sqrt(u) - 1) ** 2, lambda u: np.log(u) / 2),
    "fgan_jeffrey": ("Jeffrey", lambda u: (u - 1) * np.log(u), np.log),
    "fgan_js": ("JS", lambda u: u * np.log(u) - (u + 1) * np.log((u + 1) / 2), np.log),
    "fgan_total_variation": ("total_variation", lambda u: np.abs(u - 1) / 2, lambda u: 20 * np.sign(u - 1)),
}
"""Per loss: its divergence in the lessons' table, f (table 6 of Nowozin et al. 2016), and the best d at u = p/q."""
EXPONENTIAL = {"fgan_kl", "fgan_reverse_kl", "fgan_neyman", "fgan_hellinger", "fgan_jeffrey"}
every_fgan = pytest.mark.parametrize("name", FGAN)
X = np.linspace(-12, 12, 48_001)
LOG_P, LOG_Q = log_normal(X, 0.0, 1.0), log_normal(X, 0.8, 1.2)
"""Two Gaussians between which every one of the divergences is finite."""


def bound(name: str, d: Floats) -> float:
    """E_p[T] − E_q[f*(T)] at T = g_f(d), with d given at X."""
    row = LOSSES[name]
    heights = -np.exp(LOG_P) * row.real(d, numpy_functions) - np.exp(LOG_Q) * row.fake(d, numpy_functions)
    return float(np.trapezoid(heights, X))


def test_the_table_above_holds_every_fgan_loss() -> None:
    assert set(FGAN) == {name for name in LOSSES if name.startswith("fgan")}


@every_fgan
def test_the_bound_at_the_best_d_is_the_divergence_and_nothing_is_above_it(name: str) -> None:
    integrand, f, best = FGAN[name]
    by_table = INTEGRANDS.get(integrand) or (lambda p, q: INTEGRANDS["Pearson"](q, p))  # Neyman is Pearson turned round
    divergence = float(np.trapezoid(by_table(LOG_P, LOG_Q), X)) * (2 if name == "fgan_js" else 1)
    by_definition = float(np.trapezoid(np.exp(LOG_Q) * f(np.exp(LOG_P - LOG_Q)), X))
    assert divergence == pytest.approx(by_definition, abs=1e-6) and divergence > 0.05
    d = best(np.exp(LOG_P - LOG_Q))
    assert bound(name, d) == pytest.approx(divergence, abs=1e-3)
    for other in (d + 0.3, d - 0.3, 0.9 * d, 1.1 * d, d + 0.2 * np.sin(5 * X), np.zeros_like(X)):
        assert bound(name, other) <= divergence + 1e-9


def test_only_a_loss_of_an_fgan_bounds_a_divergence() -> None:
    assert {name for name, row in LOSSES.items() if row.bounds} == set(FGAN)
    assert "KL(p_data ‖ p_G)" in d_loss_tip(RunConfig(loss="fgan_kl")) and "bound" not in d_loss_tip(RunConfig())


@every_fgan
def test_the_best_output_is_the_slope_of_f_and_ds_terms_are_minus_t_and_the_conjugate_of_t(name: str) -> None:
    """T* = f'(u), and f*(T) = sup over u of u T − f(u)."""
    _, f, best = FGAN[name]
    row, h = LOSSES[name], 1e-5
    u = np.array([0.05, 0.3, 0.8, 1.5, 4.0])
    t = -row.real(best(u), numpy_functions)
    np.testing.assert_allclose(t, (f(u + h) - f(u - h)) / (2 * h), rtol=1e-6, atol=1e-6)
    ratios = np.exp(np.linspace(-14, 6, 400_001))
    supremum = [(ratios * each - f(ratios)).max() for each in t]
    np.testing.assert_allclose(row.fake(best(u), numpy_functions), supremum, atol=1e-4)


@every_fgan
def test_the_generator_of_an_fgan_minimises_what_its_discriminator_maximises(name: str) -> None:
    row, d = LOSSES[name], np.linspace(-4, 4, 33)
    np.testing.assert_allclose(row.generator(d, numpy_functions), -row.fake(d, numpy_functions), atol=1e-12)


def test_jeffreys_conjugate_is_the_papers_with_lamberts_w() -> None:
    row, d = LOSSES["fgan_jeffrey"], np.linspace(-3, 3, 13)
    t = -row.real(d, numpy_functions)
    w = lambertw(np.exp(1 - t)).real
    np.testing.assert_allclose(row.fake(d, numpy_functions), w + 1 / w + t - 2, rtol=1e-9)


# One's own ------------------------------------------------------------------------------------------------------


def test_ones_own_loss_is_what_its_formulas_say() -> None:
    config = RunConfig(loss="own", own_real="(d − 1)^2 / 2", own_fake="0.5·d^2", own_generator="0.5 * (1 - d)^2")
    own, wanted = objective(config), LOSSES["least_squares"]
    for term in ("real", "fake", "generator"):
        torch.testing.assert_close(getattr(own, term)(LOGITS, elementwise), getattr(wanted, term)(LOGITS, elementwise))
    assert (own.labels, own.relative, own.log_odds) == (True, False, False)


@every_loss
def test_the_loss_of_a_run_is_its_row_whatever_ones_own_formulas_are(name: str) -> None:
    assert (objective(RunConfig(loss=name, own_real="2 * d")) == LOSSES[name]) == (name != "own")
