"""The files beside the database: `checkpoints/<run>/<step>.safetensors`.

A file takes its name only once all of it is on the disk, and before the record that names it is kept; it goes only
after that record has. Whatever a killed process leaves behind is therefore a file too many, never one too few.
"""

import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_OURS = re.compile(r"\d{1,18}\.safetensors(\.[0-9a-f]{8}\.part)?", re.ASCII)


class CheckpointFiles:
    """Raises OSError where the disk does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, run: str, step: int) -> Path:
        """Where a run's checkpoint of this step is, or would be."""
        return self._folder / run / f"{step}.safetensors"

    def write(self, run: str, step: int, data: bytes) -> None:
        """The whole file or none of it, instead of the one that was there."""
        path = self.path(run, step)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            with unfinished.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def remove(self, run: str, steps: Iterable[int]) -> None:
        """Files that no record names any more; one that can't be removed now goes at the next opening."""
        for step in steps:
            with suppress(OSError):
                self.path(run, step).unlink()
        with suppress(OSError):
            self.path(run, 0).parent.rmdir()  # if it is empty

    def steps(self, run: str) -> set[int]:
        """Of which steps there are files."""
        try:
            return {int(name.split(".")[0]) for name in os.listdir(self._folder / run) if name.endswith(".safetensors")}
        except (OSError, ValueError):
            return set()

    def sweep(self, kept: dict[str, set[int]]) -> None:
        """Remove what killed processes left behind: our files that are not among the kept steps of their run."""
        try:
            folders = sorted(self._folder.iterdir())
        except OSError:
            return
        for folder in folders:
            if not RUN_ID.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
                continue
            wanted = {f"{step}.safetensors" for step in kept.get(folder.name, ())}
            for name in os.listdir(folder):
                if _OURS.fullmatch(name) and name not in wanted:
                    with suppress(OSError):
                        (folder / name).unlink()
            with suppress(OSError):
                folder.rmdir()
