"""The lecture's exercise on the real MNIST: what each epoch came to over seeds, and the strip of its digits."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from playground.config import RunConfig
from playground.lessons import exercise
from playground.lessons.exercise import STRIP, Epoch
from playground.recipes import RECIPES
from playground.recipes.measured import Spread
from playground.reproduce.training import Show, spreads

AT_FIRST, LATER, LAST = tuple(range(1, 11)), (20, 30, 40, 50), STRIP
"""The epochs that are told of all seeds, of at most LATER_SEEDS, and of seed 0 alone: the longer, the fewer."""
LATER_SEEDS = 4
MEASURES = ("d_real", "d_fake", "classes", "clear_classes", "fid")


def config_of(seeds: int) -> RunConfig:
    """The exercise: the recipe on MNIST."""
    return RECIPES["lecture"].config.replace(dataset="mnist", seeds=seeds)


def write(folder: Path | None, seeds: int, show: Show) -> Iterator[Epoch]:
    """Train, and keep each told epoch as soon as it is over: first of all the losses of the first step, as epoch 0.

    folder: where MNIST is looked for first. Raises DataError where it is not found.
    """
    rows: list[Epoch] = []
    strip: list[np.ndarray] = []
    for told, count in ((AT_FIRST, seeds), (LATER, min(seeds, LATER_SEEDS)), (LAST, 1)):
        for epoch, values, digits in trained(config_of(count), told, folder, show):
            if told is LAST and epoch in STRIP:
                strip.append(np.concatenate(list(digits), axis=1))
                Image.fromarray(np.concatenate(strip)).save(exercise.PICTURE, lossless=True)
            if epoch not in {row.epoch for row in rows}:
                rows.append(_keep([*rows, Epoch(epoch, count, values)]))
                yield rows[-1]


def _keep(rows: Sequence[Epoch]) -> Epoch:
    """Write all rows; the last of them."""
    lines = [json.dumps(asdict(row)) for row in rows]
    exercise.FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    exercise.epochs.cache_clear()
    return rows[-1]


def trained(
    config: RunConfig, told: Sequence[int], folder: Path | None, show: Show = lambda done, what: None
) -> Iterator[tuple[int, dict[str, Spread], np.ndarray]]:
    """The first step's losses as epoch 0, then each told epoch: its number, the means of both losses over it and what
    is measured at its end, each over the seeds, and seed 0's first digits (10, h, w) uint8."""
    import torch

    from playground.observer import ImageObserver
    from playground.training.trainer import Trainer

    torch.set_num_threads(1)
    trainer = Trainer(config, folder=folder)
    observer = ImageObserver(trainer)
    while not observer.prepared:
        show(observer.preparing[1], observer.preparing[0])
        observer.prepare(1.0)
    steps = int(observer.steps_per_epoch)
    lanes = range(config.seeds)
    for epoch in range(1, max(told) + 1):
        g_sum, d_sum = torch.zeros(config.seeds), torch.zeros(config.seeds)
        for step in range(steps):
            trainer.step()
            g_sum += trainer.g_loss
            d_sum += trainer.d_loss
            if trainer.steps == 1:
                first = {"g_loss": g_sum.double().numpy(), "d_loss": d_sum.double().numpy()}
                yield 0, spreads(first, lanes), observer.film()
            if step % 100 == 0:
                show((epoch - 1 + step / steps) / max(told), f"epoch {epoch} of {max(told)}")
        if epoch in told:
            row = observer.measure()
            values = {name: np.array(row.values[name], float) for name in MEASURES}
            values |= {"g_loss": (g_sum / steps).double().numpy(), "d_loss": (d_sum / steps).double().numpy()}
            yield epoch, spreads(values, lanes), observer.film()
