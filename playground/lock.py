"""A lock between processes, which the operating system lets go of however its holder ends."""

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Held from making it to `release`. Raises BlockingIOError (Windows: PermissionError) where another holds it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        try:
            _take(self._file)
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        """Give it back; the file stays, because another may already wait for it. A second call does nothing."""
        self._file.close()
