"""A run's settings as a link and as JSON."""

import json
from urllib.parse import urlencode

from playground import config as settings
from playground.config import RunConfig
from playground.exports.story import story
from playground.recipes.run_names import title_of
from playground.runs.reader import RunReader


def link(config: RunConfig) -> str:
    """The address, below the server's own, of the page with these settings: /?k=5, /images?dataset=mnist …"""
    query = query_of(config)
    return f"/{'images' if config.on_images else ''}" + (f"?{urlencode(query)}" if query else "")


def query_of(config: RunConfig) -> dict[str, str]:
    """The parameters of such an address. The page of images does not begin with the defaults, so those of a link to it
    say every setting that has an effect."""
    base = RunConfig()
    if not config.on_images:
        return config.to_query(base)
    told = {name for name in settings.SETTINGS if settings.applies(name, config)}
    every = {name: _text(value) for name, value in config.model_dump().items() if name in told}
    return every | config.to_query(base)


def as_json(store: RunReader, run: str) -> bytes:
    """Everything that makes the run: its settings now and at step 0, its live changes, where it came from, its link.

    `changes`: [before this step, the new settings].
    """
    record = store.record(run)
    begun = story(store, record)
    told = {
        "name": record.name,
        "title": title_of(record),
        "note": record.note,
        "steps": record.steps,
        "config": record.config.model_dump(),
        "start": begun.start.model_dump(),
        "changes": [[step, fields] for step, fields in begun.changes],
        "parent": record.parent,
        "parent_step": record.parent_step,
        "relation": record.relation,
        "link": link(record.config),
    }
    return json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
