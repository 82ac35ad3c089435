"""What the browser is told of a sweep: its cells at the end and on the way, and a second sweep beside it."""

from collections.abc import Mapping, Sequence

import pytest

from playground.sweeps.against import against
from playground.sweeps.axis import SweepError, read_axis
from playground.sweeps.folder import Looks
from playground.sweeps.outcomes import Results, steps, values
from playground.sweeps.sheet import MANY, beside, sheet
from playground.sweeps.sweep import Sweep
from playground.sweeps.tables import as_csv, as_parquet, table
from tests.sweeps.cells import TINY, tiny

SEEDS = 8
LOOKS: Looks = {0: {"emd": [2.0] * SEEDS, "modes": [1.0] * SEEDS}, 10: {"emd": [1.0] * SEEDS, "modes": [8.0] * SEEDS}}


def cell(index: int, emd: Sequence[float | None]) -> Mapping[str, object]:
    count = len(emd)
    return {
        "index": index,
        "end": "done",
        "steps": 20,
        "seconds": 0.5,
        "metrics": {"emd": list(emd), "modes": [8.0, *[3.0] * (count - 1)]},
        "modes": 8,
        "diverged": [None, 12, *[None] * (count - 2)],
        "complete": [10, *[None] * (count - 1)],
        "picture": None,
    }


def results(cells: Mapping[int, Sequence[float | None]], sweep: Sweep | None = None, name: str = "one") -> Results:
    made = sweep or tiny(seeds=SEEDS)
    return Results(
        name, made, [cell(index, emd) for index, emd in cells.items()], lambda: [(at, LOOKS) for at in cells]
    )


def test_a_cell_at_a_step_is_as_it_was_then() -> None:
    at_end, first = values(cell(0, [0.5, None])), values(cell(0, [0.5, None]), LOOKS, 10)
    assert at_end["collapsed"] == [0.0, 1.0] and at_end["complete"] == [10, None] and at_end["diverged"] == [0.0, 1.0]
    assert first["emd"] == [1.0] * SEEDS and first["complete"] == [10, None] and first["diverged"] == [0.0, 0.0]
    assert values(cell(0, [0.5, None]), LOOKS, 5)["complete"] == [None, None]
    assert "seconds" in at_end and "seconds" not in first
    assert values(cell(0, [0.5, None]), LOOKS, 15)["emd"] == first["emd"]  # measured no further


def test_what_the_browser_is_told() -> None:
    found = results({4: [0.5, 0.25]}, tiny())
    told = sheet(
        Results("one", found.sweep, [*found.cells, {"index": 5, "failed": "It is broken."}], found.looks), ["emd"]
    )
    assert [axis["texts"] for axis in told["axes"]] == [["1", "2"], ["0.0001", "0.001", "0.01"]]
    assert told["axes"][1]["share"] == pytest.approx([0, 0.5, 1])
    assert told["cells"][0]["at"] == [1, 1] and told["missing"] == [{"at": [1, 2], "why": "It is broken."}]
    assert told["cells"][0]["values"]["collapsed"] == [0.0, 1.0]
    assert [row["name"] for row in told["measures"]] == ["emd", "modes", "collapsed", "diverged", "complete", "seconds"]
    assert told["steps"] == [0, 10, 20] == steps(tiny())
    assert told["looks"] == {"emd": {4: [[2.0] * SEEDS, [1.0] * SEEDS, [1.0] * SEEDS]}}


def test_a_difference_is_marked_where_it_is_beyond_luck() -> None:
    """8 seeds that both have: all 8 one way happens by luck in 2 of 2⁸ sweeps, so in 2/256 of the cells."""
    low, high = [1.0 + 0.01 * seed for seed in range(SEEDS)], [2.0 + 0.01 * seed for seed in range(SEEDS)]
    mixed = [3.0, 0.5, 3.0, 0.5, 3.0, 0.5, 3.0, 0.5]
    found = against(results({0: low, 1: low, 2: low}), results({1: high, 0: mixed, 4: high}), "emd")
    assert set(found.by_cell) == {0, 1}
    assert found.by_cell[1].is_clear and found.by_cell[1].value == pytest.approx(1.0) and found.by_cell[1].up == 8
    assert not found.by_cell[0].is_clear and found.clear == 1
    assert found.luck == pytest.approx(2 * 2 / 256)
    assert found.told == (
        "Both have the same settings. 1 of 2 cells differ beyond luck, and are marked; luck alone would mark 0.02 of "
        "them on average, or fewer."
    )
    other = Sweep(tiny().axes, {**TINY, "loss": "wasserstein"}, seeds=SEEDS, steps=40, looks=4)
    unlike = against(results({1: low}), results({1: high}, other), "emd").told
    assert unlike.startswith("The second has Loss Non-saturating → Wasserstein, steps 20 → 40. 1 of 1")
    told = beside(results({1: low}), results({1: high}), ["emd"], None)["differences"]["emd"]
    assert told["cells"][1]["clear"] and told["step"] == 20


def test_a_seed_that_never_has_all_modes_comes_last() -> None:
    """Left out, it would make the sweep better in which fewer succeed."""
    found = against(results({0: [1.0] * SEEDS}), results({0: [1.0] * SEEDS}), "complete")
    assert found.by_cell[0].seeds == (SEEDS, SEEDS) and found.by_cell[0].first == 30.0


def test_what_can_not_be_compared_is_said() -> None:
    one = results({0: [1.0] * SEEDS})
    other = Sweep((read_axis("k=1,2"),), TINY, seeds=SEEDS, steps=20, looks=2)
    with pytest.raises(SweepError, match="other axes"):
        against(one, results({0: [1.0] * SEEDS}, other), "emd")
    with pytest.raises(SweepError, match="no cell at the same values yet"):
        against(one, results({3: [1.0] * SEEDS}), "emd")
    with pytest.raises(SweepError, match="was not measured at step 7"):
        against(one, one, "emd", 7)
    few = tiny()
    assert "too few seeds" in against(results({0: [1.0, 2.0]}, few), results({0: [1.0, 2.0]}, few), "emd").told


def test_the_table_has_a_row_for_each_cell_seed_and_step() -> None:
    found = results({1: [0.5, None]}, tiny())
    made = table(found)
    assert made.column_names[:5] == ["cell", "k", "lr_d", "seed", "step"]
    assert made.num_rows == 2 * 3
    rows = made.to_pylist()
    assert (rows[0]["lr_d"], rows[0]["step"], rows[0]["emd"]) == (0.001, 0, 2.0)
    assert (rows[-1]["seed"], rows[-1]["step"], rows[-1]["emd"], rows[-1]["seconds"]) == (1, 20, None, 0.5)
    assert as_csv(found).decode().splitlines()[0].startswith("cell,k,lr_d,seed,step,emd")
    assert as_parquet(found)[:4] == b"PAR1"


def test_thousands_of_cells_are_told_briefly() -> None:
    """Only the measure that is shown, and all about the cell that is chosen."""
    axes = (read_axis(f"lr_d=1e-4..1e-2:log:{MANY // 10}"), read_axis("k=1,2,3,4,5,6,7,8,9,10"))
    found = results(dict.fromkeys(range(MANY), [0.5, 0.25]), Sweep(axes, TINY, seeds=2, steps=20, looks=2))
    told = sheet(found, shown="emd", chosen=7)
    assert len(told["cells"]) == MANY and told["cells"][6]["values"] == {"emd": [0.5, 0.25]}
    assert set(told["cells"][7]["values"]) == {row["name"] for row in told["measures"]}
    assert set(sheet(found)["cells"][6]["values"]) == set(told["cells"][7]["values"])


def test_what_0_means_is_said_and_each_kind_of_data_has_its_modes() -> None:
    axes = read_axis("noise_decay=0,100"), read_axis("sigma_scale=1,10")
    told = sheet(results({index: [1.0, 2.0] for index in range(4)}, Sweep(axes, TINY, seeds=2, steps=20)))
    assert told["axes"][0]["texts"] == ["0 (never)", "100"]
    assert [each["marks"] for each in told["cells"]] == [0, 1, 0, 1] and len(told["marks"]) == 2
    assert told["marks"][0][0][0] > told["marks"][1][0][0] > 0.5  # the frame of wider modes is wider
