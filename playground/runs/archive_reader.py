"""Reads the .zip of a recorded run, from anywhere: names, sizes and checksums are verified before anything is used."""

import hashlib
import json
import re
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playground.runs.record import StoreError

FORMAT = "gan-playground run"
VERSION = 2
"""2: rows as files in rows/. Version 1 had all of them in rows.bin."""
MANIFEST = "manifest.json"
NAMES = re.compile(
    r"(?:config|scene|floors)\.json|rows\.bin|(?:points|images)\.npz|(?:keyframes|checkpoints|film)/\d{1,15}\.bin"
    r"|rows/\d{1,15}\.arrow\.zst",
    re.ASCII,
)
"""What the files of an archive may be called."""
MAX_FILES = 20_000
MAX_BYTES = 2 << 30
"""Of an archive, packed or unpacked."""
MAX_MANIFEST = 8 << 20
_MAX_DIRECTORY = 4 << 20  # of the table at the end of a .zip, all of which Python reads before we can look at it
_END = b"PK\x05\x06"
_END_BYTES, _LOCATOR_BYTES, _COMMENT_BYTES = 22, 20, 65_535


class ArchiveReader:
    """An archive that is open. Its manifest has been read, and its table of contents agrees with it.

    Raises StoreError, in one sentence, here and wherever something is read.
    """

    def __init__(self, path: Path) -> None:
        self._where = f"'{path}'"
        try:
            _check_end(path, self._where)
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise StoreError(f"{self._where} can't be read: {error.strerror or error}.") from None
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
            raise StoreError(f"{self._where} is no .zip archive, or a damaged one.") from None
        try:
            self._sizes = self._contents()
            self.manifest = self._manifest()
            self._sums = self._listed()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._zip.close()

    def damaged(self, what: str) -> StoreError:
        """The error for an archive that is not what it should be. what: half a sentence."""
        return StoreError(f"{self._where} is damaged: {what}.")

    def steps(self, folder: str) -> list[int]:
        """The numbers, mostly steps, by which files in a folder of the archive are named, in rising order."""
        return sorted(int(name.split("/")[1].split(".")[0]) for name in self._sums if name.startswith(f"{folder}/"))

    def has(self, name: str) -> bool:
        """Whether the archive has a file of this name."""
        return name in self._sums

    def read(self, name: str) -> bytes:
        """The file, whose size and sum are those of the manifest."""
        if name not in self._sums:
            raise self.damaged(f"it has no {name}")
        data = self._bytes(name)
        if hashlib.sha256(data).hexdigest() != self._sums[name]:
            raise self.damaged(f"the SHA-256 of {name} is not the one in its manifest")
        return data

    def json(self, name: str) -> dict[str, Any]:
        """The file as a JSON object."""
        return self._object(name, self.read(name))

    def _contents(self) -> dict[str, int]:
        """Unpacked size of every file, all of them harmless by name, kind and size."""
        sizes: dict[str, int] = {}
        for info in self._zip.infolist():
            name = info.filename
            shown = repr(info.orig_filename[:60])
            if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
                raise StoreError(f"{self._where} was not unpacked: {shown} in it leads out of the archive.")
            if name != MANIFEST and not NAMES.fullmatch(name):
                raise StoreError(f"{self._where} holds {shown}, which is no part of a recorded run.")
            if name in sizes:
                raise self.damaged(f"it holds {name} twice")
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise StoreError(f"{self._where} is encrypted, or packed in a way that recorded runs never are.")
            sizes[name] = info.file_size
        if len(sizes) > MAX_FILES or sum(sizes.values()) > MAX_BYTES:
            raise StoreError(
                f"{self._where} is too large: a recorded run has at most {MAX_FILES:,} files and {MAX_BYTES >> 30} GB."
            )
        return sizes

    def _manifest(self) -> dict[str, Any]:
        if self._sizes.get(MANIFEST, MAX_MANIFEST + 1) > MAX_MANIFEST:
            raise StoreError(f"{self._where} is no recorded run: it has no {MANIFEST}, or too large a one.")
        manifest = self._object(MANIFEST, self._bytes(MANIFEST))
        if manifest.get("format") != FORMAT:
            raise StoreError(f"{self._where} is no recorded run of the GAN playground.")
        version = manifest.get("version")
        if type(version) is not int or version < 1:
            raise self.damaged("its manifest names no version")
        if version > VERSION:
            raise StoreError(
                f"{self._where} has format {version}, from a newer version of the GAN playground; "
                f"this one reads format {VERSION}."
            )
        return manifest

    def _listed(self) -> dict[str, str]:
        """SHA-256 by name, for exactly the files that are there."""
        files = self.manifest.get("files")
        if not isinstance(files, dict):
            raise self.damaged("its manifest lists no files")
        if unlisted := sorted(self._sizes.keys() - files.keys() - {MANIFEST}):
            raise self.damaged(f"{unlisted[0]} is not in its manifest")
        if missing := sorted(files.keys() - self._sizes.keys()):
            raise self.damaged(f"it lacks {missing[0][:60]!r}, which is in its manifest")
        for name, entry in files.items():
            if not isinstance(entry, dict) or entry.get("size") != self._sizes[name]:
                raise self.damaged(f"the size of {name} is not the one in its manifest")
        return {name: str(entry.get("sha256")) for name, entry in files.items()}

    def _bytes(self, name: str) -> bytes:
        """The file's bytes, never more than its table of contents says."""
        try:
            with self._zip.open(name) as stream:
                data = stream.read(self._sizes[name] + 1)
        except OSError as error:
            raise StoreError(f"{self._where} can't be read: {error.strerror or error}.") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError):
            raise self.damaged(f"{name} can't be unpacked") from None
        if len(data) != self._sizes[name]:
            raise self.damaged(f"{name} is not as long as it says")
        return data

    def _object(self, name: str, data: bytes) -> dict[str, Any]:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            raise self.damaged(f"{name} is no JSON") from None
        if not isinstance(value, dict):
            raise self.damaged(f"{name} is no JSON object")
        return value


def _check_end(path: Path, where: str) -> None:
    """Whether the .zip's table of contents is of a size that may be read. Raises StoreError and OSError."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise StoreError(f"{where} is too large: a recorded run has at most {MAX_BYTES >> 30} GB.")
    with path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES - _COMMENT_BYTES - _LOCATOR_BYTES))
        tail = file.read()
    begin = tail.rfind(_END)
    if begin < 0 or len(tail) - begin < _END_BYTES:
        raise StoreError(f"{where} is no .zip archive, or a damaged one.")
    directory = int.from_bytes(tail[begin + 12 : begin + 16], "little")
    if directory > _MAX_DIRECTORY or tail[max(0, begin - _LOCATOR_BYTES) :].startswith(b"PK\x06\x07"):
        raise StoreError(f"{where} is too large: its table of contents alone has {directory:,} bytes or more.")
