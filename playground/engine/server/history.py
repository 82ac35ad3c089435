"""Every metric row of a run, kept small: a column of doubles per measure and seed."""

import math
from array import array
from bisect import bisect_right
from collections.abc import Collection, Sequence

import numpy as np

from playground.frame import Row
from playground.runs.record import StoredColumns


class History:
    """Rows in the order of their steps. A row at the last row's step takes its place."""

    def __init__(self) -> None:
        self.steps = array("q")
        self._d_updates = array("q")
        self._seconds = array("d")
        self._columns: dict[str, list[array[float]]] = {}
        self._histograms = array("f")
        self._shape: tuple[int, int] | None = None
        """Seeds and modes of the histograms, once there is one."""
        self.latest: Row | None = None
        self.rewinds = 0
        """How often rows were taken back because the run stood at an earlier step again."""

    def __len__(self) -> int:
        return len(self.steps)

    @classmethod
    def of(cls, stored: StoredColumns) -> "History":
        """The rows of a recorded run."""
        history = cls()
        history.steps.frombytes(stored.steps.astype(np.int64).tobytes())
        history._d_updates.frombytes(stored.d_updates.astype(np.int64).tobytes())
        history._seconds.frombytes(stored.seconds.astype(np.float64).tobytes())
        for name, lanes in stored.values.items():
            history._columns[name] = [array("d", lane.astype(np.float64).tobytes()) for lane in lanes]
        if stored.histogram is not None:
            history._shape = stored.histogram.shape[1], stored.histogram.shape[2]
            history._histograms.frombytes(stored.histogram.astype(np.float32).tobytes())
        if len(history):
            history.latest = history.row(len(history) - 1)
        return history

    def append(self, row: Row) -> None:
        """Add a row; it takes the place of those at its step and beyond."""
        self.rewinds += bool(self.steps) and self.steps[-1] > row.step
        while self.steps and self.steps[-1] >= row.step:
            self._drop_last()
        before = len(self.steps)
        self.steps.append(row.step)
        self._d_updates.append(row.d_updates)
        self._seconds.append(row.seconds)
        self.latest = row
        for name, values in row.values.items():
            if name not in self._columns:  # such as what a classifier measures, once there is one
                self._columns[name] = [array("d", [math.nan]) * before for _ in values]
            for lane, value in zip(self._columns[name], values, strict=True):
                lane.append(value)
        for name in self._columns.keys() - row.values.keys():
            for lane in self._columns[name]:
                lane.append(math.nan)
        self._append_histogram(row, before)

    def take_back(self, step: int) -> None:
        """Forget what was measured after this step."""
        self.rewinds += bool(self.steps) and self.steps[-1] > step
        while self.steps and self.steps[-1] > step:
            self._drop_last()
        if self.latest is not None and self.latest.step > step:
            self.latest = self.row(len(self) - 1) if len(self) else None

    def row(self, index: int) -> Row:
        """One row, from its place."""
        shown = None
        if self._shape is not None:
            seeds, modes = self._shape
            flat = self._histograms[index * seeds * modes : (index + 1) * seeds * modes]
            if not math.isnan(flat[0]):
                shown = tuple(tuple(flat[lane * modes : (lane + 1) * modes]) for lane in range(seeds))
        values = {name: tuple(lane[index] for lane in lanes) for name, lanes in self._columns.items()}
        return Row(self.steps[index], values, shown, self._d_updates[index], self._seconds[index])

    def at(self, step: int) -> Row | None:
        """The last row that is not beyond this step, or the first; None if there is none."""
        return self.row(max(0, bisect_right(self.steps, step) - 1)) if len(self) else None

    def columns(self, since: int = 0, limit: int | None = None) -> dict[str, list[float | None]]:
        """What a chart draws, from row `since` on: `step`, `d_updates`, `seconds`, and each measure's median.

        Several seeds add `NAME_lo` and `NAME_hi`, the smallest and the largest, and the quartiles `NAME_q1` and
        `NAME_q3`. At most `limit` rows, evenly thinned, the newest always among them. NaN becomes None: JSON has none.
        """
        chosen = _thinned(range(since, len(self.steps)), limit)
        columns: dict[str, list[float | None]] = {
            "step": [self.steps[index] for index in chosen],
            "d_updates": [self._d_updates[index] for index in chosen],
            "seconds": [round(self._seconds[index], 4) for index in chosen],
        }
        for name, lanes in self._columns.items():
            values = np.array([[lane[index] for index in chosen] for lane in lanes])
            columns[name] = _plain(np.median(values, axis=0))
            if len(lanes) > 1 and chosen:
                columns[f"{name}_lo"] = _plain(np.min(values, axis=0))
                columns[f"{name}_hi"] = _plain(np.max(values, axis=0))
                with np.errstate(invalid="ignore"):  # between two infinities there is no quartile
                    lower, upper = np.quantile(values, [0.25, 0.75], axis=0)
                columns[f"{name}_q1"], columns[f"{name}_q3"] = _plain(lower), _plain(upper)
        return columns

    def stored(self) -> StoredColumns:
        """All rows as arrays, in copies; without the histograms."""
        return StoredColumns(
            np.array(self.steps, np.int64),
            np.array(self._d_updates, np.int64),
            np.array(self._seconds, np.float64),
            {name: np.array([np.array(lane) for lane in lanes]) for name, lanes in self._columns.items()},
            None,
        )

    def seeds(self, name: str) -> list[Sequence[float]]:
        """One measure's whole column for each seed."""
        return [lane for lane in self._columns.get(name, [])]

    def lane(self, lane: int, names: Collection[str], rows: Sequence[int]) -> dict[str, np.ndarray]:
        """One seed's values at these rows: `step`, and of these columns those that there are."""
        found = {name: lanes[lane] for name, lanes in self._columns.items() if name in names}
        steps = {"step": np.array([self.steps[row] for row in rows], dtype=float)}
        return steps | {name: np.array([column[row] for row in rows]) for name, column in found.items()}

    def shares(self, lane: int, rows: Sequence[int]) -> np.ndarray | None:
        """One seed's mode histograms at these rows, (rows, modes), NaN where a row has none; None where none has."""
        if self._shape is None:
            return None
        seeds, modes = self._shape
        starts = ((row * seeds + lane) * modes for row in rows)
        return np.array([self._histograms[start : start + modes] for start in starts]).reshape(-1, modes)

    def mode_columns(self, lane: int, since: int = 0, limit: int | None = None) -> dict[str, list[float | None]]:
        """One seed's mode histograms as columns `mode_1` …, at the rows that `columns` gives."""
        shares = self.shares(lane, _thinned(range(since, len(self.steps)), limit))
        return {} if shares is None else {f"mode_{i + 1}": _plain(column.round(4)) for i, column in enumerate(shares.T)}

    def _drop_last(self) -> None:
        for column in (self.steps, self._d_updates, self._seconds):
            column.pop()
        for lanes in self._columns.values():
            for lane in lanes:
                lane.pop()
        if self._shape is not None:
            del self._histograms[len(self.steps) * self._shape[0] * self._shape[1] :]

    def _append_histogram(self, row: Row, before: int) -> None:
        shown = row.mode_histogram
        if self._shape is None and shown is not None:
            self._shape = len(shown), len(shown[0])
            self._histograms = array("f", [math.nan]) * (before * self._shape[0] * self._shape[1])
        if self._shape is not None:
            missing = ((math.nan,) * self._shape[1],) * self._shape[0]
            for lane in shown or missing:
                self._histograms.extend(lane)


def _thinned(rows: range, limit: int | None) -> list[int]:
    if limit is None or len(rows) <= limit:
        return list(rows)
    return [rows[round(i)] for i in np.linspace(len(rows) - 1, 0, limit)][::-1]


def _plain(values: np.ndarray) -> list[float | None]:
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in values.tolist()]
