"""Axes as they are typed."""

import pytest

from playground.sweeps.axis import Axis, SweepError, of_values, read_axis


@pytest.mark.parametrize(
    "text, values",
    [
        ("k=1,2,5", (1, 2, 5)),
        ("loss=minimax, wasserstein", ("minimax", "wasserstein")),
        ("spectral_norm=true,false", (True, False)),
        ("lr_d=1e-4..1e-2:log:3", (1e-4, 1e-3, 1e-2)),
        ("instance_noise=0..1:3", (0.0, 0.5, 1.0)),
        ("instance_noise=0..1:linear:3", (0.0, 0.5, 1.0)),
        ("k=1..5:3", (1, 3, 5)),
        ("k=1..3:5", (1, 2, 3)),  # whole numbers fall together
    ],
)
def test_what_is_typed_is_read(text: str, values: tuple[object, ...]) -> None:
    assert read_axis(text).values == values


@pytest.mark.parametrize(
    "text, named",
    [
        ("k", "NAME=VALUES"),
        ("k=", "NAME=VALUES"),
        ("learning=1,2", "'learning'"),
        ("seeds=1,2", "seeds"),
        ("k=1,1", "twice"),
        ("k=1,1.0", "twice"),
        ("k=0,1", "k must be"),
        ("k=a,b", "k must be"),
        ("lr_d=1e-2..1e-4:log:3", "upwards"),
        ("lr_d=1e-4..1e-4:3", "upwards"),
        ("instance_noise=0..1:log:3", "above 0"),
        ("lr_d=1e-4..1e-2:cubic:3", "scale"),
        ("lr_d=1e-4..1e-2:1", "from 2 to"),
        ("lr_d=1e-4..1e-2:100000", "from 2 to"),
        ("lr_d=1e-4..1e-2", "LOW..HIGH"),
        ("lr_d=nan..1:3", "finite"),
        ("lr_d=0.1..inf:3", "finite"),
        ("lr_d=1e-4..1e9:3", "lr_d must be"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(text: str, named: str) -> None:
    with pytest.raises(SweepError, match=named) as told:
        read_axis(text)
    assert "\n" not in str(told.value)


def test_a_place_between_the_values() -> None:
    assert Axis("lr_d", (1e-4, 1e-2), log=True).at(0.5) == 1e-3
    assert Axis("instance_noise", (0.0, 1.0)).at(0.25) == 0.25
    assert [of_values("loss", ["minimax", "wasserstein"]).at(share) for share in (0, 0.49, 0.5, 1)] == [
        "minimax",
        "minimax",
        "wasserstein",
        "wasserstein",
    ]
