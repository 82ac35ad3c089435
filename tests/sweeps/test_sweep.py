"""The cells that a sweep makes."""

from collections import Counter
from typing import Any

import pytest

from playground.sweeps.axis import Axis, SweepError, read_axis
from playground.sweeps.sweep import DESIGNS, MAX_CELLS, Design, Sweep, from_json

K, RATE = read_axis("k=1,2,5"), read_axis("lr_d=1e-4..1e-2:log:4")


def test_a_grid_has_every_value_with_every_other() -> None:
    sweep = Sweep((K, RATE), {"g_width": 16}, seeds=3, steps=100, looks=4)
    assert len(sweep.cells) == sweep.size == 12
    assert [cell.index for cell in sweep.cells] == list(range(12))
    assert Counter(cell.config.k for cell in sweep.cells) == {1: 4, 2: 4, 5: 4}
    assert {cell.config.lr_d for cell in sweep.cells} == set(RATE.values)
    assert {(cell.config.seeds, cell.config.g_width, cell.config.measure_every) for cell in sweep.cells} == {
        (3, 16, 25)
    }


def test_what_is_an_axis_is_not_told_as_fixed() -> None:
    sweep = Sweep((K, RATE), {"g_width": 16, "lr_d": 0.5})
    assert sweep.base == {"g_width": 16} and sweep == from_json(sweep.as_json())


@pytest.mark.parametrize("design", [design for design in DESIGNS if design != "grid"])
def test_other_designs_fill_the_ranges(design: Design) -> None:
    sweep = Sweep((K, RATE), design=design, points=40, draw=3)
    rates = [place["lr_d"] for place in sweep.places]
    assert len(rates) == 40
    assert all(1e-4 <= rate <= 1e-2 for rate in rates)
    assert {place["k"] for place in sweep.places} == {1, 2, 3, 4, 5}
    assert 12 <= sum(rate < 1e-3 for rate in rates) <= 28  # logarithmic: half of them in each half
    assert sweep.places == Sweep((K, RATE), design=design, points=40, draw=3).places
    assert sweep.places != Sweep((K, RATE), design=design, points=40, draw=4).places


def test_every_slice_of_a_latin_hypercube_has_as_many() -> None:
    sweep = Sweep((Axis("instance_noise", (0.0, 1.0)),), design="latin_hypercube", points=20)
    assert Counter(min(int(20 * place["instance_noise"]), 19) for place in sweep.places) == dict.fromkeys(range(20), 1)


def test_impossible_cells_are_named_and_left_out() -> None:
    sweep = Sweep((read_axis("clip=0,0.1"), read_axis("penalty=none,r1")), seeds=1)
    assert [cell.index for cell in sweep.cells] == [0, 1, 2]
    assert list(sweep.impossible) == [3]
    assert "clip and penalty" in sweep.impossible[3]


@pytest.mark.parametrize("sweep", [Sweep((K, RATE), {"loss": "hinge"}, name="Mine"), Sweep((RATE,), design="sobol")])
def test_a_sweep_comes_back_from_its_file(sweep: Sweep) -> None:
    again = from_json(sweep.as_json())
    assert again == sweep
    assert again.cells == sweep.cells


@pytest.mark.parametrize(
    "made, named",
    [
        ({"axes": ()}, "1 to 6 axes"),
        ({"axes": (K, K)}, "twice"),
        ({"seeds": 0}, "seeds"),
        ({"steps": 0}, "steps"),
        ({"steps": True}, "steps"),
        ({"looks": 0}, "looks"),
        ({"design": "spiral"}, "design"),
        ({"design": "random", "points": MAX_CELLS + 1}, "points"),
        ({"axes": (read_axis("lr_d=1e-4..1e-2:log:1000"), read_axis("lr_g=1e-4..1e-2:log:1000"))}, "1,000,000 cells"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(made: dict[str, Any], named: str) -> None:
    with pytest.raises(SweepError, match=named):
        Sweep(**{"axes": (K,)} | made)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"axes": [{"name": "k", "values": [0], "log": false}]}', "null"])
def test_a_file_that_is_no_sweep_is_refused(text: str) -> None:
    with pytest.raises(SweepError):
        from_json(text)
