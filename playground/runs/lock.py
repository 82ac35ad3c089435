"""One server to a folder."""

from pathlib import Path

from playground.lock import FolderLock
from playground.runs.record import StoreError

__all__ = ["FolderInUse", "FolderLock", "lock_folder"]


class FolderInUse(StoreError):
    """Another process holds the folder."""


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
