"""Anybody's samples file: what is read, and the sentence for everything else."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.cli import main
from playground.files import BadInput, read_images, read_samples


def npy(array: np.ndarray, pickled: bool = False) -> bytes:
    """The bytes that numpy.save writes."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=pickled)
    return file.getvalue()


def npz(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, array)
    return file.getvalue()


def claiming(shape: str) -> bytes:
    """The header of a float64 file of that shape, and a little of its data."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64)


POINTS = np.arange(20.0).reshape(10, 2)
HOLED = np.where(POINTS == 7, np.nan, POINTS)

REFUSED = {
    "no rows": (npy(np.zeros((0, 2))), "shape (n, 2) with n from 1 to 10,000,000"),
    "three columns": (npy(np.zeros((5, 3))), "(5, 3)"),
    "flat": (npy(np.zeros(4)), "(4,)"),
    "no dimensions": (npy(np.array(1.0)), "()"),
    "several seeds": (npy(np.zeros((2, 5, 2))), "(2, 5, 2)"),
    "NaN": (npy(HOLED), "1 of the 10 rows of"),
    "infinity": (npy(np.array([[0, 1], [np.inf, 0]])), "the first is row 1"),
    "beyond float64": (npy(np.array([["1e400", "0"]]).astype(np.longdouble)), "--samples must hold"),
    "pickled": (npy(np.array([[{}, None]], dtype=object), pickled=True), "plain numbers"),
    "bare pickle": (b"\x80\x04N.", "plain numbers"),
    "text": (npy(np.array([["a", "b"]])), "real numbers"),
    "complex": (npy(POINTS + 1j), "real numbers"),
    "bool": (npy(POINTS > 3), "real numbers"),
    "records": (npy(np.zeros(3, dtype=[("x", "f4"), ("y", "f4")])), "real numbers"),
    "empty file": (b"", "whole .npy file"),
    "csv": (b"1.0,2.0\n3.0,4.0\n", "whole .npy file"),
    "npz": (npz(POINTS), "whole .npy file"),
    "cut off": (npy(POINTS)[:-8], "whole .npy file"),
    "claims too much": (claiming("(1000000000000, 2)"), "whole .npy file"),
    "claims too much for 64 bits": (claiming("(4611686018427387905, 2)"), "whole .npy file"),
    "claims less than nothing": (claiming("(-1, 2)"), "whole .npy file"),
    "broken header": (claiming("((((("), "whole .npy file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sample_is_refused_in_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, reason = REFUSED[name]
    file = tmp_path / "points.npy"
    file.write_bytes(content)
    assert main(["evaluate", "--dataset", "ring8", "--samples", str(file), "--json"]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert line.startswith("Error: --samples must ") and reason in line and printed.out == ""


def test_a_file_that_is_too_long_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A sparse file: 10,000,001 rows that take no place on the disk."""
    file = tmp_path / "points.npy"
    file.write_bytes(claiming("(10000001, 2)")[:128])
    os.truncate(file, 128 + 16 * 10_000_001)
    with pytest.raises(BadInput, match=re.escape("has (10000001, 2)")):
        read_samples(file, 2)


def _nothing(file: Path) -> None: ...


@pytest.mark.parametrize("prepare", [_nothing, Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(tmp_path: Path, prepare: Callable[[Path], None]) -> None:
    prepare(tmp_path / "points.npy")
    with pytest.raises(BadInput, match="there is no file"):
        read_samples(tmp_path / "points.npy", 2)


def test_samples_are_copied_as_they_are(tmp_path: Path) -> None:
    np.save(tmp_path / "points.npy", np.asfortranarray(POINTS.astype(np.float32)))
    points = read_samples(tmp_path / "points.npy", 2)
    assert points.dtype == np.float64 and points.flags.owndata
    np.testing.assert_array_equal(points, POINTS)


@given(st.lists(st.tuples(st.integers(0, 139), st.integers(0, 255)), max_size=4), st.integers(0, 300))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]], end: int
) -> None:
    content = bytearray(npy(POINTS))
    for place, byte in edits:
        content[place] = byte
    file = tmp_path_factory.getbasetemp() / "edited.npy"
    file.write_bytes(content[:end])
    try:
        points = read_samples(file, 2)
    except BadInput as refusal:
        assert "--samples must " in str(refusal)
    else:
        assert points.ndim == 2 and points.shape[1] == 2 and np.isfinite(points).all()


# Images

IMAGES = np.arange(5 * 8 * 12, dtype=np.uint8).reshape(5, 8, 12)
FLOATS = IMAGES / 255
HOLED_IMAGES = np.where(np.arange(5)[:, None, None] == 3, np.nan, FLOATS)

REFUSED_IMAGES = {
    "another size": (npy(np.zeros((5, 12, 8), np.uint8)), "shape (n, 8, 12) or (n, 96) with n from 1 to 100,000"),
    "flat, another size": (npy(np.zeros((5, 64), np.uint8)), "has (5, 64)"),
    "one image": (npy(IMAGES[0]), "has (8, 12)"),
    "none": (npy(IMAGES[:0]), "has (0, 8, 12)"),
    "a number": (npy(np.array(1.0)), "has ()"),
    "several seeds": (npy(IMAGES[None]), "has (1, 5, 8, 12)"),
    "colours": (npy(IMAGES[..., None]), "has (5, 8, 12, 1)"),
    "whole numbers": (npy(IMAGES.astype(int)), "uint8, or floats from 0 to 1; "),
    "signed bytes": (npy(IMAGES.astype(np.int8)), "holds int8"),
    "bool": (npy(IMAGES > 3), "holds bool"),
    "from 0 to 255": (npy(IMAGES.astype(float)), "go from 0 to 255"),
    "from -1 to 1": (npy(2 * FLOATS - 1), "go from -1 to 1"),
    "a little too bright": (npy(FLOATS + 0.01), "go from 0.01 to 1.01"),
    "NaN": (npy(HOLED_IMAGES), "1 of the 5 images in"),
    "infinity": (npy(np.where(FLOATS == 1, np.inf, FLOATS)), "NaN or infinity, the first is image 2"),
    "pickled": (npy(np.array([[{}, None]], dtype=object), pickled=True), "plain numbers"),
    "npz": (npz(IMAGES), "whole .npy file"),
    "claims too much": (claiming("(1000000000000, 8, 12)"), "whole .npy file"),
}


@pytest.mark.parametrize("name", REFUSED_IMAGES)
def test_what_is_no_image_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    content, reason = REFUSED_IMAGES[name]
    file = tmp_path / "images.npy"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=re.escape(reason)) as refusal:
        read_images(file, (8, 12))
    sentence = str(refusal.value)
    assert sentence.startswith("--samples must ") and "\n" not in sentence


def test_too_many_images_are_refused_before_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "images.npy"
    file.write_bytes(claiming("(100001, 96)")[:128])
    os.truncate(file, 128 + 8 * 96 * 100_001)
    with pytest.raises(BadInput, match=re.escape("has (100001, 96)")):
        read_images(file, (8, 12))


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("kind", ["u1", "f4", "f8", ">f8", "longdouble"])
def test_images_are_read_in_every_form(tmp_path: Path, kind: str, flat: bool) -> None:
    stored = IMAGES if kind == "u1" else FLOATS.astype(kind)
    np.save(tmp_path / "images.npy", np.asfortranarray(stored.reshape(5, 96) if flat else stored))
    images = read_images(tmp_path / "images.npy", (8, 12))
    assert images.shape == (5, 8, 12) and images.dtype == (np.uint8 if kind == "u1" else np.float32)
    np.testing.assert_allclose(images if kind == "u1" else images * 255, IMAGES, atol=1e-4)


@given(st.lists(st.tuples(st.integers(0, 139), st.integers(0, 255)), max_size=4), st.integers(0, 700))
def test_any_bytes_are_read_as_images_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]], end: int
) -> None:
    content = bytearray(npy(IMAGES))
    for place, byte in edits:
        content[place] = byte
    file = tmp_path_factory.getbasetemp() / "edited.npy"
    file.write_bytes(content[:end])
    try:
        images = read_images(file, (8, 12))
    except BadInput as refusal:
        assert "--samples must " in str(refusal)
    else:
        assert images.shape[1:] == (8, 12) and 0 <= images.min() <= images.max()
