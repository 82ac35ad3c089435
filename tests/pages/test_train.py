"""The Train page's script, without a browser: settings in, URL and engine out."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.config import SETTINGS, RunConfig
from playground.engine import shared
from playground.engine.run import Run
from playground.recipes import RECIPES, for_images
from playground.ui import session
from playground.ui.controls import RESTART_MARK, ladder

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
OWNER = "a browser"

Open = Callable[..., AppTest]


@pytest.fixture(scope="module", autouse=True)
def _engine_ends() -> Iterator[None]:
    yield
    shared.close()


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the page with these URL parameters. AppTest has no cookies, so the browser's name is given."""
    monkeypatch.setattr(session, "owner", lambda: OWNER)

    def open_with(**query: str) -> AppTest:
        page = AppTest.from_file(str(MAIN), default_timeout=30)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return open_with


def run_of(page: AppTest) -> Run:
    return shared.engine().run(query(page)["run"], OWNER)


def query(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def begin(page: AppTest) -> Run:
    """The page's run after a step by hand: from now on a restart would lose something."""
    run = run_of(page)
    shared.engine().step(run, "both")
    wait(lambda: run.steps == 1 and run.status == "paused")
    return run


def test_every_setting_that_has_an_effect_has_its_widget(open_page: Open) -> None:
    page = open_page()
    keys = {
        widget.key
        for kind in ("slider", "select_slider", "selectbox", "toggle", "number_input")
        for widget in page.get(kind)
    }
    config = RunConfig()
    shown = {f"train_{name}" for name, row in SETTINGS.items() if row.when is None or row.when(config)}
    assert keys - {"train_recipe"} == shown


def test_settings_that_need_a_restart_are_marked(open_page: Open) -> None:
    page = open_page()
    for slider in page.slider:
        live = SETTINGS[str(slider.key).removeprefix("train_")].live
        assert live != (RESTART_MARK in slider.label)


def test_the_url_sets_the_widgets_and_the_run(open_page: Open) -> None:
    page = open_page(k="4", loss="hinge", lr_g="0.0003")
    assert page.slider(key="train_k").value == 4
    assert page.selectbox(key="train_loss").value == "hinge"
    assert page.select_slider(key="train_lr_g").value == 0.0003
    assert run_of(page).asked == RunConfig(k=4, loss="hinge", lr_g=0.0003)


def test_a_widget_changes_the_url_and_the_run(open_page: Open) -> None:
    page = open_page()
    run = begin(page)
    page.slider(key="train_k").set_value(5).run()
    assert query(page)["k"] == "5"
    wait(lambda: run.config.k == 5)
    assert run.changes == ((1, {"k": [1, 5]}),)
    page.slider(key="train_k").set_value(1).run()
    assert "k" not in query(page)


def test_a_setting_that_needs_a_restart_waits(open_page: Open) -> None:
    page = open_page()
    run = begin(page)
    page.slider(key="train_g_depth").set_value(4)
    page.slider(key="train_k").set_value(2).run()
    wait(lambda: run.config.k == 2)
    assert run.config.g_depth == 2 and run.steps == 1


def test_before_the_first_step_every_setting_acts_at_once(open_page: Open) -> None:
    page = open_page()
    run = run_of(page)
    page.slider(key="train_g_depth").set_value(4).run()
    wait(lambda: run.config.g_depth == 4)


def test_an_impossible_combination_changes_nothing_and_says_why(open_page: Open) -> None:
    page = open_page(penalty="r1")
    run = begin(page)
    page.select_slider(key="train_clip").set_value(0.1).run()
    assert page.session_state["_train_conflict"].startswith("clip and penalty both bound D's slope")
    assert run.asked.clip == 0
    page.select_slider(key="train_clip").set_value(0.0).run()
    assert page.session_state["_train_conflict"] == ""


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if not for_images(recipe)])
def test_a_recipe_sets_everything_but_the_seed(open_page: Open, name: str) -> None:
    page = open_page(seed="7", k="9")
    run = run_of(page)
    page.selectbox(key="train_recipe").set_value(name).run()
    assert not page.exception
    assert run.asked == RECIPES[name].config.replace(seed=7)
    assert page.selectbox(key="train_recipe").value == name
    assert page.slider(key="train_k").value == RECIPES[name].config.k


def test_own_settings_follow_no_recipe(open_page: Open) -> None:
    page = open_page(k="9")
    assert page.selectbox(key="train_recipe").value is None


@pytest.mark.parametrize(
    "query_, field, kept",
    [
        ({"k": "99", "loss": "hinge"}, "k must be a whole number from 1 to 10", RunConfig(loss="hinge")),
        ({"lr_g": "fast"}, "lr_g must be a number from 1e-06 to 1", RunConfig()),
        ({"nonsense": "1", "k": "2"}, "'nonsense' is not a setting", RunConfig(k=2)),
        ({"clip": "0.1", "penalty": "r1"}, "clip and penalty both bound D's slope", RunConfig()),
    ],
)
def test_a_bad_link_gets_one_sentence_and_keeps_what_is_good(
    open_page: Open, query_: dict[str, str], field: str, kept: RunConfig
) -> None:
    page = open_page(**query_)
    assert field in page.session_state["_train_notice"]
    assert run_of(page).asked == kept


def test_another_browsers_run_in_the_link_is_not_opened(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = open_page(k="3")
    monkeypatch.setattr(session, "owner", lambda: "another browser")
    theirs = open_page(**query(mine))
    assert query(theirs)["run"] != query(mine)["run"]
    assert shared.engine().run(query(theirs)["run"], "another browser").asked == RunConfig(k=3)


@pytest.mark.parametrize(
    "limits, kind, smallest, current",
    [((1e-6, 1), "decimal", None, 3e-4), ((0, 1), "decimal", 0.001, 0.03), ((1, 2048), "binary", None, 100)],
)
def test_a_ladder_climbs_from_limit_to_limit_through_the_present_value(
    limits: tuple[float, float], kind: str, smallest: float | None, current: float
) -> None:
    stops = ladder(limits, kind, smallest, current)
    assert stops == sorted(set(stops))
    assert stops[0] == limits[0] and stops[-1] == limits[1] and current in stops
    assert {type(stop) for stop in stops} == {type(current)}
