"""Rows through packed chunks: exactly the same rows, as arrays, and nothing that breaks on damage."""

import math
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.frame import Row
from playground.runs.compression import compress
from playground.runs.record import StoreError
from playground.runs.rows import MAX_BYTES, Chunk, chunk_of, groups_of_rows, joined, layout_of, pack, unpack
from tests.runs.making import row

numbers = st.floats(width=64) | st.just(math.nan)


def through(rows: list[Row]) -> Chunk:
    return unpack(pack(chunk_of(rows)))


@st.composite
def some_rows(draw: st.DrawFn) -> list[Row]:
    names, seeds = draw(st.lists(st.text(max_size=5), unique=True, max_size=4)), draw(st.integers(1, 3))
    modes = draw(st.none() | st.integers(1, 3))
    lanes = st.tuples(*[numbers] * seeds)
    return [
        Row(
            step,
            {name: draw(lanes) for name in names},
            None if modes is None else tuple(draw(st.tuples(*[numbers] * modes)) for _ in range(seeds)),
            d_updates=draw(st.integers(0, 1 << 62)),
            seconds=draw(st.floats(0, 1e9)),
        )
        for step in sorted(draw(st.sets(st.integers(0, 1 << 62), min_size=1, max_size=5)))
    ]


@settings(deadline=None)
@given(some_rows())
def test_rows_come_back_as_they_were(rows: list[Row]) -> None:
    assert repr(through(rows).rows()) == repr(rows)  # repr tells NaN, signs and types apart


def test_chunks_are_cut_and_put_together() -> None:
    rows = [row(step, seeds=2) for step in range(5)]
    chunk = through(rows)
    assert chunk.part(1, 3).rows() == rows[1:3]
    assert unpack(pack(chunk.part(0, 2).then(chunk.part(2, 5)))).rows() == rows
    bare = [Row(step, {"emd": (1.0,)}, None) for step in range(3)]
    assert unpack(pack(through(bare[:1]).then(through(bare[1:])))).rows() == bare


def test_columns_join_chunks_and_mark_what_is_missing() -> None:
    early = [Row(0, {"emd": (1.0, 2.0)}, None, 0, 0.0), Row(5, {"emd": (3.0, 4.0)}, None, 9, 0.5)]
    late = [Row(10, {"emd": (5.0, 6.0), "fid": (7.0, 8.0)}, ((0.1, 0.9), (0.2, 0.8)), 20, 1.5)]
    columns = joined([through(early), through(late)])
    assert columns.steps.tolist() == [0, 5, 10]
    assert columns.d_updates.tolist() == [0, 9, 20]
    assert columns.seconds.tolist() == [0, 0.5, 1.5]
    assert columns.values["emd"].tolist() == [[1, 3, 5], [2, 4, 6]]
    np.testing.assert_array_equal(columns.values["fid"], [[math.nan, math.nan, 7], [math.nan, math.nan, 8]])
    assert columns.histogram is not None
    assert columns.histogram.shape == (3, 2, 2)
    assert np.isnan(columns.histogram[:2]).all() and columns.histogram[2].tolist() == [[0.1, 0.9], [0.2, 0.8]]
    only = joined([through(early), through(late)], {"fid"})
    assert list(only.values) == ["fid"] and only.histogram is None and len(only) == 3


def test_no_rows_are_empty_columns() -> None:
    columns = joined([])
    assert len(columns) == 0 and columns.steps.dtype == np.int64 and columns.values == {}


def test_a_new_layout_begins_a_new_run_of_rows() -> None:
    groups = groups_of_rows([row(0), row(1), row(2, fid=1.0), row(3)])
    assert [[one.step for one in group] for group in groups] == [[0, 1], [2], [3]]


def test_rows_whose_measures_have_different_seeds_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="step 3"):
        layout_of(Row(3, {"a": (1.0,), "b": (1.0, 2.0)}, None))


def test_chunks_of_different_seeds_do_not_join() -> None:
    with pytest.raises(StoreError, match="damaged"):
        joined([through([row(0, seeds=1)]), through([row(1, seeds=2)])])


CHUNK = pack(chunk_of([row(step, seeds=2) for step in range(3)]))


@settings(deadline=None, max_examples=200)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.integers(0, len(CHUNK) - 1).map(lambda n: CHUNK[:n]),
        st.binary(min_size=1, max_size=9).map(lambda more: CHUNK + more),
        st.tuples(st.integers(0, 120), st.binary(min_size=1, max_size=4)).map(
            lambda at: CHUNK[: at[0]] + at[1] + CHUNK[at[0] + len(at[1]) :]
        ),
    )
)
def test_damaged_chunks_are_refused_in_a_sentence_or_are_whole(data: bytes) -> None:
    try:
        found: Any = unpack(data)
    except StoreError as error:
        assert str(error).startswith("Recorded metrics are damaged: ") and str(error).endswith(".")
    else:
        assert len(found.rows()) == len(found)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(StoreError, match="Recorded metrics are damaged: it is too large"):
        unpack(compress(bytes(MAX_BYTES + 1)))


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_a_bomb_within_arrows_own_compression_is_not_unpacked(codec: str) -> None:
    """A few bytes that Arrow would make 80 MB of."""
    batch, sink = pa.record_batch({"step": pa.array(np.zeros(10_000_000, np.int64))}), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as stream:
        stream.write_batch(batch)
    before = pa.total_allocated_bytes()
    with pytest.raises(StoreError, match="compressed once more"):
        unpack(compress(sink.getvalue()))
    assert pa.total_allocated_bytes() <= before


def test_the_largest_rows_that_settings_allow_fit_into_a_chunk() -> None:
    largest = row(0, seeds=32, **{f"measure {place}": 0.5 for place in range(100)})
    wide = Row(0, largest.values, ((0.001,) * 1000,) * 32)
    assert repr(through([wide]).rows()) == repr([wide])
