"""`evaluate`: samples from anywhere, measured."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from playground import config as settings
from playground.cli.common import LABELS, AsJson, Assignments, DataDir, load, progress, short, table
from playground.config import SETTINGS, RunConfig
from playground.files import BadInput, finite, read_images, read_samples
from playground.metrics.evaluation import METRICS, Bands, Evaluator, floors
from playground.metrics.image_evaluation import IMAGE_METRICS

SAMPLE_SIZES = ("jsd_samples", "emd_samples", "mode_samples")


def evaluate(
    dataset: Annotated[str, typer.Option(help="What the samples should look like; `datasets` lists them.")],
    samples: Annotated[
        Path,
        typer.Option(
            metavar="FILE.npy",
            help="An array of shape (n, 2), or (n, 1) in 1-D; for images (n, h, w) or (n, h*w), uint8 or floats from 0 "
            "(black) to 1.",
        ),
    ],
    assignments: Assignments = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Measure the samples in a file.

    Each metric stands beside its floor: where it lies for perfect samples, in nine of ten cases.
    """
    base = settings.read({"dataset": dataset})
    config = settings.read_assignments(assignments or (), base)
    if base.on_images:
        useful = ["image_samples"]
    else:
        useful = [name for name, setting in SETTINGS.items() if setting.group == "Data" and name != "dataset"]
        useful += SAMPLE_SIZES
    useless = [name for name in settings.difference(base, config).values if name not in useful]
    if useless:
        raise BadInput(f"--set may change {', '.join(useful)} here; {', '.join(useless)} is of no use to evaluate.")
    measured = _evaluated_images(config, samples, data_dir) if config.on_images else _evaluated_points(config, samples)
    print(json.dumps(measured.described(), allow_nan=False) if as_json else measured.told(dataset))


@dataclass(frozen=True)
class _Measured:
    """What `evaluate` found.

    labels: what the metrics are called. count: samples in the file. used: how many of them each metric took.
    json_floors: the metrics whose floors are part of the JSON. shares: the histogram, by mode or by class.
    """

    labels: Mapping[str, str]
    count: int
    values: Mapping[str, float | None]
    floors: Bands
    used: Mapping[str, int]
    json_floors: Sequence[str]
    histogram: str
    shares: np.ndarray | None
    classes: Sequence[str] = ()

    def described(self) -> dict[str, Any]:
        """Plain JSON; null is a metric that does not apply, or whose value is not finite."""
        report: dict[str, Any] = {name: finite(value) for name, value in self.values.items()}
        bands = ((name, self.floors.get(name)) for name in self.json_floors)
        report |= {f"{name}_floor": band and [finite(end) for end in band] for name, band in bands}
        shares = None if self.shares is None else [finite(float(share)) for share in self.shares]
        return report | {self.histogram: shares, "samples": dict(self.used)}

    def told(self, dataset: str) -> str:
        """The same as a table."""
        rows = [
            [self.labels[name], short(name, value), " to ".join(short(name, end) for end in self.floors[name]), used]
            for name, used in self.used.items()
            if (value := self.values[name]) is not None
        ]
        text = f"{self.count:,} samples against {dataset}; the floor is where 90 % of perfect samples lie.\n\n"
        text += table(["metric", "value", "floor", "samples used"], rows)
        if self.shares is None:
            return text
        names = [f"{name} " for name in self.classes] or [""] * len(self.shares)
        by = "class" if self.classes else "mode"
        parted = ", " if self.classes else " "
        return (
            text
            + f"\n\nshare by {by}: "
            + parted.join(f"{name}{share:.3f}" for name, share in zip(names, self.shares, strict=True))
        )


def _evaluated_points(config: RunConfig, path: Path) -> _Measured:
    evaluator = Evaluator(
        config.distribution(), n_jsd=config.jsd_samples, n_emd=config.emd_samples, n_modes=config.mode_samples
    )
    points = read_samples(path, evaluator.distribution.dim)
    rng = np.random.default_rng([0, *b"evaluate"])
    # Shuffled, because each metric takes the first points and a file may be sorted by mode.
    shuffled = rng.choice(points, min(len(points), evaluator.n), replace=False)
    found = evaluator.evaluate(shuffled, rng)
    bands = floors(evaluator, rng, n=len(points))
    return _Measured(
        labels=LABELS["points"],
        count=len(points),
        values={name: getattr(found, name) for name in METRICS},
        floors=bands,
        used=evaluator.counts(len(points)),
        json_floors=("jsd", "emd"),
        histogram="mode_histogram",
        shares=found.mode_histogram,
    )


def _evaluated_images(config: RunConfig, path: Path, data_dir: Path | None) -> _Measured:
    real = load(config, data_dir)
    samples = read_images(path, real.shape)
    from playground.headless import evaluate_images

    with progress() as show:
        report = evaluate_images(real, samples, config.image_samples, show)
    return _Measured(
        labels=LABELS["images"],
        count=len(samples),
        values={name: getattr(report.found, name) for name in IMAGE_METRICS},
        floors=report.floors,
        used=report.used,
        json_floors=tuple(IMAGE_METRICS),
        histogram="class_histogram",
        shares=report.found.class_histogram,
        classes=real.classes,
    )
