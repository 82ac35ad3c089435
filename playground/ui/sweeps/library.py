"""Which sweeps there are: those of this machine, and those that come with the project; and whose they are."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock

from playground.config import RunConfig, applies
from playground.config.naming import told as setting_told
from playground.engine.server.limits import is_room
from playground.recipes.run_names import UNTOLD
from playground.runs.place import sweeps_folder
from playground.runs.store import MAX_NAME
from playground.sweeps.axis import SweepError, told
from playground.sweeps.folder import SWEEP, Reader, read_looks, read_sweep
from playground.sweeps.gallery import read_shipped, shipped
from playground.sweeps.outcomes import Results, measures
from playground.sweeps.sweep import Sweep
from playground.ui.memory import owner

OWNER = "owner"
"""The file of a sweep's folder that says which browser has started it: a digest, which gives nobody's cookie away."""


OPENS = ("collapsed", "emd", "fid")
"""The first of these that its cells have is shown of a sweep at first: a JSD that is lower may still be a collapse."""
ALWAYS_TOLD = ("dataset", "loss", "g_width", "d_width")


@dataclass(frozen=True)
class Entry:
    """name: in links. path: of its folder, or of the file that comes with the project."""

    name: str
    path: Path
    is_shipped: bool

    @property
    def sweep(self) -> Sweep:
        """What is trained. Raises SweepError."""
        if self.is_shipped:
            return read_shipped(self.path).sweep
        return _sweep_of(self.path, self._made)

    @property
    def _made(self) -> int:
        """When; a folder may be deleted and made again. Raises SweepError."""
        try:
            return (self.path / SWEEP).stat().st_mtime_ns
        except OSError as error:
            raise SweepError(f"The sweep can't be read: {error.strerror or error}.") from None

    @property
    def axes(self) -> frozenset[str]:
        """Their names; none where it can't be read."""
        try:
            return frozenset(axis.name for axis in self.sweep.axes)
        except SweepError:
            return frozenset()

    @property
    def title(self) -> str:
        """For lists."""
        if self.is_shipped:
            return f"{read_shipped(self.path).title} · comes with the playground"
        try:
            sweep, when = self.sweep, datetime.fromtimestamp((self.path / SWEEP).stat().st_mtime)
        except (SweepError, OSError):
            return f"{self.name} (can't be read)"
        return f"{sweep.name or axes_of(sweep)} · {when:%d %b, %H:%M}"

    @property
    def says(self) -> Sequence[str]:
        """What it shows, in sentences; nothing of a sweep of this machine."""
        return read_shipped(self.path).says if self.is_shipped else ()

    @property
    def is_mine(self) -> bool:
        """Whether this browser may stop it and go on with it: its own, and outside a room the command line's."""
        if self.is_shipped:
            return False
        try:
            return (self.path / OWNER).read_text("utf-8") == _digest()
        except FileNotFoundError:
            return not is_room()
        except OSError:
            return False

    @property
    def reader(self) -> Reader:
        """Of its folder, one for all sessions: each line is read once."""
        return _watched(self.path, self._made).reader

    def results(self) -> Results:
        """All that has come of it by now. Raises SweepError."""
        if self.is_shipped:
            found = read_shipped(self.path)
            return Results(
                found.title, found.sweep, found.cells, lambda: found.looks.items(), found.opens, " ".join(found.says)
            )
        return _watched(self.path, self._made).results(self.sweep)


def entries(asked: Iterable[str] = ()) -> dict[str, Entry]:
    """By their names: the newest of this machine first, then those that come with the project. In a room others' sweeps
    are found by their links only: asked."""
    try:
        folders = [path for path in sweeps_folder().iterdir() if (path / SWEEP).exists()]
    except OSError:
        folders = []
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    own = [Entry(path.name, path, False) for path in folders]
    seen = [entry for entry in own if not is_room() or entry.is_mine or entry.name in asked]
    return {entry.name: entry for entry in [*seen, *(Entry(name, path, True) for name, path in shipped().items())]}


def titles_of(found: Mapping[str, Entry]) -> dict[str, str]:
    """For a menu, by name: no two alike, since a browser tells by its words which one was chosen."""
    titles = {name: entry.title for name, entry in found.items()}
    often = Counter(titles.values())
    return {name: title if often[title] == 1 else f"{title} · {name}" for name, title in titles.items()}


def sign(folder: Path) -> None:
    """The sweep in this folder is this browser's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OWNER).write_text(_digest(), "utf-8")


def axes_of(sweep: Sweep) -> str:
    """A sweep's axes in a line."""
    ends = [(told(axis.values[0]), told(axis.values[-1])) for axis in sweep.axes]
    return " × ".join(
        f"{axis.label} ({first if first == last else f'{first} … {last}'})"
        for axis, (first, last) in zip(sweep.axes, ends, strict=True)
    )


def name_of(results: Results, index: int) -> str:
    """What a cell is called where it is opened as a run."""
    place = ", ".join(setting_told(name, value) for name, value in results.sweep.places[index].items())
    room = MAX_NAME - len(place) - 2
    return f"{results.name[: max(0, room)]}: {place}"[:MAX_NAME]


def data_of(sweep: Sweep) -> str:
    """What is trained, in few words: data and loss, where they are no axes, seeds and steps."""
    return _told(sweep, ("dataset", "loss"))


def settings_of(sweep: Sweep) -> str:
    """What all cells of a sweep have in common, in a line: always the data, the loss and the networks' widths."""
    return _told(sweep, (*ALWAYS_TOLD, *sweep.base))


def _told(sweep: Sweep, settings: Sequence[str]) -> str:
    axes = [axis.name for axis in sweep.axes]
    config = sweep.cells[0].config if sweep.cells else RunConfig()
    names = [name for name in dict.fromkeys(settings) if name not in axes and name not in UNTOLD]
    fixed = ", ".join(setting_told(name, getattr(config, name)) for name in names if applies(name, config))
    seeds = f"{sweep.seeds} {'seed' if sweep.seeds == 1 else 'seeds'}, {sweep.steps:,} steps"
    return f"{fixed} · {seeds}" if fixed else seeds


def _digest() -> str:
    return hashlib.sha256(owner().encode()).hexdigest()


class Watched:
    """A sweep of this machine as far as it is, for all who look at it."""

    def __init__(self, folder: Path) -> None:
        self.reader = Reader(folder)
        self._known: Results | None = None
        self._one_at_a_time = Lock()

    def results(self, sweep: Sweep) -> Results:
        """All that has come of it by now. Raises SweepError."""
        with self._one_at_a_time:
            fresh = self.reader.refresh()
            if self._known is None or fresh:
                cells, looks = list(self.reader.cells.values()), partial(read_looks, self.reader.folder)
                there = measures(cells)
                opens = {"measure": next((name for name in OPENS if name in there), "")}
                self._known = Results(sweep.name or axes_of(sweep), sweep, cells, looks, opens)
            return self._known


@lru_cache(maxsize=64)
def _watched(folder: Path, made: int) -> Watched:
    return Watched(folder)


@lru_cache(maxsize=64)
def _sweep_of(folder: Path, made: int) -> Sweep:
    """Its cells are worked out once."""
    return read_sweep(folder)
