"""A run in a few numbers and one sentence: what its charts end at, what they reached, what became of the modes."""

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from playground.config import RunConfig
from playground.data.errors import DataError
from playground.data.image_table import IMAGE_DATASETS
from playground.runs.record import StoredColumns

Floats = NDArray[np.float64]
Summary: TypeAlias = Mapping[str, float | None]
"""By name, None where there is no such number. Several seeds: medians over those that have a finite number.

steps, rows, seeds: of the run. images: 1.0 for images, else 0.0. steps_per_second: of training, over all rows.
jsd_final, jsd_best, emd_final, emd_best (points), fid_final, fid_best, emd_… (images): in the last row, and the lowest.
jsd_floor, emd_floor, fid_floor: the upper end of what perfect samples measure.
modes_final, modes_best, modes_total: modes (images: classes) in the last row, the most in any, and how many there are.
steps_to_all: the step of the first row with all of them; None where half of the seeds or more never had them all.
collapse_step: the first row from which on at most half of the modes are left, for the rest of the run and at least
COLLAPSE_ROWS rows; None where it never had more than half.
seeds_all, seeds_collapsed, seeds_diverged: how many seeds have all modes in the last row, at most half of them, and no
finite number there.
"""

DISTANCES = {False: ("jsd", "emd"), True: ("fid", "emd")}
"""The distances of a summary, by whether the data are images."""
MAIN_DISTANCE = "emd"
"""What the sparkline shows: points and images both have it."""
COUNTS = {False: "modes", True: "classes"}
COLUMNS = frozenset({"jsd", "emd", "fid", "modes", "classes"})
"""What a summary is made of."""
COLLAPSE_ROWS = 3
SPARKLINE = 40


def summarise(columns: StoredColumns, floors: Mapping[str, tuple[float, float]], config: RunConfig) -> Summary:
    """The run's summary; see Summary. Empty before the first row."""
    if not len(columns):
        return {}
    images = config.on_images
    values: dict[str, float | None] = {
        "steps": float(columns.steps[-1]),
        "rows": float(len(columns)),
        "seeds": float(config.seeds),
        "images": float(images),
        "steps_per_second": _speed(columns),
    }
    for name in DISTANCES[images]:
        distance = _median(columns, name)
        values[f"{name}_final"] = None if distance is None else _number(distance[-1])
        values[f"{name}_best"] = None if distance is None else _least(distance)
        values[f"{name}_floor"] = _number(floors[name][1]) if name in floors else None
    return values | _modes(columns, config)


def outcome(summary: Summary) -> str:
    """What became of the run, in one sentence for people."""
    if not summary:
        return "Nothing has been measured yet."
    seeds, total = int(summary["seeds"] or 1), summary.get("modes_total")
    kind = "classes" if summary["images"] else "modes"
    if summary.get("seeds_diverged") == seeds:
        return (
            "It diverged: no seed has finite numbers left." if seeds > 1 else "It diverged: its numbers are not finite."
        )
    if total is None or summary.get("modes_final") is None:
        return _distance_reached(summary)
    if summary["steps"] == 0:
        return "Too early to say: only the start has been measured."
    if seeds > 1:
        return _of_seeds(summary, seeds, int(total), kind)
    return _of_one(summary, int(total), kind)


def sparkline(columns: StoredColumns) -> tuple[float, ...]:
    """At most SPARKLINE values of the main distance, evenly over the run; its last row always among them."""
    distance = _median(columns, MAIN_DISTANCE)
    if distance is None:
        return ()
    finite = distance[np.isfinite(distance)]
    chosen = np.linspace(len(finite) - 1, 0, min(len(finite), SPARKLINE)).round().astype(int)[::-1]
    return tuple(float(f"{value:.4g}") for value in finite[chosen])


def _modes(columns: StoredColumns, config: RunConfig) -> dict[str, float | None]:
    counts = columns.values.get(COUNTS[config.on_images])
    total = _total(columns, config)
    names = ("final", "best", "total")
    if counts is None or not counts.size or total is None:
        return {f"modes_{name}": None for name in names}
    last = counts[:, -1]
    medians = _median_of(counts)
    finite = medians[np.isfinite(medians)]
    return {
        "modes_final": _number(medians[-1]),
        "modes_best": float(finite.max()) if finite.size else None,
        "modes_total": float(total),
        "steps_to_all": _steps_to_all(columns.steps, counts, total),
        "collapse_step": _collapse_step(columns.steps, medians, total),
        "seeds_all": float((last >= total).sum()),
        "seeds_collapsed": float((last <= total / 2).sum()),
        "seeds_diverged": float((~np.isfinite(last)).sum()),
    }


def _total(columns: StoredColumns, config: RunConfig) -> int | None:
    """How many modes or classes the data have."""
    if columns.histogram is not None:
        return int(columns.histogram.shape[2])
    if config.on_images:
        return len(IMAGE_DATASETS[config.dataset].classes) or None
    try:
        modes = config.distribution().modes
    except DataError:  # points of somebody's own that are not on this machine
        return None
    return None if modes is None else len(modes.centres)


def _steps_to_all(steps: NDArray[np.int64], counts: Floats, total: int) -> float | None:
    """The median over seeds of the first step with all modes; seeds that never had them count as never."""
    found = counts >= total
    first = np.where(found.any(axis=1), steps[found.argmax(axis=1)].astype(float), np.inf)
    return _number(float(np.median(first)))


def _collapse_step(steps: NDArray[np.int64], modes: Floats, total: int) -> float | None:
    above = np.flatnonzero(modes > total / 2)
    if not above.size:
        return None
    begin = int(above[-1]) + 1
    rest = modes[begin:]
    return float(steps[begin]) if len(rest) >= COLLAPSE_ROWS and np.isfinite(rest).all() else None


def _speed(columns: StoredColumns) -> float | None:
    seconds = float(columns.seconds[-1] - columns.seconds[0])
    return float(columns.steps[-1] - columns.steps[0]) / seconds if seconds > 0 else None


def _median(columns: StoredColumns, name: str) -> Floats | None:
    lanes = columns.values.get(name)
    return None if lanes is None or not lanes.size else _median_of(lanes)


def _median_of(lanes: Floats) -> Floats:
    """The median over the seeds that are finite, (n,); NaN in rows without any."""
    if len(lanes) == 1:
        return np.where(np.isfinite(lanes[0]), lanes[0], np.nan)
    ordered = np.sort(np.where(np.isfinite(lanes), lanes, np.nan), axis=0)  # NaN comes last
    count = np.isfinite(ordered).sum(axis=0)
    rows = np.arange(ordered.shape[1])
    middle: Floats = (ordered[np.maximum(count - 1, 0) // 2, rows] + ordered[count // 2 % len(lanes), rows]) / 2
    return np.where(count > 0, middle, np.nan)


def _least(values: Floats) -> float | None:
    finite = values[np.isfinite(values)]
    return float(finite.min()) if finite.size else None


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _of_seeds(summary: Summary, seeds: int, total: int, kind: str) -> str:
    parts = []
    if collapsed := int(summary["seeds_collapsed"] or 0):
        parts.append(f"{collapsed} of {seeds} seeds {'has' if collapsed == 1 else 'have'} at most {total // 2} {kind}")
    if diverged := int(summary["seeds_diverged"] or 0):
        parts.append(f"{diverged} of {seeds} seeds diverged")
    everything = int(summary["seeds_all"] or 0)
    parts.append(f"{everything or 'none'} of {seeds} seeds {'have' if everything != 1 else 'has'} all {total} {kind}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _of_one(summary: Summary, total: int, kind: str) -> str:
    final, best = int(summary["modes_final"] or 0), int(summary["modes_best"] or 0)
    since, first = summary["collapse_step"], summary["steps_to_all"]
    if final >= total:
        return f"All {total} {kind} are there" + (
            "." if first is None else f", for the first time at step {first:,.0f}."
        )
    if since is not None:
        return f"It collapsed to {final} of {total} {kind}: at most half of them are left from step {since:,.0f} on."
    if best <= total / 2:
        return f"It has {final} of {total} {kind}" + (f", and never had more than {best}." if best else " yet.")
    return f"It has {final} of {total} {kind}" + ("." if first is None else f"; all of them at step {first:,.0f}.")


def _distance_reached(summary: Summary) -> str:
    name, label = ("fid", "Fréchet distance") if summary["images"] else ("emd", "EMD")
    final, best, floor = (summary.get(f"{name}_{what}") for what in ("final", "best", "floor"))
    if final is None or best is None:
        return "Nothing has been measured yet."
    against = "" if floor is None else f"; perfect samples reach up to {floor:.3g}"
    return f"The {label} is {final:.3g}, at best it was {best:.3g}{against}."
