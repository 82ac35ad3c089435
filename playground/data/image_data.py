"""Image datasets: from files into memory. NumPy only; `download.py` fetches the files."""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import platformdirs

from playground.data import idx, npz
from playground.data.errors import DataError
from playground.data.idx import Bytes
from playground.data.image_table import IMAGE_DATASETS, DataFile, ImageDataset, dataset, listed

__all__ = [
    "IMAGE_DATASETS",
    "DataError",
    "DataFile",
    "ImageDataset",
    "Images",
    "available",
    "dataset",
    "find",
    "folders",
    "load",
    "read_own",
    "register_own",
]

FOLDER_VARIABLE = "GAN_PLAYGROUND_DATA"

_PACKAGE = Path(__file__).parent
_MNIST_LABELS_UNZIPPED = "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
_LABEL_BYTES = 20_000  # more than the test labels of any dataset in the table
_DIGITS_TRAIN = 1500  # the other 297 are the test split
_OWN_TEST_SHARE = 7  # one image in 7 is held out of one's own images, the share that MNIST holds out


@dataclass(frozen=True, eq=False)
class Images:
    """Greyscale images, 0 is black and 255 white. The arrays are read-only: they are cached and shared.

    name: its row in the table. images: (n, h, w), the train split. labels: (n,), positions in `classes`, or None.
    test_images (m, h, w), test_labels (m,): never trained on. classes: their names; () where there are no labels.
    digest: a SHA-256 over all four arrays.
    """

    name: str
    images: Bytes
    labels: Bytes | None
    test_images: Bytes
    test_labels: Bytes | None
    classes: tuple[str, ...]
    digest: str

    @classmethod
    def of(
        cls, name: str, train: tuple[Bytes, Bytes | None], test: tuple[Bytes, Bytes | None], classes: tuple[str, ...]
    ) -> "Images":
        """Two splits, each its images and labels. Makes the arrays read-only."""
        summed = hashlib.sha256()
        for array in (*train, *test):
            summed.update(repr(None if array is None else array.shape).encode())
            if array is not None:
                summed.update(np.ascontiguousarray(array).data)
                array.setflags(write=False)
        return cls(name, *train, *test, classes, summed.hexdigest())

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w), in pixels."""
        return int(self.images.shape[1]), int(self.images.shape[2])

    @property
    def pixels(self) -> int:
        """h · w."""
        height, width = self.shape
        return height * width


def folders(folder: Path | None = None) -> list[Path]:
    """Where images are looked for, first place first: a folder that was named, $GAN_PLAYGROUND_DATA, the user's cache.

    The first one is also where downloads go, each into a subfolder of the dataset's name.
    """
    named = [str(place) for place in (folder, os.environ.get(FOLDER_VARIABLE)) if place]
    return [*(Path(os.path.expanduser(place)) for place in named), platformdirs.user_cache_path("gan-playground")]


def find(name: str, folder: Path | None = None) -> Path | None:
    """The folder that holds all files of a dataset, gzipped or plain, or None. Raises DataError for a name not known.

    In each of `folders` a subfolder of the dataset's name comes first, then the folder itself. Files that are known to
    be another dataset's don't count, since MNIST's names are used by every dataset in its format.
    """
    row = dataset(name)
    if name == "digits":
        return _PACKAGE
    places = [place for root in folders(folder) for place in (root / name, root)]
    return next((place for place in places if _present(place, row) and not _belongs_elsewhere(place, name)), None)


def available(name: str, folder: Path | None = None) -> bool:
    """Whether the files of a dataset are there; `load` is what looks inside. Raises DataError for a name not known."""
    return find(name, folder) is not None


def load(name: str, folder: Path | None = None) -> Images:
    """A dataset, every file checked to its last byte. A second call for the same files returns the same object.

    Raises DataError: for files that are not there it says which files are expected where.
    """
    place = find(name, folder)
    if place is None:
        raise DataError(_missing(name, folder))
    files = tuple(path for file in dataset(name).files if (path := _file(place, file)))
    try:
        stamps = tuple((stat.st_mtime_ns, stat.st_size) for stat in (path.stat() for path in files))
    except OSError as error:
        raise DataError(f"'{place}' can't be read: {error.strerror or error}.") from None
    return _load(name, files, stamps)


def read_own(file: Path | BinaryIO) -> Images:
    """The images of a user's .npz file, split into train and test; see `npz.read` for what is accepted.

    One image in seven is held out, drawn with a fixed seed; each class keeps its first image in the train split.
    A class is named by its label. Raises DataError.
    """
    return _split(*npz.read(file))


def register_own(file: Path | BinaryIO, folder: Path | None = None) -> Images:
    """Checks a user's .npz file and keeps a copy where `load("own_images", folder)` finds it; returns its images.

    That is the subfolder own_images of the first of `folders`. A copy from before stays where anything fails.
    Raises DataError.
    """
    images, labels = npz.read(file)
    result = _split(images, labels)
    target = folders(folder)[0] / "own_images" / dataset("own_images").files[0]
    arrays = {"images": images} if labels is None else {"images": images, "labels": labels}
    partial = target.with_name(f".{target.name}-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as written:
                np.savez_compressed(written, allow_pickle=False, **arrays)
                os.fsync(written.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"The images can't be stored in '{target.parent}': {error.strerror or error}.") from None
    return result


@lru_cache(maxsize=3)
def _load(name: str, files: tuple[Path, ...], stamps: tuple[tuple[int, int], ...]) -> Images:
    """stamps: when each file was written and its size, so that a file that has changed is read anew."""
    classes = IMAGE_DATASETS[name].classes
    if name == "own_images":
        return _split(*npz.read(files[0]))
    if name == "digits":
        images, labels = npz.read(files[0])
        assert labels is not None
        names = labels.astype(np.uint8)
        train = images[:_DIGITS_TRAIN], names[:_DIGITS_TRAIN]
        return Images.of(name, train, (images[_DIGITS_TRAIN:], names[_DIGITS_TRAIN:]), classes)
    train, test = idx.read_pair(files[0], files[1]), idx.read_pair(files[2], files[3])
    if train[0].shape[1:] != test[0].shape[1:]:
        raise DataError(f"The images of '{files[0]}' and of '{files[2]}' have different sizes.")
    for path, highest in ((files[1], train[1].max()), (files[3], test[1].max())):
        if highest >= len(classes):
            raise DataError(f"'{path}' has the label {highest}; the labels of {name} are 0 to {len(classes) - 1}.")
    return Images.of(name, train, test, classes)


def _split(images: Bytes, labels: npz.Labels | None) -> Images:
    """One's own images: a fixed draw of a seventh is the test split."""
    order = np.random.default_rng(0).permutation(len(images))
    names: Bytes | None = None
    classes: tuple[str, ...] = ()
    if labels is not None:
        values, first, positions = np.unique(labels, return_index=True, return_inverse=True)
        names = positions.astype(np.uint8)
        classes = tuple(str(value) for value in values)
        order = np.concatenate([order[~np.isin(order, first)], first])  # the first of each class is held out last
    held_out = np.zeros(len(images), bool)
    held_out[order[: max(1, len(images) // _OWN_TEST_SHARE)]] = True
    train, test = ((images[part], None if names is None else names[part]) for part in (~held_out, held_out))
    return Images.of("own_images", train, test, classes)


def _file(place: Path, name: str) -> Path | None:
    """A file of the table in a folder: as it is named, or unzipped."""
    for path in (place / name, place / name.removesuffix(".gz")):
        try:
            if path.is_file():
                return path
        except OSError:  # a folder that may not be entered, a name that is too long: nothing can be found there
            continue
    return None


def _present(place: Path, row: ImageDataset) -> bool:
    return all(_file(place, file) for file in row.files)


def _belongs_elsewhere(place: Path, name: str) -> bool:
    """Whether the files in a folder are known to be another dataset's: by the sum of the test labels, 5 to 10 kB.

    Where the sum is nobody's, by the folder's own name.
    """
    rivals = {other: row for other, row in IMAGE_DATASETS.items() if row.downloads}
    if name not in rivals:
        return False
    owners = {row.downloads[-1].sha256: other for other, row in rivals.items()} | {_MNIST_LABELS_UNZIPPED: "mnist"}
    path = _file(place, rivals[name].files[-1])
    try:
        known = path and path.stat().st_size < _LABEL_BYTES and hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # `load` will say so
        known = None
    owner = owners.get(known) if known else None
    return (owner or (place.name if place.name in rivals else name)) != name


def _missing(name: str, folder: Path | None) -> str:
    """What to do about a dataset that is not there."""
    row, place = dataset(name), folders(folder)[0]
    if not row.mirrors:
        return f"There are no images of your own yet: upload an .npz file, or put it there as '{place / row.files[0]}'."
    absent = [file for file in row.files if not _file(place / name, file) and not _file(place, file)]
    if not absent:
        return (
            f"The files in '{place}' belong to another dataset: put those of {row.label}, {listed(row.files)}, "
            f"gzipped or not, into '{place / name}', or have them downloaded."
        )
    found = f" ({', '.join(absent)} still missing there)" if len(absent) < len(row.files) else ""
    return (
        f"{row.label} is not on this computer yet: put {listed(row.files)}, gzipped or not, "
        f"into '{place}'{found}, or have them downloaded."
    )
