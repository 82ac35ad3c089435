"""The Sweeps page: designed with its cost, refused in a sentence, shown as it comes, and a cell opened as a run."""

from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from playground.runs.archive import import_run
from playground.runs.store import RunStore
from playground.sweeps.cell import Done, Failed, Tiny
from playground.sweeps.folder import SweepFolder
from playground.sweeps.training import train
from playground.ui.escaping import plain
from playground.ui.sweeps import described
from playground.ui.sweeps import page as sweeps_page
from tests.pages.engines import FakeEngine
from tests.sweeps.cells import tiny

SCRIPT = "from playground.ui.sweeps import page; page.show()"
OWNER = "a browser"


class Engine(FakeEngine):
    """It takes parcels in, as the real one does."""

    def take_in(self, path: Path, owner: str) -> str:
        return import_run(self.store, path, owner)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of sweeps, an empty one."""
    monkeypatch.setenv("GAN_PLAYGROUND_SWEEPS", str(tmp_path / "sweeps"))
    monkeypatch.setattr(sweeps_page, "owner", lambda: OWNER)
    return tmp_path / "sweeps"


def opened(**query: str) -> AppTest:
    page = AppTest.from_string(SCRIPT, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def done(index: int, emd: tuple[float | None, ...] = (0.5, 0.25)) -> Done:
    picture = Tiny("points", (1, 2), b"\x00\xff")
    return Done(index, "done", 20, 0.1, {"emd": emd, "modes": (8, 3)}, {}, 8, (None, 12), (20, None), picture, b"PK")


def test_a_design_says_what_it_costs_and_what_is_wrong_with_it(places: Path) -> None:
    page = opened()
    assert not page.exception
    assert any(plain("18 cells × 4 seeds × 2,000 steps: about") in caption.value for caption in page.caption)
    page.text_input(key="sweeps_axis_0").set_value("lr_d=1e-2..1e-4:3").run()
    assert [error.value for error in page.error] == [plain("The axis lr_d must run upwards (got 0.01..0.0001).")]
    assert not any(button.key == "sweeps_start" for button in page.button)
    page.text_input(key="sweeps_axis_0").set_value("clip=0,0.1").run()
    page.text_input(key="sweeps_axis_1").set_value("penalty=none,r1").run()
    assert any("1 of 4 cells are impossible" in caption.value for caption in page.caption)
    assert not places.exists()


def test_a_sweep_is_shown_as_far_as_it_is(places: Path) -> None:
    with SweepFolder(places / "one", tiny(), resume=False) as folder:
        folder.add(done(0))
        folder.add(Failed(2, "It is broken."))
    page = opened(sweep="one")
    assert not page.exception
    assert any(plain("1 of 6 cells, stopped") in text.value for text in page.markdown)
    assert [plain("1 of 6 cells could not be trained. It is broken.")] == [warning.value for warning in page.warning]
    assert any(button.key == "sweeps_go_on" for button in page.button)


def test_a_sweep_that_is_not_here_is_said(places: Path) -> None:
    with SweepFolder(places / "one", tiny(), resume=False):
        pass
    page = opened(sweep="gone")
    assert [warning.value for warning in page.warning] == ["The sweep of this link is not on this machine."]


def test_what_the_browser_is_told() -> None:
    sweep = tiny()
    told = described(sweep, [{**vars(done(4)), "picture": None}, {"index": 5, "failed": "It is broken."}])
    assert [axis["texts"] for axis in told["axes"]] == [["1", "2"], ["0.0001", "0.001", "0.01"]]
    assert told["axes"][1]["share"] == pytest.approx([0, 0.5, 1])
    assert told["cells"][0]["at"] == [1, 1] and told["missing"] == [{"at": [1, 2], "why": "It is broken."}]
    assert told["cells"][0]["values"]["collapsed"] == [0.0, 1.0]
    assert [row["name"] for row in told["measures"]] == ["emd", "modes", "collapsed", "diverged", "complete", "seconds"]


def test_a_cell_opens_as_a_run_and_once(places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, went = Engine(RunStore(tmp_path / "runs")), []
    monkeypatch.setattr(sweeps_page, "engine", lambda: engine)
    monkeypatch.setattr(streamlit, "switch_page", lambda page, query_params: went.append((page, query_params)))
    sweep = tiny()
    with SweepFolder(places / "one", sweep, resume=False) as folder:
        folder.add(train(sweep.cells[0]))
    page = opened(sweep="one")
    page.session_state["sweeps_map_one_chosen"] = 0
    page.run()
    for _ in range(2):
        page.button(key="sweeps_open").click().run()
        assert not page.exception
    (record,) = engine.store.records(owner=OWNER)
    assert (record.steps, record.config) == (20, sweep.cells[0].config)
    assert went == [("train.py", {"run": record.id})] * 2
    engine.store.close()
