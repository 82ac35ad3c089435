"""Every metric row of a run, kept small: a column of doubles per measure and seed."""

from array import array
from collections.abc import Sequence

import numpy as np

from playground.frame import Row


class History:
    """Rows in the order of their steps. A row at the last row's step takes its place."""

    def __init__(self) -> None:
        self.steps = array("q")
        self._columns: dict[str, list[array[float]]] = {}
        self.latest: Row | None = None
        self.rewinds = 0
        """How often rows were taken back because the run stood at an earlier step again."""

    def __len__(self) -> int:
        return len(self.steps)

    def append(self, row: Row) -> None:
        self.rewinds += bool(self.steps) and self.steps[-1] > row.step
        while self.steps and self.steps[-1] >= row.step:
            self._drop_last()
        self.steps.append(row.step)
        self.latest = row
        for name, values in row.values.items():
            lanes = self._columns.setdefault(name, [array("d") for _ in values])
            for lane, value in zip(lanes, values, strict=True):
                lane.append(value)

    def _drop_last(self) -> None:
        self.steps.pop()
        for lanes in self._columns.values():
            for lane in lanes:
                lane.pop()

    def columns(self, since: int = 0, limit: int | None = None) -> dict[str, list[float | None]]:
        """What a chart draws, from row `since` on: `step`, and for each measure its median over the seeds.

        Several seeds add `NAME_lo` and `NAME_hi`, the smallest and the largest. At most `limit` rows, evenly
        thinned, the newest always among them. NaN becomes None: JSON has no NaN.
        """
        chosen = _thinned(range(since, len(self.steps)), limit)
        columns: dict[str, list[float | None]] = {"step": [self.steps[index] for index in chosen]}
        for name, lanes in self._columns.items():
            values = np.array([[lane[index] for index in chosen] for lane in lanes])
            columns[name] = _plain(np.median(values, axis=0))
            if len(lanes) > 1 and chosen:
                columns[f"{name}_lo"] = _plain(np.min(values, axis=0))
                columns[f"{name}_hi"] = _plain(np.max(values, axis=0))
        return columns

    def seeds(self, name: str) -> list[Sequence[float]]:
        """One measure's whole column for each seed."""
        return [lane for lane in self._columns.get(name, [])]


def _thinned(rows: range, limit: int | None) -> list[int]:
    if limit is None or len(rows) <= limit:
        return list(rows)
    return [rows[round(i)] for i in np.linspace(len(rows) - 1, 0, limit)][::-1]


def _plain(values: np.ndarray) -> list[float | None]:
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in values.tolist()]
