"""What `train` and `evaluate` do in this process, and nothing of how it looks."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from playground.config import RunConfig
from playground.data.image_data import Images
from playground.data.pixels import as_bytes
from playground.engine.messages import Floors, Measured, Report
from playground.engine.worker.keeping import Keeping
from playground.files import RunFolder, finite
from playground.frame import Row
from playground.metrics.evaluation import METRICS, Bands, floors
from playground.metrics.image_evaluation import IMAGE_METRICS, ImageEvaluation
from playground.observer import Observer, observe
from playground.observer.floors import estimated
from playground.observer.image_observer import preparation
from playground.training import learners
from playground.training.compiling import WORTH, Compiler
from playground.training.learner import Diverged, Learner

Show = Callable[[float, str], None]
"""(done, from 0 to 1; what is being done, in words) -> nothing."""

Keep = Callable[[Report], None]
"""Takes what there is to record, as a worker reports it."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run. seconds: of training alone. row: measured at `steps`. notes: sentences for the user.

    diverged: per seed the step, or None. epochs: how often each image has been seen, where the data are images.
    floors: for images, whose numbers mean little without them; empty for points. compiled: the step from which on it
    trained by a compiled step; None where each operation was made by itself.
    """

    config: RunConfig
    steps: int
    seconds: float
    row: Row
    end: Literal["done", "diverged", "interrupted"]
    notes: tuple[str, ...]
    diverged: tuple[int | None, ...] = ()
    epochs: float | None = None
    floors: Bands | None = None
    compiled: int | None = None

    @property
    def steps_per_second(self) -> float:
        """Generator updates per second; the seeds of a run take each of them together."""
        return self.steps / self.seconds if self.seconds else 0.0

    def described(self) -> dict[str, Any]:
        """Plain JSON: a metric is one value per seed (null: not finite), or null where the dataset has none such."""
        values = self.row.values
        on_images = self.config.on_images
        names = [*(IMAGE_METRICS if on_images else METRICS), *self.config.learning.measured(on_images)]
        report: dict[str, Any] = {
            "config": self.config.model_dump(),
            "steps": self.steps,
            "seconds": round(self.seconds, 4),
            "steps_per_second": round(self.steps_per_second, 2),
            "compiled": self.compiled,
            "metrics": {name: [finite(x) for x in values[name]] if name in values else None for name in names},
        }
        if self.config.on_images:
            shares = self.row.mode_histogram
            report["epochs"] = self.epochs
            report["floors"] = {name: [finite(end) for end in band] for name, band in (self.floors or {}).items()}
            report["class_histogram"] = shares and [[finite(share) for share in lane] for lane in shares]
        return report


def run(
    config: RunConfig,
    steps: int,
    folder: RunFolder | None = None,
    show: Show = lambda done, what: None,
    stopped: Callable[[], bool] = lambda: False,
    data_folder: Path | None = None,
    keep: Keep | None = None,
    run_id: str = "",
    floors_of: Callable[[Observer], Bands] = estimated,
) -> Outcome:
    """Train for so many steps, or until the run diverges or `stopped`, and measure what there is then.

    With a folder, or somebody to `keep` the run of this id, it also measures every `measure_every` steps. What
    measuring needs is prepared first. show: is told about progress. data_folder: where image files are looked for
    first. floors_of: makes the noise floors of a run that is kept, where they are not to be estimated anew. Raises
    DataError where image files are missing.
    """
    torch.set_num_threads(1)  # as the workers do: two threads only cost time on networks this small
    learner = learners.fresh(config, "cuda" if torch.cuda.is_available() else "cpu", data_folder)
    observer = observe(learner)
    scene = observer.scene()
    shares = [f"class_{name}" for name in scene.classes] or [f"mode_{i}" for i in range(1, len(scene.modes or ()) + 1)]
    while not observer.prepared and not stopped():
        observer.prepare(0.1)
        what, done = observer.preparing
        show(done, what)
    keeping, reason = Keeping(run_id, learner, observer), ""
    compiler = Compiler(learner, data_folder, wait=True) if steps >= WORTH else None

    def tell(reports: Iterable[Report]) -> None:
        if keep:
            for report in reports:
                keep(report)

    def _kept(row: Row) -> None:
        row = keeping.row(row)
        if folder:
            folder.add(row, shares)
        tell([Measured(run_id, row)])

    tell([*keeping.opened(0, resumed=False), keeping.state("playing")])
    while learner.steps < steps and not stopped():
        if (folder or keep) and learner.steps % config.measure_every == 0:
            _kept(observer.measure())
            keeping.remember()
        if keep:
            tell(keeping.begin(0))
        if compiler:
            if compiler.waits:
                show(learner.steps / steps, "its step is being compiled")
            compiler.look()
        start = time.perf_counter()
        try:
            learner.step()
        except Diverged as error:
            reason = str(error)
            break
        tell(keeping.stepped(time.perf_counter() - start, 0))
        if keep:
            tell(keeping.look(0))
        show(learner.steps / steps, f"{learner.steps:,} of {steps:,} steps")
    row, diverged = observer.measure(), tuple(learner.diverged)
    if reason:
        notes = [reason]
        if folder or keep:
            message = keeping.fall_back(reason)
            tell([*keeping.keep(0), keeping.state("diverged", f"{message}.")])
        if folder:
            notes.append(f"The samples and the checkpoint are of the last good state, step {learner.steps:,}.")
    else:
        _kept(row)
        if keeping.begun:
            tell(keeping.keep(0))
        tell([keeping.state("paused")])
        lost = [(seed, step) for seed, step in zip(learner.seeds, learner.diverged, strict=True) if step is not None]
        notes = [f"Seed {seed} diverged at step {step:,}." for seed, step in lost]
        if row.step < steps:
            notes.append(f"Stopped after {row.step:,} of {steps:,} steps.")
    if folder:
        folder.finish(fresh_samples(observer, learner), learner.state())
    end: Literal["done", "diverged", "interrupted"] = (
        "diverged" if reason else "interrupted" if row.step < steps else "done"
    )
    epochs = row.step / scene.steps_per_epoch if scene.steps_per_epoch else None
    bands: Bands | None = None
    if observer.prepared and (config.on_images or keep):
        bands = floors_of(observer)
        tell([Floors(run_id, bands)])
    shown = bands if config.on_images else None
    since = learner.compiled_since
    return Outcome(config, row.step, keeping.seconds, row, end, tuple(notes), diverged, epochs, shown, since)


@dataclass(frozen=True)
class ImageReport:
    """What `evaluate` says of images. used: how many of them each metric took, by name."""

    found: ImageEvaluation
    floors: Bands
    used: dict[str, int]


def evaluate_images(real: Images, samples: np.ndarray, size: int, show: Show = lambda done, what: None) -> ImageReport:
    """Measure images (n, h, w), uint8 or floats from 0 to 1, against real ones; `size` of them, if there are so many.

    The classifier is trained first, where it has not been for these data.
    """
    torch.set_num_threads(1)
    prepared = preparation(real)
    while not prepared.done:
        prepared.step(0.1)
        show(prepared.progress, prepared.status)
    evaluator = prepared.evaluator(size)
    rng = np.random.default_rng([0, *b"evaluate"])
    # Drawn, because a file may be sorted by class.
    features, probabilities = prepared.features(samples[rng.permutation(len(samples))[: evaluator.n]])
    found = evaluator.evaluate(features, probabilities, rng)
    return ImageReport(found, floors(evaluator, rng, n=len(samples)), evaluator.counts(len(samples)))


def fresh_samples(observer: Observer, learner: Learner) -> np.ndarray:
    """Fresh generated examples of every seed: points (S, n, dim), images (S, n, h, w) in uint8, 0 where not finite."""
    rngs = [np.random.default_rng([seed, learner.steps, *b"samples"]) for seed in learner.seeds]
    samples = observer.samples(rngs, observer.sample_size)
    if learner.task.source.shape is None:
        return samples
    return as_bytes(samples).reshape(*samples.shape[:2], *learner.task.source.shape)
