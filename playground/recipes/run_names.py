"""What a run is called where nobody has named it."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from playground import config as settings
from playground.config import SETTINGS, ConfigError, RunConfig, applies
from playground.config.naming import change, told
from playground.methods import GAN
from playground.objectives import LOSSES
from playground.recipes import RECIPES
from playground.runs.record import Record, Relation
from playground.runs.store import NUMBERED

MOST_WORDS = 3
"""How many differing settings a generated name tells."""
UNTOLD = {"measure_every", "jsd_samples", "emd_samples", "mode_samples", "image_samples", "points_id", "images_id"}
"""How a run is measured is no part of its name, nor is the name of data of one's own, which nobody can read."""


def title_of(record: Record) -> str:
    """The title of a recorded run, on the pages and on the command line."""
    begun = record.parent_step or 0
    first = [fields for step, fields in record.changes if step == begun]  # made before anything was trained
    made = json.dumps({name: after for fields in first for name, (_, after) in fields.items()})
    return title(record.name, _start(record.start_json, made))


def title(name: str, start: RunConfig | None) -> str:
    """What a recorded run is called everywhere: the name somebody gave it, else one from the settings it started with.

    name: as recorded. start: the settings at step 0 or at the fork, None where this version does not know them.
    """
    if start is None or (name and not tail(name)):
        return name
    return name_of(start) + tail(name)


def tail(name: str) -> str:
    """How the title of a run ends that is recorded under this name: " · run 12", or "" where somebody has named it."""
    number = NUMBERED.fullmatch(name)
    return f" · run {number[1]}" if number else ""


def changed(record: Record) -> str:
    """What was changed while a recorded run trained, such as "lr G 0.001 → 0.002 at step 1,600", or ""."""
    method = str(record.settings.get("method", GAN))
    told = []
    for step, fields in record.changes:
        known = {name: pair for name, pair in fields.items() if name in SETTINGS}
        if known and step > (record.parent_step or 0):
            words = ", ".join(change(name, before, after, method) for name, (before, after) in known.items())
            told.append(f"{words} at step {step:,}")
    return "; ".join(told)


def apart(titles: Sequence[str]) -> list[str]:
    """What tells runs from each other where there is little room: titles that begin with the same recipe or loss are
    left with what each of them changes in it, where it changes something."""
    heads = [title.split(", ")[0].split(" · ")[0] for title in titles]
    if len(set(heads)) > 1:
        return list(titles)
    return [title.removeprefix(f"{head}, ") for head, title in zip(heads, titles, strict=True)]


def lineage(relation: Relation, step: int | None, parent: Record | None) -> str:
    """Where a run comes from, in a few words; empty where it comes from nowhere."""
    name = "a run that is gone"
    if parent is not None:  # a number is enough: the rest of a long name would be cut
        name = tail(parent.name).removeprefix(" · ") or title_of(parent)
    if relation == "same start":
        return f"same start as {name}"
    return f"forked from {name} at step {step:,}" if relation == "fork" else ""


@lru_cache(maxsize=8192)
def name_of(config: RunConfig) -> str:
    """A readable name: the nearest recipe, and what differs, such as "WGAN with clipping, k 5"."""
    label, base = min(_bases(config), key=lambda row: _distance(row[1], config))
    differing = _differing(base, config)
    words = [
        told(name, differing[name], config.method)
        for name in sorted(differing, key=lambda name: not SETTINGS[name].bare)
    ]
    more = [f"{len(words) - MOST_WORDS} more"] if len(words) > MOST_WORDS else []
    return ", ".join([label, *words[:MOST_WORDS], *more])


@lru_cache(maxsize=16_384)
def _start(text: str, made: str) -> RunConfig | None:
    """The settings in a record's text, and those that were `made` of some; None where this version doesn't know them.
    Kept: a search reads all of them."""
    try:
        return settings.read(json.loads(text) | json.loads(made))
    except ConfigError:
        return None


def _bases(config: RunConfig) -> list[tuple[str, RunConfig]]:
    """What a name may start from: recipes of the same method, and for points the bare loss, or the bare method."""
    fitting = [
        (label, base)
        for label, base in _recipes()
        if base.on_images == config.on_images and base.method == config.method
    ]
    if config.method != GAN:
        dataset = config.dataset if config.on_images else RunConfig().dataset
        return [*fitting, (config.learning.label, RunConfig(method=config.method, dataset=dataset))]
    return fitting if config.on_images else [*fitting, (LOSSES[config.loss].label, _bare(config.loss))]


def _distance(base: RunConfig, config: RunConfig) -> int:
    """How many settings differ. Another loss is another game: it counts as many as a name can tell."""
    return len(_differing(base, config)) + (MOST_WORDS if base.loss != config.loss else 0)


@lru_cache
def _bare(loss: str) -> RunConfig:
    return RunConfig(loss=loss)


@lru_cache(maxsize=1)
def _recipes() -> list[tuple[str, RunConfig]]:
    return [(recipe.label, recipe.config) for recipe in RECIPES.values()]


def _differing(base: RunConfig, config: RunConfig) -> Mapping[str, Any]:
    """What differs and has an effect."""
    return {
        name: value
        for name, value in config.__dict__.items()
        if value != getattr(base, name) and name not in UNTOLD and _matters(name, base, config)
    }


def _matters(name: str, base: RunConfig, config: RunConfig) -> bool:
    return applies(name, config) or applies(name, base)
