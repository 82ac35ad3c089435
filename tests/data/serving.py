"""Image files for tests: where the real MNIST is, IDX files made on the spot, and a mirror on this machine."""

import gzip
import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from playground.data.image_table import IMAGE_DATASETS, DataFile, ImageDataset

ROOT = Path(__file__).parents[2]
NO_REAL_MNIST = "the real MNIST is neither in ../shared/data/mnist nor in $GAN_PLAYGROUND_DATA"


def real_mnist() -> Path | None:
    """The folder with the real, gzipped MNIST files, or None. Their sums are compared."""
    named = [Path(os.environ["GAN_PLAYGROUND_DATA"])] if os.environ.get("GAN_PLAYGROUND_DATA") else []
    places = [ROOT.parent / "shared" / "data" / "mnist", *named, *(place / "mnist" for place in named)]
    return next((place for place in places if all(_is_real(place, file) for file in _MNIST.downloads)), None)


def _is_real(place: Path, file: DataFile) -> bool:
    path = place / file.name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


_MNIST = IMAGE_DATASETS["mnist"]


def idx(array: NDArray[np.uint8]) -> bytes:
    """An IDX file, not gzipped: images (n, h, w) or labels (n,)."""
    magic = 2048 + array.ndim  # 8 in the third byte stands for uint8, the fourth is the number of dimensions
    return np.array([magic, *array.shape], ">u4").tobytes() + array.tobytes()


def small_mnist(train: int = 300, test: int = 60, side: int = 28) -> dict[str, bytes]:
    """The four gzipped files of a dataset in MNIST's format, by name: each class is a bar at its own height, and noise.

    Small enough to be trained on in seconds, and its classes can be told apart.
    """
    rng = np.random.default_rng(0)
    files: dict[str, bytes] = {}
    for count, names in ((train, _MNIST.files[:2]), (test, _MNIST.files[2:])):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = rng.integers(0, 40, (count, side, side), dtype=np.uint8)
        for image, label in zip(images, labels, strict=True):
            top = int(label) * (side - 3) // 10
            image[top : top + 3] = 255
        for name, array in zip(names, (images, labels), strict=True):
            files[name] = gzip.compress(idx(array), mtime=0)
    return files


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Files into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def row(files: dict[str, bytes], mirrors: Sequence[str]) -> ImageDataset:
    """MNIST's row with the sums of other files."""
    downloads = tuple(
        DataFile(name, hashlib.sha256(content).hexdigest(), len(content)) for name, content in files.items()
    )
    return ImageDataset("MNIST", "", "", _MNIST.classes, tuple(files), downloads, tuple(mirrors))


class Mirror(ThreadingHTTPServer):
    """Serves files in one of these ways:

    good, missing (404), page (200 and some HTML), corrupt (one bit is wrong), long (one byte too many),
    dropped (half of it, then the connection is closed), silent (half of it, then nothing),
    trickle (a byte every hundredth of a second), encoded (as it is, but called gzip-encoded, as some servers do),
    chunked (in pieces, without saying how long it is).
    """

    daemon_threads = True

    def __init__(self, files: dict[str, bytes], way: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files, self.way = files, way
        self.asked: list[str] = []
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        mirror = cast(Mirror, self.server)
        name = self.path.lstrip("/")
        mirror.asked.append(name)
        content = b"<html>Please log in.</html>" if mirror.way == "page" else mirror.files.get(name)
        if mirror.way == "missing" or content is None:
            self.send_error(404)
            return
        if mirror.way == "corrupt":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if mirror.way == "long":
            content += b"!"
        self.send_response(200)
        if mirror.way == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        if mirror.way == "encoded":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        try:
            self._send(mirror, content)
        except OSError:  # the reader has had enough
            pass

    def _send(self, mirror: Mirror, content: bytes) -> None:
        if mirror.way in ("dropped", "silent"):
            self.wfile.write(content[: len(content) // 2])
            if mirror.way == "silent":
                mirror.closing.wait(10)
        elif mirror.way == "trickle":
            for position in range(len(content)):
                if mirror.closing.is_set():
                    return
                self.wfile.write(content[position : position + 1])
                time.sleep(0.01)
        elif mirror.way == "chunked":
            for start in range(0, len(content), 1000):
                piece = content[start : start + 1000]
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def mirrors(files: dict[str, bytes], *ways: str) -> Iterator[list[Mirror]]:
    """One running mirror for each way, in that order."""
    running = [Mirror(files, way) for way in ways]
    for mirror in running:
        threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield running
    finally:
        for mirror in running:
            mirror.closing.set()
            mirror.shutdown()
            mirror.server_close()
