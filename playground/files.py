"""The files that the command line reads and writes: anybody's samples, and the folder of one run."""

import csv
import json
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from playground.config import RunConfig
from playground.data.distribution import Floats
from playground.data.idx import Bytes
from playground.data.npz import BROKEN_HEADER
from playground.errors import PlaygroundError
from playground.frame import Row

Singles = NDArray[np.float32]

MAX_ROWS = 10_000_000
"""Points in a samples file. As float64 they take 160 MB in 2-D."""
MAX_IMAGES = 100_000
"""Images in a samples file: ten times as many as are ever measured."""


class BadInput(PlaygroundError):
    """An argument that can't be used: one sentence that names it and what is allowed."""


def read_samples(path: Path, dim: int) -> Floats:
    """The points of an .npy file, (n, dim) float64; in 1-D a file of shape (n,) is read too.

    Never unpickles, and looks at the shape before it reads the numbers. Raises BadInput.
    """
    shape = f"(n, {dim}) with n from 1 to {MAX_ROWS:,}"
    stored = _open(path, shape)
    if stored.dtype.kind not in "fiu":
        raise BadInput(f"--samples must hold real numbers; '{path}' holds {stored.dtype}."[:300])
    points = stored[:, None] if dim == 1 and stored.ndim == 1 else stored
    if points.ndim != 2 or points.shape[1] != dim or not 1 <= len(points) <= MAX_ROWS:
        raise BadInput(f"--samples must have the shape {shape}; '{path}' has {stored.shape}.")
    with np.errstate(over="ignore"):  # a number beyond float64 becomes infinite, and is refused as such
        samples = np.array(points, dtype=float)
    broken = ~np.isfinite(samples).all(axis=1)
    if broken.any():
        raise BadInput(
            f"--samples must hold finite numbers only; {broken.sum():,} of the {len(samples):,} rows of '{path}' "
            f"have NaN or infinity, the first is row {broken.argmax():,}."
        )
    return samples


def read_images(path: Path, sides: tuple[int, int]) -> Bytes | Singles:
    """The images of an .npy file, (n, h, w): uint8 as they are, floats from 0 to 1 as float32.

    sides: (h, w). A file of shape (n, h · w) is read too, row by row. Black is 0, white 255 or 1.
    Never unpickles, and looks at the shape before it reads the numbers. Raises BadInput.
    """
    height, width = sides
    shape = f"(n, {height}, {width}) or (n, {height * width}) with n from 1 to {MAX_IMAGES:,}"
    stored = _open(path, shape)
    if stored.dtype != np.uint8 and stored.dtype.kind != "f":
        raise BadInput(f"--samples must be uint8, or floats from 0 to 1; '{path}' holds {stored.dtype}."[:300])
    if stored.shape[1:] not in (sides, (height * width,)) or not 1 <= len(stored) <= MAX_IMAGES:
        raise BadInput(f"--samples must have the shape {shape}; '{path}' has {stored.shape}.")
    images = np.array(stored).reshape(-1, height, width)
    if images.dtype == np.uint8:
        return images
    broken = ~np.isfinite(images).all(axis=(1, 2))
    if broken.any():
        raise BadInput(
            f"--samples must hold finite numbers only; {broken.sum():,} of the {len(images):,} images in '{path}' "
            f"have NaN or infinity, the first is image {broken.argmax():,}."
        )
    low, high = images.min(), images.max()
    if low < 0 or high > 1:
        raise BadInput(
            f"--samples must be uint8, or floats from 0 to 1; those in '{path}' go from {low:g} to {high:g}."
        )
    return images.astype(np.float32)


def _open(path: Path, shape: str) -> np.ndarray:
    """The array in an .npy file, of which only the header has been read. Raises BadInput."""
    if not path.is_file():
        raise BadInput(f"--samples must be an .npy file of shape {shape}; there is no file '{path}'.")
    try:
        with warnings.catch_warnings(action="ignore"):  # a broken header may warn before it fails
            return np.lib.format.open_memmap(path, mode="r")
    except OSError as error:
        raise BadInput(f"--samples must be a file that can be read; '{path}' can't be: {error.strerror}.") from None
    except BROKEN_HEADER:
        raise BadInput(
            f"--samples must be a whole .npy file of plain numbers, as numpy.save writes it; '{path}' is not one."
        ) from None


def finite(value: float | None) -> float | None:
    """The value, or None (null) where JSON has no number for it."""
    return value if value is not None and math.isfinite(value) else None


class RunFolder:
    """What a run leaves behind: config.json and metrics.csv from the start, samples.npy and checkpoint.pt at the end.

    The folder must be new or empty, so that the files of two runs never mix. Raises BadInput.
    """

    def __init__(self, path: Path, config: RunConfig) -> None:
        self._path = path
        self._seeds = [config.seed + lane for lane in range(config.seeds)]
        try:
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()):
                raise BadInput(f"--out must be a new or an empty folder; '{path}' already has files in it.")
            text = json.dumps(config.model_dump(), indent=2, allow_nan=False)
            (path / "config.json").write_text(text + "\n", encoding="utf-8")
            self._table = (path / "metrics.csv").open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise BadInput(
                f"--out must be a folder that can be written; '{path}' can't be: {error.strerror}."
            ) from None
        self._rows = csv.writer(self._table, lineterminator="\n")
        self._columns: list[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._table.close()

    def add(self, row: Row, shares: Sequence[str]) -> None:
        """One line per seed: step, seed, every measured column, and the share of each mode or class. On disk at once.

        shares: what the columns of the row's histogram are called.
        """
        histograms = row.mode_histogram or [()] * len(self._seeds)
        if self._columns is None:
            self._columns = list(row.values)
            self._rows.writerow(["step", "seed", *self._columns, *shares[: len(histograms[0])]])
        for lane, seed in enumerate(self._seeds):
            measured = [row.values[name][lane] for name in self._columns]
            self._rows.writerow([row.step, seed, *measured, *histograms[lane]])
        self._table.flush()

    def finish(self, samples: np.ndarray, state: dict[str, Any]) -> None:
        """samples (S, n, dim) or (S, n, h, w), saved without S for a single seed; state: `Learner.state()`."""
        import torch  # here, because `evaluate` and the listings start without it

        np.save(self._path / "samples.npy", samples[0] if len(samples) == 1 else samples, allow_pickle=False)
        torch.save(state, self._path / "checkpoint.pt")
