"""One server to a folder: a lock that the operating system lets go of however the process ends."""

import sys
from pathlib import Path
from typing import IO

from playground.runs.record import StoreError

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderInUse(StoreError):
    """Another process holds the folder."""


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


def lock_folder(folder: Path) -> FolderLock:
    """The folder, made if need be, for this process alone. Raises StoreError, and FolderInUse where another has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FolderLock(folder / "lock")
    except (BlockingIOError, PermissionError) as error:
        if isinstance(error, BlockingIOError) or (folder / "lock").exists():
            raise FolderInUse(
                f"Another server is recording its runs in '{folder}': stop it, or choose another folder with "
                "GAN_PLAYGROUND_RUNS."
            ) from None
        raise StoreError(f"Runs can't be recorded in '{folder}': {error.strerror or error}.") from None
    except OSError as error:
        raise StoreError(f"Runs can't be recorded in '{folder}': {error.strerror or error}.") from None
