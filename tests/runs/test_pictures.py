"""Pictures on disk: half the size, no visible difference, bytes exactly as they were."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.frame import Frame, decode, encode
from playground.runs import compression
from playground.runs.compression import compress, expand
from playground.runs.pictures import pack, unpack
from playground.runs.record import StoreError
from tests.runs.making import frame


def through(array: np.ndarray) -> np.ndarray:
    return decode(unpack(pack(encode(Frame({"step": 3}, {"x": array}))))).arrays["x"]


def test_points_and_logits_come_back_as_float32_with_an_error_nobody_sees() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(1000, 2)).astype(np.float32)
    back = through(points)
    assert back.dtype == np.float32
    assert 0 < np.abs(back - points).max() < 2e-3
    assert len(pack(encode(Frame({}, {"fake": points})))) < 0.55 * points.nbytes


def test_images_and_values_stay_exactly_as_they_are() -> None:
    before, after = decode(frame(7)), decode(unpack(pack(frame(7))))
    assert after.values == before.values
    assert list(after.arrays) == list(before.arrays)
    assert after.arrays["images"].dtype == np.uint8
    np.testing.assert_array_equal(after.arrays["images"], before.arrays["images"])
    assert unpack(pack(unpack(pack(frame(7))))) == unpack(pack(frame(7)))


@pytest.mark.parametrize("values", [[1e-9, 3e-9, 2e-9], [60_000.0, 1e9, -1e30], [1000.0, 1000.001, 1000.002]])
def test_what_a_float16_would_spoil_stays_float32(values: list[float]) -> None:
    array = np.array(values, np.float32)
    assert through(array).tobytes() == array.tobytes()


def test_what_is_not_finite_stays_so() -> None:
    array = np.array([np.nan, np.inf, -np.inf, 1.0, 2.0], np.float32)
    np.testing.assert_array_equal(through(array), array)
    np.testing.assert_array_equal(through(np.full(3, np.nan, np.float32)), np.full(3, np.nan))
    assert through(np.empty((0, 2), np.float32)).shape == (0, 2)


PACKED = pack(frame(1))


@settings(max_examples=100)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.integers(0, len(PACKED) - 1).map(lambda n: PACKED[:n]),
        st.binary(max_size=60).map(compress),
        st.integers(0, 200).map(lambda n: compress(expand(PACKED)[:n])),
    )
)
def test_damage_is_one_sentence(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"^A recorded picture is damaged: .*\.$"):
        unpack(data)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MAX_BYTES", 1000)
    with pytest.raises(StoreError, match="too large"):
        unpack(compress(bytes(100_000)))
