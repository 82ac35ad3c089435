"""What the recipes came to here: written by `python -m playground reproduce --write`, shown on their cards."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("measured.json")

Spread = tuple[float, float, float]
"""Median, smallest and largest over the seeds."""


@dataclass(frozen=True)
class Measured:
    """One recipe's outcome over several seeds.

    changes: the recipe's settings when it was measured. start, end: each metric over the seeds that did not diverge,
    at step 0 and at the last. modes: how many the data have (0: none to count). collapsed: share of the seeds that end
    with at most half of the modes. diverged: share of the seeds that diverged.
    """

    changes: Mapping[str, Any]
    seeds: int
    steps: int
    start: Mapping[str, Spread]
    end: Mapping[str, Spread]
    modes: int
    collapsed: float
    diverged: float

    def told(self) -> str:
        """The outcome in a line."""
        parts = [f"{self.seeds} seeds, {self.steps:,} steps"]
        if self.end:
            parts.append(f"JSD {_told(self.end['jsd'])}")
            parts.append(f"EMD {_told(self.end['emd'])}")
        if self.modes and self.end:
            median, low, high = self.end["modes"]
            ranged = "" if low == high else f" ({low:g}–{high:g})"
            parts.append(f"{median:g}{ranged} of {self.modes} modes")
            parts.append(f"{round(self.collapsed * self.seeds)} of {self.seeds} collapsed")
        if self.diverged:
            parts.append(f"{round(self.diverged * self.seeds)} of {self.seeds} diverged")
        return " · ".join(parts)


@lru_cache(maxsize=1)
def measured() -> Mapping[str, Measured]:
    """By recipe. A recipe that nobody has measured is not there."""
    if not FILE.exists():
        return {}
    return {name: _read(row) for name, row in json.loads(FILE.read_text(encoding="utf-8")).items()}


def write(rows: Mapping[str, Measured]) -> None:
    """Keep these outcomes beside those of the recipes that were not measured again."""
    kept = {name: asdict(row) for name, row in (dict(measured()) | dict(rows)).items()}
    FILE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    measured.cache_clear()


def _read(row: Mapping[str, Any]) -> Measured:
    spreads = {
        moment: {name: (float(a), float(b), float(c)) for name, (a, b, c) in row[moment].items()}
        for moment in ("start", "end")
    }
    return Measured(**{**row, **spreads})


def _told(spread: Spread) -> str:
    median, low, high = spread
    return f"{median:.3g} ({low:.3g}–{high:.3g})"
