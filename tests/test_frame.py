"""The frame's bytes: what goes in comes out, aligned for typed arrays, and nothing else is taken for a frame."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from playground.frame import Frame, decode, encode

plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.dictionaries(texts.filter(lambda name: name != "arrays"), plain | texts, max_size=5)
floats = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5),
    elements=st.floats(width=32, allow_nan=True, allow_infinity=True),
)
frames = st.builds(Frame, values, st.dictionaries(texts, floats, max_size=3))

GOOD = Frame({"step": 7}, {"fake": np.arange(6, dtype=np.float32).reshape(3, 2), "d": np.zeros(4, np.float32)})

FOR_THE_BROWSER = Path(__file__).parent / "js" / "frame.bin"
"""What the browser's own test reads (tests/js/frame.test.js)."""


def by_hand(header: Any, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + body


@given(frames)
@settings(deadline=None)
def test_a_frame_survives_its_bytes(frame: Frame) -> None:
    back = decode(encode(frame))
    assert back.values == frame.values
    assert list(back.arrays) == list(frame.arrays)
    for name, array in frame.arrays.items():
        assert back.arrays[name].dtype == np.float32
        np.testing.assert_array_equal(back.arrays[name], array)
        assert back.arrays[name].shape == array.shape


@given(frames)
@settings(deadline=None)
def test_every_array_starts_at_a_multiple_of_four_bytes(frame: Frame) -> None:
    data = encode(frame)
    (length,) = struct.unpack_from("<I", data)
    assert (4 + length) % 4 == 0
    assert len(data) == 4 + length + 4 * sum(array.size for array in frame.arrays.values())


def test_the_layout_is_the_documented_one() -> None:
    """Read as a browser reads it: a length, JSON, then float32 in the header's order."""
    data = encode(GOOD)
    (length,) = struct.unpack("<I", data[:4])
    header = json.loads(data[4 : 4 + length])
    assert header["step"] == 7
    assert header["arrays"] == [
        {"name": "fake", "shape": [3, 2], "dtype": "float32"},
        {"name": "d", "shape": [4], "dtype": "float32"},
    ]
    assert struct.unpack("<10f", data[4 + length :]) == (0, 1, 2, 3, 4, 5, 0, 0, 0, 0)


def test_the_browsers_test_reads_what_is_encoded_today() -> None:
    """Where the layout is changed, the file is written anew with these bytes, and decodeFrame follows."""
    frame = Frame(
        {"version": 3, "step": 1200, "lane": 1, "log_odds": True, "manifold": "σ = ½"},
        {
            "images": np.array([[[0, 1, 127, 254, 255]]], dtype=np.uint8),
            "fake": np.array([[1.5, -2], [0.25, 3e10]], dtype=np.float32),
            "discriminator": np.array([np.nan, -np.inf], dtype=np.float32),
        },
    )
    assert FOR_THE_BROWSER.read_bytes() == encode(frame)


def test_other_number_types_and_strides_are_written_as_plain_float32() -> None:
    array = np.arange(12, dtype=np.float64).reshape(3, 4)[:, ::2]
    np.testing.assert_array_equal(decode(encode(Frame({}, {"x": array}))).arrays["x"], array)


def test_a_number_that_json_has_not_is_refused_instead_of_sent() -> None:
    with pytest.raises(ValueError):
        encode(Frame({"sigma": float("nan")}))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_frame_raise_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode(data)


@given(st.integers(0, len(encode(GOOD)) - 1))
def test_a_frame_cut_short_raises_value_error(length: int) -> None:
    with pytest.raises(ValueError):
        decode(encode(GOOD)[:length])


def test_a_frame_with_bytes_too_many_raises_value_error() -> None:
    with pytest.raises(ValueError, match="was expected"):
        decode(encode(GOOD) + b"\0")


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        5,
        "text",
        {},
        {"arrays": 5},
        {"arrays": [5]},
        {"arrays": [{}]},
        {"arrays": [{"name": "x", "shape": "1"}]},
        {"arrays": [{"name": "x", "shape": [0.5]}]},
        {"arrays": [{"name": "x", "shape": [-1]}]},
        {"arrays": [{"name": "x", "shape": [-1, -1]}]},
        {"arrays": [{"name": "x", "shape": [10**30]}]},
        {"arrays": [{"name": "x", "shape": [2**40, 2**40]}]},
        {"arrays": [{"name": ["x"], "shape": [1]}]},
    ],
    ids=lambda header: repr(header)[:40],
)
def test_a_broken_header_raises_value_error(header: Any) -> None:
    with pytest.raises(ValueError):
        decode(by_hand(header, struct.pack("<f", 1.0)))
