"""Files of somebody's own data, named by their content.

The name, 24 hexadecimal digits of a SHA-256, is all that a run's settings carry; every process of this machine finds
the data by it, and no upload can take the place of another.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import platformdirs

from playground.data.errors import DataError

ID_DIGITS = 24


@dataclass(frozen=True)
class KeptFiles:
    """A folder of .npz files of one kind.

    what: the kind, for sentences ("points"), which is also the folder's name below the user's data folder.
    variable: the environment variable that may name another folder. given: how they come here, in words.
    none_yet: what is said of an empty id.
    max_files, max_bytes: what is kept together; beyond it the files used longest ago are forgotten.
    """

    what: str
    variable: str
    given: str
    none_yet: str
    max_files: int
    max_bytes: int

    def folder(self) -> Path:
        """Where the files are kept."""
        named = os.environ.get(self.variable)
        return Path(os.path.expanduser(named)) if named else platformdirs.user_data_path("gan-playground") / self.what

    def has(self, id: str) -> bool:
        """Whether there is a file of that id."""
        return bool(id) and (self.folder() / f"{id}.npz").is_file()

    def path(self, id: str) -> Path:
        """Where the file of that id is; it then counts as used today.

        Raises DataError where it is not: for an empty id it says how one's own data can be given.
        """
        if not id:
            raise DataError(self.none_yet)
        path = self.folder() / f"{id}.npz"
        if not self.has(id):
            where = f"they are kept where they were {self.given}"
            raise DataError(f"The {self.what} '{id}' are not on this machine: {where}.")
        with suppress(OSError):  # a folder that may only be read
            os.utime(path)
        return path

    def write(self, id: str, content: Callable[[IO[bytes]], object]) -> None:
        """Keep a file under the id of its content; `content` writes it. Raises DataError; then nothing has changed."""
        place = self.folder()
        partial = place / f".{id}-{os.getpid()}-{os.urandom(4).hex()}"
        try:
            place.mkdir(parents=True, exist_ok=True)
            try:
                with partial.open("wb") as written:
                    content(written)
                    written.flush()
                    os.fsync(written.fileno())
                partial.replace(place / f"{id}.npz")
            finally:
                partial.unlink(missing_ok=True)
            self._forget_oldest(place)
        except OSError as error:
            raise DataError(f"The {self.what} can't be stored in '{place}': {error.strerror or error}.") from None

    def changed(self, id: str) -> DataError:
        """What is said of a file whose content does not fit its name."""
        return DataError(f"'{self.folder() / id}.npz' was changed: its content does not fit its name.")

    def _forget_oldest(self, place: Path) -> None:
        stats = [(path.stat(), path) for path in place.glob("*.npz")]
        total = 0
        for number, (stat, path) in enumerate(sorted(stats, key=lambda found: found[0].st_mtime, reverse=True)):
            total += stat.st_size
            if number and (number >= self.max_files or total > self.max_bytes):  # the newest always stays
                path.unlink(missing_ok=True)
