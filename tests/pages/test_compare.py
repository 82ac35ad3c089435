"""The Compare page's script without a browser: a link or a choice in, what is compared and one sentence out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.config import RunConfig
from playground.engine.server.history import History
from playground.engine.server.run import Run
from playground.frame import Row
from playground.palette import RUN_COLOURS, distinct
from playground.recipes import RECIPES
from playground.runs.store import RunStore
from playground.ui import compare, comparison, comparison_entrants, comparison_luck, memory, page_session
from playground.ui.comparison import FIRST_LOOKS
from playground.ui.comparison_entrants import Entrant
from playground.ui.comparison_luck import compared
from playground.ui.escaping import plain
from tests.pages.engines import FakeEngine

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
OWNER = "a browser"
POINTS = ("a", "b", "c", "d", "e", "f", "g")

Open = Callable[..., AppTest]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path)
    for place, id in enumerate(POINTS):
        store.create(id, OWNER, RunConfig(k=place + 1))
    store.create("digits", OWNER, RECIPES["dcgan"].config)
    store.create("theirs", "another", RunConfig(loss="hinge"))
    yield store
    store.close()


@pytest.fixture
def engine(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine(store)
    for module in (comparison, comparison_entrants, comparison_luck):
        monkeypatch.setattr(module, "engine", lambda: engine)
    for module in (comparison, comparison_entrants, memory, page_session):
        monkeypatch.setattr(module, "owner", lambda: OWNER)
    return engine


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the component was given, the newest last."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(compare, "show", lambda contents, **_: given.append(contents))
    return given


@pytest.fixture
def open_page(engine: FakeEngine, shown: list[dict[str, Any]]) -> Open:
    def open_with(runs: str = "", **more: str) -> AppTest:
        page = AppTest.from_file(str(MAIN), default_timeout=120)
        for name, value in (({"runs": runs} if runs else {}) | more).items():
            page.query_params[name] = value
        page.switch_page("compare.py")
        page.run()
        assert not page.exception
        return page

    return open_with


def query(page: AppTest) -> str:
    value = page.query_params.get("runs", "")
    return value if isinstance(value, str) else value[0]


def ids(contents: dict[str, Any]) -> list[str]:
    return [run["id"] for run in contents["runs"]]


def button(page: AppTest, label: str) -> Any:
    return next(button for button in page.button if button.label == label)


def test_an_empty_page_says_what_to_do(open_page: Open, shown: list[dict[str, Any]]) -> None:
    page = open_page()
    assert "Choose two to six" in page.markdown[0].value
    assert [each.label for each in page.button] == list(FIRST_LOOKS)
    assert shown == [] and not page.error


def test_a_link_may_ask_for_the_presentation_and_keeps_it(open_page: Open, shown: list[dict[str, Any]]) -> None:
    for more in ({"present": "1"}, {}):
        page = open_page("a,b", **more)
        assert shown.pop()["present"] is ("present" in more)
        assert ("present" in page.query_params) is ("present" in more)


def test_a_link_opens_its_runs_in_its_order(open_page: Open, shown: list[dict[str, Any]]) -> None:
    page = open_page("c,a,theirs")
    assert ids(shown[-1]) == ["c", "a", "theirs"] and query(page) == "c,a,theirs"
    assert [run["mine"] for run in shown[-1]["runs"]] == [True, True, False]
    assert [run["address"] for run in shown[-1]["runs"]] == ["/?run=c", "/?run=a", "/?look=theirs"]
    assert shown[-1]["notice"] == "" and shown[-1]["start"] == ""
    assert {chart["id"] for chart in shown[-1]["charts"] if chart["shown"]} == {
        "jsd",
        "emd",
        "modes",
        "d_loss",
        "g_loss",
    }


def test_every_run_has_its_records_colour_and_name(
    open_page: Open, shown: list[dict[str, Any]], store: RunStore
) -> None:
    store.rename("b", "My *own* run")
    open_page("b,e")
    assert [run["colour"] for run in shown[-1]["runs"]] == [RUN_COLOURS[store.record(id).colour] for id in "be"]
    assert [run["name"] for run in shown[-1]["runs"]] == ["My *own* run", "Non-saturating baseline, k 5 · run 5"]


@pytest.mark.parametrize("label", FIRST_LOOKS)
def test_a_first_look_starts_its_runs_and_plays_them(
    label: str, open_page: Open, shown: list[dict[str, Any]], store: RunStore
) -> None:
    page = button(open_page(), label).click().run()
    assert not page.exception
    started = ids(shown[-1])
    assert [store.record(id).config for id in started] == FIRST_LOOKS[label]
    assert query(page) == ",".join(started) == shown[-1]["start"]
    assert page.multiselect[0].value == started


def test_a_first_look_without_room_says_why(open_page: Open, engine: FakeEngine, shown: list[dict[str, Any]]) -> None:
    engine.full = True
    page = button(open_page(), next(iter(FIRST_LOOKS))).click().run()
    assert [error.value for error in page.error] == [plain("All 8 runs are in use.")] and shown == []


@pytest.mark.parametrize(
    "link, left, sentence",
    [
        ("a,nobody,b", ["a", "b"], "is not in this folder (any more)"),
        ("a,b,../../etc", ["a", "b"], "is not in this folder (any more)"),
        (",".join(POINTS), list(POINTS[:6]), "At most 6 runs can be compared at once: the first 6 are shown."),
        ("a,digits,b", ["a", "b"], "those on images were left out"),
        ("a,a,b", ["a", "b"], ""),
    ],
)
def test_a_link_that_cannot_be_followed_in_full_gets_one_sentence(
    link: str, left: list[str], sentence: str, open_page: Open, shown: list[dict[str, Any]]
) -> None:
    page = open_page(link)
    assert ids(shown[-1]) == left and query(page) == ",".join(left)
    assert sentence in shown[-1]["notice"] and bool(sentence) == bool(shown[-1]["notice"])


def test_one_run_alone_asks_for_another(open_page: Open, shown: list[dict[str, Any]]) -> None:
    page = open_page("a")
    assert "Choose one more run" in page.markdown[0].value
    assert shown == [] and query(page) == "a"


def test_an_impossible_choice_leaves_the_page_as_it_was(open_page: Open, shown: list[dict[str, Any]]) -> None:
    page = open_page("a,b")
    page.multiselect[0].set_value(["a", "b", "digits"]).run()
    assert not page.exception
    assert ids(shown[-1]) == ["a", "b"] and page.multiselect[0].value == ["a", "b"] and query(page) == "a,b"
    assert "can't be compared" in shown[-1]["notice"]
    page.multiselect[0].set_value(["a", "b", "c"]).run()
    assert ids(shown[-1]) == ["a", "b", "c"] and shown[-1]["notice"] == ""


def test_runs_of_this_browser_and_of_others_can_be_chosen(open_page: Open) -> None:
    labels = open_page().multiselect[0].options
    assert len(labels) == len(POINTS) + 2
    assert labels[-1].startswith("Hinge")  # others come last


def test_colours_are_kept_and_never_shared() -> None:
    assert distinct([3, 5]) == [3, 5]
    assert distinct([3, None]) == [3, 0]
    assert distinct([None, 0, None]) == [1, 0, 2]
    assert distinct([4, 4, 0]) == [4, 1, 0]
    assert len(set(distinct([7] * 6))) == 6


def entrant(name: str, rows: list[tuple[int, tuple[float, ...]]]) -> Entrant:
    config = RunConfig(seeds=len(rows[0][1]) if rows else 1)
    history = History()
    for step, values in rows:
        history.append(Row(step, {"jsd": values, "emd": values, "modes": values}, None))
    return Entrant(Run(name, OWNER, config, config, worker=-1, history=history), name, 0)


def test_runs_are_compared_at_the_newest_step_at_which_all_were_measured(engine: FakeEngine) -> None:
    first = entrant("first", [(0, (5.0,) * 6), (200, (2.0,) * 6), (400, (9.0,) * 6)])
    second = entrant("second", [(0, (5.0,) * 6), (200, (3.0,) * 6), (383, (7.0,) * 6)])
    step, table = compared([first, second])
    assert step == 200
    assert [row["Measure"] for row in table] == ["JSD", "EMD", "Modes captured"]
    assert table[0]["B"] == "second" and table[0]["Median of A"] == "2" and table[0]["Median of B"] == "3"
    assert table[0]["B − A"] == "+1" and table[0]["95 % interval"] == "+1 to +1"
    assert table[0]["Seeds"] == "6 pairs: B higher in 6, lower in 0"
    assert [row["Beyond luck"] for row in table] == ["B is worse", "B is worse", "B is better"]


def test_few_seeds_are_no_ground_for_a_verdict(engine: FakeEngine) -> None:
    step, table = compared([entrant("first", [(0, (1.0,) * 4)]), entrant("second", [(0, (9.0,) * 4)])])
    assert step == 0 and {row["Beyond luck"] for row in table} == {"needs 6 seeds"}
    assert {row["95 % interval"] for row in table} == {"–"}


def test_one_seed_or_no_row_gives_no_interval(engine: FakeEngine) -> None:
    many = entrant("many", [(0, (1.0, 2.0))])
    assert compared([many, entrant("one", [(0, (1.0,))])]) == (0, [])
    assert compared([many, entrant("nothing", [])]) == (None, [])
    lost = entrant("lost", [(0, (1.0, np.nan))])
    assert compared([many, lost])[1] == []
