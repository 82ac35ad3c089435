"""One run from start to end in this process: what `train` does, and nothing of how it looks."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from playground.config import RunConfig
from playground.files import RunFolder, finite
from playground.frame import Row
from playground.metrics.evaluation import METRICS
from playground.observer import observe
from playground.training.trainer import Diverged, Trainer


@dataclass(frozen=True)
class Outcome:
    """What came of a run. seconds: of training alone. row: measured at `steps`. notes: sentences for the user."""

    config: RunConfig
    steps: int
    seconds: float
    row: Row
    end: Literal["done", "diverged", "interrupted"]
    notes: tuple[str, ...]

    @property
    def steps_per_second(self) -> float:
        """Generator updates per second; the seeds of a run take each of them together."""
        return self.steps / self.seconds if self.seconds else 0.0

    def described(self) -> dict[str, Any]:
        """Plain JSON: a metric is one value per seed (null: not finite), or null where the dataset has no modes."""
        values = self.row.values
        return {
            "config": self.config.model_dump(),
            "steps": self.steps,
            "seconds": round(self.seconds, 4),
            "steps_per_second": round(self.steps_per_second, 2),
            "metrics": {name: [finite(x) for x in values[name]] if name in values else None for name in METRICS},
        }


def run(
    config: RunConfig,
    steps: int,
    folder: RunFolder | None = None,
    show: Callable[[int], None] = lambda step: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Train for so many steps, or until the run diverges or `stopped`, and measure what there is then.

    With a folder it also measures every `measure_every` steps. show: is told each step that is done.
    """
    torch.set_num_threads(1)  # as the workers do: two threads only cost time on networks this small
    trainer = Trainer(config, "cuda" if torch.cuda.is_available() else "cpu")
    observer = observe(trainer)
    good = trainer.state()
    seconds, reason = 0.0, ""
    while trainer.steps < steps and not stopped():
        if folder and trainer.steps % config.measure_every == 0:
            folder.add(observer.measure())
            good = trainer.state() if _healthy(trainer) else good
        start = time.perf_counter()
        try:
            trainer.step()
        except Diverged as error:
            reason = str(error)
            break
        finally:
            seconds += time.perf_counter() - start
        show(trainer.steps)
    row = observer.measure()
    if reason:
        notes = [reason]
        if folder:
            trainer.load(good)
            notes.append(f"The samples and the checkpoint are of the last good step measured, {trainer.steps:,}.")
    else:
        if folder:
            folder.add(row)
        lost = [(seed, step) for seed, step in zip(trainer.seeds, trainer.diverged, strict=True) if step is not None]
        notes = [f"Seed {seed} diverged at step {step:,}." for seed, step in lost]
        if row.step < steps:
            notes.append(f"Stopped after {row.step:,} of {steps:,} steps.")
    if folder:
        rngs = [np.random.default_rng([seed, trainer.steps, *b"samples"]) for seed in trainer.seeds]
        folder.finish(observer.samples(rngs, observer.sample_size), trainer.state())
    end: Literal["done", "diverged", "interrupted"] = (
        "diverged" if reason else "interrupted" if row.step < steps else "done"
    )
    return Outcome(config, row.step, seconds, row, end, tuple(notes))


def _healthy(trainer: Trainer) -> bool:
    """Whether the weights of every seed that has not diverged are finite."""
    alive = [lane for lane, step in enumerate(trainer.diverged) if step is None]
    weights = [*trainer.generator.parameters(), *trainer.discriminator.parameters()]
    return all(bool(weight[alive].isfinite().all()) for weight in weights)
