"""The form in which a sweep is designed, with what it will cost."""

from typing import get_args

import streamlit as st

from playground import config as settings
from playground.config import SETTINGS, RunConfig
from playground.recipes import RECIPES
from playground.recipes.measured import measured
from playground.runs.place import in_words as size_in_words
from playground.sweeps.axis import Axis, read_axis, told
from playground.sweeps.driver import in_words
from playground.sweeps.sweep import DESIGNS, Design, Sweep
from playground.ui.escaping import plain

MOST_AXES = 4
PARCEL_BYTES = 110_000
"""Of a cell on the ring, measured; those of images take more."""
EXAMPLES = ("lr_d=1e-4..1e-2:log:6", "k=1,2,5")


def form() -> Sweep:
    """Draw the form; the sweep that it says. Raises SweepError or ConfigError where that can't be."""
    left, right = st.columns(2)
    with left:
        recipe = st.selectbox(
            "Start from", list(RECIPES), format_func=lambda name: RECIPES[name].label, key="sweeps_recipe"
        )
        changed = st.text_input(
            "Changed in all cells", key="sweeps_set", placeholder="g_width=32 d_width=32", help="Settings as in links."
        )
        name = st.text_input("Name", key="sweeps_name", placeholder="What is asked", max_chars=80)
        one, two, three = st.columns(3)
        seeds = one.number_input("Seeds a cell", 1, 64, 4, key="sweeps_seeds")
        steps = two.number_input("Steps", 1, 1_000_000, 2000, 500, key="sweeps_steps")
        looks = three.number_input("Looks", 1, 50, 10, key="sweeps_looks", help="How often each cell is measured.")
    with right:
        count = st.number_input("Axes", 1, MOST_AXES, 2, key="sweeps_axes")
        texts = [
            st.text_input(
                f"Axis {number + 1}",
                EXAMPLES[number] if number < len(EXAMPLES) else "",
                key=f"sweeps_axis_{number}",
                placeholder="NAME=1,2,5 or NAME=LOW..HIGH:COUNT or NAME=LOW..HIGH:log:COUNT",
                help=_help(),
            )
            for number in range(count)
        ]
        design = st.selectbox(
            "Cells", list(get_args(Design)), format_func=_design, key="sweeps_design", help=" ".join(DESIGNS.values())
        )
        points = 64 if design == "grid" else st.number_input("How many cells", 1, 20_000, 64, key="sweeps_points")
    base = settings.read_assignments(changed.split(), RECIPES[recipe].config)
    axes = tuple(read_axis(text) for text in texts)
    changes = dict(settings.difference(RunConfig(), base).values)
    return Sweep(axes, changes, seeds, steps, design, points, 0, looks, name.strip())


def cost(sweep: Sweep, workers: int) -> str:
    """What it will take, in words: cells, time and disk."""
    cells = len(sweep.cells)
    told = f"{cells:,} {'cell' if cells == 1 else 'cells'} × {sweep.seeds} seeds × {sweep.steps:,} steps"
    seconds = cells * sweep.steps * _ms(sweep) / 1000 / workers
    return (
        f"{told}: about {in_words(seconds)} on {workers} {'process' if workers == 1 else 'processes'} of this machine "
        f"by what recipes took, and {size_in_words(cells * PARCEL_BYTES)} of disk."
    )


def _ms(sweep: Sweep) -> float:
    """Milliseconds for a step with all seeds, by the recipe that is nearest: the same data and networks, else any."""
    config = sweep.cells[0].config if sweep.cells else RunConfig()
    same = ("dataset", "network", "g_width", "d_width", "batch_size", "method", "k")
    known = {name: row for name, row in measured().items() if name in RECIPES and row.ms}
    if not known:
        return 1.0

    def alike(name: str) -> int:
        return sum(getattr(RECIPES[name].config, field) == getattr(config, field) for field in same)

    nearest = known[max(known, key=alike)]
    fixed = 0.5  # of a step's time does not grow with the seeds: the operations' own overhead
    return nearest.ms * (fixed + (1 - fixed) * sweep.seeds / nearest.seeds)


def _design(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _help() -> str:
    numbers = ", ".join(name for name in SETTINGS if settings.bounds(name) and name != "seeds")
    return f"Any setting, by the name that it has in links. Numbers: {plain(numbers)}."


def axes_of(sweep: Sweep) -> str:
    """A sweep's axes in a line."""
    return " × ".join(f"{axis.label} ({_extent(axis)})" for axis in sweep.axes)


def _extent(axis: Axis) -> str:
    return f"{told(axis.values[0])} … {told(axis.values[-1])}" if len(axis.values) > 1 else told(axis.values[0])
