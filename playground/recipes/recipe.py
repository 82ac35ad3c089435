"""What a recipe is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground import config as settings
from playground.config import RunConfig


@dataclass(frozen=True)
class Recipe:
    """Named settings.

    changes: the settings that differ from the defaults. expect: what a run shows, in a sentence or two, as measured
    here. claim: what the source says, where it says something that can be held against a measurement.
    steps: G updates after which the outcome is judged; 0 where `reproduce` leaves the recipe out.
    """

    label: str
    changes: Mapping[str, Any]
    source: str
    expect: str
    claim: str = ""
    steps: int = 0

    @property
    def config(self) -> RunConfig:
        """All settings: the defaults with the recipe's changes."""
        return settings.read(self.changes)
