"""Initial weights have the spread that their source gives them, and orthogonal ones are orthogonal."""

from typing import get_args

import numpy as np
import pytest

from playground.config import Initialisation, RunConfig
from playground.models.initialisation import INITIALISATIONS
from playground.training.trainer import Trainer

SHAPES = [(300, 200), (200, 300), (256, 256)]
every_way = pytest.mark.parametrize("name", INITIALISATIONS)
every_shape = pytest.mark.parametrize(("inputs", "outputs"), SHAPES)


def drawn(name: Initialisation, inputs: int, outputs: int, gain: float = 0.8, activation: float = 1.4) -> np.ndarray:
    return INITIALISATIONS[name](gain, activation)(np.random.default_rng(5), inputs, outputs)


def test_the_table_is_the_configs_menu() -> None:
    assert list(INITIALISATIONS) == list(get_args(Initialisation))


@every_shape
@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("he", lambda inputs, outputs: 0.64 * 1.96 / inputs),
        ("glorot", lambda inputs, outputs: 0.64 * 2 / (inputs + outputs)),
        ("orthogonal", lambda inputs, outputs: 0.64 / max(inputs, outputs)),
        ("gaussian", lambda inputs, outputs: 0.64),
    ],
)
def test_spread(name: Initialisation, variance: object, inputs: int, outputs: int) -> None:
    weights = drawn(name, inputs, outputs)
    assert weights.shape == (inputs, outputs)
    assert callable(variance)
    assert weights.var() == pytest.approx(variance(inputs, outputs), rel=0.03)
    assert abs(weights.mean()) < 0.02 * weights.std()


@every_shape
def test_orthogonal_weights_keep_lengths_up_to_the_gain(inputs: int, outputs: int) -> None:
    weights = drawn("orthogonal", inputs, outputs)
    product = weights @ weights.T if inputs <= outputs else weights.T @ weights
    np.testing.assert_allclose(product, 0.64 * np.eye(len(product)), atol=1e-9)


def test_orthogonal_weights_point_everywhere_alike() -> None:
    """The first entry of a random rotation of the plane has mean 0 and variance ½; QR alone would make it negative."""
    rng = np.random.default_rng(0)
    first = [INITIALISATIONS["orthogonal"](1.0, 1.0)(rng, 2, 2)[0, 0] for _ in range(2000)]
    assert abs(np.mean(first)) < 0.05 and np.var(first) == pytest.approx(0.5, abs=0.04)


@every_way
def test_a_seed_starts_the_same_among_others_as_alone(name: Initialisation) -> None:
    together, alone = (
        Trainer(RunConfig(init=name, seed=seed, seeds=seeds, g_width=8, d_width=8)) for seed, seeds in ((3, 3), (4, 1))
    )
    for network in ("generator", "discriminator"):
        for a, b in zip(getattr(together, network).parameters(), getattr(alone, network).parameters(), strict=True):
            assert a[1].equal(b[0])


@every_way
def test_the_gains_multiply(name: Initialisation) -> None:
    """The gain acts on every layer, that of the last layer on the last one besides."""
    plain, other = (
        Trainer(RunConfig(init=name, init_gain=gain, last_gain=last, g_width=8, d_width=8))
        for gain, last in ((1.0, 1.0), (2.0, 0.25))
    )
    for network in ("generator", "discriminator"):
        before, after = (dict(getattr(each, network).named_parameters()) for each in (plain, other))
        for part, weight in before.items():
            factor = 2.0 * (0.25 if part.startswith("last") else 1.0)
            np.testing.assert_allclose(after[part].detach(), factor * weight.detach(), rtol=1e-6)


def test_what_the_networks_see() -> None:
    """D's input is divided, and G's output is in the data's units or is not scaled at all."""
    ring = RunConfig(g_width=8, d_width=8)
    scale = ring.distribution().scale
    for changes, inner, outer in (
        ({}, 1 / scale, scale),
        ({"data_units": False}, 1.0, 1.0),
        ({"d_input_divisor": 4.0}, 1 / scale / 4, scale),
        ({"data_units": False, "d_input_divisor": 4.0}, 0.25, 1.0),
    ):
        trainer = Trainer(ring.replace(**changes))
        assert trainer.discriminator.hidden[0].inner == pytest.approx(inner)  # type: ignore[index]
        assert trainer.generator.last.outer == pytest.approx(outer)
