"""Image datasets: from files into memory. NumPy only; `download.py` fetches the files."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

import numpy as np
import platformdirs

from playground.data import idx, npz, own_images
from playground.data.errors import DataError
from playground.data.image_splits import Images
from playground.data.image_table import IMAGE_DATASETS, DataFile, ImageDataset, dataset, listed, source_of
from playground.data.stacked import stacked

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
    "own_images_id",
    "source_of",
]

FOLDER_VARIABLE = "GAN_PLAYGROUND_DATA"

_PACKAGE = Path(__file__).parent
_MNIST_LABELS_UNZIPPED = "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
_LABEL_BYTES = 20_000  # more than the test labels of any dataset in the table
_DIGITS_TRAIN = 1500  # the other 297 are the test split


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
    name = source_of(name)
    row = dataset(name)
    if name == "digits":
        return _PACKAGE
    places = [place for root in folders(folder) for place in (root / name, root)]
    return next((place for place in places if _present(place, row) and not _belongs_elsewhere(place, name)), None)


def available(name: str, folder: Path | None = None, own: str = "") -> bool:
    """Whether the files of a dataset are there; `load` is what looks inside. Raises DataError for a name not known.

    own: the id of one's own images, where it is these.
    """
    if name == own_images.OWN_IMAGES and own:
        return own_images.available(own)
    return find(name, folder) is not None


def load(name: str, folder: Path | None = None, own: str = "") -> Images:
    """A dataset, every file checked to its last byte. A second call for the same files returns the same object.

    own: the id of one's own images, where it is these; without it, as in runs from before there were ids, they are
    those of the file that somebody has put into one of the folders. Raises DataError: for files that are not there it
    says which files are expected where.
    """
    if name == own_images.OWN_IMAGES and own:
        return own_images.load(own)
    row = dataset(name)
    if row.single:
        return stacked(name, load(row.single, folder), row.classes)
    place = find(name, folder)
    if place is None:
        raise DataError(_missing(name, folder))
    files = tuple(path for file in row.files if (path := _file(place, file)))
    try:
        stamps = tuple((stat.st_mtime_ns, stat.st_size) for stat in (path.stat() for path in files))
    except OSError as error:
        raise DataError(f"'{place}' can't be read: {error.strerror or error}.") from None
    return _load(name, files, stamps)


def own_images_id(folder: Path | None = None) -> str:
    """The id of the images in the file that somebody has put into one of the folders, "" where there is none.

    From now on they are found by it, whatever happens to the file. Raises DataError where they can't be used or kept.
    """
    place = find(own_images.OWN_IMAGES, folder)
    return own_images.register(place / dataset(own_images.OWN_IMAGES).files[0]) if place else ""


@lru_cache(maxsize=3)
def _load(name: str, files: tuple[Path, ...], stamps: tuple[tuple[int, int], ...]) -> Images:
    """stamps: when each file was written and its size, so that a file that has changed is read anew."""
    classes = IMAGE_DATASETS[name].classes
    if name == own_images.OWN_IMAGES:
        return own_images.read(files[0])
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

    Where the sum is not a known one, by the folder's own name.
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
