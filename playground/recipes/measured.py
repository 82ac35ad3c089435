"""What trainings over several seeds came to, as tables in files: those of the recipes are on their cards."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("measured.json")
"""The recipes' outcomes: written by `python -m playground reproduce --write`."""

Spread = tuple[float, float, float]
"""Median, smallest and largest over the seeds."""


@dataclass(frozen=True)
class Measured:
    """The outcome of some settings over several seeds.

    changes: the settings, as far as they differ from the defaults. start, end: each metric over the seeds that did not
    diverge, at step 0 and at the last; end also has those of `metrics.turnover.Service` where the data have modes.
    modes: how many the data have (0: none to count). collapsed: share of the seeds that end with at most half of the
    modes. diverged: share of the seeds that diverged. well: share of the seeds that ended without an illness.
    ms: processor time of a step, for all seeds together; no part of what makes two outcomes equal. seen: share of the
    seeds in which what is claimed of the run came true; None where nothing is claimed. cases, helped: shares of the
    seeds, by the case in which a reading finds them, and that a suggestion did good. rules: which version of the
    reading's rules said so.
    """

    changes: Mapping[str, Any]
    seeds: int
    steps: int
    start: Mapping[str, Spread]
    end: Mapping[str, Spread]
    modes: int
    collapsed: float
    diverged: float
    well: float = 0.0
    ms: float = field(default=0.0, compare=False)
    seen: float | None = None
    cases: Mapping[str, float] = field(default_factory=dict)
    helped: float = 0.0
    rules: int = 0

    def told(self) -> str:
        """The outcome in a line."""
        parts = [f"{self.seeds} seeds, {self.steps:,} steps"]
        parts += [f"{label} {told(self.end[name])}" for name, label in _DISTANCES.items() if name in self.end]
        if self.modes and "modes" in self.end:
            parts.append(f"{_count(self.end['modes'])} of {self.modes} modes captured")
            parts.append(f"mode collapse in {self.of_seeds(self.collapsed)} seeds")
        if "served" in self.end and self.modes > 1:
            one, many = ("class", "classes") if "fid" in self.end else ("mode", "modes")
            parts.append(f"{_count(self.end['served'])} of {self.modes} {many} with a fair share of the samples")
            if self.end["served"][0] <= self.modes / 2:  # else which one leads is sampling
                hops = round(100 * self.end["hops"][0])
                later = f"100 steps later another {one} leads, in {hops} % of cases"
                parts.append(later if hops else f"the same {one} leads all the time")
        if self.diverged:
            parts.append(f"{self.of_seeds(self.diverged)} diverged")
        return " · ".join(parts)

    def of_seeds(self, share: float) -> str:
        """A share of the seeds as a count, such as "7 of 8"."""
        return f"{round(share * self.seeds)} of {self.seeds}"


_DISTANCES = {
    "jsd": "JSD",
    "fid": "Fréchet distance",
    "emd": "EMD",
    "spread": "spread at the modes",
    "error": "error of p̂",
    "integral": "∫ p̂",
    "bound": "bound",
    "exact": "log p of the data",
    "active_units": "active numbers of the code",
}


def measured() -> Mapping[str, Measured]:
    """By recipe. A recipe that nobody has measured is not there."""
    return kept_in(FILE)


@lru_cache
def kept_in(file: Path) -> Mapping[str, Measured]:
    """A file's table; empty where there is no file yet."""
    if not file.exists():
        return {}
    return {name: _read(row) for name, row in json.loads(file.read_text(encoding="utf-8")).items()}


def write(file: Path, rows: Mapping[str, Measured]) -> None:
    """Keep these outcomes in a file beside those that were not measured again, one on each line.

    The file is read anew, so that two processes can fill one table, each with rows of its own.
    """
    kept_in.cache_clear()
    kept = dict(kept_in(file)) | dict(rows)
    lines = [
        f"{json.dumps(name)}: {json.dumps(_plain(row), ensure_ascii=False, allow_nan=False)}"
        for name, row in kept.items()
    ]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    kept_in.cache_clear()


def _plain(row: Measured) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if value is not None}


def told(spread: Spread) -> str:
    """A median with its range."""
    return _ranged(*(f"{value:.3g}".replace("-", "−") for value in spread))


def _count(spread: Spread) -> str:
    median, low, high = (f"{value:g}" for value in spread)
    return median if low == high else _ranged(median, low, high)


def _ranged(median: str, low: str, high: str) -> str:
    """A dash between two numbers of which one is negative would be taken for a sign."""
    return f"{median} ({low}{' to ' if '−' in low + high else '–'}{high})"


def _read(row: Mapping[str, Any]) -> Measured:
    spreads = {
        moment: {name: (float(a), float(b), float(c)) for name, (a, b, c) in row[moment].items()}
        for moment in ("start", "end")
    }
    return Measured(**{**row, **spreads})
