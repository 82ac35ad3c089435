"""What is said of impossible settings."""

import re
from difflib import get_close_matches

from pydantic import ValidationError

from playground.config.fields import SETTINGS, allowed, choices
from playground.errors import PlaygroundError
from playground.formulas import FormulaError


class ConfigError(PlaygroundError, ValueError):
    """Impossible settings: one sentence that names the field and what is allowed.

    field: the one setting that is at fault, or None where it is a combination.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field

    @property
    def on_a_page(self) -> str:
        """The sentence, with every setting and its value called as its widget has them."""
        return _NAMED.sub(_as_on_a_page, str(self))


_NAMED = re.compile(rf"(?<!G's )\b({'|'.join(sorted(SETTINGS, key=len, reverse=True))})\b(?:=([\w.−-]*\w))?")
"""A setting in a sentence, perhaps with a value; "G's loss" is not one."""


def _as_on_a_page(found: re.Match[str]) -> str:
    name, value = found.groups()
    return f"“{SETTINGS[name].label}”" + (f" {(SETTINGS[name].labels or {}).get(value, value)}" if value else "")


def first_problem(error: ValidationError) -> ConfigError:
    """The first problem that pydantic found, as a sentence that names the field and what is allowed."""
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return ConfigError(str(first["ctx"]["error"]))
    name = str(first["loc"][0])
    if name not in SETTINGS:
        typed = name[:40].lower()
        parts = [known for known in SETTINGS if typed in known.split("_")]  # such as "noise"
        near = parts or get_close_matches(typed, SETTINGS)
        known = f"near it: {', '.join(near)}" if near else f"the settings are {', '.join(SETTINGS)}"
        return ConfigError(f"{name[:40]!r} is not a setting; {known}.", name)
    wrong = first.get("ctx", {}).get("error")
    if isinstance(wrong, FormulaError):
        return ConfigError(f"{name} must be {allowed(name)}: {wrong}.", name)
    given = str(first["input"])[:40]
    near = get_close_matches(given, choices(name) or ())
    hint = f"; near it: {', '.join(near)}" if near else ""
    return ConfigError(f"{name} must be {allowed(name)} (got {given!r}{hint}).", name)
