"""What a recorded run can be exported as: one row each, for the page's menu, the route and the command line."""

import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy

from playground.config import DIRAC
from playground.data import image_data
from playground.exports import films, tables
from playground.exports.links import as_json
from playground.exports.script import ScriptError, script
from playground.exports.story import story
from playground.frame import decode
from playground.recipes.run_names import title_of
from playground.runs.archive import export_run
from playground.runs.reader import RunReader
from playground.runs.record import Record, StoreError
from playground.runs.weights import read_weights

Make = Callable[[RunReader, str], bytes]
"""(store, run) -> the file's content. Raises StoreError."""


@dataclass(frozen=True)
class Export:
    """A row. label and help: for a menu. ending: what the file's name ends with, behind the run's own.

    offered: whether there is such a thing for a run. together: the same of several runs, where there is that.
    """

    label: str
    help: str
    ending: str
    media_type: str
    make: Make
    offered: Callable[[Record], bool] = lambda record: True
    together: Callable[[RunReader, Sequence[str]], bytes] | None = None


def export(store: RunReader, run: str, kind: str, kinds: Mapping[str, Export] | None = None) -> tuple[str, str, bytes]:
    """(file name, media type, content). run: its id, or those of several by commas. kinds: else EXPORTS.

    Raises StoreError: no such kind, no such run, or nothing to export yet.
    """
    kinds = EXPORTS if kinds is None else kinds
    row = kinds.get(kind)
    if row is None:
        raise StoreError(f"{kind[:40]!r} is no kind of export; they are {', '.join(kinds)}.")
    records = [store.record(each) for each in run.split(",")]
    record = records[0]
    if not row.offered(record):
        raise StoreError(f"{row.label}: this run has none.")
    if len(records) > 1:
        if row.together is None:
            raise StoreError(f"{row.label}: of one run at a time.")
        ending = f"and-{len(records) - 1}-more-{row.ending}"
        return file_name(record, ending), row.media_type, row.together(store, [each.id for each in records])
    return file_name(record, row.ending), row.media_type, row.make(store, run)


LONGEST = 60
"""Letters of a run's name in the name of a file."""


def file_name(record: Record, ending: str) -> str:
    """What an export is called: the run's name in letters that every system takes, and what it is."""
    plain = unicodedata.normalize("NFKD", title_of(record)).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()
    if len(words) > LONGEST:  # the end says which run it is
        words = f"{words[: LONGEST - 12].strip('-')}{words[-12:]}"
    return f"{words or 'run'}-{ending}"


def script_of(store: RunReader, run: str) -> bytes:
    """The run as a standalone PyTorch script, up to the step that it has come to."""
    record = store.record(run)
    told = story(store, record)
    scene = store.scene(run)
    try:
        text = script(
            told.start,
            steps=max(1, told.steps),
            changes=told.changes,
            shape=scene.image if scene else None,
            classes=len(scene.classes) if scene else None,
            title=title_of(record),
            note=_by_hand(store, run),
        )
    except ScriptError as error:
        raise StoreError(str(error)) from None
    return text.encode()


def _by_hand(store: RunReader, run: str) -> str:
    """A sentence where D has had more or fewer updates than its settings ask for: somebody stepped it by hand."""
    rows = store.columns(run, ())
    if not len(rows):
        return ""
    step, had = int(rows.steps[-1]), int(rows.d_updates[-1])
    expected = story(store, store.record(run)).d_updates(step)
    if had in (0, expected):
        return ""
    return (
        f"The run was also stepped by hand: by step {step:,} D had had {had:,} updates, where its settings make "
        f"{expected:,}. This script does not repeat that."
    )


def _csv(store: RunReader, run: str) -> bytes:
    return tables.as_csv(_table(store, run))


def _parquet(store: RunReader, run: str) -> bytes:
    return tables.as_parquet(_table(store, run))


def _table(store: RunReader, run: str) -> tables.Table:
    return tables.table(store.columns(run), store.record(run).config, store.scene(run))


def _tensorboard(store: RunReader, run: str) -> bytes:
    record = store.record(run)
    name = file_name(record, "").removesuffix("-")
    return tables.as_tensorboard(store.columns(run), record.config, name, record.created)


def _samples(store: RunReader, run: str) -> bytes:
    """The newest picture's generated examples: (n, dim) or (n, h, w), with several seeds (S, n, …)."""
    steps = store.keyframe_steps(run)
    if not steps:
        raise StoreError("No picture of this run has been recorded yet: train it first.")
    arrays = decode(store.keyframe(run, steps[-1])[1]).arrays
    found = next((arrays[name] for name in ("lanes", "fake", "images") if name in arrays), None)
    if found is None:
        raise StoreError("The newest recorded picture of this run has no generated examples in it.")
    out = io.BytesIO()
    np.save(out, found, allow_pickle=False)
    return out.getvalue()


def _network(name: str) -> Make:
    """The weights of one network at the newest checkpoint, as safetensors: each (S, …), one for every seed."""

    def made(store: RunReader, run: str) -> bytes:
        step, weights = newest_weights(store, run)
        held = {key.split(".", 1)[1]: array for key, array in weights.items() if key.startswith(f"{name}.")}
        record = store.record(run)
        told = {
            "network": name,
            "step": str(step),
            "axes": "seed, then as in PyTorch; a linear layer's weight is (seed, inputs, outputs)",
            "config": record.config.model_dump_json(),
        }
        return bytes(safetensors.numpy.save({key: np.ascontiguousarray(array) for key, array in held.items()}, told))

    return made


def newest_weights(store: RunReader, run: str) -> tuple[int, dict[str, np.ndarray]]:
    """(step, the weights by name) at the newest checkpoint. Raises StoreError."""
    steps = store.checkpoint_steps(run)
    if not steps:
        raise StoreError("No checkpoint of this run has been recorded yet: train it first.")
    return steps[-1], read_weights(store.checkpoint(run, steps[-1]))


def _archive(store: RunReader, run: str) -> bytes:
    out = io.BytesIO()
    export_run(store, run, out)
    return out.getvalue()


def _digits(_: RunReader, __: str) -> bytes:
    place = image_data.find("digits")
    assert place is not None, "the digits are part of the package"
    return Path(place, "digits.npz").read_bytes()


EXPORTS: dict[str, Export] = {
    "script": Export(
        "PyTorch script",
        "One readable file that trains this run without the playground; it needs torch and numpy only.",
        "script.py",
        "text/x-python",
        script_of,
    ),
    "config": Export(
        "Settings (JSON)",
        "The settings, every live change, and a link that opens the page with them.",
        "config.json",
        "application/json",
        as_json,
    ),
    "csv": Export(
        "Metrics (CSV)",
        "A row per measured step and seed: everything in the charts.",
        "metrics.csv",
        "text/csv",
        _csv,
    ),
    "parquet": Export(
        "Metrics (Parquet)",
        "The same table for pandas, Polars, DuckDB …; the settings are in its metadata.",
        "metrics.parquet",
        "application/vnd.apache.parquet",
        _parquet,
    ),
    "tensorboard": Export(
        "TensorBoard events",
        "A zip with a folder of event files for each seed: unzip it and start `tensorboard --logdir` there.",
        "tensorboard.zip",
        "application/zip",
        _tensorboard,
    ),
    "animation": Export(
        "Animation (GIF)",
        "The recorded pictures one after the other, at most 100 of them.",
        "training.gif",
        "image/gif",
        films.animation,
    ),
    "filmstrip": Export(
        "Filmstrip (PNG)",
        "Pictures of round steps (0, 5k, 10k …) side by side, as on a slide.",
        "filmstrip.png",
        "image/png",
        films.filmstrip,
    ),
    "samples": Export(
        "Samples (.npy)",
        "The generated examples of the newest picture; the command line makes fresh ones.",
        "samples.npy",
        "application/octet-stream",
        _samples,
        offered=lambda record: record.config.dataset != DIRAC,  # its pictures show a way, not examples
    ),
    "generator": Export(
        "Generator (safetensors)",
        "Its weights at the newest checkpoint, one set for every seed.",
        "generator.safetensors",
        "application/octet-stream",
        _network("generator"),
    ),
    "average": Export(
        "Averaged generator (safetensors)",
        "The running average of the generator's weights, which the page shows.",
        "average.safetensors",
        "application/octet-stream",
        _network("average"),
        lambda record: record.config.ema > 0,
    ),
    "discriminator": Export(
        "Discriminator (safetensors)",
        "Its weights at the newest checkpoint, one set for every seed.",
        "discriminator.safetensors",
        "application/octet-stream",
        _network("discriminator"),
    ),
    "run": Export(
        "Whole run (zip)",
        "Everything that was recorded: another playground imports it and goes on.",
        "run.zip",
        "application/zip",
        _archive,
    ),
    "data": Export(
        "Digits data (.npz)",
        "The training images that the script reads with --data.",
        "digits.npz",
        "application/octet-stream",
        _digits,
        lambda record: record.config.dataset == "digits",
    ),
}
