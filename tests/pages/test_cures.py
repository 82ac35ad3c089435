"""The Cures page without a browser: the table as values, its filters, and a row opened as a comparison."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.recipes import RECIPES
from playground.recipes import cures as cells
from playground.recipes.cures import ILLNESSES, UNTREATED
from playground.recipes.hacks import HACKS
from playground.recipes.measured import Measured
from playground.runs.store import RunStore
from playground.ui import compare, comparison, comparison_entrants, comparison_luck, cures, hacks_table
from playground.ui import cures_table as table
from playground.ui.escaping import plain
from tests.pages.engines import FakeEngine

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
OWNER = "a browser"


def cell(served: float, well: float, ms: float) -> Measured:
    end = {"served": (served, served - 1, served + 1), "turnover": (0.5, 0.25, 0.75)}
    return Measured({}, 8, 10, {}, end, 8, 0.0, 0.0, well, ms)


KEPT = {
    "untreated/hopping": cell(1, 0.0, 2.0),
    "damped/hopping": cell(4, 0.25, 3.0),
    "untreated/healthy": cell(8, 1.0, 4.0),
    "damped/healthy": cell(7, 0.875, 5.0),
    "noise/hopping": cell(7, 0.5, 2.5),
}


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cells, table, cures):
        monkeypatch.setattr(module, "cures", lambda: KEPT)


# The table as values ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept")
def test_measured_rows_are_found_by_kind_and_by_every_word() -> None:
    assert table.matching() == [UNTREATED, "noise", "damped"]  # the one that leaves more seeds well first
    assert table.matching(illness="healthy") == [UNTREATED, "damped", "noise"]
    assert table.matching(kinds=["Penalty"]) == [UNTREATED, "damped"]
    assert table.matching("sønderby NOISE") == [UNTREATED, "noise"]
    assert table.matching("nothing like it") == [UNTREATED]


@pytest.mark.usefixtures("kept")
def test_the_overview_has_every_illness_and_the_cost_on_a_healthy_run() -> None:
    columns = table.overview([UNTREATED, "damped", "noise"])
    assert columns["Technique"] == [table.AS_IT_IS, "R1, γ = 0.1", "Noise on D's inputs"]
    assert columns["Hopping: well"] == [0, 2, 4]
    assert columns["Hopping: served"] == [1, 4, 7]
    assert columns["Lost modes: well"] == [None] * 3
    assert columns["Healthy: served"] == [8, 7, None]
    assert columns[table.OF_STEP] == [1.0, 1.25, None]


@pytest.mark.usefixtures("kept")
def test_an_illness_has_every_measure_that_there_is() -> None:
    columns = table.on_illness("hopping", [UNTREATED, "damped"])
    assert columns["Served"] == [1, 4] and columns["EMD"] == [None, None]
    assert columns[table.OF_STEP] == [1.0, 1.5]


@pytest.mark.usefixtures("kept")
def test_a_row_tells_its_ranges_where_it_was_measured() -> None:
    columns = table.ranges("damped")
    assert columns["On"] == ["Hopping", "Healthy"] and columns["Well"] == ["2 of 8", "7 of 8"]
    assert table.absent("damped") == ["Lost modes: It has not been measured there."]
    assert "Lost modes: It changes nothing there." in table.absent("five_critic_updates")
    assert any(
        told.startswith("Lost modes: “k, D updates per G update” must be 1 ") for told in table.absent("consensus")
    )
    assert columns["Served"] == ["4 (3–5)", "7 (6–8)"] and columns["EMD"] == ["–", "–"]


# The page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngine]:
    store = RunStore(tmp_path)
    engine = FakeEngine(store)
    for module in (comparison, comparison_entrants, comparison_luck):
        monkeypatch.setattr(module, "engine", lambda: engine)
    for module in (comparison, comparison_entrants):
        monkeypatch.setattr(module, "owner", lambda: OWNER)
    yield engine
    store.close()


def show() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.switch_page("cures.py")
    page.run()
    assert not page.exception
    return page


@pytest.mark.usefixtures("kept")
def test_the_page_shows_what_is_kept_and_follows_its_filters() -> None:
    page = show()
    assert list(page.dataframe[0].value["Technique"]) == [table.AS_IT_IS, "Noise on D's inputs", "R1, γ = 0.1"]
    page.text_input[0].set_value("mescheder").run()
    assert list(page.dataframe[0].value["Technique"]) == [table.AS_IT_IS, "R1, γ = 0.1"]


def test_a_page_without_numbers_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cures, "cures", dict)
    page = show()
    assert "reproduce --table cures --write" in page.info[0].value and not page.dataframe


def test_a_row_opens_as_a_comparison_of_the_illness_without_and_with_it(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(compare, "show", lambda contents, **_: shown.append(contents))
    monkeypatch.setattr(cures, "_table", lambda *told: "damped")
    page = show()
    assert [button.label for button in page.button] == [f"Train both on {row.label}" for row in ILLNESSES.values()]
    page.button[0].click().run()
    assert not page.exception
    hopping = RECIPES["mode_hopping"].config.replace(seeds=cures.COMPARED_SEEDS)
    started = [engine.store.record(run["id"]).config for run in shown[-1]["runs"]]
    assert started == [hopping, hopping.replace(penalty="r1", penalty_weight=0.1)]
    assert shown[-1]["start"] == ",".join(run["id"] for run in shown[-1]["runs"])


def test_a_comparison_without_room_says_why(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.full = True
    monkeypatch.setattr(cures, "_table", lambda *told: "damped")
    page = show()
    page.button[0].click().run()
    assert [error.value for error in page.error] == [plain("All 8 runs are in use.")]


# The GAN hacks ----------------------------------------------------------------------------------------------------


def test_each_hack_has_its_line_its_numbers_and_its_comparisons() -> None:
    columns = hacks_table.overview()
    assert columns[""] == list(range(1, 18)) and len({len(column) for column in columns.values()}) == 1
    place = list(HACKS).index("sgd_for_d")
    assert columns["Mode hopping"][place].endswith(("helps", "harms", "no clear difference"))
    assert len(hacks_table.ranges("sgd_for_d")["On"]) == 3
    without, with_it = hacks_table.pairs("sgd_for_d")["Mode hopping"]
    assert without is not None and with_it is not None
    assert (without.d_optimizer, with_it.d_optimizer) == ("same", "sgd")


def test_the_view_of_hacks_shows_all_of_them() -> None:
    page = show()
    page.segmented_control[0].set_value(cures.HACKS_VIEW).run()
    assert not page.exception and len(page.dataframe[0].value) == len(HACKS)
