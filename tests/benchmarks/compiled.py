"""The compiled step: how long it takes to get one; when asked for, every loss and penalty against the step itself."""

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from playground.config import ConfigError, RunConfig
from playground.objectives import LOSSES, PENALTIES
from playground.training import compiling, learners, library, products
from playground.training.classifier import CACHE_VARIABLE
from playground.training.compiled import CompiledStep
from playground.training.compiling import Request
from playground.training.learner import Learner
from playground.training.tracing import traced
from tests.benchmarks.timing import medians, repeated, table

STEPS = 20


def swift(make: Callable[[], Learner]) -> Learner | None:
    """A learner that has made a step and goes on by its compiled step, made first where there is none yet; None where
    there can't be one."""
    learner = make()
    learner.step()
    if library.find(learner) is None and compiling.compiler_there():
        compiling.keep(library.key_of(learner), make)
    learner.go(library.find(learner))
    return learner if learner.compiled else None


def change_over() -> None:
    """Seconds until the defaults' step is there: compiled, from the disk, and in a process that has it already."""
    learner = learners.fresh(RunConfig())
    learner.step()
    config = library.same_step(learner)
    assert config is not None
    before, rows = os.environ.get(CACHE_VARIABLE), []
    with tempfile.TemporaryDirectory() as cold:
        os.environ[CACHE_VARIABLE] = cold
        request = Request(library.key_of(learner), config, "cpu", None, awaited=True)
        acts: dict[str, Callable[[], object]] = {
            "compiled, in a process of its own": lambda: compiling.start(request).wait(),
            "taken from the disk": lambda: library.find(learner),
            "taken again": lambda: library.find(learner),
        }
        for name, act in acts.items():
            start = time.perf_counter()
            act()
            rows.append([name, f"{time.perf_counter() - start:.3f}"])
    if before is None:
        del os.environ[CACHE_VARIABLE]
    else:
        os.environ[CACHE_VARIABLE] = before
    table("A compiled step at the defaults", ["what", "seconds"], rows)


def matrix_products() -> None:
    """Large products as PyTorch makes them, and by oneDNN: what `products.py` decides by."""
    rows = []
    for n, m, p in ((256, 64, 64), (512, 64, 64), (256, 128, 128), (512, 128, 128)):
        x, g, weights = torch.randn(1, n, m), torch.randn(1, n, p), torch.randn(1, m, p)
        for what, left, right in (("x W", x, weights), ("xᵀ g", x.mT, g)):
            made = {"bmm": partial(torch.bmm, left, right), "onednn": partial(products.by_lanes, left, right, None)}
            found = medians({name: repeated(act, 200) for name, act in made.items()})
            ours = products.LARGE_TURNED if what == "xᵀ g" else products.LARGE
            chosen = "yes" if products.helps() and n * m * p >= ours else "no"
            rows.append([what, f"{n} × {m} × {p}", f"{found['bmm'] / found['onednn']:.2f}×", chosen])
    table("Matrix products by oneDNN", ["product", "sizes", "as fast as torch.bmm", "is used here"], rows)


def agreement() -> None:
    """Every loss with every penalty: the graph that is compiled against the step, after some steps."""
    rows = []
    for loss in LOSSES:
        for penalty in PENALTIES:
            try:
                config = RunConfig(loss=loss, penalty=penalty, g_width=16, d_width=16, batch_size=32, lr_d=1e-4)
            except (ConfigError, ValueError):
                continue
            rows.append([loss, penalty, f"{_apart(config):.1e}"])
    table(f"The step's graph against the step, {STEPS} steps", ["loss", "penalty", "largest difference"], rows)


def _apart(config: RunConfig) -> float:
    """The largest difference of a loss on the way, of its size or of 1."""
    found = traced(learners.fresh(config))

    def run(given: list[torch.Tensor]) -> list[torch.Tensor]:
        with torch.no_grad():
            return [found.graph(*given)]

    pair: list[Any] = [learners.fresh(config), learners.fresh(config)]
    for learner in pair:
        learner.step()
    step, worst = CompiledStep(pair[1], found.plan, run), 0.0
    for _ in range(STEPS):
        pair[0].step()
        step()
        for name, loss in pair[0].losses.items():
            off = (pair[1].losses[name] - loss).abs() / loss.abs().clamp(min=1.0)
            worst = max(worst, off.max().item())
    return worst
