"""The Sweeps page: designed with its cost, refused in a sentence, shown as it comes, and a cell opened as a run."""

from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from playground.config import RunConfig
from playground.objectives import PENALTIES
from playground.recipes import RECIPES
from playground.runs.archive import import_run
from playground.runs.store import RunStore
from playground.sweeps.cell import Done, Tiny
from playground.sweeps.folder import SweepFolder
from playground.sweeps.gallery import read_shipped, save
from playground.sweeps.sweep import Sweep
from playground.sweeps.task import Failed
from playground.sweeps.training import train
from playground.ui.escaping import plain
from playground.ui.sweeps import address, design, files, library, one
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
    """The folder of sweeps, an empty one; none comes with the project."""
    monkeypatch.setenv("GAN_PLAYGROUND_SWEEPS", str(tmp_path / "sweeps"))
    monkeypatch.setattr(one, "owner", lambda: OWNER)
    monkeypatch.setattr(library, "owner", lambda: OWNER)
    monkeypatch.setattr(library, "shipped", dict)
    return tmp_path / "sweeps"


def opened(**query: str) -> AppTest:
    page = AppTest.from_string(SCRIPT, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def query(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def done(index: int, emd: tuple[float | None, ...] = (0.5, 0.25)) -> Done:
    picture = Tiny("points", (1, 2), b"\x00\xff")
    looks: dict[int, dict[str, tuple[float | None, ...]]] = {10: {"emd": (1.0, None), "modes": (3, 3)}}
    return Done(index, "done", 20, 0.1, {"emd": emd, "modes": (8, 3)}, looks, 8, (None, 12), (20, None), picture, b"PK")


def trained(folder: Path, sweep: Sweep, *indices: int, emd: tuple[float | None, ...] = (0.5, 0.25)) -> None:
    with SweepFolder(folder, sweep, resume=False) as made:
        for index in indices:
            made.add(done(index, emd))


def test_a_design_says_what_it_costs_and_what_is_wrong_with_it(places: Path) -> None:
    page = opened()
    assert not page.exception
    assert any(plain("18 cells × 4 seeds × 2,000 steps: about") in caption.value for caption in page.caption)
    page.text_input(key="sweeps_values_0").set_value("1e-2..1e-4:3").run()
    assert [error.value for error in page.error] == [plain("The axis lr_d must run upwards (got 0.01..0.0001).")]
    assert not any(button.key == "sweeps_start" for button in page.button)
    page.selectbox(key="sweeps_axis_0").select("clip").run()
    page.text_input(key="sweeps_values_0").set_value("0,0.1").run()
    page.selectbox(key="sweeps_axis_1").select("penalty").run()
    assert page.text_input(key="sweeps_values_1").value == ",".join(PENALTIES)
    page.text_input(key="sweeps_values_1").set_value("none,r1").run()
    assert any("1 of 4 cells are impossible" in caption.value for caption in page.caption)
    assert not places.exists()


def test_many_cells_are_asked_back_and_too_many_refused(places: Path) -> None:
    page = opened()
    page.text_input(key="sweeps_values_0").set_value("1e-4..1e-2:log:1000").run()
    assert page.button(key="sweeps_start").disabled
    page.checkbox(key="sweeps_meant").check().run()
    assert not page.button(key="sweeps_start").disabled
    page.selectbox(key="sweeps_axis_1").select("lr_g").run()
    page.text_input(key="sweeps_values_1").set_value("1e-4..1e-2:log:1000").run()
    assert "1,000 × 1,000 values make 1,000,000 cells; a sweep may have 20,000" in page.error[0].value.replace("\\", "")
    assert page.text_input(key="sweeps_values_0").value == "1e-4..1e-2:log:1000"


def test_a_sweep_is_shown_as_far_as_it_is(places: Path) -> None:
    with SweepFolder(places / "one", tiny(), resume=False) as folder:
        folder.add(done(0))
        folder.add(Failed(2, "It is broken."))
    page = opened(sweep="one")
    assert not page.exception
    assert any(plain("1 of 6 cells, stopped") in text.value for text in page.caption)
    assert [plain("1 of 6 cells could not be trained. It is broken.")] == [warning.value for warning in page.warning]
    assert any(button.key == "sweeps_go_on" for button in page.button)


def test_a_sweep_that_is_not_here_is_said(places: Path) -> None:
    trained(places / "one", tiny())
    page = opened(sweep="gone")
    assert [warning.value for warning in page.warning] == ["The sweep of this link is not on this machine."]
    assert page.selectbox(key="sweeps_pick").options


def test_what_a_link_says_wrongly_is_said(places: Path) -> None:
    trained(places / "one", tiny(), *range(6))
    page = opened(sweep="one", measure="emd", cell="999", step="17", view="dots")
    assert [warning.value for warning in page.warning] == [
        plain("The link says view=dots, step=17, cell=999, which this sweep does not have: the usual is shown instead.")
    ]


def test_who_began_a_sweep_can_delete_it(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained(places / "one", tiny(), 0)
    trained(places / "two", tiny(), 0)
    library.sign(places / "two")
    monkeypatch.setattr(library, "owner", lambda: "another browser")
    assert not any(button.key == "sweeps_delete" for button in opened(sweep="two").button)
    page = opened(sweep="one")
    page.button(key="sweeps_delete").click().run()
    assert not page.exception and [path.name for path in places.iterdir()] == ["two"]
    assert page.info[0].value.startswith(plain("Deleted: k, D updates per G update (1 … 2)"))


def test_a_sweep_of_another_version_is_said_and_can_be_deleted(places: Path) -> None:
    trained(places / "one", tiny(), 0)
    (places / "one" / "cells.jsonl").write_text('{"index": 0}\n')
    page = opened(sweep="one")
    assert not page.exception and "another version" in page.error[0].value
    page.button(key="sweeps_delete").click().run()
    assert not page.exception and not (places / "one").exists()


def test_only_who_began_a_sweep_goes_on_with_it(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained(places / "one", tiny(), 0)
    library.sign(places / "one")
    assert any(button.key == "sweeps_go_on" for button in opened(sweep="one").button)
    monkeypatch.setattr(library, "owner", lambda: "another browser")
    assert not any(button.key == "sweeps_go_on" for button in opened(sweep="one").button)
    assert OWNER not in (places / "one" / library.OWNER).read_text()


def test_a_room_finds_others_sweeps_by_their_links_only(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_PLAYGROUND_ROOM", "1")
    trained(places / "one", tiny(), 0)
    page = opened()
    assert [info.value for info in page.info] == ["There are no sweeps yet."]
    assert not any(button.key == "sweeps_start" for button in page.button)
    page = opened(sweep="one")
    assert any(plain("1 of 6 cells, stopped") in text.value for text in page.caption)
    assert not any(button.key == "sweeps_go_on" for button in page.button)


def test_a_second_sweep_is_held_beside_it(places: Path) -> None:
    trained(places / "one", tiny(), 0, 1)
    trained(places / "two", tiny(), 1, 2, emd=(1.5, 1.25))
    page = opened(sweep="one", beside="two", step="10", measure="emd")
    assert not page.exception
    now = page.session_state[address.STATE]
    assert (now.sweep, now.beside, now.shown) == ("one", "two", {"step": "10", "measure": "emd"})
    assert query(page) == {"sweep": "one", "beside": "two", "step": "10", "measure": "emd"}
    page.selectbox(key="sweeps_pick").select("two").run()
    assert query(page) == {"sweep": "two", "measure": "emd"}


def test_what_comes_with_the_project_is_read_only(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(streamlit, "switch_page", lambda page, query_params: went.append((page, query_params)))
    trained(tmp_path / "kept", tiny(), *range(6))
    shows = {"measure": "modes", "statistic": "median", "x": "lr_d", "y": "k"}
    save(tmp_path / "kept", tmp_path / "1-rates.json", "Rates", ("It shows this.", "Others say that."), shows)
    monkeypatch.setattr(library, "shipped", lambda: {"1-rates": tmp_path / "1-rates.json"})
    page = opened(sweep="1-rates")
    assert not page.exception
    assert any(text.value.startswith(plain("It shows this. Others say that.")) for text in page.caption)
    assert not any(button.key == "sweeps_go_on" for button in page.button)
    engine = Engine(RunStore(tmp_path / "runs"))
    monkeypatch.setattr(one, "engine", lambda: engine)
    page.session_state[one.OPEN] = 4
    page.run()
    config = read_shipped(tmp_path / "1-rates.json").sweep.cells[4].config
    [(where, told)] = went
    assert where == "train.py" and told == config.to_query(RunConfig()) | {"run": told["run"]}
    assert engine.run(told["run"], OWNER).wanted == config
    engine.store.close()


def test_a_run_is_the_middle_of_a_sweep_around_it(places: Path) -> None:
    config = RECIPES["wgan_gp"].config.replace(lr_d=5e-4, g_width=48, seed=7)
    page = opened(around="yes", **config.to_query(RunConfig()))
    assert not page.exception
    assert page.selectbox(key="sweeps_axis_0").value == "lr_d"
    assert page.text_input(key="sweeps_values_0").value == "5e-05,0.00015,0.0005,0.0015,0.005"
    assert page.selectbox(key="sweeps_axis_1").value == "penalty_weight"
    assert page.selectbox(key="sweeps_recipe").value == "wgan_gp"
    assert set(str(page.text_input(key="sweeps_set").value).split()) == {"g_width=48", "seed=7"}
    made: Sweep = page.session_state[design.MADE]
    assert config.replace(seeds=4, measure_every=made.every) in [cell.config for cell in made.cells]


def test_a_link_around_settings_that_are_none_is_said(places: Path) -> None:
    page = opened(around="yes", lr_d="fast")
    assert "could not be followed" in page.warning[0].value


def test_one_file_has_it_all(places: Path) -> None:
    trained(places / "one", tiny(), *range(6))
    found = library.entries()["one"].results()
    made = files.page(found, found, {"measure": "emd"}).decode()
    assert (
        "connect-src" not in made
        and "default-src 'none'" in made
        and "http://" not in made.replace("http://www.w3.org", "")
    )
    assert len(made) < 300_000


def test_a_cell_opens_as_a_run_and_once(places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, went = Engine(RunStore(tmp_path / "runs")), []
    monkeypatch.setattr(one, "engine", lambda: engine)
    monkeypatch.setattr(streamlit, "switch_page", lambda page, query_params: went.append((page, query_params)))
    sweep = tiny()
    with SweepFolder(places / "one", sweep, resume=False) as folder:
        folder.add(train(sweep.cells[0]))
    page = opened(sweep="one")
    for _ in range(2):
        page.session_state[one.OPEN] = 0
        page.run()
        assert not page.exception
        page = opened(sweep="one")  # also another session
    (record,) = engine.store.records(owner=OWNER)
    assert record.name.endswith(": k 1, lr D 0.0001")
    assert (record.steps, record.config) == (20, sweep.cells[0].config)
    assert went == [("train.py", record.config.to_query() | {"run": record.id})] * 2
    engine.store.close()
