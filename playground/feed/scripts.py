"""The browser's own files: its scripts and what they import, its styles, and how it speaks of settings."""

import hashlib
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from playground.config import SETTINGS, RunConfig, belongs
from playground.config.naming import short, with_unit
from playground.methods import METHODS

UI = Path(__file__).parents[1] / "ui"

SCRIPTS = {path.relative_to(UI).as_posix(): path for path in sorted(UI.glob("**/*.js"))}
"""The scripts of the pages, by their place below ui/: so one finds another where its import says."""
VERSION = hashlib.sha256(b"".join(path.read_bytes() for path in SCRIPTS.values())).hexdigest()[:16]

IMPORT = re.compile(r'^(?:import|export)\b[^"]*?"(\.[^"]+)";', re.MULTILINE)

ALWAYS_SHOWN = {"dataset", "loss", "k", "lr_g", "lr_d"}
"""The settings that the line under the bar tells even where they stand at their defaults."""


@lru_cache
def scripts(name: str) -> dict[str, str | list[str]]:
    """What a component is told of its script: its name, and with it all that it imports.

    A browser that knows them asks for all at once, not level by level.
    """
    found = [name]
    for script in found:
        for place in IMPORT.findall(SCRIPTS[script].read_text("utf-8")):
            other = place_of(script, place)
            if other not in found:
                found.append(other)
    return {"script": name, "modules": found}


def stage_styles() -> str:
    """The stage's styles: what all parts share, and then each part's own."""
    folder = UI / "stage"
    return "".join(path.read_text("utf-8") for path in [folder / "stage.css", *sorted(folder.glob("*/*.css"))])


def place_of(script: str, place: str) -> str:
    """Where below ui/ the script lies that another imports from this place."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(script), place))


def labels() -> dict[str, dict[str, Any]]:
    """How the stage speaks of each setting."""
    defaults = RunConfig()
    return {
        name: {
            "label": short(name),
            "full": row.label,
            "as": _in_other_words(name),
            "live": row.live,
            "bare": row.bare,
            "key": name in ALWAYS_SHOWN,
        }
        | (
            {"default": with_unit(name, getattr(defaults, name))} if row.by_hand else {}
        )  # a name that nobody can read is not told
        for name, row in SETTINGS.items()
    }


def _in_other_words(name: str) -> dict[str, str]:
    """What methods call a setting that a GAN calls otherwise, by the label of the method."""
    told = {row.label: short(name, method) for method, row in METHODS.items() if belongs(name, method)}
    return {method: label for method, label in told.items() if label != short(name)}
