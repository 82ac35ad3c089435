"""A recorded run as one HTML file that plays from a disk, without a server or a network.

It holds the stage's own scripts and styles, what the feed would say of the run, and its recorded pictures. A content
security policy forbids the file to fetch anything.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from string import Template
from typing import Any

from playground.config import SETTINGS, RunConfig, applies
from playground.config.naming import short, spoken, value_in_words, with_unit, words
from playground.engine.server import returning
from playground.engine.server.limits import EngineError
from playground.engine.server.run import Run
from playground.feed import messages
from playground.feed.news import News
from playground.feed.past import record_of, shown
from playground.feed.replay_pictures import packed
from playground.feed.scripts import IMPORT, SCRIPTS, UI, labels, place_of, scripts, stage_styles
from playground.frame import Frame, decode
from playground.recipes import run_names
from playground.runs.pictures import narrow
from playground.runs.reader import RunReader
from playground.runs.record import Record, StoreError
from playground.runs.summary import outcome, summarise
from playground.version import VERSION

PRESS = "Recorded: press Play, or drag the slider."
START, COMPARED, SWEPT = "replay/replay.js", "replay/compared.js", "sweeps/still.js"
STYLES = {
    START: ["replay/replay.css"],
    COMPARED: ["compare/compare.css", "replay/replay.css"],
    SWEPT: ["sweeps/sweeps.css", "replay/replay.css"],
}
"""The script that a file begins with, and the styles beside the stage's."""


@dataclass(frozen=True)
class Recorded:
    """What a file needs of one run. steps: of its frames; latest: the numbers shown beside each."""

    record: Record
    run: Run
    messages: Sequence[messages.Message]
    steps: Sequence[int]
    frames: Sequence[Frame]
    latest: Sequence[Mapping[str, Any]]

    @property
    def told(self) -> dict[str, Any]:
        """All but its frames, as `ReplayRun` in page.d.ts."""
        said = [json.loads(messages.as_json(message)) for message in self.messages]
        return {"messages": said, "steps": self.steps, "latest": self.latest}


def replay(store: RunReader, run: str) -> bytes:
    """The file. Raises StoreError where nothing of the run can be shown."""
    from playground.figures import live  # Plotly takes a second to come, and only this export needs it

    found = recorded(store, run)
    record, config = found.record, found.run.config
    about = _template("about.html").substitute(
        note=escape(record.note), settings=_settings(config), changes=_changes(found.run)
    )
    return page(
        START,
        run_names.title_of(record),
        stage=(UI / "stage" / "stage.html").read_text("utf-8"),
        about=about,
        told=found.told | {"stage": _stage(record, found.run, _parent(store, record), live.described(config))},
        frames=found.frames,
    )


def recorded(store: RunReader, run: str, most: int | None = None) -> Recorded:
    """A run as its store has it, with at most so many of its pictures, evenly chosen. Raises StoreError where nothing
    of it can be shown."""
    record = store.record(run)
    try:
        found = returning.as_recorded(store, run)
    except EngineError as error:
        raise StoreError(str(error)) from None
    steps = [step for step in found.keyframes if step <= max(found.steps, found.keyframes[0])]
    if not steps or found.scene is None:
        raise StoreError(f"No picture of {run_names.title_of(record)!r} has been recorded yet: train it first.")
    if most is not None and len(steps) > most:
        steps = [steps[round(i * (len(steps) - 1) / (most - 1))] for i in range(most)]
    frames = [_frame(store.keyframe(run, step)[1]) for step in steps]
    latest = [
        shown(found.history.at(step), frame.values.get("lane", 0)) for step, frame in zip(steps, frames, strict=True)
    ]
    return Recorded(record, found, list(_messages(found, steps)), steps, frames, latest)


def page(start: str, title: str, *, stage: str, about: str, told: dict[str, Any], frames: Sequence[Frame]) -> bytes:
    """A file that runs the script `start` on what is told, and on pictures that are packed together."""
    pictures = packed(frames)
    told |= {"pictures": {"frames": pictures.frames, "stacks": [vars(stack) for stack in pictures.stacks]}}
    return (
        _template("replay.html")
        .substitute(
            title=escape(title),
            styles=stage_styles() + "".join((UI / place).read_text("utf-8") for place in STYLES[start]),
            stage=stage,
            about=about,
            version=VERSION,
            start=start,
            scripts=_text(_modules(start)),
            record=_text(told),
            pictures=_base64(pictures.content),
        )
        .encode()
    )


class _Past:
    """What a file says of its run's past: all that is recorded, once."""

    def __init__(self, run: Run, steps: Sequence[int]) -> None:
        self._run = run
        self._steps = steps

    def begin(self) -> messages.Record:
        """The run's record."""
        return record_of(self._run)

    def due_in(self) -> float | None:
        """Nothing is held back."""
        return None

    def messages(self) -> list[messages.Message]:
        """Its pictures; nobody forks it here."""
        return [messages.Keyframes(self._steps, ())]


def _messages(run: Run, steps: Sequence[int]) -> Iterable[messages.Message]:
    """What the feed would say to a browser that opens the run."""
    for message in News(run, _Past(run, steps)).messages():
        if isinstance(message, messages.State):
            updates = (run.history.latest.d_updates if run.history.latest else 0, run.steps)
            message = replace(message, message=message.message or PRESS, updates=updates)
        yield message
    values = summarise(run.history.stored(), run.floors, run.config)
    yield messages.Summary(values, outcome(values))


def _frame(data: bytes) -> Frame:
    """A recorded picture, in as few bytes as the store keeps it in."""
    frame = decode(data)
    return Frame(frame.values, {name: narrow(array) for name, array in frame.arrays.items()})


def _stage(record: Record, run: Run, parent: Record | None, charts: list[Mapping[str, Any]]) -> dict[str, Any]:
    """What a page would give the stage: `StageData` in page.d.ts."""
    about = {
        "run": run.id,
        "name": run_names.title_of(record),
        "lineage": run_names.lineage(record.relation, record.parent_step, parent),
        "compare": "",
        "colour": record_of(run).colour,
        "recorded": True,
        "mine": False,
    }
    told = {"wanted": words(run.config.model_dump()), "labels": labels(), "charts": charts, "about": about}
    nothing: dict[str, Any] = {
        "feed": "",
        "assets": "",
        "script": "",
        "modules": [],
        "plotly": "",
        "notice": "",
        "layers": None,
    }
    return told | nothing | {"present": False, "lesson": False, "missing": False, "images": run.config.on_images}


def _parent(store: RunReader, record: Record) -> Record | None:
    try:
        return store.record(record.parent) if record.parent else None
    except StoreError:
        return None


def _settings(config: RunConfig) -> str:
    """Every setting that has an effect, a table for each group."""
    rows: dict[str, list[str]] = {}
    for name, row in SETTINGS.items():
        if not applies(name, config) or not row.by_hand:
            continue
        label = spoken(row.label, config.method)
        told = f"<td>{escape(label)}</td><td>{escape(with_unit(name, getattr(config, name)))}</td>"
        rows.setdefault(row.group, []).append(f"<tr>{told}</tr>")
    return "".join(
        f"<table><caption>{escape(group)}</caption>{''.join(lines)}</table>" for group, lines in rows.items()
    )


def _changes(run: Run) -> str:
    """What was changed while it trained, as items of a list; empty where nothing was."""
    said = [
        f"<li>step {step:,}: {escape(short(name, run.config.method))} {escape(value_in_words(name, before))} → "
        f"{escape(value_in_words(name, after))}</li>"
        for step, fields in run.changes
        for name, (before, after) in fields.items()
    ]
    return f"<h2>Changed while it trained</h2><ul>{''.join(said)}</ul>" if said else ""


def _template(name: str) -> Template:
    return Template((UI / "replay" / name).read_text("utf-8"))


def _modules(start: str) -> dict[str, str]:
    """The scripts by their place below ui/, each naming what it imports by that place."""
    found = {}
    for name in scripts(start)["modules"]:
        text = SCRIPTS[name].read_text("utf-8")
        for place in set(IMPORT.findall(text)):
            text = text.replace(f'from "{place}";', f'from "{place_of(name, place)}";')
        found[name] = text
    return found


def _text(value: object) -> str:
    return _base64(json.dumps(value, allow_nan=False).encode())


def _base64(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
