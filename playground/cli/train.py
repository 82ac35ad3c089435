"""`train`: a run without a browser."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from playground import config as settings
from playground.cli.common import (
    EXIT_CODES,
    LABELS,
    AsJson,
    Assignments,
    DataDir,
    ctrl_c,
    load,
    progress,
    short,
    table,
)
from playground.cli.recording import Recording
from playground.config import ConfigError
from playground.data import image_data
from playground.data.own_images import OWN_IMAGES
from playground.files import BadInput, RunFolder
from playground.recipes import RECIPES

if TYPE_CHECKING:
    from playground.headless import Outcome


def train(
    steps: Annotated[int, typer.Option(min=1, max=1_000_000_000, help="Generator updates to train for.")],
    recipe: Annotated[str, typer.Option(help="Start from a recipe; `recipes` lists them.")] = "non_saturating",
    assignments: Assignments = None,
    seeds: Annotated[int | None, typer.Option(help="Train this many seeds at once; the same as --set seeds=S")] = None,
    out: Annotated[Path | None, typer.Option(help="A new or empty folder for the run's files.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Keep the run among the recorded ones too.")] = False,
    name: Annotated[str, typer.Option(help="What the recorded run is called.")] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> int:
    """Train a GAN, then measure it.

    With --out or --record it is also measured on the way, every measure_every steps, and the run is kept: in a folder
    of its own, or where the page and `runs` find it. With 10,000 steps or more its step is compiled from step 2,000 on,
    which is faster and differs by rounding: a shorter run is not the beginning of a longer one. Images are measured
    with a small classifier, which is trained first, once for each dataset.
    """
    if name and not record:
        raise BadInput("--name is what a recorded run is called: it goes with --record.")
    if recipe not in RECIPES:
        raise BadInput(f"--recipe must be one of {', '.join(RECIPES)} (got '{recipe[:40]}').")
    try:
        config = settings.read_assignments(assignments or (), RECIPES[recipe].config)
    except ConfigError as error:
        settings.read_assignments(assignments or ())  # where these alone are impossible, it says so
        raise BadInput(f"{error} With the defaults these settings can be had, with --recipe {recipe} not.") from None
    if seeds is not None:
        config = config.replace(seeds=seeds)
    if config.on_images:
        load(config, data_dir)  # before --out is made
        if record and config.dataset == OWN_IMAGES and not config.images_id:
            config = config.replace(images_id=image_data.own_images_id(data_dir))  # the page must find them again
    from playground.headless import run

    with (
        Recording(config, name) if record else nullcontext() as recording,
        RunFolder(out, config) if out else nullcontext() as folder,
        progress() as show,
        ctrl_c() as stopped,
    ):
        if recording:
            print(f"Recording in '{recording.place}'; the run goes into the list when it ends.", file=sys.stderr)
        keep, run_id = (recording.keep, recording.id) if recording else (None, "")
        outcome = run(config, steps, folder, show, stopped, data_dir, keep, run_id)
    print(json.dumps(outcome.described(), allow_nan=False) if as_json else _summary(outcome))
    for sentence in outcome.notes:
        print(sentence, file=sys.stderr)
    if recording:
        print(recording.hand_over(), file=sys.stderr)
    return EXIT_CODES[outcome.end]


def _summary(outcome: "Outcome") -> str:
    """The run in a few lines: the metrics by seed, over the seeds, and the floor where there is one."""
    config = outcome.config
    labels = dict(LABELS["images" if config.on_images else "points"])
    labels |= {name: number.label for name, number in config.learning.measured(config.on_images).items()}
    names = [name for name in labels if name in outcome.row.values]
    by_seed = [outcome.row.values[name] for name in names]
    rows: list[list[object]] = [
        [config.seed + lane, *(short(name, column[lane]) for name, column in zip(names, by_seed, strict=True))]
        for lane in range(config.seeds)
    ]
    if config.seeds > 1:
        for label, over_seeds in (("median", np.median), ("lowest", np.min), ("highest", np.max)):
            told = [short(name, float(over_seeds(column))) for name, column in zip(names, by_seed, strict=True)]
            rows.append([label, *told])
    if outcome.floors:
        rows.append(
            ["floor", *(" to ".join(short(name, end) for end in outcome.floors.get(name, ())) for name in names)]
        )
    changed = " ".join(f"{key}={value}" for key, value in config.to_query().items())
    epochs = "" if outcome.epochs is None else f" ({outcome.epochs:.2f} epochs)"
    compiled = "" if outcome.compiled is None else f", compiled from step {outcome.compiled:,} on"
    return (
        f"{config.dataset}, {changed or 'the defaults'}\n"
        f"{outcome.steps:,} steps{epochs} in {outcome.seconds:.1f} s, {outcome.steps_per_second:,.0f} steps/s{compiled}"
        "\n\n" + table(["seed", *(labels[name] for name in names)], rows)
    )
