"""Large products of a compiled step by oneDNN are the products."""

import pytest
import torch

from playground.config import RunConfig
from playground.training import learners, products
from playground.training.compiled import CompiledStep
from playground.training.tracing import traced
from playground.training.trainer import Trainer

pytestmark = pytest.mark.skipif(not torch._C._has_mkldnn, reason="PyTorch was built without oneDNN.")
WIDE = RunConfig(g_width=64, d_width=64, g_depth=2, d_depth=2, batch_size=512, seeds=2)


@pytest.fixture
def helpful(monkeypatch: pytest.MonkeyPatch) -> None:
    """This processor is one on which it is worth it."""
    monkeypatch.setattr(products, "helps", lambda: True)


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("turned", [False, True])
def test_products_by_lanes_are_products(lanes: int, turned: bool) -> None:
    rng = torch.Generator().manual_seed(0)
    shapes = ((lanes, 40, 30), (lanes, 30, 20), (lanes, 1, 20))
    left, right, row = (torch.randn(shape, generator=rng) for shape in shapes)
    if turned:
        left = left.mT.contiguous().mT
    torch.testing.assert_close(products.by_lanes(left, right, None), torch.bmm(left, right))
    torch.testing.assert_close(products.by_lanes(left, right, row), torch.baddbmm(row, left, right))


def test_only_large_products_are_made_so(helpful: None) -> None:
    wide, narrow = torch.randn(1, 512, 64), torch.randn(1, 64, 16)
    assert products.bmm(wide, torch.randn(1, 64, 64)) is not NotImplemented
    assert products.bmm(wide, narrow) is NotImplemented
    assert products.bmm(wide.double(), torch.randn(1, 64, 64).double()) is NotImplemented
    assert products.bmm(wide.mT, torch.randn(1, 512, 64)) is NotImplemented  # it would be turned round first
    rows = torch.randn(1, 512, 64)
    assert products.baddbmm(rows, wide, torch.randn(1, 64, 64)) is NotImplemented


def test_a_step_with_such_products_does_what_the_step_does(helpful: None) -> None:
    found = traced(learners.fresh(WIDE))
    made = [node for node in found.graph.graph.nodes if "linear_pointwise" in str(node.target)]
    assert made
    eager, graph = Trainer(WIDE), Trainer(WIDE)
    for trainer in (eager, graph):
        trainer.step()
    graph.go(CompiledStep(graph, found.plan, lambda given: [found.graph(*given)], "graph"))
    for _ in range(3):
        with torch.no_grad():
            graph.step()
        eager.step()
        for name, loss in eager.losses.items():
            torch.testing.assert_close(graph.losses[name], loss, rtol=1e-4, atol=1e-5)


def test_elsewhere_nothing_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "helps", lambda: False)
    assert products.table() == {}
