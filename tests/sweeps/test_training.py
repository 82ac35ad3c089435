"""What comes of one cell."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground import headless
from playground.runs.archive import import_run
from playground.runs.store import RunStore
from playground.sweeps.cell import Cell, parcel_bytes
from playground.sweeps.task import Failed, perform
from playground.sweeps.training import POINTS, train
from tests.sweeps.cells import TINY, tiny


def test_a_cells_numbers_are_those_of_its_run() -> None:
    cell = tiny().cells[1]
    found = train(cell)
    row = headless.run(cell.config, cell.steps).row
    assert found.end == "done" and found.steps == cell.steps
    assert set(found.looks) == {0, 10, 20} and found.looks[20] == found.metrics
    for name, values in found.metrics.items():
        assert values == pytest.approx(row.values[name], rel=1e-3)
    assert found.picture is not None and found.picture.shape == (POINTS, 2)


@pytest.mark.parametrize("width, seeds", [(4, 2), (64, 4)])
def test_a_parcel_takes_about_as_much_as_is_said(width: int, seeds: int) -> None:
    cell = Cell(0, TINY | {"g_width": width, "d_width": width, "seeds": seeds, "measure_every": 100}, 100)
    assert 0.5 < len(train(cell).parcel) / parcel_bytes(cell.config) < 1.3


def test_a_parcel_is_a_recorded_run_that_goes_on(tmp_path: Path) -> None:
    cell = tiny().cells[0]
    (tmp_path / "0.zip").write_bytes(train(cell).parcel)
    store = RunStore(tmp_path / "runs")
    id = import_run(store, tmp_path / "0.zip", "me")
    record = store.record(id)
    assert (record.status, record.steps, record.config) == ("paused", cell.steps, cell.config)
    assert store.checkpoint_steps(id) == [cell.steps]
    assert store.keyframe_steps(id)[0] == 0 and store.keyframe_steps(id)[-1] == cell.steps
    assert store.floors(id).keys() >= {"jsd", "emd"}
    assert [row.step for chunk in store.chunks(id) for row in chunk.rows()] == [0, 10, 20]
    store.close()


def test_a_cell_that_diverges_is_a_result() -> None:
    wild = TINY | {"loss": "wasserstein", "optimizer": "sgd", "lr_g": 1.0, "lr_d": 1.0, "seeds": 2, "measure_every": 50}
    found = train(Cell(0, wild, 3000))
    assert found.end == "diverged" and found.steps < 3000
    assert all(step is not None for step in found.diverged)
    assert found.metrics["emd"] == (None, None) or np.isfinite(np.array(found.metrics["emd"], float)).all()


def test_another_version_of_the_project_is_no_result() -> None:
    outcome = perform(replace(tiny().cells[0], version="0.1"))
    assert isinstance(outcome, Failed) and "version 0.1" in outcome.reason


@pytest.mark.parametrize("changes", [{"dataset": "digits"}, {"dataset": "dirac"}, {"dataset": "normal_1d"}])
def test_other_data_have_tiny_pictures_too(changes: dict[str, str]) -> None:
    found = train(Cell(0, {**changes, "batch_size": 16, "measure_every": 100}, 3))
    assert found.picture is not None
    assert len(found.picture.data) == int(np.prod(found.picture.shape))
    assert io.BytesIO(found.parcel).read(2) == b"PK"
