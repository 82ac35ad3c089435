"""The networks for images: sizes, starts, layers against plain PyTorch, and lanes that do not mix."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.models.image_networks import (
    DCGAN_CHANNELS,
    DcganDiscriminator,
    DcganGenerator,
    LaneConv,
    LaneDropout,
    LaneNorm,
    LectureDiscriminator,
    LectureGenerator,
)
from playground.training.streams import lane_generators

SHAPES = [(8, 8), (28, 28), (12, 20)]
WIDE, NARROW = DCGAN_CHANNELS


def rngs(seeds: int = 3, purpose: str = "test") -> list[np.random.Generator]:
    return lane_generators(list(range(seeds)), purpose)


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32))


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def one_hots(lanes: int, n: int, classes: int = 10) -> Tensor:
    return functional.one_hot((torch.arange(n) * 3) % classes, classes).float().expand(lanes, -1, -1)


# The lecture's perceptron


def test_the_lectures_parameters() -> None:
    """As the lecture's slides count them: 20 · 100 + 100 · 784 + 784, and 784 · 100 + 100 + 100 + 1."""
    assert count(LectureGenerator(rngs(1), 20, 784)) == 81_184
    assert count(LectureDiscriminator(rngs(1), 784)) == 78_601
    assert count(LectureGenerator(rngs(3), 20, 784)) == 3 * 81_184


def test_the_lectures_start_is_glorots() -> None:
    """U(−a, a) with a = sqrt(6 / (inputs + outputs)) has the variance a² / 3; biases are 0, and G's first has none."""
    generator, discriminator = LectureGenerator(rngs(), 20, 784), LectureDiscriminator(rngs(), 784)
    assert generator.hidden.bias is None
    for layer, sizes in (
        (generator.hidden, 20 + 100),
        (generator.last, 100 + 784),
        (discriminator.hidden, 784 + 100),
        (discriminator.last, 100 + 1),
    ):
        weights, limit = layer.weight.detach(), (6 / sizes) ** 0.5
        assert 0.97 * limit < weights.abs().max() <= limit
        assert weights.var().item() == pytest.approx(limit**2 / 3, rel=0.15)  # the smallest has 300 weights: ± 0.05
        assert layer.bias is None or not layer.bias.any()


def test_the_lectures_layers_by_hand() -> None:
    z, x = noise(3, 5, 20), noise(3, 5, 64)
    generator, discriminator = LectureGenerator(rngs(), 20, 64), LectureDiscriminator(rngs(), 64).eval()
    for network, inputs in ((generator, z), (discriminator, x)):
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.01)  # biases too
        hidden = inputs[1].numpy() @ network.hidden.weight[1].detach().numpy()
        if network.hidden.bias is not None:
            hidden = hidden + network.hidden.bias[1].detach().numpy()
        hidden = np.where(hidden > 0, hidden, 0.3 * hidden)
        assert network.last.bias is not None
        out = hidden @ network.last.weight[1].detach().numpy() + network.last.bias[1].detach().numpy()
        expected = np.tanh(out) if network is generator else out
        np.testing.assert_allclose(network(inputs)[1].detach().numpy(), expected, atol=1e-5)


def test_dropout_drops_half_and_keeps_the_mean() -> None:
    dropped = LaneDropout(rngs(2), 0.5)(torch.ones(2, 200, 500))
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert dropped.mean().item() == pytest.approx(1, abs=0.01)  # 200,000 coins: a standard error of 0.002
    assert not torch.equal(dropped[0], dropped[1])


def test_a_lanes_dropout_comes_from_its_own_generator() -> None:
    x = torch.ones(1, 4, 50)
    three = LaneDropout(rngs(3), 0.5)(x.expand(3, -1, -1))
    alone = LaneDropout([rngs(3)[1]], 0.5)(x)
    assert torch.equal(three[1], alone[0])


def test_dropout_rests_in_evaluation_and_draws_nothing() -> None:
    layer, x = LaneDropout(rngs(2), 0.5), noise(2, 4, 6)
    before = layer.get_extra_state()
    layer.eval()
    assert torch.equal(layer(x), x)
    assert layer.get_extra_state() == before
    layer.train()
    layer(x)
    assert layer.get_extra_state() != before


# The DCGAN


@pytest.mark.parametrize("labels", [0, 10])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_dcgan_fits_every_size(shape: tuple[int, int], labels: int) -> None:
    lanes, n, pixels = 3, 4, shape[0] * shape[1]
    generator = DcganGenerator(rngs(lanes, "g"), 16 + labels, shape)
    discriminator = DcganDiscriminator(rngs(lanes, "d"), shape, labels)
    z = noise(lanes, n, 16)
    codes = one_hots(lanes, n)[..., :labels]
    images = generator(torch.cat([z, codes], dim=-1))
    assert images.shape == (lanes, n, pixels) and images.abs().max() <= 1
    logits = discriminator(torch.cat([images, codes], dim=-1))
    assert logits.shape == (lanes, n, 1)
    gradients = torch.autograd.grad(logits.square().sum(), [*generator.parameters(), *discriminator.parameters()])
    assert all(gradient.isfinite().all() and gradient.any() for gradient in gradients)


def test_the_dcgan_starts_as_radfords() -> None:
    """Weights N(0, 0.02), batch norm's scales N(1, 0.02), everything else 0."""
    networks = (DcganGenerator(rngs(), 64, (28, 28)), DcganDiscriminator(rngs(), (28, 28)))
    for network in networks:
        for name, parameter in network.named_parameters():
            values = parameter.detach()
            if "norm" in name and name.endswith("weight"):
                assert values.mean().item() == pytest.approx(1, abs=0.01)
                assert values.std().item() == pytest.approx(0.02, rel=0.25)  # of 96 numbers or more
            elif name.endswith("weight"):
                assert values.std().item() == pytest.approx(0.02, rel=0.1)
                assert values.mean().item() == pytest.approx(0, abs=0.002)
            else:
                assert not values.any()


def plain_conv(layer: LaneConv, lane: int, lanes: int) -> nn.Module:
    """One lane's convolution as PyTorch's own."""
    kernels = layer.weight.detach().chunk(lanes)[lane]
    maker = nn.ConvTranspose2d if layer.up else nn.Conv2d
    inputs, outputs = (kernels.shape[0], kernels.shape[1]) if layer.up else (kernels.shape[1], kernels.shape[0])
    plain = maker(inputs, outputs, 4, stride=2, padding=1, bias=layer.bias is not None)
    with torch.no_grad():
        plain.weight.copy_(kernels)
        if layer.bias is not None and plain.bias is not None:
            plain.bias.copy_(layer.bias.chunk(lanes)[lane])
    return plain


def plain_norm(layer: LaneNorm, lane: int, lanes: int) -> nn.BatchNorm2d:
    plain = nn.BatchNorm2d(layer.num_features // lanes)
    with torch.no_grad():
        plain.weight.copy_(layer.weight.chunk(lanes)[lane])
        plain.bias.copy_(layer.bias.chunk(lanes)[lane])
    return plain


@pytest.mark.parametrize("lane", [0, 1, 2])
def test_a_lane_of_the_dcgan_is_a_plain_one(lane: int) -> None:
    """Written once more with PyTorch's layers and one lane's weights, on images that are not square."""
    lanes, n, (height, width) = 3, 6, (12, 20)
    g, d = DcganGenerator(rngs(lanes, "g"), 16, (height, width)), DcganDiscriminator(rngs(lanes, "d"), (height, width))
    with torch.no_grad():  # biases are 0 at the start
        for parameter in [*g.parameters(), *d.parameters()]:
            parameter.add_(0.1 * noise(*parameter.shape, seed=len(parameter)))
    z = noise(lanes, n, 16)
    start = (z[lane] @ g.weight[lane]).view(n, WIDE, height // 4, width // 4)
    first, second = (plain_norm(norm, lane, lanes) for norm in g.norms if isinstance(norm, LaneNorm))
    maps = plain_conv(g.middle, lane, lanes)(first(start).relu())
    images = plain_conv(g.last, lane, lanes)(second(maps).relu()).tanh()
    torch.testing.assert_close(g(z)[lane], images.view(n, -1), rtol=1e-4, atol=1e-5)

    x = noise(lanes, n, height * width, seed=1)
    y = functional.leaky_relu(plain_conv(d.first, lane, lanes)(x[lane].view(n, 1, height, width)), 0.2)
    y = functional.leaky_relu(plain_norm(d.norm, lane, lanes)(plain_conv(d.middle, lane, lanes)(y)), 0.2)
    logits = y.flatten(1) @ d.weight[lane] + d.bias[lane]
    torch.testing.assert_close(d(x)[lane], logits, rtol=1e-4, atol=1e-5)


def test_labels_join_as_constant_maps() -> None:
    lanes, n = 2, 5
    d = DcganDiscriminator(rngs(lanes), (8, 8), labels=3)
    x, codes = noise(lanes, n, 64), one_hots(lanes, n, 3)
    maps = torch.cat([x[1].view(n, 1, 8, 8), codes[1].view(n, 3, 1, 1).expand(-1, -1, 8, 8)], dim=1)
    y = functional.leaky_relu(plain_conv(d.first, 1, lanes)(maps), 0.2)
    y = functional.leaky_relu(plain_norm(d.norm, 1, lanes)(plain_conv(d.middle, 1, lanes)(y)), 0.2)
    expected = y.flatten(1) @ d.weight[1] + d.bias[1]
    torch.testing.assert_close(d(torch.cat([x, codes], dim=-1))[1], expected, rtol=1e-4, atol=1e-5)
    turned = torch.cat([x, codes.roll(1, dims=-1)], dim=-1)
    assert not torch.allclose(d(turned)[1], expected)


def test_lanes_of_the_dcgan_do_not_mix() -> None:
    """What one lane makes and its gradient stay the same when another lane's weights and inputs change."""
    lanes, shape = 3, (8, 8)
    g, d = DcganGenerator(rngs(lanes, "g"), 16, shape), DcganDiscriminator(rngs(lanes, "d"), shape)
    z = noise(lanes, 4, 16)

    def first_lane(z: Tensor) -> list[Tensor]:
        logits = d(g(z))[0]
        gradients = torch.autograd.grad(logits.sum(), [*g.parameters(), *d.parameters()])
        for gradient in gradients:
            own, *others = gradient.chunk(lanes)
            assert own.any() and not any(other.any() for other in others)
        return [logits, *(gradient.chunk(lanes)[0] for gradient in gradients)]

    before = first_lane(z)
    with torch.no_grad():
        for parameter in [*g.parameters(), *d.parameters()]:
            for other in parameter.chunk(lanes)[1:]:
                other.mul_(3)
        z[1:] += 1
    for old, new in zip(before, first_lane(z), strict=True):
        torch.testing.assert_close(new, old, rtol=1e-4, atol=1e-6)


def test_starts_come_from_their_generators_alone() -> None:
    before = torch.get_rng_state()
    for make in (
        lambda lanes: LectureGenerator(lanes, 20, 64),
        lambda lanes: LectureDiscriminator(lanes, 64),
        lambda lanes: DcganGenerator(lanes, 20, (8, 8)),
        lambda lanes: DcganDiscriminator(lanes, (8, 8), 10),
    ):
        three, alone = make(rngs(3)), make([rngs(3)[2]])
        for (name, value), single in zip(three.named_parameters(), alone.parameters(), strict=True):
            assert torch.equal(value.chunk(3)[2], single), name
    assert torch.equal(torch.get_rng_state(), before)
