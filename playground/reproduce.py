"""Train recipes over many seeds and say what came of them: the numbers on their cards and in docs/recipes.md."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from playground.frame import Row
from playground.metrics.evaluation import METRICS
from playground.recipes import RECIPES, Recipe
from playground.recipes.measured import Measured, Spread

COLLAPSED = 0.5
"""A seed has collapsed where it ends with at most this part of the modes."""
SEEDS = 8

Show = Callable[[float, str], None]


def names() -> list[str]:
    """The recipes that can be reproduced: those that say after how many steps they are judged."""
    return [name for name, recipe in RECIPES.items() if recipe.steps]


def reproduce(recipe: Recipe, seeds: int = SEEDS, show: Show = lambda done, what: None) -> Measured:
    """Train the recipe with seeds 0 … seeds − 1 side by side for `recipe.steps` steps and measure both ends."""
    from playground.observer import observe
    from playground.training.trainer import Diverged, Trainer

    trainer = Trainer(recipe.config.replace(seeds=seeds))
    observer = observe(trainer)
    start = observer.measure()
    try:
        while trainer.steps < recipe.steps:
            trainer.step()
            if trainer.steps % 50 == 0:
                show(trainer.steps / recipe.steps, f"{recipe.label}, {trainer.steps:,} of {recipe.steps:,} steps")
    except Diverged:
        pass  # told by the share of diverged seeds
    alive = [lane for lane, step in enumerate(trainer.diverged) if step is None]
    end = observer.measure()
    data_modes = trainer.data.modes
    modes = 0 if data_modes is None else len(data_modes.weights)
    lost = [lane for lane in alive if modes and end.values["modes"][lane] <= COLLAPSED * modes]
    return Measured(
        changes=dict(recipe.changes),
        seeds=seeds,
        steps=recipe.steps,
        start=_spreads(start, alive),
        end=_spreads(end, alive),
        modes=modes,
        collapsed=len(lost) / seeds,
        diverged=1 - len(alive) / seeds,
    )


def page(rows: Mapping[str, Measured]) -> str:
    """docs/recipes.md: every recipe with its source, its claim, and what was measured."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Mapping[str, Measured]) -> Iterator[str]:
    yield "# Recipes"
    yield ""
    yield (
        "Settings worth trying, what their sources say of them, and what they came to here. The table is written by "
        "`python -m playground reproduce --write`: medians over seeds, smallest and largest in brackets. A seed has "
        "collapsed where it ends with at most half of the modes. Papers measure other things with other networks: "
        "hold the tendency against them, not the digits."
    )
    yield ""
    yield "| recipe | seeds | steps | JSD (nats) | EMD | modes | collapsed | diverged |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, row in sorted(rows.items(), key=lambda item: list(RECIPES).index(item[0])):
        modes = f"{_cell(row.end['modes'])} of {row.modes}" if row.modes and row.end else "–"
        yield (
            f"| {RECIPES[name].label} | {row.seeds} | {row.steps:,} | {_change(row, 'jsd')} | {_change(row, 'emd')} | "
            f"{modes} | {_share(row.collapsed, row) if row.modes else '–'} | {_share(row.diverged, row)} |"
        )
    for name, recipe in RECIPES.items():
        yield ""
        yield f"## {recipe.label}"
        yield ""
        yield f"`{name}`: {_settings(recipe)}"
        yield ""
        yield f"- Source: {recipe.source}."
        if recipe.claim:
            yield f"- It says: {recipe.claim}"
        yield f"- Here: {recipe.expect}"
        if name in rows:
            yield f"- Measured: {rows[name].told()}."


def _settings(recipe: Recipe) -> str:
    return " ".join(f"`{name}={value}`" for name, value in recipe.changes.items()) or "the defaults"


def _spreads(row: Row, lanes: Iterable[int]) -> dict[str, Spread]:
    """Every metric that applies: median, smallest and largest over these lanes; nothing without a lane."""
    chosen = list(lanes)
    found: dict[str, Spread] = {}
    for name in METRICS:
        if chosen and name in row.values:
            values = np.array([row.values[name][lane] for lane in chosen])
            median, low, high = (float(f"{value:.4g}") for value in (np.median(values), values.min(), values.max()))
            found[name] = median, low, high
    return found


def _cell(spread: Spread) -> str:
    median, low, high = spread
    return f"{median:.3g} ({low:.3g}–{high:.3g})"


def _change(row: Measured, metric: str) -> str:
    """From the median at step 0 to the end's."""
    return f"{row.start[metric][0]:.3g} → {_cell(row.end[metric])}" if row.end else "–"


def _share(share: float, row: Measured) -> str:
    return f"{round(share * row.seeds)} of {row.seeds}"
