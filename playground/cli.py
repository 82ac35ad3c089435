"""The command line: the page's settings, trainer and metrics without a browser.

torch is imported where it is needed, so that help and listings start at once.
"""

import json
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from playground import config as settings
from playground.config import SETTINGS, ConfigError
from playground.data.toy import DATASETS, make
from playground.files import BadInput, RunFolder, finite, read_samples
from playground.metrics.evaluation import METRICS, Evaluator, floors
from playground.recipes import RECIPES

if TYPE_CHECKING:
    from playground.headless import Outcome

EXIT_CODES = {"done": 0, "diverged": 1, "interrupted": 130}
BAD_INPUT = 2

SAMPLE_SIZES = ("jsd_samples", "emd_samples", "mode_samples")

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Train and evaluate GANs on toy distributions, without a browser.",
)

Assignments = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; repeat.")]
AsJson = Annotated[bool, typer.Option("--json", help="End with one line of JSON instead of a table.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, or 1 for a run that diverged, 2 for bad input, 130 after Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(app(given or ["--help"], prog_name="python -m playground", standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _complain(error.format_message())
    except (ConfigError, BadInput) as error:
        return _complain(str(error))


@app.command()
def train(
    steps: Annotated[int, typer.Option(min=1, max=1_000_000_000, help="Generator updates to train for.")],
    recipe: Annotated[str, typer.Option(help="Start from a recipe; `recipes` lists them.")] = "non_saturating",
    assignments: Assignments = None,
    seeds: Annotated[int | None, typer.Option(help="Train this many seeds at once; the same as --set seeds=S")] = None,
    out: Annotated[Path | None, typer.Option(help="A new or empty folder for the run's files.")] = None,
    as_json: AsJson = False,
) -> int:
    """Train a GAN, then measure it.

    With --out it is also measured on the way, every measure_every steps, and the run is kept.
    """
    if recipe not in RECIPES:
        raise BadInput(f"--recipe must be one of {', '.join(RECIPES)} (got '{recipe[:40]}').")
    config = settings.read_assignments(assignments or (), RECIPES[recipe].config)
    if seeds is not None:
        config = config.replace(seeds=seeds)
    from playground.headless import run

    with RunFolder(out, config) if out else nullcontext() as folder, _progress(steps) as show, _ctrl_c() as stopped:
        outcome = run(config, steps, folder, show, stopped)
    print(json.dumps(outcome.described(), allow_nan=False) if as_json else _summary(outcome))
    for sentence in outcome.notes:
        print(sentence, file=sys.stderr)
    return EXIT_CODES[outcome.end]


@app.command()
def evaluate(
    dataset: Annotated[str, typer.Option(help="What the samples should look like; `datasets` lists them.")],
    samples: Annotated[Path, typer.Option(metavar="FILE.npy", help="An array of shape (n, 2), or (n, 1) in 1-D.")],
    assignments: Assignments = None,
    as_json: AsJson = False,
) -> None:
    """Measure the samples in a file.

    Each metric stands beside its floor: where it lies for perfect samples, in nine of ten cases.
    """
    base = settings.read({"dataset": dataset})
    config = settings.read_assignments(assignments or (), base)
    useful = [name for name, setting in SETTINGS.items() if setting.group == "Data" and name != "dataset"]
    useful += SAMPLE_SIZES
    useless = [name for name in settings.changes_between(base, config) if name not in useful]
    if useless:
        raise BadInput(f"--set may change {', '.join(useful)} here; {', '.join(useless)} is of no use to evaluate.")
    evaluator = Evaluator(
        config.distribution(), n_jsd=config.jsd_samples, n_emd=config.emd_samples, n_modes=config.mode_samples
    )
    points = read_samples(samples, evaluator.distribution.dim)
    rng = np.random.default_rng([0, *b"evaluate"])
    # Shuffled, because each metric takes the first points and a file may be sorted by mode.
    shuffled = rng.choice(points, min(len(points), evaluator.n), replace=False)
    found = evaluator.evaluate(shuffled, rng)
    bands = floors(evaluator, rng, n=len(points))
    used = evaluator.counts(len(points))
    if as_json:
        histogram = None if found.mode_histogram is None else found.mode_histogram.tolist()
        report: dict[str, Any] = {name: finite(getattr(found, name)) for name in METRICS}
        report |= {f"{name}_floor": list(bands[name]) for name in ("jsd", "emd")}
        print(json.dumps(report | {"mode_histogram": histogram, "samples": used}, allow_nan=False))
        return
    print(f"{len(points):,} samples against {dataset}; the floor is where 90 % of perfect samples lie.\n")
    rows = [
        [METRICS[name].label, _short(name, value), " to ".join(_short(name, end) for end in bands[name]), used[name]]
        for name, value in found.values().items()
    ]
    print(_table(["metric", "value", "floor", "samples used"], rows))
    if found.mode_histogram is not None:
        print("\nshare by mode:", " ".join(f"{share:.3f}" for share in found.mode_histogram))


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
def datasets(as_json: AsJson = False) -> None:
    """List the datasets and their settings."""
    described = [(name, row, make(name)) for name, row in DATASETS.items()]
    if as_json:
        facts = [
            {"dim": data.dim, "modes": len(data.modes.weights) if data.modes else None} for _, _, data in described
        ]
        rows = [{"name": name} | _fields(row) for name, row, _ in described]
        print(json.dumps([row | more for row, more in zip(rows, facts, strict=True)]))
        return
    for name, row, data in described:
        count = len(data.modes.weights) if data.modes else 0
        modes = "no separate modes" if not count else "1 mode" if count == 1 else f"{count} modes"
        kind = f"{data.dim}-D, {modes}; --set {', '.join(row.parameters)}"
        print(_entry(name, row.label, kind, row.description, row.source))


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
def _progress(steps: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), "steps", TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=4) as bar:
        task = bar.add_task("", total=steps)
        yield lambda step: bar.update(task, completed=step)


def _summary(outcome: "Outcome") -> str:
    """The run in a few lines: the metrics by seed, and over the seeds."""
    config = outcome.config
    names = [name for name in METRICS if name in outcome.row.values]
    by_seed = [outcome.row.values[name] for name in names]
    rows: list[list[object]] = [
        [config.seed + lane, *(_short(name, column[lane]) for name, column in zip(names, by_seed, strict=True))]
        for lane in range(config.seeds)
    ]
    if config.seeds > 1:
        for label, over_seeds in (("median", np.median), ("lowest", np.min), ("highest", np.max)):
            told = [_short(name, float(over_seeds(column))) for name, column in zip(names, by_seed, strict=True)]
            rows.append([label, *told])
    changed = " ".join(f"{key}={value}" for key, value in config.to_query().items())
    return (
        f"{config.dataset}, {changed or 'the defaults'}\n"
        f"{outcome.steps:,} steps in {outcome.seconds:.1f} s, {outcome.steps_per_second:,.0f} steps/s\n\n"
        + _table(["seed", *(METRICS[name].label for name in names)], rows)
    )


def _fields(row: Any) -> dict[str, Any]:
    """A table row's plain fields: what can be written as JSON."""
    return {name: value for name, value in vars(row).items() if not callable(value)}


def _short(name: str, value: float) -> str:
    if name == "modes":
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
