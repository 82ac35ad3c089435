"""A recorded run from its step 0: the settings it began with, and every live change, its parents' included."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.config import ConfigError, RunConfig
from playground.runs.reader import RunReader
from playground.runs.record import Record, StoreError

Change = tuple[int, Mapping[str, Any]]
"""(step, {setting: [before, after]}), as it is recorded."""

_MAX_PARENTS = 1000


@dataclass(frozen=True)
class Story:
    """start: the settings at step 0. changes: (step, new values by name). steps: how far the run has come."""

    start: RunConfig
    changes: tuple[tuple[int, dict[str, Any]], ...]
    steps: int

    def d_updates(self, step: int) -> int:
        """How many updates D has had by a step, if none was made by hand."""
        settings, updates, at = {"k": self.start.k, "trains": self.start.trains}, 0, 0
        for when, fields in [*self.changes, (step, {})]:
            each = 0 if settings["trains"] == "generator" else int(settings["k"])
            updates, at = updates + each * (min(when, step) - at), min(when, step)
            settings |= {name: fields[name] for name in settings.keys() & fields}
        return updates


def story(store: RunReader, record: Record) -> Story:
    """Raises StoreError where the recorded changes don't fit the settings."""
    changes = _changes(store, record)
    config = record.config
    for _, fields in reversed(changes):  # undone one by one
        if any(getattr(config, name) != after for name, (_, after) in fields.items()):
            raise StoreError("The recorded changes of this run do not fit its settings.")
        try:
            config = config.replace(**{name: before for name, (before, _) in fields.items()})
        except ConfigError:
            raise StoreError("The recorded changes of this run do not fit its settings.") from None
    told = tuple((step, {name: after for name, (_, after) in fields.items()}) for step, fields in changes)
    return Story(config, told, record.steps)


def _changes(store: RunReader, record: Record) -> list[Change]:
    """The run's own changes behind those that it inherited; a child's record may hold both already."""
    own = list(record.changes)
    seen = {record.id}
    while record.relation == "fork" and record.parent and record.parent not in seen and len(seen) < _MAX_PARENTS:
        seen.add(record.parent)
        at = record.parent_step or 0
        try:
            record = store.record(record.parent)
        except StoreError:
            break  # `story` then checks whether the child's own changes are enough
        inherited = [(step, fields) for step, fields in record.changes if step < at]
        if own[: len(inherited)] != inherited:
            own = inherited + own
    return own
