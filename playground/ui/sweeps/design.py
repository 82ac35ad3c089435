"""The form in which a sweep is designed, with what it will cost."""

import shlex
from typing import Any, get_args

import streamlit as st

from playground import config as settings
from playground.config import SETTINGS, RunConfig, allowed
from playground.engine.server.worker_process import spare_cores
from playground.metrics.differences import FEWEST_PAIRS
from playground.recipes import RECIPES
from playground.recipes.measured import measured
from playground.runs.place import in_words as size_in_words
from playground.sweeps.around import around, near
from playground.sweeps.axis import Axis, SweepError, can_be_axis, not_twice, read_axis, told
from playground.sweeps.cell import parcel_bytes
from playground.sweeps.driver import in_words
from playground.sweeps.sweep import DESIGNS, MAX_CELLS, MAX_LOOKS, MAX_SEEDS, MAX_STEPS, Design, Sweep
from playground.ui.escaping import plain
from playground.ui.memory import keep, recall

MOST_AXES = 4
ASKED = 50
"""Cells whose size stands for all."""
HOW = "1,2,5 or LOW..HIGH:COUNT or LOW..HIGH:log:COUNT"
FIRST: dict[str, Any] = {
    "seeds": 4,
    "steps": 2000,
    "looks": 10,
    "points": 64,
    "axes": 2,
    **{f"axis_{i}": name for i, name in enumerate(("lr_d", "k", "g_width", "latent_dim"))},
    **{f"values_{i}": values for i, values in enumerate(("1e-4..1e-2:log:6", "1,2,5", "32,64", "2,8"))},
}
"""What the form begins with."""
FIELDS = (*FIRST, "recipe", "set", "name", "design")
MADE = "sweeps_made"
"""What the form said last: its cells are worked out once."""
NOT_THE_BASE = ("seeds", "measure_every")
"""Settings of a run that a sweep has by itself."""


def begin_around(config: RunConfig) -> None:
    """Put the form to the settings of a run, with axes around them. Before it is drawn."""
    axes = around(config)
    rest = [*NOT_THE_BASE, *(axis.name for axis in axes)]

    def changed(recipe: str) -> dict[str, str]:
        query = config.to_query(RECIPES[recipe].config)
        return {name: value for name, value in query.items() if name not in rest}

    recipe = min(RECIPES, key=lambda name: len(changed(name)))
    keep("sweeps_recipe", recipe)
    keep("sweeps_set", shlex.join(f"{name}={value}" for name, value in changed(recipe).items()))
    keep("sweeps_axes", len(axes))
    keep("sweeps_design", "grid")
    if config.seeds > 1:
        keep("sweeps_seeds", min(config.seeds, MAX_SEEDS))
    for number, axis in enumerate(axes):
        keep(f"sweeps_axis_{number}", axis.name)
        keep(f"sweeps_values_{number}", _typed(axis))


def remember() -> None:
    """What the form says stays while it is closed: Streamlit forgets widgets that are not drawn."""
    for name in FIELDS:
        if (key := f"sweeps_{name}") in st.session_state:
            keep(key, recall(key, None))


def form() -> Sweep:
    """Draw the form; the sweep that it says. Raises SweepError or ConfigError where that can't be."""
    for name, value in FIRST.items():
        st.session_state.setdefault(f"sweeps_{name}", value)
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
        seeds = one.number_input("Seeds a cell", 1, MAX_SEEDS, key="sweeps_seeds", help=_seeds())
        steps = two.number_input("Steps", 1, MAX_STEPS, step=500, key="sweeps_steps")
        looks = three.number_input("Looks", 1, MAX_LOOKS, key="sweeps_looks", help="How often each cell is measured.")
    with right:
        count = st.number_input("Axes", 1, MOST_AXES, key="sweeps_axes")
        texts = [_axis(number, RECIPES[recipe].config) for number in range(count)]
        design = st.selectbox(
            "Cells", list(get_args(Design)), format_func=_design, key="sweeps_design", help=" ".join(DESIGNS.values())
        )
        points = 64
        if design != "grid":
            points = st.number_input("How many cells", 1, MAX_CELLS, key="sweeps_points")
    try:
        assignments = shlex.split(changed)
    except ValueError:
        raise SweepError("A quotation mark is not closed in what is changed in all cells.") from None
    base = settings.read_assignments(assignments, RECIPES[recipe].config)
    axes = tuple(read_axis(text) for text in texts)
    not_twice(assignments, axes)
    changes = dict(settings.difference(RunConfig(), base).values)
    made = Sweep(axes, changes, seeds, steps, design, points, 0, looks, name.strip())
    if made != recall(MADE, None):
        keep(MADE, made)
    same: Sweep = recall(MADE, made)
    return same


def _axis(number: int, base: RunConfig) -> str:
    """Draw the widgets of one axis; the axis as it is typed elsewhere. base: around whose value a new one is."""
    which, values = st.columns(2)
    key, at = f"sweeps_axis_{number}", f"sweeps_values_{number}"

    def chosen() -> None:
        name = recall(key, "")
        keep(at, _typed(near(name, getattr(base, name))))

    name = which.selectbox(f"Axis {number + 1}", _axes(), format_func=_setting, key=key, on_change=chosen)
    how = f"{plain(HOW)}. Each is {plain(allowed(name))}."
    typed = values.text_input(f"Values of axis {number + 1}", key=at, placeholder=HOW, help=how)
    return f"{name}={typed}"


def _axes() -> list[str]:
    return [name for name in SETTINGS if can_be_axis(name) and not SETTINGS[name].form]


def _setting(name: str) -> str:
    return f"{SETTINGS[name].label} ({name})"


def _typed(axis: Axis) -> str:
    return ",".join(map(told, axis.values))


def cost(sweep: Sweep) -> str:
    """What it will take, in words: cells, time and disk."""
    cells = len(sweep.cells)
    told = f"{cells:,} {'cell' if cells == 1 else 'cells'} × {sweep.seeds} seeds × {sweep.steps:,} steps"
    workers = spare_cores()
    processes = f"{workers} {'process' if workers == 1 else 'processes'} of this machine"
    return (
        f"{told}: about {in_words(seconds(sweep, cells))} on {processes} by what recipes took, and "
        f"{size_in_words(_disk(sweep))} of disk."
    )


def seconds(sweep: Sweep, cells: int) -> float:
    """That so many cells take on this machine, about."""
    return cells * sweep.steps * _ms(sweep) / 1000 / spare_cores()


def _disk(sweep: Sweep) -> float:
    """Bytes of all parcels."""
    cells = sweep.cells[:: max(1, len(sweep.cells) // ASKED)]
    return len(sweep.cells) * sum(parcel_bytes(cell.config) for cell in cells) / max(1, len(cells))


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


def _seeds() -> str:
    return f"A difference between two sweeps needs {FEWEST_PAIRS} to tell it from luck."
