"""Runs next to each other as one HTML file that plays from a disk: the Compare page with what is recorded."""

from collections.abc import Sequence
from html import escape
from typing import Any

from playground.exports import differences
from playground.feed.replay import COMPARED, Recorded, page, recorded
from playground.feed.scripts import UI, labels
from playground.palette import RUN_COLOURS, distinct
from playground.recipes import run_names
from playground.runs.reader import RunReader
from playground.runs.record import StoreError

FEWEST, MOST = 2, 6
"""How many runs can be compared."""
PICTURES = 200
"""Of all runs together: as many as one run keeps, so that such a file is about as large as that of one run."""


def replay_compared(store: RunReader, runs: Sequence[str]) -> bytes:
    """The file. Raises StoreError where these runs can't be compared, or nothing of one can be shown."""
    from playground.figures import compare  # Plotly takes a second to come, and only this export needs it

    if not FEWEST <= len(set(runs)) == len(runs) <= MOST:
        raise StoreError(f"A comparison needs {FEWEST} to {MOST} different runs (got {len(set(runs))}).")
    found = [recorded(store, run, PICTURES // len(runs)) for run in runs]
    configs = [each.run.config for each in found]
    if len({config.on_images for config in configs}) > 1:
        raise StoreError("Runs on images and on points are measured differently and can't be compared.")
    colours = distinct([each.record.colour for each in found])
    comparison: dict[str, Any] = {
        "runs": _entrants(found, colours),
        "charts": compare.described(colours, configs),
        "labels": labels(),
        "seeds": any(config.seeds > 1 for config in configs),
        "present": False,
        **{name: "" for name in ("notice", "start", "home", "assets", "plotly", "script")},
        "modules": [],
    }
    return page(
        COMPARED,
        " · ".join(run_names.title_of(each.record) for each in found),
        stage=(UI / "compare" / "compare.html").read_text("utf-8"),
        about=_differences(found),
        told={"comparison": comparison, "runs": [each.told for each in found]},
        frames=[frame for each in found for frame in each.frames],
    )


def _entrants(found: Sequence[Recorded], colours: Sequence[int]) -> list[dict[str, Any]]:
    """`Entrant` in page.d.ts; the feed of each is its place in the file."""
    names = [run_names.title_of(each.record) for each in found]
    return [
        {
            "id": each.run.id,
            "name": name,
            "short": short,
            "tail": run_names.tail(each.record.name),
            "colour": RUN_COLOURS[colour],
            "feed": str(place),
            "address": "",
            "mine": False,
        }
        for place, (each, name, short, colour) in enumerate(
            zip(found, names, run_names.apart(names), colours, strict=True)
        )
    ]


def _differences(found: Sequence[Recorded]) -> str:
    """What luck has to do with the differences, as a table; empty where seeds are too few."""
    step, pairs = differences.between([(each.run.config, each.run.history.stored()) for each in found])
    names = [run_names.title_of(each.record) for each in found]
    rows = [
        differences.in_words(found[0].run.config, other, measure, difference)
        for other, pair in zip(names[1:], pairs, strict=False)
        for measure, difference in pair.items()
    ]
    if step is None or not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row.values()) for row in rows]
    told = f"Differences over seeds at step {step:,}, the newest at which all were measured. A is {escape(names[0])}."
    table = f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
    return f'<section class="gp-luck"><p>{told}</p>{table}<p>{escape(differences.METHOD)}</p></section>'
