"""How a page is shown, beside what it trains: what a lecturer's link carries besides the settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from playground.config import SETTINGS
from playground.errors import PlaygroundError
from playground.feed.commands import SPEEDS
from playground.layers import LAYERS

GROUPS = tuple(dict.fromkeys(row.group for row in SETTINGS.values()))
"""The groups of settings, in their order."""
HIDE, LAYER, SPEED, PRESENT = "hide", "layers", "speed", "present"
"""The URL parameters of a view."""


class ViewError(PlaygroundError):
    """A link that asks for an impossible view: one sentence that names the parameter and what is allowed."""


@dataclass(frozen=True)
class View:
    """hidden: groups of settings that are not shown. layers: of the picture; None leaves them as they are.
    speed: one of SPEEDS, or "" to leave it. present: the stage alone, in large type."""

    hidden: tuple[str, ...] = ()
    layers: tuple[str, ...] | None = None
    speed: str = ""
    present: bool = False

    def to_query(self) -> dict[str, str]:
        """URL parameters; `read_view` is the way back."""
        query = {}
        if self.hidden:
            query[HIDE] = ",".join(group.lower() for group in self.hidden)
        if self.layers is not None:
            query[LAYER] = ",".join(self.layers)
        if self.speed:
            query[SPEED] = self.speed
        if self.present:
            query[PRESENT] = "1"
        return query


def read_view(query: Mapping[str, str]) -> View:
    """The view that a URL's parameters ask for; what is no parameter of a view is left to others. Raises ViewError."""
    groups = {group.lower(): group for group in GROUPS}
    hidden = _listed(query.get(HIDE, ""), HIDE, tuple(groups))
    layers = _listed(query[LAYER], LAYER, tuple(LAYERS)) if LAYER in query else None
    speed = query.get(SPEED, "")
    if speed and speed not in SPEEDS:
        raise ViewError(f"{SPEED} must be one of {', '.join(SPEEDS)} (got {speed[:40]!r}).")
    present = query.get(PRESENT, "")
    if present not in ("", "0", "1"):
        raise ViewError(f"{PRESENT} must be 1 or 0 (got {present[:40]!r}).")
    return View(tuple(groups[name] for name in hidden), layers, speed, present == "1")


def without_view(query: Mapping[str, str]) -> dict[str, str]:
    """The other parameters of a URL."""
    return {name: value for name, value in query.items() if name not in (HIDE, LAYER, SPEED, PRESENT)}


def _listed(text: str, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The names in a comma-separated list, in the order of what is allowed."""
    asked = {part.strip() for part in text.split(",") if part.strip()}
    wrong = sorted(asked - set(allowed))
    if wrong:
        raise ViewError(f"{name} may list {', '.join(allowed)} (got {wrong[0][:40]!r}).")
    return tuple(part for part in allowed if part in asked)
