"""The lecture's own numbers: its perceptron for seven epochs of MNIST, then the small DCGAN for three."""

import time
from collections.abc import Iterator
from pathlib import Path

import torch

from playground.config import RunConfig
from playground.frame import Row
from playground.recipes import RECIPES
from playground.training.trainer import Trainer
from tests.benchmarks.images import ready
from tests.benchmarks.timing import table
from tests.data.serving import real_mnist

SEEDS = 3
COUNTS = ("classes", "clear_classes")


def outcomes() -> None:
    """Epoch averages of both losses, D's as the sum of its halves, and the classes, for every seed."""
    folder = real_mnist()
    if folder is None:
        print("\nThe lecture's numbers need the real MNIST: name its folder in GAN_PLAYGROUND_DATA.")
        return
    for name, epochs in (("lecture", 7), ("dcgan", 3)):
        recipe = RECIPES[name]
        config = recipe.config.replace(dataset="mnist", seeds=SEEDS)
        rows = [_told(*epoch) for epoch in trained(config, epochs, folder)]
        table(
            f"{recipe.label} on the real MNIST, seeds 0 to {SEEDS - 1} side by side",
            ["epoch", "G's loss", "D's loss", "classes of 10", "clear classes", "Fréchet", "seconds"],
            rows,
        )


def trained(config: RunConfig, epochs: int, folder: Path) -> Iterator[tuple[int, list[float], list[float], Row, float]]:
    """After each epoch: its number, the means of G's and of D's loss over it for each seed, a row, and its seconds."""
    trainer = Trainer(config, folder=folder)
    observer = ready(trainer)
    steps = int(observer.steps_per_epoch)
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        g_sum, d_sum = torch.zeros(config.seeds), torch.zeros(config.seeds)
        for _ in range(steps):
            trainer.step()
            g_sum += trainer.g_loss
            d_sum += trainer.d_loss
        seconds = time.perf_counter() - start
        yield epoch, (g_sum / steps).tolist(), (d_sum / steps).tolist(), observer.measure(), seconds


def _told(epoch: int, g_loss: list[float], d_loss: list[float], row: Row, seconds: float) -> list[str]:
    classes, clear = (" ".join(f"{value:.0f}" for value in row.values[name]) for name in COUNTS)
    losses = (" ".join(f"{value:.2f}" for value in values) for values in (g_loss, d_loss))
    frechet = " ".join(f"{value:.2f}" for value in row.values["fid"])
    return [str(epoch), *losses, classes, clear, frechet, f"{seconds:.0f}"]
