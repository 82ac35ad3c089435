"""A sweep on the disk: `sweep.json`, `cells.jsonl`, `looks.jsonl`, `parcels/<index>.zip`, `lock`.

One process writes; anybody reads meanwhile. A cell has ended once its line in cells.jsonl is whole: its parcel and its
looks are written before. So a kill at any moment loses what was under way and nothing else.
"""

import base64
import json
import os
import shutil
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from playground.runs.lock import FolderLock
from playground.sweeps.axis import SweepError
from playground.sweeps.cell import Done, Outcome, Tiny
from playground.sweeps.sweep import Sweep, from_json
from playground.sweeps.task import Failed
from playground.version import VERSION

SWEEP, CELLS, LOOKS, PARCELS, LOCK = "sweep.json", "cells.jsonl", "looks.jsonl", "parcels", "lock"
TOLD = Done.__dataclass_fields__.keys() - {"looks", "parcel"}
"""What a line of cells.jsonl tells of a cell that was trained."""
EndedCell = Mapping[str, Any]
"""A line of cells.jsonl: a `Done` without parcel and looks, or {"index", "failed": the reason}."""
Looks = Mapping[int, Mapping[str, Sequence[float | None]]]
"""What was measured of a cell at which step: one value per seed, None where there is none."""


class SweepFolder:
    """The writer's side, made for a new sweep or opened to go on with one. Raises SweepError."""

    def __init__(self, folder: Path, sweep: Sweep | None, resume: bool) -> None:
        """sweep: what is to be trained; None takes the one that the folder has. resume: it may have cells already."""
        fresh = not (folder / SWEEP).exists()
        held = self._held(folder, sweep, resume)
        try:
            (folder / PARCELS).mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder / LOCK)
            os.utime(folder / LOCK)  # since when it is being trained: see Reader.left
        except (BlockingIOError, PermissionError):
            raise SweepError(f"Another process is training the sweep in '{folder}'.") from None
        except OSError as error:
            raise SweepError(f"'{folder}' can't be written: {error.strerror or error}.") from None
        self.folder = folder
        self.sweep = held
        if fresh:
            told = json.loads(self.sweep.as_json()) | {"version": VERSION}
            _replace(folder / SWEEP, json.dumps(told, indent=1).encode())
        for name in (CELLS, LOOKS):
            _without_half_a_line(folder / name)
        self.ended = {int(line["index"]) for line in read_cells(folder) if "failed" not in line}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def add(self, outcome: Outcome) -> EndedCell:
        """Write what came of a cell; it is on the disk when this returns. Raises SweepError on a full disk."""
        try:
            if isinstance(outcome, Done):
                _replace(self.parcel(outcome.index), outcome.parcel)
                looks = {str(step): values for step, values in outcome.looks.items()}
                _append(self.folder / LOOKS, {"index": outcome.index, "looks": looks})
                self.ended.add(outcome.index)
            line = _line(outcome)
            _append(self.folder / CELLS, line)
        except OSError as error:
            raise SweepError(f"'{self.folder}' can't be written: {error.strerror or error}.") from None
        return line

    def parcel(self, index: int) -> Path:
        """Where a cell's recorded run is."""
        return parcel(self.folder, index)

    @staticmethod
    def _held(folder: Path, sweep: Sweep | None, resume: bool) -> Sweep:
        """The sweep that the folder has, or else is to have."""
        if not (folder / SWEEP).exists():
            if sweep is None:
                raise SweepError(f"There is no sweep in '{folder}'.")
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise SweepError(f"'{folder}' is not a new or an empty folder, and has no sweep.")
            return sweep
        held = read_sweep(folder)
        if not resume:
            raise SweepError(f"'{folder}' has a sweep already: --resume goes on with it, or choose another folder.")
        if sweep is not None and sweep != held:
            raise SweepError(f"'{folder}' has another sweep; --resume goes on with the same settings only.")
        return held


def remove(folder: Path) -> None:
    """Delete a sweep with all that has come of it. Raises SweepError where it is being trained, or can't be deleted."""
    if not (folder / SWEEP).is_file():
        raise SweepError(f"There is no sweep in '{folder}'.")
    try:
        lock = FolderLock(folder / LOCK)
    except (BlockingIOError, PermissionError):
        raise SweepError("This sweep is being trained: stop it first.") from None
    try:
        (folder / SWEEP).unlink()  # from here on it is none, however far the rest comes
        shutil.rmtree(folder)
    except OSError as error:
        raise SweepError(f"'{folder}' can't be deleted: {error.strerror or error}.") from None
    finally:
        lock.release()


def parcel(folder: Path, index: int) -> Path:
    """Where a cell's recorded run is, as the archive that `runs import` takes."""
    return folder / PARCELS / f"{index}.zip"


def read_sweep(folder: Path) -> Sweep:
    """Raises SweepError."""
    try:
        told = json.loads((folder / SWEEP).read_text("utf-8"))
        told.pop("version", None)
    except (OSError, ValueError, AttributeError) as error:
        raise SweepError(f"There is no sweep in '{folder}': {error}") from None
    return from_json(json.dumps(told))


def read_cells(folder: Path) -> list[EndedCell]:
    """All that have ended so far, in that order. A cell that failed and was trained later has its last line.

    Raises SweepError where another version has written it.
    """
    found = _cells(folder, 0)[0]
    return list({line["index"]: line for line in found}.values())


@dataclass
class Reader:
    """Reads a sweep that is being trained, each line once."""

    folder: Path
    cells: dict[int, EndedCell] = field(default_factory=dict)
    _read: int = 0

    def refresh(self) -> list[EndedCell]:
        """What has ended since the last time. Raises SweepError where another version has written it."""
        fresh, self._read = _cells(self.folder, self._read)
        self.cells |= {line["index"]: line for line in fresh}
        return fresh

    def busy(self) -> bool:
        """Whether a process trains it now."""
        try:
            FolderLock(self.folder / LOCK).release()
        except (BlockingIOError, PermissionError):
            return True
        except OSError:
            return False
        return False

    def left(self, cells: int, each: float) -> float | None:
        """Seconds until all cells have ended, by how long those took that ended since whoever trains it began; before
        the first, by `each`, the seconds that one should take. It counts down between two. None where nobody began."""
        try:
            began = (self.folder / LOCK).stat().st_mtime
            order = [index for index, line in self.cells.items() if "failed" not in line]
            before = bisect_left(order, began, key=self._ended)
            last = self._ended(order[-1]) if order[before:] else began
        except OSError:
            return None
        fresh, missing = len(order) - before, cells - len(order)
        each = (last - began) / fresh if fresh else each
        return max(0.0, each * missing - (time.time() - last))

    def _ended(self, index: int) -> float:
        return parcel(self.folder, index).stat().st_mtime


def read_looks(folder: Path) -> Iterator[tuple[int, Looks]]:
    """Cell by cell what was measured at which step."""
    for line in _lines(folder / LOOKS, 0)[0]:
        yield line["index"], {int(step): values for step, values in line["looks"].items()}


def _line(outcome: Outcome) -> EndedCell:
    if isinstance(outcome, Failed):
        return {"index": outcome.index, "failed": outcome.reason}
    told = {name: getattr(outcome, name) for name in Done.__dataclass_fields__ if name in TOLD}
    return told | {"picture": outcome.picture and _text(outcome.picture)}


def _text(picture: Tiny) -> dict[str, Any]:
    return {
        "kind": picture.kind,
        "shape": list(picture.shape),
        "data": base64.b64encode(picture.data).decode("ascii"),
    }


def _cells(folder: Path, start: int) -> tuple[list[EndedCell], int]:
    """The whole lines about cells from a byte on, and where they end."""
    lines, end = _lines(folder / CELLS, start)
    for line in lines:
        if lacking := ({"index"} if "failed" in line else TOLD) - line.keys():
            raise SweepError(f"The cells in '{folder}' have no {min(lacking)}: another version has trained them.")
    return lines, end


def _lines(path: Path, start: int) -> tuple[list[EndedCell], int]:
    """The whole lines from a byte on, and where they end."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
    except OSError:
        return [], start
    whole = data[: data.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()], start + len(whole)


def _without_half_a_line(path: Path) -> None:
    """What a kill left half written goes."""
    if path.exists():
        end = _lines(path, 0)[1]
        with path.open("r+b") as file:
            file.truncate(end)


def _append(path: Path, line: Mapping[str, Any]) -> None:
    with path.open("ab") as file:
        file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        _to_disk(file)


def _replace(path: Path, data: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(data)
        _to_disk(file)
    os.replace(unfinished, path)


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
