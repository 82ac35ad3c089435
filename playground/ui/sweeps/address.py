"""What the page's address says and the session remembers: a sweep, one beside it, and what is shown of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from playground.sweeps.outcomes import Results, steps
from playground.ui import url
from playground.ui.memory import keep, of_page, recall

SWEEP, BESIDE, AROUND = "sweep", "beside", "around"
"""Parameters that name a sweep, a second one, and settings around which a new one is designed."""
SHOWN = ("view", "measure", "of", "x", "y", "each", "at", "step", "pictures", "cell")
"""Parameters that say what is shown; the browser's code reads and makes them (shown.js)."""
LONGEST = 80
"""Letters of such a parameter."""
STAYS = ("view", "measure", "of", "pictures")
"""Which of them another sweep keeps."""
KNOWN, STATE = of_page("sweeps"), "sweeps_state"
"""The address that the page followed or wrote last, so that the session can be told to forget it; what it shows."""


@dataclass(frozen=True)
class Showing:
    """sweep, beside: by their names, "" for none. turn: grows whenever the address says something new."""

    sweep: str = ""
    beside: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)
    turn: int = 0


def showing() -> Showing:
    """What the session shows."""
    found: Showing = recall(STATE, Showing())
    return found


def change(**changes: Any) -> None:
    """Show something else. Another sweep begins with its own axes, at the end of its training."""
    before = showing()
    if changes.get("sweep", before.sweep) != before.sweep:
        kept = {name: value for name, value in before.shown.items() if name in STAYS}
        changes = {"beside": "", "shown": kept, "turn": before.turn + 1} | changes
    keep(STATE, replace(before, **changes))


def follow() -> dict[str, str] | None:
    """Take what the address says where it is news. The settings around which a sweep is asked for, where it does."""
    query = url.query()
    if not url.is_news(query, recall(KNOWN, None), url.went_back()):
        return None
    keep(KNOWN, query)
    if AROUND in query:
        return {name: value for name, value in query.items() if name != AROUND}
    shown = {name: query[name][:LONGEST] for name in SHOWN if name in query}
    if SWEEP in query:
        keep(STATE, Showing(query[SWEEP], query.get(BESIDE, ""), shown, showing().turn + 1))
    return None


def unknown(shown: Mapping[str, str], results: Results) -> str:
    """What of this the sweep does not have, in words; "" where it has all."""
    sweep, grid = results.sweep, results.sweep.design == "grid"
    axes = [axis.name for axis in sweep.axes]
    there: dict[str, Collection[str]] = {
        "view": ("map", "lines") if grid else ("dots", "parallel"),
        "measure": results.measures,
        **dict.fromkeys(("x", "y", "each"), axes),
        "step": [str(step) for step in steps(sweep)],
        "cell": [str(cell.index) for cell in sweep.cells],
    }
    return ", ".join(
        f"{name}={shown[name]}" for name, known in there.items() if shown.get(name, "") not in ("", *known)
    )


def write() -> None:
    """Put what is shown into the address."""
    now = showing()
    names = {SWEEP: now.sweep, BESIDE: now.beside} | dict(now.shown)
    query = {name: value for name, value in names.items() if value}
    if url.is_unwritten(query, recall(KNOWN, None), url.query()):
        url.write(query)
    keep(KNOWN, query)
