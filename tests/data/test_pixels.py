"""Bytes and the numbers from −1 to 1 that networks see, there and back."""

import numpy as np

from playground.data.pixels import HALF, as_bytes


def test_every_byte_comes_back() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    shown = as_bytes(every.astype(np.float32) / HALF - 1)
    assert shown.dtype == np.uint8
    np.testing.assert_array_equal(shown, every)


def test_what_lies_outside_is_clipped_and_what_is_no_number_is_black() -> None:
    np.testing.assert_array_equal(as_bytes(np.array([-1.5, -1.0, 0.0, 1.0, 7.0, np.nan])), [0, 0, 128, 255, 255, 0])
