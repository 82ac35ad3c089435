"""Trains one cell in this process: a row of numbers and a parcel come of it."""

import io
import math
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from playground import headless
from playground.config import RunConfig
from playground.engine.server.run import Run
from playground.engine.server.waiting import Waiting
from playground.frame import Row, decode
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.observer.floors import known
from playground.runs.archive import export_run
from playground.runs.record import Batch, RunBatch
from playground.runs.store import RunStore
from playground.runs.thinning import thinned
from playground.sweeps.cell import Cell, Done, Tiny

PICTURES = 5
"""Of a cell's film, the first and the last among them; `cell.parcel_bytes` says what a parcel takes."""
POINTS, IMAGES = 96, 2
"""In a cell's tiny picture: points, or so many images in a row and in a column."""


def train(cell: Cell) -> Done:
    """What comes of a cell; also of one that diverges."""
    config = cell.config
    run = Run(f"cell-{cell.index}", "", config, config, worker=-1, hosted=False)
    gathered = Waiting(run)
    found = headless.run(config, cell.steps, keep=gathered.note, run_id=run.id, floors_of=known)
    batch = _thinned(gathered.batch)
    rows = [row for row in batch.rows if row.step < found.row.step] + [found.row]
    return Done(
        index=cell.index,
        end=found.end,
        steps=found.steps,
        seconds=round(found.seconds, 4),
        metrics=_metrics(config, found.row),
        looks={row.step: _metrics(config, row) for row in rows},
        modes=len(found.row.mode_histogram[0]) if found.row.mode_histogram else 0,
        diverged=found.diverged,
        complete=tuple(_complete(rows, lane) for lane in range(config.seeds)),
        picture=_tiny(batch),
        parcel=_parcel(run, config, batch),
    )


def _thinned(batch: RunBatch) -> RunBatch:
    """Few pictures, and the last checkpoint."""
    kept = set(thinned([step for step, _ in batch.keyframes], PICTURES))
    pictures = [(step, frame) for step, frame in batch.keyframes if step in kept]
    return replace(batch, keyframes=pictures, checkpoints=batch.checkpoints[-1:])


def _metrics(config: RunConfig, row: Row) -> dict[str, tuple[float | None, ...]]:
    """All that is measured, with four digits; what is not finite is None."""
    told = {*(IMAGE_METRICS if config.on_images else METRICS), *config.learning.numbers}
    return {
        name: tuple(float(f"{value:.4g}") if math.isfinite(value) else None for value in values)
        for name, values in row.values.items()
        if name in told
    }


def _complete(rows: Iterable[Row], lane: int) -> int | None:
    """The first measured step at which G captures every mode."""
    for row in rows:
        captured = row.values.get("classes", row.values.get("modes"))
        if captured and row.mode_histogram and captured[lane] >= len(row.mode_histogram[lane]):
            return row.step
    return None


def _tiny(batch: RunBatch) -> Tiny | None:
    if not batch.keyframes or batch.scene is None:
        return None
    arrays = decode(batch.keyframes[-1][1]).arrays
    if "images" in arrays:
        images = arrays["images"][: IMAGES**2]
        side = images.shape[1]
        sheet = images.reshape(IMAGES, IMAGES, side, side).swapaxes(1, 2).reshape(IMAGES * side, -1)
        return Tiny("image", (len(sheet), sheet.shape[1]), sheet.tobytes())
    low, high = batch.scene.extent
    points = arrays["fake"][:POINTS] if "fake" in arrays else arrays["path"][-1:]
    places = np.clip(np.nan_to_num((points - low) / (high - low)), 0, 1)
    return Tiny("points", (len(points), points.shape[1]), (255 * places).round().astype(np.uint8).tobytes())


def _parcel(run: Run, config: RunConfig, batch: RunBatch) -> bytes:
    """The archive of a recorded run. Its one writer is the store, so the cell has one of its own for a moment."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        try:
            store.create(run.id, "", config)
            store.write(Batch({run.id: batch}))
            written = io.BytesIO()
            export_run(store, run.id, written)
        finally:
            store.close()
    return written.getvalue()
