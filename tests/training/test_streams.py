"""Random numbers in advance: each lane's depend on its seed alone, and any moment can be returned to."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from playground.training.streams import MAX_ROWS, Draw, LaneStream, lane_generators, normals, uniforms

CPU = torch.device("cpu")
WIDE = 32
"""At this many numbers a row, a block is 2,048 rows: a few takes cross its end."""


def stream(seeds: list[int], purpose: str = "test", draw: Draw | None = None) -> LaneStream:
    return LaneStream(seeds, purpose, draw or normals(WIDE), CPU)


def taken(source: LaneStream, sizes: list[int]) -> Tensor:
    return torch.cat([source.take(n) for n in sizes], dim=1)


sizes = st.lists(st.integers(1, MAX_ROWS), min_size=1, max_size=6)


@given(sizes)
@settings(deadline=None, max_examples=25)
def test_a_lanes_numbers_do_not_depend_on_the_other_lanes(sizes: list[int]) -> None:
    together, alone = stream([3, 4, 5]), stream([4])
    assert torch.equal(taken(together, sizes)[1:2], taken(alone, sizes))


@given(sizes, sizes)
@settings(deadline=None, max_examples=25)
def test_a_stream_put_back_goes_on_exactly(before: list[int], after: list[int]) -> None:
    source, copy = stream([1, 2]), stream([1, 2])
    taken(source, before)
    state = source.state()
    wanted = taken(source, after)
    copy.load(state)
    assert torch.equal(taken(copy, after), wanted)
    source.load(state)
    assert torch.equal(taken(source, after), wanted)


def test_a_state_taken_before_the_first_number_starts_at_the_beginning() -> None:
    source, copy = stream([1]), stream([1])
    state = source.state()
    wanted = source.take(5)
    copy.take(3)
    copy.load(state)
    assert torch.equal(copy.take(5), wanted)


def test_no_number_is_handed_out_twice() -> None:
    source = stream([0])
    values = taken(source, [700] * 12).numpy().ravel()
    assert len(np.unique(values)) > 0.99 * len(values)  # float32 normals coincide now and then


def test_the_numbers_do_not_depend_on_the_size_of_the_takes_within_a_block() -> None:
    assert torch.equal(taken(stream([0]), [100, 200, 300]), taken(stream([0]), [600]))


def test_the_largest_batch_can_be_taken_at_any_width() -> None:
    assert stream([0], draw=normals(256)).take(MAX_ROWS).shape == (1, MAX_ROWS, 256)


def test_rows_are_float32_of_the_lanes_shape() -> None:
    batch = stream([0, 1, 2], draw=lambda rng, n: rng.random((n, 3))).take(4)
    assert batch.shape == (3, 4, 3)
    assert batch.dtype == torch.float32


@pytest.mark.parametrize(
    ("first", "second"),
    [(([0], "latent_d"), ([0], "latent_g")), (([0], "noise"), ([1], "noise")), (([0], "a"), ([0], "aa"))],
)
def test_seeds_and_purposes_have_numbers_of_their_own(
    first: tuple[list[int], str], second: tuple[list[int], str]
) -> None:
    a, b = (stream(*which).take(2000)[0].numpy().ravel() for which in (first, second))
    assert abs(np.corrcoef(a, b)[0, 1]) < 5 / len(a) ** 0.5
    assert not np.isin(a, b).mean() > 0.05


def test_generators_are_decided_by_seed_and_purpose() -> None:
    values = {
        (seed, purpose): lane_generators([seed], purpose)[0].random() for seed in (0, 1) for purpose in ("data", "mix")
    }
    assert len(set(values.values())) == 4
    assert values[1, "mix"] == lane_generators([0, 1], "mix")[1].random()


def test_normals_have_the_moments_of_a_standard_normal() -> None:
    x = normals(2)(np.random.default_rng(0), 100_000).astype(float).ravel()
    n = len(x)
    assert abs(x.mean()) < 4 / n**0.5
    assert abs(x.var() - 1) < 4 * (2 / n) ** 0.5
    assert abs((x**4).mean() - 3) < 4 * (96 / n) ** 0.5


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0)])
def test_uniforms_fill_their_range_evenly(low: float, high: float) -> None:
    x = uniforms(2, low, high)(np.random.default_rng(0), 100_000).ravel()
    assert low <= x.min() < low + 1e-3 and high - 1e-3 < x.max() <= high
    counts, _ = np.histogram(x, bins=10, range=(low, high))
    assert ((counts - 20_000) ** 2 / 20_000).sum() < 35  # chi-square with 9 degrees of freedom: p < 1e-4
