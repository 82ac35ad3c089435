"""The IDX reader: what it accepts, and the sentence for everything that it does not."""

import gzip
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from playground.data.errors import DataError
from playground.data.idx import read_images, read_labels, read_pair
from tests.data.serving import idx

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 12, 8), dtype=np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], np.uint8)


def header(*numbers: int) -> bytes:
    return np.array(numbers, ">u4").tobytes()


@pytest.fixture(params=["plain", "gzip"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with images and labels, all plain or all gzipped. The reader looks at the bytes, not at the name."""
    for name, array in (("images", IMAGES), ("labels", LABELS)):
        content = idx(array)
        (tmp_path / name).write_bytes(gzip.compress(content) if request.param == "gzip" else content)
    return tmp_path


def test_reads_what_was_written(written: Path) -> None:
    images, labels = read_pair(written / "images", written / "labels")
    assert str(images.dtype) == str(labels.dtype) == "uint8"
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)


def test_reads_the_bytes_that_the_format_prescribes(tmp_path: Path) -> None:
    """Two images of 4 x 4, written out by hand."""
    content = b"\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x04" + bytes(range(32))
    (tmp_path / "images").write_bytes(content)
    images = read_images(tmp_path / "images")
    assert images.shape == (2, 4, 4)
    assert images[1, 0].tolist() == [16, 17, 18, 19]


def test_a_file_of_the_other_kind(written: Path) -> None:
    with pytest.raises(DataError, match=r"images' is no IDX file of labels: it begins with 2051, not with 2049\."):
        read_labels(written / "images")
    with pytest.raises(DataError, match=r"labels' is no IDX file of images: it begins with 2049, not with 2051\."):
        read_images(written / "labels")


def test_counts_that_differ(tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(idx(IMAGES))
    (tmp_path / "labels").write_bytes(idx(LABELS[:4]))
    with pytest.raises(DataError, match="5 images and .*labels' 4 labels: the two files don't belong together"):
        read_pair(tmp_path / "images", tmp_path / "labels")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no IDX file of images: it begins with 0, not with 2051"),
        (b"\x00\x00\x08", "is no IDX file of images"),
        (b"<html>Please log in.</html>", "is no IDX file of images"),
        (header(2051, 5, 12), "breaks off within its header"),
        (idx(IMAGES)[:-1], "breaks off: its header promises 480 bytes, 479 are there"),
        (idx(IMAGES) + b"\0", "goes on after the 480 bytes that its header promises"),
        (header(2051, 0, 28, 28), "holds 0 images; from 2 to 200,000 can be used"),
        (header(2051, 1, 4, 4) + bytes(16), "holds 1 images"),
        (header(2051, 200_001, 28, 28), "holds 200,001 images"),
        (header(2051, 4_294_967_295, 28, 28), "holds 4,294,967,295 images"),
        (header(2051, 2, 27, 28), "holds images of 27 × 28 pixels; height and width must be multiples of 4 up to 32"),
        (header(2051, 2, 28, 36), "holds images of 28 × 36 pixels"),
        (header(2051, 2, 0, 28), "holds images of 0 × 28 pixels"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_what_a_header_can_get_wrong(tmp_path: Path, content: bytes, sentence: str, zipped: bool) -> None:
    path = tmp_path / "images"
    path.write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(DataError, match=re.escape(f"'{path}' {sentence}")):
        read_images(path)


@pytest.mark.parametrize("kept", [3, 12, 100, -9, -4, -1])
def test_a_gzip_file_that_breaks_off(tmp_path: Path, kept: int) -> None:
    (tmp_path / "images").write_bytes(gzip.compress(idx(IMAGES))[:kept])
    with pytest.raises(DataError, match="damaged gzip file: it breaks off, or its checksum is wrong"):
        read_images(tmp_path / "images")


def test_every_flipped_bit_of_a_gzip_file_is_noticed_or_harmless(tmp_path: Path) -> None:
    """Harmless are bits of gzip's own header, such as its time. No other error, and never other pixels."""
    whole = gzip.compress(idx(IMAGES), mtime=0)
    refused = 0
    for position in range(len(whole)):
        broken = bytearray(whole)
        broken[position] ^= 1 << position % 8
        (tmp_path / "images").write_bytes(broken)
        try:
            np.testing.assert_array_equal(read_images(tmp_path / "images"), IMAGES)
        except DataError:
            refused += 1
    assert refused >= len(whole) - 10  # gzip's header has 10 bytes


def test_a_gzip_bomb_takes_no_memory(tmp_path: Path) -> None:
    """64 MB of zeros behind a header that promises 32 bytes."""
    (tmp_path / "images").write_bytes(gzip.compress(header(2051, 2, 4, 4) + bytes(2**26), 1))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="goes on after the 32 bytes"):
            read_images(tmp_path / "images")
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="can't be read: No such file"):
        read_images(tmp_path / "images")
    with pytest.raises(DataError, match="can't be read: Is a directory"):
        read_images(tmp_path)
