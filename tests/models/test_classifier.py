"""The classifier's network: sizes, its start, and rows that do not mix."""

import numpy as np
import pytest
import torch

from playground.models.classifier import CHANNELS, FEATURES, ClassifierNetwork


def network(height: int = 8, width: int = 8, classes: int = 3, seed: int = 0) -> ClassifierNetwork:
    return ClassifierNetwork(np.random.default_rng(seed), height, width, classes)


def images(n: int, height: int = 8, width: int = 8) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(1).random((n, height, width), dtype=np.float32))


@pytest.mark.parametrize("height, width", [(4, 4), (8, 8), (28, 28), (32, 12)])
def test_logits_and_features_for_every_size(height: int, width: int) -> None:
    logits, features = network(height, width, 7)(images(5, height, width))
    assert logits.shape == (5, 7) and features.shape == (5, FEATURES)
    assert (features >= 0).all() and (features > 0).any()
    assert torch.isfinite(logits).all()


def test_parameters_by_hand() -> None:
    """3 · 3 · 16 and 3 · 3 · 16 · 32 weights, two numbers a channel, 32 · 7 · 7 inputs of the hidden layer."""
    first, second = CHANNELS
    hidden = (second * 7 * 7 + 1) * FEATURES
    wanted = 9 * first + 2 * first + 9 * first * second + 2 * second + hidden + (FEATURES + 1) * 10
    assert sum(p.numel() for p in network(28, 28, 10).parameters()) == wanted == 105_914


def test_the_start_comes_from_its_generator_alone() -> None:
    before = torch.get_rng_state()
    first, again, other = network(seed=3), network(seed=3), network(seed=4)
    assert torch.equal(torch.get_rng_state(), before)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert not torch.equal(first.hidden.weight, other.hidden.weight)


def test_the_start_has_hes_variance() -> None:
    for layer in (layers := network(28, 28, 10)).conv2, layers.hidden, layers.last:
        fan_in = layer.weight[0].numel()
        assert layer.weight.detach().numpy().std() == pytest.approx((2 / fan_in) ** 0.5, rel=0.1)
    assert not layers.hidden.bias.any() and not layers.last.bias.any()


def test_rows_do_not_mix_in_evaluation() -> None:
    model = network().eval()
    x = images(6)
    logits, features = model(x)
    alone_logits, alone_features = model(x[2:3])
    torch.testing.assert_close(logits[2:3], alone_logits, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(features[2:3], alone_features, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("height, width, classes", [(6, 8, 3), (8, 10, 3), (0, 8, 3), (8, 8, 0)])
def test_other_sizes_are_refused(height: int, width: int, classes: int) -> None:
    with pytest.raises(ValueError, match="multiples of 4"):
        network(height, width, classes)
