"""Sweeps that come with the project: what the folder of a finished one tells, without its recorded runs.

One file each in `shipped/`, in the order of their names. `save` makes one of a folder.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from playground.sweeps.axis import SweepError
from playground.sweeps.folder import EndedCell, Looks, read_cells, read_looks, read_sweep
from playground.sweeps.sweep import Sweep, from_json

SHIPPED = Path(__file__).with_name("shipped")
DIGITS = 3
"""Of each number: more are luck."""


@dataclass(frozen=True)
class Shipped:
    """One that comes with the project.

    title: what is asked. says: what it shows, and where the literature says otherwise, a sentence each. shows: how
    it is opened: `measure`, `statistic`, and the axes `x` and `y` by name. cells: by index. looks: by cell.
    """

    title: str
    says: tuple[str, str]
    shows: Mapping[str, str]
    sweep: Sweep
    cells: Sequence[EndedCell]
    looks: Mapping[int, Looks]

    @property
    def opens(self) -> Mapping[str, str]:
        """The same as an address says it."""
        return {{"statistic": "of"}.get(name, name): value for name, value in self.shows.items()}

    def as_json(self) -> str:
        """For a file, a line for each cell; `read_shipped` is the way back."""
        told = {name: getattr(self, name) for name in ("title", "says", "shows")}
        head = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in told.items()]
        sweep = f'"sweep": {json.dumps(json.loads(self.sweep.as_json()))}'
        looks = [{"index": index, "looks": looks} for index, looks in self.looks.items()]
        lists = [_lines("cells", self.cells), _lines("looks", looks)]
        return "{\n" + ",\n".join([*head, sweep, *lists]) + "\n}\n"


def shipped() -> dict[str, Path]:
    """The files by their names in links, in their order."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.json"))}


@lru_cache(maxsize=16)
def read_shipped(path: Path) -> Shipped:
    """One of them. Raises SweepError."""
    try:
        return _shipped(path.read_text("utf-8"))
    except OSError as error:
        raise SweepError(f"'{path}' can't be read: {error.strerror or error}.") from None


def _shipped(text: str) -> Shipped:
    """Raises SweepError where the text is no shipped sweep."""
    try:
        told = json.loads(text)
        first, second = (str(sentence) for sentence in told["says"])
        looks = {
            int(line["index"]): {int(step): values for step, values in line["looks"].items()} for line in told["looks"]
        }
        sweep = from_json(json.dumps(told["sweep"]))
        return Shipped(str(told["title"]), (first, second), dict(told["shows"]), sweep, told["cells"], looks)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SweepError(f"This is not a shipped sweep: {error}") from None


def save(folder: Path, path: Path, title: str, says: tuple[str, str], shows: Mapping[str, str]) -> None:
    """Write what a finished sweep's folder tells. Raises SweepError where cells are missing."""
    sweep, cells = read_sweep(folder), read_cells(folder)
    ended = {int(cell["index"]): _rounded(cell) for cell in cells if "failed" not in cell}
    if missing := len(sweep.cells) - len(ended):
        raise SweepError(f"{missing:,} of {len(sweep.cells):,} cells of '{folder}' have not ended.")
    looks = {index: _rounded(found) for index, found in read_looks(folder)}
    kept = Shipped(
        title,
        says,
        shows,
        sweep,
        [ended[index] for index in sorted(ended)],
        {index: looks[index] for index in sorted(looks)},
    )
    path.write_text(kept.as_json(), "utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def _lines(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(row, separators=(",", ":"), allow_nan=False) for row in rows)
    return f'"{name}": [\n{lines}\n]'
