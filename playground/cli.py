"""The command line: the page's settings, trainer and metrics without a browser.

torch is imported where it is needed, so that help and listings start at once.
"""

import json
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from playground import config as settings
from playground.config import SETTINGS, ConfigError, RunConfig
from playground.data import images
from playground.data.images import IMAGE_DATASETS, DataError, Images
from playground.data.toy import DATASETS, make
from playground.files import BadInput, RunFolder, finite, read_images, read_samples
from playground.metrics.evaluation import METRICS, Bands, Evaluator, floors
from playground.metrics.images import IMAGE_METRICS
from playground.recipes import RECIPES

if TYPE_CHECKING:
    from playground.headless import Outcome

EXIT_CODES = {"done": 0, "diverged": 1, "interrupted": 130}
BAD_INPUT = 2

SAMPLE_SIZES = ("jsd_samples", "emd_samples", "mode_samples")
LABELS = {
    "points": {name: row.label for name, row in METRICS.items()},
    "images": {name: row.label for name, row in IMAGE_METRICS.items()},
}
COUNTS = ("modes", "classes")
"""Metrics that are whole numbers."""

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Train and evaluate GANs on toy distributions and on images, without a browser.",
)

Assignments = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; repeat.")]
DataDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where image files are looked for first, before $GAN_PLAYGROUND_DATA and the cache."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="End with one line of JSON instead of a table.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, or 1 for a run that diverged, 2 for bad input, 130 after Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(app(given or ["--help"], prog_name="python -m playground", standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _complain(error.format_message())
    except (ConfigError, BadInput, DataError) as error:
        return _complain(str(error))


@app.command()
def train(
    steps: Annotated[int, typer.Option(min=1, max=1_000_000_000, help="Generator updates to train for.")],
    recipe: Annotated[str, typer.Option(help="Start from a recipe; `recipes` lists them.")] = "non_saturating",
    assignments: Assignments = None,
    seeds: Annotated[int | None, typer.Option(help="Train this many seeds at once; the same as --set seeds=S")] = None,
    out: Annotated[Path | None, typer.Option(help="A new or empty folder for the run's files.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> int:
    """Train a GAN, then measure it.

    With --out it is also measured on the way, every measure_every steps, and the run is kept. Images are measured with
    a small classifier, which is trained first, once for each dataset.
    """
    if recipe not in RECIPES:
        raise BadInput(f"--recipe must be one of {', '.join(RECIPES)} (got '{recipe[:40]}').")
    config = settings.read_assignments(assignments or (), RECIPES[recipe].config)
    if seeds is not None:
        config = config.replace(seeds=seeds)
    if config.on_images:
        _load(config.dataset, data_dir)  # before --out is made
    from playground.headless import run

    with RunFolder(out, config) if out else nullcontext() as folder, _progress() as show, _ctrl_c() as stopped:
        outcome = run(config, steps, folder, show, stopped, data_dir)
    print(json.dumps(outcome.described(), allow_nan=False) if as_json else _summary(outcome))
    for sentence in outcome.notes:
        print(sentence, file=sys.stderr)
    return EXIT_CODES[outcome.end]


@app.command()
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
    useless = [name for name in settings.changes_between(base, config) if name not in useful]
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
            [self.labels[name], _short(name, value), " to ".join(_short(name, end) for end in self.floors[name]), used]
            for name, used in self.used.items()
            if (value := self.values[name]) is not None
        ]
        text = f"{self.count:,} samples against {dataset}; the floor is where 90 % of perfect samples lie.\n\n"
        text += _table(["metric", "value", "floor", "samples used"], rows)
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
    real = _load(config.dataset, data_dir)
    samples = read_images(path, real.shape)
    from playground.headless import evaluate_images

    with _progress() as show:
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


@app.command()
def download(
    name: Annotated[str, typer.Argument(help="An image dataset; `datasets` lists them.")],
    data_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Into a subfolder of this; else of $GAN_PLAYGROUND_DATA, else of the cache."),
    ] = None,
) -> int:
    """Fetch the files of an image dataset from its public mirrors; what is there and whole is not fetched again."""
    from playground.data.download import download as fetch

    try:
        with _progress() as show:
            place = fetch(
                name,
                data_dir,
                lambda done, total: show(done / total, f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"),
            )
    except KeyboardInterrupt:
        print("Stopped; nothing was changed.", file=sys.stderr)
        return EXIT_CODES["interrupted"]
    print(f"{images.dataset(name).label} is in '{place}'.")
    return 0


@app.command()
def recipes(as_json: AsJson = False) -> None:
    """List the recipes and what to expect of them."""
    if as_json:
        print(json.dumps([{"name": name} | _fields(recipe) for name, recipe in RECIPES.items()]))
        return
    for name, recipe in RECIPES.items():
        changes = " ".join(f"{key}={value}" for key, value in recipe.config.to_query().items())
        print(_entry(name, f"{recipe.label} ({recipe.source})", changes or "the defaults", recipe.expect))


@app.command()
def datasets(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the datasets: the settings of those of points, and which of the images are on this computer."""
    described = [(name, row, make(name)) for name, row in DATASETS.items()]
    places = [(name, row, images.find(name, data_dir)) for name, row in IMAGE_DATASETS.items()]
    if as_json:
        facts = [
            {"kind": "points", "dim": data.dim, "modes": len(data.modes.weights) if data.modes else None}
            for _, _, data in described
        ]
        rows = [{"name": name} | _fields(row) for name, row, _ in described]
        listed = [row | more for row, more in zip(rows, facts, strict=True)]
        for name, image_row, place in places:
            facts_of = {
                name: getattr(image_row, name) for name in ("label", "description", "source", "classes", "files")
            }
            there = None if place is None else str(place)
            listed.append(
                {"name": name} | facts_of | {"kind": "images", "available": there is not None, "folder": there}
            )
        print(json.dumps(listed))
        return
    for name, row, data in described:
        count = len(data.modes.weights) if data.modes else 0
        modes = "no separate modes" if not count else "1 mode" if count == 1 else f"{count} modes"
        kind = f"{data.dim}-D, {modes}; --set {', '.join(row.parameters)}"
        print(_entry(name, row.label, kind, row.description, row.source))
    for name, image_row, place in places:
        print(_entry(name, image_row.label, _whereabouts(name, place), image_row.description, image_row.source))


def _whereabouts(name: str, place: Path | None) -> str:
    """Whether an image dataset is there, and how it comes."""
    row = IMAGE_DATASETS[name]
    if name == "digits":
        return "images; always there"
    if place is not None:
        return f"images; in '{place}'"
    if not row.mirrors:
        return "images; not there yet: upload them on the page"
    return f"images; not there yet: `python -m playground download {name}` fetches {row.size / 1e6:.0f} MB"


def _load(name: str, data_dir: Path | None) -> Images:
    """An image dataset. Raises DataError, which also says how it can be downloaded."""
    try:
        return images.load(name, data_dir)
    except DataError as error:
        if images.dataset(name).mirrors and not images.available(name, data_dir):
            raise DataError(f"{str(error).rstrip('.')} with `python -m playground download {name}`.") from None
        raise


@contextmanager
def _ctrl_c() -> Iterator[Callable[[], bool]]:
    """Says whether Ctrl-C has been pressed, so that a run stops between two steps; a second one stops at once."""
    pressed: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress() -> Iterator[Callable[[float, str], None]]:
    """A progress bar on standard error where that is a terminal: told how much is done, 0 to 1, and of what."""
    if not sys.stderr.isatty():
        yield lambda done, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=4) as bar:
        task = bar.add_task("", total=1.0)
        before = 0.0

        def show(done: float, what: str) -> None:
            nonlocal before
            if done < before:  # something else has begun: its speed is its own
                bar.reset(task)
            before = done
            bar.update(task, completed=done, description=what)

        yield show


def _summary(outcome: "Outcome") -> str:
    """The run in a few lines: the metrics by seed, over the seeds, and the floor where there is one."""
    config = outcome.config
    labels = LABELS["images" if config.on_images else "points"]
    names = [name for name in labels if name in outcome.row.values]
    by_seed = [outcome.row.values[name] for name in names]
    rows: list[list[object]] = [
        [config.seed + lane, *(_short(name, column[lane]) for name, column in zip(names, by_seed, strict=True))]
        for lane in range(config.seeds)
    ]
    if config.seeds > 1:
        for label, over_seeds in (("median", np.median), ("lowest", np.min), ("highest", np.max)):
            told = [_short(name, float(over_seeds(column))) for name, column in zip(names, by_seed, strict=True)]
            rows.append([label, *told])
    if outcome.floors:
        rows.append(["floor", *(" to ".join(_short(name, end) for end in outcome.floors[name]) for name in names)])
    changed = " ".join(f"{key}={value}" for key, value in config.to_query().items())
    epochs = "" if outcome.epochs is None else f" ({outcome.epochs:.2f} epochs)"
    return (
        f"{config.dataset}, {changed or 'the defaults'}\n"
        f"{outcome.steps:,} steps{epochs} in {outcome.seconds:.1f} s, {outcome.steps_per_second:,.0f} steps/s\n\n"
        + _table(["seed", *(labels[name] for name in names)], rows)
    )


def _fields(row: Any) -> dict[str, Any]:
    """A table row's plain fields: what can be written as JSON."""
    return {name: value for name, value in vars(row).items() if not callable(value)}


def _short(name: str, value: float) -> str:
    if name in COUNTS:
        return f"{value:g}"
    return f"{value:.4f}" if abs(value) < 10_000 else f"{value:.3g}"


def _entry(name: str, *paragraphs: str) -> str:
    """A name with its paragraphs beside it."""
    indent = " " * 24
    told = "\n".join(textwrap.fill(text, 96, initial_indent=indent, subsequent_indent=indent) for text in paragraphs)
    return f"{name:<23} {told.lstrip()}\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Text columns, aligned to the right except the first."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    )


def _complain(sentence: str) -> int:
    print(f"Error: {sentence}", file=sys.stderr)
    return BAD_INPUT
