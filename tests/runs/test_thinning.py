"""Which steps stay as a run grows: bounded, evenly spread, round ones always, whoever asks and whenever."""

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runs.thinning import belongs, stride_for, thinned, thinned_by_size

steps = st.integers(0, 2_000_000)


def next_due(step: int, stride: int) -> int:
    """The first step beyond this one that is kept at the stride."""
    candidates = (step - step % each + each for each in (stride, max(1, 5 * stride // 2)))
    return min(step for step in candidates if belongs(step, stride))


def recorded(first: int, until: int, limit: int) -> list[int]:
    """What is left of a run whose every due step was recorded and thinned at once."""
    kept, step = [first], first
    while step < until:
        step = min(next_due(step, stride_for(first, step + 1, limit)), until)
        kept = thinned([*kept, step], limit)
    return kept


def test_strides_are_round_numbers_that_grow_with_the_run() -> None:
    assert [stride_for(0, newest) for newest in (0, 100, 199, 500, 1000, 10_000, 100_000)] == [
        1,
        1,
        1,
        5,
        10,
        100,
        1000,
    ]
    assert [step for step in range(21) if belongs(step, 2)] == [0, 2, 4, 5, 6, 8, 10, 12, 14, 15, 16, 18, 20]


@given(steps, st.integers(0, 2_000_000), st.integers(3, 200))
def test_a_stride_never_keeps_more_than_the_limit(first: int, length: int, limit: int) -> None:
    newest = first + length
    stride = stride_for(first, newest, limit)
    kept, step = {first, newest}, first
    while (step := next_due(step, stride)) < newest:
        assert belongs(step, stride)
        kept.add(step)
    assert len(kept) <= limit


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 500), st.integers(1, 3000))
def test_nothing_that_belongs_is_missing_however_often_the_stride_went_up(first: int, length: int) -> None:
    until, limit = first + length, 20
    stride = stride_for(first, until, limit)
    expected = {step for step in range(first, until + 1) if belongs(step, stride)} | {first, until}
    assert set(recorded(first, until, limit)) == expected


def test_a_long_run_keeps_0_5k_10k_and_the_newest() -> None:
    kept = thinned(range(0, 100_201, 200))
    assert len(kept) <= 200
    assert {0, 5_000, 10_000, 95_000, 100_000, 100_200} <= set(kept)
    assert kept == sorted(kept)
    grown: list[int] = []
    for step in range(0, 400_001, 1000):
        grown = thinned([*grown, step])
    assert {0, 5_000, 10_000, 15_000, 395_000, 400_000} <= set(grown) and len(grown) <= 200


def test_few_steps_stay_as_they_are_and_none_is_none() -> None:
    assert thinned([]) == []
    assert thinned([7]) == [7]
    assert thinned([30, 0, 30, 17]) == [0, 17, 30]


def test_checkpoints_are_bounded_in_bytes_too_and_the_newest_is_free() -> None:
    sizes = dict.fromkeys(range(101), 10)
    assert thinned_by_size(sizes, limit=40, max_bytes=10_000) == thinned(range(101), 40)
    kept = thinned_by_size(sizes, limit=40, max_bytes=100)
    assert kept[0] == 0 and kept[-1] == 100 and 4 <= len(kept) <= 11
    assert thinned_by_size({0: 500, 10: 500, 20: 500}, max_bytes=100) == [20]
    assert thinned_by_size({}) == []
