"""What D sees in groups, against the papers' formulas written out in NumPy."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.config import NetworkName, RunConfig, choices
from playground.exports.script.facts import FEATURES
from playground.models.groups import KERNEL_SIZE, KERNELS, MINIBATCH, Deviation, Discrimination, judge_among, packed
from playground.models.networks import NETWORKS, Sizes

WIDTH = 7


class Product(nn.Module):
    """A linear map without bias in double precision, for each of S lanes."""

    def __init__(self, lanes: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(normals(lanes, inputs, outputs, seed=9))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


def normals(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def discrimination(lanes: int = 1) -> Discrimination:
    """With a T of its own in each lane."""
    return Discrimination(WIDTH, lambda inputs, outputs: Product(lanes, inputs, outputs))


def by_hand(h: np.ndarray, weight: np.ndarray, one: int, others: list[int]) -> list[float]:
    """Salimans et al. 2016, section 3.2, over these others: T is (A, B, C), M_i = f(x_i) T, features of one example."""
    matrices = np.einsum("na,abc->nbc", h, weight.reshape(len(weight), KERNELS, KERNEL_SIZE))
    near = [np.exp(-np.abs(matrices[one] - matrices[other]).sum(axis=-1)) for other in others]
    return list(np.mean(near, axis=0))


def deviation_by_hand(h: np.ndarray) -> float:
    """Karras et al. 2018, section 3, with the constant of their code."""
    return float(np.mean([np.sqrt(np.mean((unit - unit.mean()) ** 2) + 1e-8) for unit in h.T]))


def test_the_table_is_the_configs_menu_and_the_scripts() -> None:
    assert tuple(MINIBATCH) == choices("minibatch")
    assert {name: features for name, (features, _) in MINIBATCH.items()} == FEATURES


def test_a_pack_is_neighbours_side_by_side() -> None:
    x = torch.arange(2 * 6 * 2).reshape(2, 6, 2)
    assert packed(x, 3).tolist() == [
        [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]],
        [[12, 13, 14, 15, 16, 17], [18, 19, 20, 21, 22, 23]],
    ]
    assert packed(x, 1) is x or torch.equal(packed(x, 1), x)


def test_discrimination_is_the_papers_formula() -> None:
    h, layer = normals(2, 9, WIDTH), discrimination(2)
    made = layer(h).detach()
    assert made.shape == (2, 9, WIDTH + KERNELS) and torch.equal(made[..., :WIDTH], h)
    for lane in range(2):
        weight = next(layer.parameters()).detach().numpy()[lane]
        for one in range(9):
            others = [other for other in range(9) if other != one]
            wanted = by_hand(h[lane].numpy(), weight, one, others)
            np.testing.assert_allclose(made[lane, one, WIDTH:], wanted, rtol=1e-9)


def test_examples_that_are_all_the_same_are_as_near_as_can_be() -> None:
    same = normals(1, 1, WIDTH).expand(-1, 6, -1)
    torch.testing.assert_close(discrimination()(same)[..., WIDTH:], torch.ones(1, 6, KERNELS, dtype=torch.float64))
    far = 1e6 * normals(1, 6, WIDTH)
    assert torch.equal(discrimination()(far)[..., WIDTH:], torch.zeros(1, 6, KERNELS, dtype=torch.float64))


def test_deviation_is_the_papers_formula_and_one_number_for_the_batch() -> None:
    h = 3 * normals(2, 9, WIDTH) + 5
    made = Deviation()(h)
    assert made.shape == (2, 9, WIDTH + 1) and torch.equal(made[..., :WIDTH], h)
    for lane in range(2):
        np.testing.assert_allclose(made[lane, :, -1], deviation_by_hand(h[lane].numpy()), rtol=1e-12)


def test_a_batch_without_any_deviation_has_a_finite_gradient() -> None:
    h = torch.ones(1, 5, WIDTH, requires_grad=True)
    (gradient,) = torch.autograd.grad(Deviation()(h)[..., -1].sum(), h)
    assert torch.equal(gradient, torch.zeros(1, 5, WIDTH))


@pytest.mark.parametrize("layer", [discrimination(), Deviation()], ids=["discrimination", "deviation"])
def test_beside_others_is_what_it_would_be_in_a_batch_with_them(layer: nn.Module) -> None:
    """Each of x by itself: its neighbours in x do not matter, the others do."""
    x, others = normals(1, 4, WIDTH, seed=1), normals(1, 6, WIDTH, seed=2)
    beside = layer(x, others)
    for i in range(4):
        batch = torch.cat([x[:, i : i + 1], others], dim=1)
        torch.testing.assert_close(beside[:, i], layer(batch)[:, 0])


@pytest.mark.parametrize("layer", [discrimination(), Deviation()], ids=["discrimination", "deviation"])
def test_derivatives_agree_with_finite_differences(layer: nn.Module) -> None:
    """Also second ones, which penalties take."""
    h = (0.3 * normals(1, 4, WIDTH)).requires_grad_()
    assert torch.autograd.gradcheck(layer, (h,))
    assert torch.autograd.gradgradcheck(layer, (h,))


# Networks -------------------------------------------------------------------------------------------------------


def discriminator(network: NetworkName, lanes: int = 1, **changes: Any) -> nn.Module:
    config = RunConfig(dataset="digits", network=network, d_width=WIDTH, **changes)
    rngs = [np.random.default_rng(lane) for lane in range(lanes)]
    return NETWORKS[config.network].discriminator(config, Sizes(64, 1.0, (8, 8), 0), rngs)


@pytest.mark.parametrize("minibatch", MINIBATCH)
@pytest.mark.parametrize("pack", [1, 2, 4])
@pytest.mark.parametrize("network", NETWORKS)
def test_there_is_one_logit_for_each_pack_and_lanes_do_not_mix(network: NetworkName, pack: int, minibatch: str) -> None:
    both = discriminator(network, lanes=2, pack=pack, minibatch=minibatch).eval()
    alone = discriminator(network, pack=pack, minibatch=minibatch).eval()
    x = normals(2, 8, 64).float()
    assert both(x).shape == (2, 8 // pack, 1)
    torch.testing.assert_close(both(x)[:1], alone(x[:1]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_packs_logit_depends_on_all_of_it_and_on_no_other(network: NetworkName) -> None:
    judge = discriminator(network, pack=2).eval()
    x = normals(1, 6, 64).float()
    before = judge(x)
    for example in range(6):
        moved = x.clone()
        moved[0, example] += 1
        changed = (judge(moved) != before).flatten().tolist()
        assert changed == [pack == example // 2 for pack in range(3)]


@pytest.mark.parametrize("minibatch", ["discrimination", "deviation"])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_logit_depends_on_the_whole_batch(network: NetworkName, minibatch: str) -> None:
    judge = discriminator(network, minibatch=minibatch).eval()
    x = normals(1, 6, 64).float()
    moved = x.clone()
    moved[0, 0] += 1
    assert (judge(moved) != judge(x)).all()


# Maps -----------------------------------------------------------------------------------------------------------


def test_a_place_is_judged_at_each_place_of_a_pack_beside_companions() -> None:
    """A D that multiplies: with places (x, c) and (c, x), and (x, c') and (c', x)."""

    def twice_first_plus_second(x: Tensor) -> Tensor:
        pair = packed(x, 2)
        return 2 * pair[..., :1] + pair[..., 1:]

    x, companions = torch.tensor([[[1.0], [10.0]]]), torch.tensor([[[100.0], [200.0], [300.0], [400.0]]])
    found = judge_among(twice_first_plus_second, x, companions.flip(1), 2, None)
    first = (2 * 1 + 100 + 2 * 200 + 1 + 2 * 1 + 300 + 2 * 400 + 1) / 4
    assert found.tolist() == [[first, first + 1.5 * 9]]


def test_a_map_of_many_places_is_judged_place_by_place() -> None:
    judge = discriminator("mlp", minibatch="discrimination", pack=2)
    x, companions = normals(1, 1100, 64).float(), normals(1, 40, 64, seed=3).float()
    whole = judge_among(judge, x, companions, 2, 16)
    for place in (0, 511, 512, 1099):
        one = judge_among(judge, x[:, place : place + 1], companions, 2, 16)
        torch.testing.assert_close(whole[:, place : place + 1], one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("minibatch", ["discrimination", "deviation"])
def test_a_map_is_the_logit_that_a_batch_of_companions_would_give(minibatch: str) -> None:
    """In place of the first of a batch of 16, the others of which are companions."""
    judge = discriminator("mlp", minibatch=minibatch)
    x, companions = normals(1, 3, 64).float(), normals(1, 40, 64, seed=3).float()
    found = judge_among(judge, x, companions.flip(1), 1, 16)
    for i in range(3):
        batch = torch.cat([x[:, i : i + 1], companions[:, :15]], dim=1)
        torch.testing.assert_close(found[:, i], judge(batch)[:, 0, 0], rtol=1e-4, atol=1e-5)


def test_a_packs_companions_are_not_those_of_its_batch() -> None:
    """From the last one on, four stand beside x in packs of two; 14 more are the rest of a batch of 16."""
    judge = discriminator("mlp", minibatch="discrimination", pack=2)
    x, companions = normals(1, 1, 64).float(), normals(1, 40, 64, seed=3).float()
    logits = []
    for turn in range(4):
        pair = [x, companions[:, turn : turn + 1]]
        batch = torch.cat([*(pair if turn % 2 == 0 else pair[::-1]), companions[:, 4:18]], dim=1)
        logits.append(judge(batch)[0, 0])
    found = judge_among(judge, x, companions.flip(1), 2, 16)
    torch.testing.assert_close(found[0], torch.stack(logits).mean(0), rtol=1e-4, atol=1e-5)
