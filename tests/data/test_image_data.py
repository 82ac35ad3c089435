"""The image datasets: where they are looked for, what is in them, and a user's own images."""

import dataclasses
import gzip
import io
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.data import own_images
from playground.data.image_data import IMAGE_DATASETS, DataError, available, find, load, own_images_id
from tests.data.serving import NO_REAL_MNIST, ROOT, idx, real_mnist, small_mnist, write

MNIST_FILES = IMAGE_DATASETS["mnist"].files


@pytest.fixture(autouse=True)
def no_other_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache is an empty folder, and no variable names another one."""
    cache = tmp_path / "cache"
    monkeypatch.delenv("GAN_PLAYGROUND_DATA", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: cache / name)
    return cache / "gan-playground"


def npz(**arrays: Any) -> io.BytesIO:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    file.seek(0)
    return file


def own(n: int = 70, height: int = 8, width: int = 12) -> np.ndarray:
    return np.random.default_rng(n).integers(0, 256, (n, height, width), dtype=np.uint8)


# The table


@pytest.mark.parametrize("name", IMAGE_DATASETS)
def test_every_row_is_whole(name: str) -> None:
    row = IMAGE_DATASETS[name]
    assert row.label and row.description and row.source
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in row.mirrors)
    assert bool(row.mirrors) == bool(row.downloads)
    if row.downloads:
        assert tuple(file.name for file in row.downloads) == row.files
        assert len({file.sha256 for file in row.downloads}) == 4
        assert all(len(bytes.fromhex(file.sha256)) == 32 and file.size > 4000 for file in row.downloads)
        assert len(row.classes) == len(set(row.classes)) == 10


def test_names_that_are_no_dataset() -> None:
    for call in (find, available, load):
        with pytest.raises(DataError, match="'cifar' is no image dataset; they are digits, mnist, fashion_mnist"):
            call("cifar")


# The embedded digits


def test_the_digits_are_those_of_scikit_learn() -> None:
    """Facts from scikit-learn's documentation and its `load_digits`: the first ten labels, and the first image."""
    digits = load("digits")
    assert digits.images.shape == (1500, 8, 8)
    assert digits.test_images.shape == (297, 8, 8)
    assert (digits.shape, digits.pixels) == ((8, 8), 64)
    assert digits.classes == tuple("0123456789")
    assert digits.labels is not None and digits.test_labels is not None
    assert digits.labels[:10].tolist() == list(range(10))
    counts = np.bincount(np.concatenate([digits.labels, digits.test_labels]))
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    first_rows = np.array([[0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0]])  # of 0..16
    np.testing.assert_array_equal(digits.images[0, :2], np.round(first_rows * 255 / 16))
    assert len(np.unique(digits.images)) == 17
    assert (digits.images.min(), digits.images.max()) == (0, 255)
    assert digits.digest == "d229927f11dbacb367c824211695cecc05a192a1000c0dd74cf8454fdee64141"


def test_the_digits_are_always_there() -> None:
    assert available("digits")
    assert available("digits", Path("/nowhere"))
    assert load("digits") is load("digits", Path("/nowhere"))


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load("digits").images[0] = 0


# IDX datasets: where they are found


@pytest.mark.parametrize("subfolder", ["", "mnist"])
@pytest.mark.parametrize("zipped", [True, False])
def test_files_are_found_gzipped_or_plain_in_a_folder_or_its_subfolder(
    tmp_path: Path, subfolder: str, zipped: bool
) -> None:
    files = small_mnist()
    if not zipped:
        files = {name.removesuffix(".gz"): gzip.decompress(content) for name, content in files.items()}
    place = write(tmp_path / "named" / subfolder, files)
    assert find("mnist", tmp_path / "named") == place
    found = load("mnist", tmp_path / "named")
    assert (found.images.shape, found.test_images.shape) == ((300, 28, 28), (60, 28, 28))
    assert found.labels is not None and found.labels[:12].tolist() == [*range(10), 0, 1]
    assert found.classes == tuple("0123456789")


def test_a_named_folder_comes_before_the_variable_and_that_before_the_cache(
    tmp_path: Path, no_other_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find("mnist") is None
    cached = write(no_other_folders / "mnist", small_mnist())
    assert find("mnist") == cached
    assert find("mnist", tmp_path / "empty") == cached
    monkeypatch.setenv("GAN_PLAYGROUND_DATA", str(tmp_path / "variable"))
    assert find("mnist") == cached
    by_variable = write(tmp_path / "variable", small_mnist())
    assert find("mnist") == by_variable
    named = write(tmp_path / "named", small_mnist())
    assert find("mnist", tmp_path / "named") == named


def test_mnist_is_not_taken_for_another_dataset_with_files_of_the_same_names(tmp_path: Path) -> None:
    """MNIST's folder stays named while the menu is at Fashion-MNIST. Known are the name of the folder and the sums."""
    place = write(tmp_path / "mnist", small_mnist())
    assert find("mnist", place) == place
    assert not available("fashion_mnist", place)
    with pytest.raises(
        DataError, match=r"belong to another dataset: put those of .* into '.*/mnist/fashion_mnist', or"
    ):
        load("fashion_mnist", place)
    assert available("kmnist", write(tmp_path / "kmnist", small_mnist()))
    assert available("kmnist", write(tmp_path / "any", small_mnist()))  # files of an unknown dataset may be this one's


@pytest.mark.parametrize("zipped", [True, False])
def test_the_real_mnist_is_known_by_its_sums(tmp_path: Path, zipped: bool) -> None:
    folder = real_mnist()
    if folder is None:
        pytest.skip(NO_REAL_MNIST)
    labels = (folder / MNIST_FILES[3]).read_bytes()
    files = dict.fromkeys(MNIST_FILES[:3], b"") | {MNIST_FILES[3]: labels}
    if not zipped:
        files = {name.removesuffix(".gz"): content for name, content in files.items()}
        files[MNIST_FILES[3].removesuffix(".gz")] = gzip.decompress(labels)
    place = write(tmp_path / "any", files)
    assert available("mnist", place)
    assert not available("fashion_mnist", place)
    assert not available("kmnist", place)
    assert available("mnist", place.rename(tmp_path / "kmnist"))  # the sum knows better than the folder's name


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    place = write(tmp_path / "data", small_mnist())
    assert find("mnist", Path("~/data")) == place


@pytest.mark.parametrize("folder", ["x" * 5000, "a\0b", "~nobody-of-that-name/x"])
def test_a_folder_that_can_not_be_is_a_folder_without_files(folder: str) -> None:
    assert find("mnist", Path(folder)) is None


def test_what_is_missing_is_said_with_all_four_names(tmp_path: Path, no_other_folders: Path) -> None:
    with pytest.raises(DataError) as none:
        load("mnist")
    assert str(none.value) == (
        "MNIST is not on this computer yet: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
        "t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz, gzipped or not, "
        f"into '{no_other_folders}', or have them downloaded."
    )
    write(tmp_path, {name: b"" for name in MNIST_FILES[:3]})
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte.gz still missing there"):
        load("mnist", tmp_path)


# IDX datasets: what is in them


def test_the_same_files_are_read_once_and_changed_files_again(tmp_path: Path) -> None:
    write(tmp_path, small_mnist())
    first = load("mnist", tmp_path)
    assert load("mnist", tmp_path) is first
    write(tmp_path, small_mnist(train=310))
    second = load("mnist", tmp_path)
    assert len(second.images) == 310
    assert second.digest != first.digest


def test_the_digest_depends_on_every_array(tmp_path: Path) -> None:
    digests = {load("mnist", write(tmp_path / "0", small_mnist())).digest}
    assert load("fashion_mnist", tmp_path / "0").digest in digests  # the same files by another name
    for position, name in enumerate(MNIST_FILES):
        files = small_mnist()
        content = bytearray(gzip.decompress(files[name]))
        content[-1] ^= 1
        files[name] = gzip.compress(bytes(content))
        digests.add(load("mnist", write(tmp_path / str(position + 1), files)).digest)
    assert len(digests) == 5


def test_splits_that_do_not_fit_together(tmp_path: Path) -> None:
    files = small_mnist()
    files |= {name: content for name, content in small_mnist(side=24).items() if name.startswith("t10k")}
    with pytest.raises(DataError, match="have different sizes"):
        load("mnist", write(tmp_path, files))


def test_labels_beyond_the_classes(tmp_path: Path) -> None:
    files = small_mnist() | {MNIST_FILES[3]: idx(np.full(60, 10, np.uint8))}
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte.gz' has the label 10; the labels of mnist are 0 to 9"):
        load("mnist", write(tmp_path, files))


def test_a_damaged_file_is_named_and_is_not_remembered(tmp_path: Path) -> None:
    files = small_mnist()
    write(tmp_path, files | {MNIST_FILES[0]: files[MNIST_FILES[0]][:-1000]})
    with pytest.raises(DataError, match="train-images-idx3-ubyte.gz' is a damaged gzip file"):
        load("mnist", tmp_path)
    write(tmp_path, files)
    assert len(load("mnist", tmp_path).images) == 300


def test_the_real_mnist() -> None:
    """Facts that are well known: counts, labels per class, the mean of the training pixels (0.1307)."""
    folder = real_mnist()
    if folder is None:
        pytest.skip(NO_REAL_MNIST)
    mnist = load("mnist", folder)
    assert mnist.images.shape == (60_000, 28, 28)
    assert mnist.test_images.shape == (10_000, 28, 28)
    assert mnist.labels is not None and mnist.test_labels is not None
    assert mnist.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(mnist.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(mnist.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist.images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert mnist.images.std() / 255 == pytest.approx(0.3081, abs=5e-5)


# A user's own images


def test_own_images_are_split_once_and_for_all() -> None:
    pixels, labels = own(), np.arange(70) % 5
    images = own_images.read(npz(images=pixels, labels=labels))
    assert images.name == "own_images"
    assert (images.images.shape, images.test_images.shape) == ((60, 8, 12), (10, 8, 12))
    assert (images.shape, images.pixels) == ((8, 12), 96)
    assert images.labels is not None and images.test_labels is not None
    assert images.classes == ("0", "1", "2", "3", "4")
    both = np.concatenate([images.images, images.test_images])
    assert sorted(map(bytes, both)) == sorted(map(bytes, pixels))  # each image is in exactly one split
    label_of = {bytes(image): label for image, label in zip(pixels, labels, strict=True)}
    assert [label_of[bytes(image)] for image in images.test_images] == images.test_labels.tolist()
    assert [label_of[bytes(image)] for image in images.images] == images.labels.tolist()
    assert own_images.read(npz(images=pixels, labels=labels)).digest == images.digest


def test_own_images_without_labels() -> None:
    images = own_images.read(npz(images=own(), other=np.array(["ignored"], dtype=object)))
    assert (images.labels, images.test_labels, images.classes) == (None, None, ())


def test_classes_are_named_by_their_labels() -> None:
    images = own_images.read(npz(images=own(8), labels=np.array([7, 7, 30, 30, 7, 30, 7, 30], ">u8")))
    assert images.classes == ("7", "30")
    assert images.labels is not None and set(images.labels.tolist()) == {0, 1}


@pytest.mark.parametrize("n", [2, 3, 9])
def test_every_class_stays_in_the_train_split_where_that_can_be(n: int) -> None:
    """n - 1 classes for n images: the one image that is held out is the second of the class that has two."""
    labels = np.array([*range(n - 1), 0])
    images = own_images.read(npz(images=own(n), labels=labels))
    assert images.labels is not None and images.test_labels is not None
    assert sorted(images.labels.tolist()) == list(range(n - 1))
    assert images.test_labels.tolist() == [0]


@pytest.mark.parametrize("shape", [(2, 4, 4), (10, 32, 32), (10, 4, 32)])
def test_the_smallest_and_the_largest_images(shape: tuple[int, int, int]) -> None:
    images = own_images.read(npz(images=own(*shape)))
    assert images.shape == shape[1:]
    assert len(images.images) + len(images.test_images) == shape[0]


def test_images_stored_column_by_column() -> None:
    pixels = own()
    by_rows, by_columns = own_images.read(npz(images=pixels)), own_images.read(npz(images=np.asfortranarray(pixels)))
    assert by_rows.digest == by_columns.digest


def stored(header: str, content: bytes = b"", name: str = "images.npy") -> io.BytesIO:
    """An .npz file whose array has a header made by hand."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        text = header.encode().ljust(118) + b"\n"
        archive.writestr(name, b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content)
    file.seek(0)
    return file


def huge_header(length: int) -> io.BytesIO:
    """Version 2.0 of the format, whose header says that it is so long."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", b"\x93NUMPY\x02\x00" + length.to_bytes(4, "little") + b" " * length)
    return file


def flipped(position: int) -> io.BytesIO:
    """An uncompressed file with one wrong bit: only its checksum can tell."""
    file = io.BytesIO()
    np.savez(file, images=own(200))
    content = bytearray(file.getvalue())
    content[position] ^= 1
    return io.BytesIO(content)


def repacked(compression: int) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("images.npy", zipfile.ZipFile(npz(images=own())).read("images.npy"))
    return file


U1 = "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }"
BAD_FILES: list[tuple[Callable[[], io.BytesIO], str]] = [
    (lambda: io.BytesIO(b""), "is damaged or no .npz file; expected is an .npz file"),
    (lambda: io.BytesIO(b"\x93NUMPY\x01\x00"), "is damaged or no .npz file"),
    (lambda: io.BytesIO(npz(images=own()).getvalue()[:-30]), "is damaged or no .npz file"),
    (npz, r"has no `images` \(it holds nothing\)"),
    (lambda: npz(x=own(), y=own()), r"has no `images` \(it holds x, y\); expected is"),
    (lambda: npz(images=np.array([{}], dtype=object)), "`images` in the file holds Python objects, which are never"),
    (lambda: npz(images=own(), labels=np.array(["a"] * 70, dtype=object)), "`labels` in the file holds Python objects"),
    (lambda: npz(images=own() / 255), "must be uint8 from 0 to 255, not float64"),
    (lambda: npz(images=own().astype(np.int64)), "must be uint8 from 0 to 255, not int64"),
    (lambda: npz(images=own()[0]), r"must have the shape \(n, h, w\), greyscale, not \(8, 12\)"),
    (lambda: npz(images=own()[..., None]), r"greyscale, not \(70, 8, 12, 1\)"),
    (lambda: npz(images=own(5, 10, 8)), "images of 10 × 8 pixels; height and width must be multiples of 4 up to 32"),
    (lambda: npz(images=own(5, 8, 36)), "images of 8 × 36 pixels"),
    (lambda: npz(images=own(0)), "holds 0 images; from 2 to 200,000 can be used"),
    (lambda: npz(images=own(1)), "holds 1 images"),
    (lambda: stored(U1 % "(200001, 8, 8)"), "holds 200,001 images"),
    (lambda: stored(U1 % "(1000000000, 1, 1)"), "holds 1,000,000,000 images"),
    (lambda: stored(U1 % "(2, 31624, 31624)"), "images of 31624 × 31624 pixels"),
    (lambda: stored(U1 % "(-2, 8, 8)"), "holds -2 images"),
    (lambda: stored(U1 % "(2, -8, 8)"), "images of -8 × 8 pixels"),
    (lambda: stored(U1 % "(2, 8, 8)", bytes(127)), "is not as long as its header says"),
    (lambda: stored(U1 % "(2, 8, 8)", bytes(129)), "is not as long as its header says"),
    (lambda: stored(U1 % "(100, 8, 8)", bytes(6401)), "is not as long as its header says"),
    (lambda: flipped(5000), "is damaged or no .npz file"),
    (lambda: stored(U1 % "(200000, 8, 8)", bytes(129)), "is not as long as its header says"),
    (lambda: stored("{'descr': "), "`images` in the file is not an array of plain numbers"),
    (lambda: stored("(" * 110), "`images` in the file is not an array of plain numbers"),
    (lambda: huge_header(2**24), "`images` in the file is not an array of plain numbers"),
    (lambda: repacked(zipfile.ZIP_LZMA), "is damaged or no .npz file"),
    (lambda: npz(images=own(), labels=np.zeros(69, int)), r"must have the shape \(70,\), one per image, not \(69,\)"),
    (lambda: npz(images=own(), labels=np.zeros((70, 10), int)), r"one per image, not \(70, 10\)"),
    (lambda: npz(images=own(), labels=np.zeros(70)), "`labels` in the file must be whole numbers, not float64"),
    (lambda: npz(images=own(), labels=np.full(70, -1)), "must be from 0 to 9,999, not from -1 to -1"),
    (lambda: npz(images=own(), labels=np.arange(70) + 9_931), "must be from 0 to 9,999, not from 9931 to 10000"),
    (lambda: npz(images=own(101), labels=np.arange(101)), "name 101 classes; at most 100 can be used"),
]


@pytest.mark.parametrize(("make", "sentence"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_own_images_that_can_not_be_used(make: Callable[[], io.BytesIO], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        own_images.read(make())


def test_a_hundred_classes_are_not_too_many() -> None:
    assert len(own_images.read(npz(images=own(100), labels=np.arange(100))).classes) == 100


def test_a_billion_pixels_are_refused_from_the_header(tmp_path: Path) -> None:
    """They are really there, 10^9 zeros in 1 MB, but not one of them is decompressed."""
    path = tmp_path / "bomb.npz"
    block = bytes(10**7)
    text = (U1 % "(1000000, 32, 32)").encode().ljust(117) + b"\n"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("images.npy", "w") as member,
    ):
        member.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)
        for _ in range(100):
            member.write(block)
    assert path.stat().st_size < 10**7
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"bomb.npz' holds 1,000,000 images"):
            own_images.read(path)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_every_flipped_bit_of_an_npz_file_is_refused_or_harmless() -> None:
    whole = npz(images=own(2, 4, 4), labels=np.array([0, 1], np.uint8)).getvalue()
    expected = own_images.read(io.BytesIO(whole)).digest
    refused = 0
    for position in range(len(whole)):
        for bit in (0, 3, 7):
            broken = bytearray(whole)
            broken[position] ^= 1 << bit
            try:
                images = own_images.read(io.BytesIO(broken))
                assert images.digest == expected or images.labels is None  # `labels` may have got another name
            except DataError:
                refused += 1
    assert refused > len(whole)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="x.npz' can't be read: No such file"):
        own_images.read(tmp_path / "x.npz")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(own_images.KEPT.variable, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_own_images_are_kept_by_their_content(kept: Path) -> None:
    """Another upload does not take their place."""
    labels = np.array([3, 9] * 35)
    mine = own_images.register(npz(images=own(), labels=labels))
    theirs = own_images.register(npz(images=own(20)))
    assert mine != theirs and sorted(path.name for path in kept.iterdir()) == sorted([f"{mine}.npz", f"{theirs}.npz"])
    assert (load("own_images", own=mine).classes, len(load("own_images", own=mine).images)) == (("3", "9"), 60)
    assert len(load("own_images", own=theirs).images) == 18
    assert load("own_images", own=mine) is load("own_images", own=mine)
    assert available("own_images", own=mine) and not available("own_images")


@pytest.mark.parametrize(
    "id, sentence",
    [("", "no images of your own yet: upload an .npz file"), ("0" * 24, "The images '0{24}' are not on this machine")],
)
def test_images_that_are_not_here_are_told_in_a_sentence(kept: Path, id: str, sentence: str) -> None:
    own_images.register(npz(images=own()))
    assert not available("own_images", own=id)
    with pytest.raises(DataError, match=sentence):
        own_images.load(id)
    with pytest.raises(DataError, match=sentence):
        load("own_images", own=id)


def test_the_name_of_images_stands_for_pixels_shape_and_labels(kept: Path) -> None:
    pixels, labels = own(), np.arange(70) % 2
    files = (
        npz(images=pixels),
        npz(images=pixels.reshape(70, 12, 8)),
        npz(images=255 - pixels),
        npz(images=pixels, labels=labels),
        npz(images=pixels, labels=labels + 1),  # other names of the same classes
    )
    assert len({own_images.register(file) for file in files}) == len(files)
    same = npz(images=pixels, labels=labels.astype(np.uint8), other=np.zeros(3))
    assert own_images.register(same) == own_images.register(files[3])


def test_kept_images_that_were_changed_are_not_used(kept: Path) -> None:
    name = own_images.register(npz(images=own(12)))
    (kept / f"{name}.npz").write_bytes(npz(images=own(13)).getvalue())
    with pytest.raises(DataError, match="was changed: its content does not fit its name"):
        own_images.load(name)


def test_the_images_used_longest_ago_are_forgotten(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(own_images.content(own_images.register(npz(images=own(40)))))
    unlimited = own_images.KEPT
    for limited in (
        dataclasses.replace(unlimited, max_files=2),
        dataclasses.replace(unlimited, max_bytes=int(2.5 * size)),
    ):
        for path in kept.iterdir():
            path.unlink()
        monkeypatch.setattr(own_images, "KEPT", limited)
        names = []
        for age, seed in ((300, 40), (200, 41), (100, 42)):
            names.append(own_images.register(npz(images=own(seed))))
            os.utime(kept / f"{names[-1]}.npz", (1e9 - age, 1e9 - age))
        assert [own_images.available(name) for name in names] == [False, True, True]


def test_a_bad_file_or_a_full_disk_leaves_what_is_there(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = own_images.register(npz(images=own()))
    with pytest.raises(DataError):
        own_images.register(npz(images=own() / 255))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(DataError, match=r"The images can't be stored in '.*kept': No space left on device\."):
        own_images.register(npz_of_stored())
    assert [path.name for path in kept.iterdir()] == [f"{mine}.npz"]


def test_a_file_from_before_ids_is_found_where_it_lay(kept: Path, tmp_path: Path, no_other_folders: Path) -> None:
    """As this playground stored the one upload of a server, and as a teacher may put one there by hand."""
    assert own_images_id(tmp_path) == ""
    with pytest.raises(DataError, match="no images of your own yet: upload an .npz file, or put it there as"):
        load("own_images", tmp_path)
    for folder in (tmp_path, no_other_folders):
        (folder / "own_images").mkdir(parents=True)
        (folder / "own_images" / "own_images.npz").write_bytes(npz(images=own()).getvalue())
    before = load("own_images", tmp_path)
    assert len(before.images) == 60 and find("own_images") == no_other_folders / "own_images"
    id = own_images_id(tmp_path)
    assert load("own_images", own=id).digest == before.digest
    (tmp_path / "own_images" / "own_images.npz").write_bytes(npz(images=own(30)).getvalue())
    assert len(load("own_images", tmp_path).images) == 26
    assert load("own_images", tmp_path, id).digest == before.digest


def npz_of_stored() -> io.BytesIO:
    """Good images, written without NumPy's help."""
    return stored(U1 % "(2, 8, 8)", bytes(128))


def test_reading_images_needs_neither_torch_nor_the_network() -> None:
    program = (
        "import sys\nfrom playground.data import download, image_data\nimage_data.load('digits')\n"
        "sys.exit(', '.join({'torch', 'pooch', 'requests', 'sklearn'} & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
