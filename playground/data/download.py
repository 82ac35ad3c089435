"""Fetches the files of an image dataset from its mirrors.

pooch does the checking and the temporary files; the transfer itself is ours, because it must not wait for ever, must
not take more bytes than the file has, and must save what is sent as it is sent.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playground.data.errors import DataError
from playground.data.image_data import folders
from playground.data.image_table import DataFile, ImageDataset, dataset, listed

Progress = Callable[[int, int], None]  # bytes there, bytes in all

CONNECT_S = 10.0
PATIENCE_S = 20.0
"""A mirror that sends nothing for so long is given up, and so is one that stays below SLOWEST for so long."""
SLOWEST = 4096  # bytes per second

_PIECE = 1 << 16
_REPORTS = 200  # progress is told about so often in a download
_LEFTOVERS_S = 86_400.0  # what a download that was killed has left behind goes after a day


class _MirrorFailed(Exception):
    """What a mirror did instead of sending the file, as the end of a sentence about it."""


def download(name: str, folder: Path | None = None, progress: Progress | None = None) -> Path:
    """Fetches what is not there yet; returns the folder of the dataset's name in the first of `images.folders`.

    Every file is compared with its SHA-256. Files take their places only once all of them are there; until then, and
    whatever fails, the folder stays as it was. progress: called with (bytes_done, bytes_total) of all files together,
    at most 200 times or so; the number falls back when a mirror fails. An exception from it ends the download.
    Raises DataError.
    """
    row = dataset(name)
    target = folders(folder)[0] / name
    if not row.mirrors:
        raise DataError(f"{row.label} can't be downloaded: there is no address for it.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=target, ignore_cleanup_errors=True) as staging:
            wanted = [file for file in row.downloads if not _is_whole(target / file.name, file)]
            report = _Report(progress, row.size, row.size - sum(file.size for file in wanted))
            for file in wanted:
                _fetch(file, row, Path(staging), target, report)
                report.finish(file.size)
            for file in wanted:
                os.replace(Path(staging) / file.name, target / file.name)
    except OSError as error:  # of the disk: those of the mirrors are caught in _fetch
        raise DataError(
            f"{row.label} can't be stored in '{target}': {error.strerror or error}; what was there before is unchanged."
        ) from None
    return target


class _Report:
    """Tells about progress, but not about every piece."""

    def __init__(self, progress: Progress | None, total: int, before: int) -> None:
        self._progress, self._total, self._before = progress, total, before
        self._told = -total
        self.so_far(0)

    def so_far(self, received: int) -> None:
        """received: bytes of the present file."""
        done = self._before + received
        if self._progress and (abs(done - self._told) * _REPORTS >= self._total or done == self._total):
            self._told = done
            self._progress(done, self._total)

    def finish(self, size: int) -> None:
        """A file is there and checked."""
        self._before += size


def _fetch(file: DataFile, row: ImageDataset, staging: Path, target: Path, report: _Report) -> None:
    """One file from the first mirror that has it. Raises DataError once all have failed, OSError for the disk."""
    import pooch  # type: ignore[import-untyped]  # here, because a page starts without it

    pooch.get_logger().setLevel("ERROR")  # it announces every file on stderr

    def transfer(address: str, path: str, _: Any) -> None:
        _transfer(address, Path(path), file.size, report)

    failures = []
    for mirror in row.mirrors:
        report.so_far(0)
        try:
            pooch.retrieve(mirror + file.name, file.sha256, fname=file.name, path=staging, downloader=transfer)
            return
        except _MirrorFailed as failure:
            failures.append(f"{urlsplit(mirror).netloc} {failure}")
        except ValueError:  # pooch's word for a wrong sum
            failures.append(f"{urlsplit(mirror).netloc} sent something else (its SHA-256 is wrong)")
    raise DataError(
        f"{row.label} could not be downloaded, nothing was changed: for {file.name} {listed(tuple(failures))}. "
        f"Get {listed(row.files)} in another way and put them, gzipped or not, into '{target}'."
    )


def _transfer(address: str, path: Path, size: int, report: _Report) -> None:
    """Writes the bytes that an address sends to a path. Raises _MirrorFailed, and OSError for the disk only."""
    import requests
    import urllib3

    with path.open("wb") as output:
        try:
            response = requests.get(
                address, stream=True, timeout=(CONNECT_S, PATIENCE_S), headers={"Accept-Encoding": "identity"}
            )
        except requests.Timeout:
            raise _MirrorFailed("did not answer in time") from None
        except requests.RequestException:
            raise _MirrorFailed("can't be reached") from None
        with response:
            if response.status_code != 200:
                raise _MirrorFailed(f"answered {response.status_code}")
            received, window, window_began = 0, 0, time.monotonic()
            while True:
                try:
                    # Undecoded: some servers call a .gz file a page with Content-Encoding gzip. read1 does not wait
                    # until a piece is full, so that a trickle is noticed.
                    piece: bytes = response.raw.read1(_PIECE, decode_content=False)
                except urllib3.exceptions.TimeoutError:
                    raise _MirrorFailed(f"sent nothing for {PATIENCE_S:g} s") from None
                except urllib3.exceptions.HTTPError:
                    piece = b""
                if not piece:
                    break
                received += len(piece)
                window += len(piece)
                if received > size:
                    raise _MirrorFailed(f"sent more than the {size:,} bytes of the file")
                output.write(piece)
                report.so_far(received)
                now = time.monotonic()
                if now - window_began > PATIENCE_S:
                    if window < SLOWEST * PATIENCE_S:
                        raise _MirrorFailed("is too slow")
                    window, window_began = 0, now
            if received < size:
                raise _MirrorFailed(f"broke off after {received:,} of {size:,} bytes")
        output.flush()
        os.fsync(output.fileno())  # a full disk must show here, not after the file has got its name


def _is_whole(path: Path, file: DataFile) -> bool:
    import pooch

    return path.is_file() and path.stat().st_size == file.size and pooch.file_hash(str(path)) == file.sha256


def _sweep(target: Path) -> None:
    for leftover in target.glob(".download-*"):
        try:
            old = time.time() - leftover.stat().st_mtime > _LEFTOVERS_S
        except FileNotFoundError:  # another download has just ended
            continue
        if old:
            shutil.rmtree(leftover, ignore_errors=True)
