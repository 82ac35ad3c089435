"""Networks of S lanes: each lane computes what it would compute alone, and spectral norm holds what it promises."""

from typing import get_args

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.config import Activation
from playground.models.initialisation import INITIALISATIONS
from playground.models.mlp import ACTIVATIONS, LaneLinear, Mlp, SpectralLinear

START = INITIALISATIONS["he"](1.0, 1.0)
every_activation = pytest.mark.parametrize("activation", get_args(Activation))


def rngs(*seeds: int) -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in seeds]


def points(lanes: int, n: int = 5, dim: int = 2, seed: int = 0) -> Tensor:
    drawn = np.random.default_rng(seed).standard_normal((lanes, n, dim))
    return torch.from_numpy(drawn.astype(np.float32))


def layers(network: Mlp) -> list[LaneLinear]:
    return [layer for layer in network.modules() if isinstance(layer, LaneLinear)]


def test_the_table_of_activations_is_the_configs_menu() -> None:
    assert list(ACTIVATIONS) == list(get_args(Activation))


def test_a_lane_linear_is_an_affine_map_per_lane() -> None:
    layer = LaneLinear(rngs(0, 1), 3, 4, START)
    with torch.no_grad():
        layer.bias.copy_(points(2, 1, 4, seed=9))
    x = points(2, 5, 3)
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    wanted = np.einsum("sni,sio->sno", x.numpy(), weight) + bias
    np.testing.assert_allclose(layer(x).detach().numpy(), wanted, rtol=1e-5, atol=1e-6)


@every_activation
@pytest.mark.parametrize("spectral", [False, True])
def test_a_lane_computes_what_it_computes_alone(activation: Activation, spectral: bool) -> None:
    together = Mlp(rngs(3, 4, 5), 2, 1, width=7, depth=2, activation=activation, spectral=spectral)
    alone = Mlp(rngs(4), 2, 1, width=7, depth=2, activation=activation, spectral=spectral)
    x = points(3)
    torch.testing.assert_close(together(x)[1:2], alone(x[1:2]), rtol=1e-5, atol=1e-6)


@every_activation
def test_other_lanes_inputs_and_weights_do_not_matter(activation: Activation) -> None:
    network = Mlp(rngs(3, 4), 2, 2, width=7, depth=2, activation=activation)
    x = points(2)
    before = network(x)[0]
    with torch.no_grad():
        for parameter in network.parameters():
            parameter[1] = torch.nan
    x = x.clone()
    x[1] = torch.inf
    assert torch.equal(network(x)[0], before)


@every_activation
def test_a_network_is_layers_and_activations_in_turn(activation: Activation) -> None:
    network = Mlp(rngs(0), 2, 3, width=6, depth=2, activation=activation, input_scale=0.5, output_scale=4.0)
    function = {
        "relu": torch.nn.ReLU(),
        "leaky_relu": torch.nn.LeakyReLU(0.2),
        "tanh": torch.nn.Tanh(),
        "elu": torch.nn.ELU(),
        "silu": torch.nn.SiLU(),
    }[activation]
    x = points(1)
    y = x[0] * 0.5
    *hidden, last = layers(network)
    for layer in hidden:
        y = function(y @ layer.weight[0] + layer.bias[0])
    y = 4.0 * (y @ last.weight[0] + last.bias[0])
    torch.testing.assert_close(network(x)[0], y)


@pytest.mark.parametrize("depth", [1, 4])
def test_depth_counts_hidden_layers_and_width_their_units(depth: int) -> None:
    network = Mlp(rngs(0), 3, 2, width=5, depth=depth, activation="relu")
    shapes = [tuple(parameter.shape[1:]) for name, parameter in network.named_parameters() if "weight" in name]
    assert shapes == [(3, 5)] + [(5, 5)] * (depth - 1) + [(5, 2)]


def test_initial_weights_are_normal_with_the_stated_spread_and_biases_zero() -> None:
    layer = LaneLinear(rngs(0), 400, 300, INITIALISATIONS["he"](2.0, 1.0))
    weight = layer.weight.detach().numpy()
    assert weight.std() == pytest.approx(2.0 / 20, rel=0.02)
    assert abs(weight.mean()) < 4 * 0.1 / np.sqrt(weight.size)
    assert (weight > 0.2).mean() == pytest.approx(0.02275, rel=0.1)  # beyond two standard deviations
    assert not layer.bias.any()


@every_activation
def test_the_gain_keeps_a_signals_size_through_deep_layers(activation: Activation) -> None:
    network = Mlp(rngs(0), 64, 256, width=256, depth=6, activation=activation)
    out = network(points(1, 500, 64))
    assert 0.15 < out.std().item() < 2.5


def test_the_seed_alone_decides_the_start() -> None:
    first, second, other = (
        layers(Mlp(rngs(seed), 2, 1, width=4, depth=1, activation="relu"))[0].weight for seed in (7, 7, 8)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def effective(layer: SpectralLinear) -> np.ndarray:
    """The matrix that the layer multiplies by, found by feeding it the unit vectors."""
    lanes, inputs, _ = layer.weight.shape
    unit = torch.eye(inputs).expand(lanes, -1, -1)
    layer.eval()
    with torch.no_grad():
        matrix: np.ndarray = (layer(unit) - layer.bias).numpy()
    layer.train()
    return matrix


def test_spectral_norm_makes_the_largest_singular_value_one() -> None:
    layer = SpectralLinear(rngs(0, 1, 2), 20, 30, INITIALISATIONS["he"](5.0, 1.0))
    for _ in range(50):
        layer(points(3, 4, 20))
    largest = np.linalg.svd(effective(layer), compute_uv=False)[:, 0]
    np.testing.assert_allclose(largest, 1.0, rtol=0.01)


def test_a_fresh_spectral_layer_is_already_close() -> None:
    layer = SpectralLinear(rngs(0, 1, 2), 20, 30, INITIALISATIONS["he"](5.0, 1.0))
    largest = np.linalg.svd(effective(layer), compute_uv=False)[:, 0]
    assert (largest < 1.3).all() and (largest >= 0.999).all()


def test_spectral_norm_is_blind_to_the_size_of_the_weights() -> None:
    layer = SpectralLinear(rngs(0), 8, 8, START)
    before = effective(layer)
    with torch.no_grad():
        layer.weight.mul_(10.0)
    np.testing.assert_allclose(effective(layer), before, rtol=1e-5, atol=1e-6)


def test_looking_at_a_spectral_layer_leaves_its_estimate_alone() -> None:
    layer = SpectralLinear(rngs(0), 8, 8, START)
    before = layer.left.clone()
    effective(layer)
    assert torch.equal(layer.left, before)
    layer(points(1, 3, 8))
    assert not torch.equal(layer.left, before)


def test_the_gradient_goes_through_the_normalisation() -> None:
    """The effective weight does not change with the weight's size, so the gradient has no part along the weight."""
    layer = SpectralLinear(rngs(0), 6, 5, START)
    for _ in range(200):
        layer(points(1, 1, 6))
    layer.eval()
    (gradient,) = torch.autograd.grad(layer(points(1, 9, 6)).square().sum(), layer.weight)
    along = (gradient * layer.weight).sum() / (gradient.norm() * layer.weight.norm())
    assert abs(along.item()) < 1e-3
