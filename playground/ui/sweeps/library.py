"""Which sweeps there are: those of this machine, and those that come with the project; and whose they are."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from playground.config import RunConfig, applies
from playground.config.naming import told as setting_told
from playground.engine.server.limits import is_room
from playground.recipes.run_names import UNTOLD
from playground.runs.place import sweeps_folder
from playground.sweeps.axis import SweepError, told
from playground.sweeps.folder import SWEEP, Reader, read_looks, read_sweep
from playground.sweeps.gallery import read_shipped, shipped
from playground.sweeps.outcomes import Results
from playground.sweeps.sweep import Sweep
from playground.ui.memory import keep, owner, recall

OWNER = "owner"
"""The file of a sweep's folder that says which browser has started it: a digest, which gives nobody's cookie away."""


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
        try:
            return _sweep_of(self.path, (self.path / SWEEP).stat().st_mtime_ns)
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

    def reader(self) -> Reader:
        """Of its folder, the session's own: it reads each line once."""
        key = f"sweeps_reader_{self.path}"
        reader: Reader = recall(key, None) or Reader(self.path)
        keep(key, reader)
        return reader

    def results(self) -> Results:
        """All that has come of it by now. Raises SweepError."""
        if self.is_shipped:
            found = read_shipped(self.path)
            return Results(
                found.title, found.sweep, found.cells, lambda: found.looks.items(), found.opens, " ".join(found.says)
            )
        reader, sweep, key = self.reader(), self.sweep, f"sweeps_results_{self.path}"
        known: Results | None = recall(key, None)
        fresh = reader.refresh()
        if known is None or fresh or len(known.cells) != len(reader.cells):
            known = Results(
                sweep.name or axes_of(sweep), sweep, list(reader.cells.values()), partial(read_looks, self.path)
            )
            keep(key, known)
        return known


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


def settings_of(sweep: Sweep) -> str:
    """What all cells of a sweep have in common, in a line: always the data, the loss and the networks' widths."""
    axes = [axis.name for axis in sweep.axes]
    config = sweep.cells[0].config if sweep.cells else RunConfig()
    names = [name for name in dict.fromkeys([*ALWAYS_TOLD, *sweep.base]) if name not in axes and name not in UNTOLD]
    fixed = ", ".join(setting_told(name, getattr(config, name)) for name in names if applies(name, config))
    return f"{fixed} · {sweep.seeds} {'seed' if sweep.seeds == 1 else 'seeds'}, {sweep.steps:,} steps"


def _digest() -> str:
    return hashlib.sha256(owner().encode()).hexdigest()


@lru_cache(maxsize=64)
def _sweep_of(folder: Path, changed: int) -> Sweep:
    """Its cells are worked out once."""
    return read_sweep(folder)
