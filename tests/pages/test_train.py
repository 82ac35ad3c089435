"""The Train page's script, without a browser: settings in, URL and engine out."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from playground.config import SETTINGS, RunConfig, applies
from playground.engine.server import shared
from playground.engine.server.run import Run
from playground.recipes import RECIPES, for_images
from playground.ui import page_session, run_actions, stage, url
from playground.ui.controls import RESTART_MARK, ladder

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
OWNER = "a browser"

Open = Callable[..., AppTest]


@pytest.fixture(scope="module", autouse=True)
def _engine_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """With a folder for its runs that nobody else has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path_factory.mktemp("runs")))
        yield
        shared.close()


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the page with these URL parameters. AppTest has no cookies, so the browser's name is given."""
    for module in (page_session, run_actions):
        monkeypatch.setattr(module, "owner", lambda: OWNER)

    def open_with(**query: str) -> AppTest:
        page = AppTest.from_file(str(MAIN), default_timeout=120)
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
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def begin(page: AppTest) -> Run:
    """The page's run after a step by hand: from now on a restart would lose something."""
    run = run_of(page)
    shared.engine().step(run, "both")
    wait(lambda: run.steps == 1 and run.status == "paused")
    return run


def widgets(page: AppTest) -> dict[str, Any]:
    """The settings' widgets by their keys."""
    kinds = ("slider", "select_slider", "selectbox", "toggle", "number_input")
    found = {str(widget.key): widget for kind in kinds for widget in page.get(kind)}
    return {key: widget for key, widget in found.items() if not key.startswith("train_recipe")}


def menu(page: AppTest, session: str = "train") -> Selectbox[Any]:
    """The menu of recipes."""
    return next(box for box in page.selectbox if str(box.key).startswith(f"{session}_recipe"))


def test_every_setting_that_has_an_effect_has_its_widget(open_page: Open) -> None:
    page = open_page()
    config = RunConfig()
    shown = {f"train_{name}" for name in SETTINGS if applies(name, config)}
    assert widgets(page).keys() == shown


def test_settings_that_need_a_restart_are_marked(open_page: Open) -> None:
    page = open_page()
    marked = {key.removeprefix("train_"): RESTART_MARK in widget.label for key, widget in widgets(page).items()}
    assert marked == {name: not SETTINGS[name].live for name in marked} and len(set(marked.values())) == 2


def test_the_url_sets_the_widgets_and_the_run(open_page: Open) -> None:
    page = open_page(k="4", loss="hinge", lr_g="0.0003")
    assert page.slider(key="train_k").value == 4
    assert page.selectbox(key="train_loss").value == "hinge"
    assert page.select_slider(key="train_lr_g").value == 0.0003
    assert run_of(page).wanted == RunConfig(k=4, loss="hinge", lr_g=0.0003)


def test_formulas_of_ones_own_are_typed_and_a_bad_one_keeps_the_last_good_one(open_page: Open) -> None:
    page = open_page(loss="own", own_fake="(1 + d)^2")
    run = begin(page)
    assert page.text_input(key="train_own_fake").value == "(1 + d)^2" and len(page.get("plotly_chart")) == 1
    page.text_input(key="train_own_generator").set_value("relu(1 - d").run()
    assert run.config.own_generator == "softplus(-d)" and "own_generator" not in query(page)
    page.text_input(key="train_own_generator").set_value("relu(1 - d)").run()
    wait(lambda: run.config.own_generator == "relu(1 - d)")
    assert query(page)["own_generator"] == "relu(1 - d)" and run.steps == 1


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
    assert page.session_state["_train"].conflict.startswith(
        "“Weight clipping c” and “Penalty on D's slope” both bound D's slope"
    )
    assert run.wanted.clip == 0
    page.select_slider(key="train_clip").set_value(0.0).run()
    assert page.session_state["_train"].conflict == ""


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if not for_images(recipe)])
def test_a_recipe_sets_everything_but_the_seed(open_page: Open, name: str) -> None:
    page = open_page(seed="7", k="9")
    run = run_of(page)
    menu(page).set_value(name).run()
    assert not page.exception
    assert run.wanted == RECIPES[name].config.replace(seed=7)
    assert menu(page).value == name
    config = RECIPES[name].config
    if config.learning.plays and config.updates == "alternating":  # elsewhere k has no meaning
        assert page.slider(key="train_k").value == RECIPES[name].config.k


def test_what_is_said_of_a_recipe_stays_when_a_setting_is_changed(open_page: Open) -> None:
    page = open_page()
    menu(page).set_value("wgan_clipping").run()
    said = [caption.value for caption in page.sidebar.caption]
    assert any("Clipping makes the critic simple" in text for text in said)
    page.slider(key="train_k").set_value(6).run()
    assert menu(page).value is None
    assert [caption.value for caption in page.sidebar.caption] == said  # else every widget below would move


def test_the_menu_of_before_a_change_is_not_asked_again(open_page: Open) -> None:
    """A browser sends the old choice along with the next change; taken as a choice, it would start the run anew."""
    page = open_page()
    before = menu(page).key
    page.slider(key="train_k").set_value(6).run()
    assert menu(page).key != before


def test_seeds_at_once_stand_below_the_recipes_and_nowhere_else(open_page: Open) -> None:
    page = open_page()
    assert [widget.key for widget in page.sidebar.select_slider][0] == "train_seeds"
    page = open_page(hide="measuring")
    assert "train_seeds" not in [widget.key for widget in page.sidebar.select_slider]


def test_own_settings_follow_no_recipe(open_page: Open) -> None:
    page = open_page(k="9")
    assert menu(page).value is None


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
    assert field in page.session_state["_train"].notice
    assert run_of(page).wanted == kept


def test_another_browsers_run_in_the_link_is_not_opened(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = open_page(k="3")
    for module in (page_session, run_actions):
        monkeypatch.setattr(module, "owner", lambda: "another browser")
    theirs = open_page(**query(mine))
    assert query(theirs)["run"] != query(mine)["run"]
    assert shared.engine().run(query(theirs)["run"], "another browser").wanted == RunConfig(k=3)
    assert "is not here" in theirs.session_state["_train"].notice, "it was never recorded: nobody else can know of it"


def test_what_another_tab_changes_stands_in_this_ones_widgets_and_is_not_undone(open_page: Open) -> None:
    page = open_page()
    run = begin(page)
    other = open_page(run=run.id)
    assert run_of(other) is run
    other.slider(key="train_k").set_value(3).run()
    assert run.wanted.k == 3
    page.slider(key="train_instance_noise").set_value(0.5).run()
    assert run.wanted == RunConfig(k=3, instance_noise=0.5)
    assert page.slider(key="train_k").value == 3
    other.run()
    assert other.slider(key="train_instance_noise").value == 0.5
    assert query(other)["k"] == "3" and query(other)["instance_noise"] == "0.5"


def test_a_widget_moved_before_the_browser_knows_the_new_url_changes_that_setting_alone(open_page: Open) -> None:
    page = open_page()
    run, before = run_of(page), query(page)
    page.slider(key="train_k").set_value(3).run()
    page.query_params.clear()
    page.query_params.update(before)  # a browser's request that was on its way
    page.slider(key="train_instance_noise").set_value(0.5).run()
    assert run.wanted == RunConfig(k=3, instance_noise=0.5)
    assert query(page)["k"] == "3" and query(page)["instance_noise"] == "0.5"


def test_back_brings_the_settings_of_before(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page()
    run, before = run_of(page), query(page)
    page.slider(key="train_k").set_value(3).run()
    monkeypatch.setattr(url, "went_back", lambda: True)
    page.query_params.clear()
    page.query_params.update(before)
    page.run()
    assert run.wanted == RunConfig() and page.slider(key="train_k").value == 1


def test_of_two_tabs_the_one_that_changed_a_setting_last_has_its_way(open_page: Open) -> None:
    page = open_page()
    run = begin(page)
    other = open_page(run=run.id)
    other.slider(key="train_k").set_value(3).run()
    page.slider(key="train_k").set_value(5).run()
    assert run.wanted.k == 5
    other.run()
    assert other.slider(key="train_k").value == 5


def recorded(page: AppTest) -> Run:
    """The page's run after a step by hand, once it can be found on disk."""
    run = begin(page)
    wait(lambda: run.record is not None and 1 in run.checkpoints)
    return run


@pytest.fixture
def stage_says(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the stage has sent to Python, with a button for each of its triggers: AppTest runs no script."""
    says: dict[str, Any] = {}

    def show(_: str, data: Mapping[str, Any], on: Mapping[str, Callable[[], None]]) -> None:
        for trigger, pulled in on.items():
            st.button(trigger, key=trigger, on_click=pulled)
        st.json(data["about"])

    monkeypatch.setattr(stage, "show", show)
    monkeypatch.setattr(page_session.PageSession, "sent", lambda _, component, name: says.get(name))
    return says


def about(page: AppTest) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(page.json[0].value)
    return told


def pull(page: AppTest, trigger: str) -> None:
    page.button(key=trigger).click().run()
    assert not page.exception


def test_a_fork_goes_on_from_the_step_with_the_wanted_settings(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page(seed="3")
    parent = recorded(page)
    stage_says.update(rewound=parent.id, fork={"step": 1})
    page.slider(key="train_k").set_value(5).run()
    assert parent.wanted.k == 1, "looking back, settings wait"
    pull(page, "fork")
    child = run_of(page)
    assert child.id != parent.id and child.wanted == RunConfig(seed=3, k=5) and child.steps == 1
    assert parent.wanted.k == 1
    assert about(page)["lineage"].startswith("forked from run ")
    assert about(page)["lineage"].endswith("at step 1")
    assert about(page)["compare"] == f"/compare?runs={parent.id},{child.id}"
    assert query(page)["k"] == "5"


def test_settings_that_waited_reach_the_run_when_it_is_live_again(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page()
    run = begin(page)
    stage_says["rewound"] = run.id
    page.slider(key="train_k").set_value(5).run()
    assert run.wanted.k == 1
    stage_says["rewound"] = ""
    page.run()
    assert run.wanted.k == 5


def test_a_fork_that_would_need_a_restart_is_refused(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page()
    parent = recorded(page)
    stage_says["fork"] = {"step": 1}
    page.slider(key="train_g_depth").set_value(4).run()
    pull(page, "fork")
    assert run_of(page) is parent
    assert "g_depth can't change in a fork" in page.session_state["_train"].notice


def test_the_same_start_keeps_the_parent_and_the_seed(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page(seed="5")
    parent = recorded(page)
    page.slider(key="train_g_depth").set_value(4).run()
    page.number_input(key="train_seed").set_value(6).run()
    pull(page, "same_start")
    child = run_of(page)
    assert child.id != parent.id and child.wanted == RunConfig(seed=5, g_depth=4)
    assert page.number_input(key="train_seed").value == 5
    assert parent.wanted == RunConfig(seed=5) and parent.steps == 1
    assert about(page)["lineage"].startswith("same start as run ")


def test_the_address_follows_the_presentation(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page(present="1")
    for on in (False, True):
        stage_says.update(present={"on": on})
        pull(page, "present")
        assert ("present" in query(page)) is on


def test_a_restart_keeps_the_recorded_run(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page()
    run = recorded(page)
    page.slider(key="train_g_depth").set_value(4).run()
    pull(page, "restart")
    fresh = run_of(page)
    assert fresh.id != run.id and fresh.wanted == RunConfig(g_depth=4)
    assert run.steps == 1 and run.wanted == RunConfig()


def test_a_run_that_has_not_begun_is_restarted_in_its_place(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page()
    run = run_of(page)
    pull(page, "new_seed")
    assert run_of(page) is run and run.wanted.seed == int(query(page)["seed"])


def test_a_run_is_renamed_on_its_page(open_page: Open, stage_says: dict[str, Any]) -> None:
    page = open_page()
    assert not about(page)["mine"], "before its first step nothing is recorded that could have a name"
    recorded(page)
    page.run()
    assert about(page)["mine"] and about(page)["name"].startswith("Non-saturating baseline · run")
    stage_says["rename"] = {"name": "For the lecture"}
    pull(page, "rename")
    assert about(page)["name"] == "For the lecture"
    stage_says["rename"] = {"name": "x" * 1000}
    pull(page, "rename")
    assert about(page)["name"] == "For the lecture" and "100" in page.session_state["_train"].notice


def test_a_restarted_server_finds_the_run_where_it_stood(open_page: Open) -> None:
    page = open_page(k="3", loss="hinge")
    run = recorded(page)
    shared.close()
    again = open_page(run=run.id)
    found = run_of(again)
    assert found is not run and found.id == run.id and found.steps == 1
    assert found.wanted == RunConfig(k=3, loss="hinge") and not found.hosted
    assert again.slider(key="train_k").value == 3 and query(again)["loss"] == "hinge"


def test_a_link_with_settings_changes_the_run_that_it_names(open_page: Open) -> None:
    run = begin(open_page(k="3"))
    open_page(run=run.id, k="4")
    assert run.wanted == RunConfig(k=4)


def test_a_run_on_images_is_not_opened_on_the_page_of_points(open_page: Open) -> None:
    images = RECIPES["lecture"].config
    run_id = shared.engine().start(OWNER, images)
    page = open_page(run=run_id)
    assert run_of(page).wanted == RunConfig()
    assert "open it on the Images page" in page.session_state["_train"].notice


def test_somebody_elses_recorded_run_gives_its_settings_or_is_looked_at(
    open_page: Open, stage_says: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = recorded(open_page(k="7"))
    for module in (page_session, run_actions):
        monkeypatch.setattr(module, "owner", lambda: "a visitor")
    shared_link = open_page(run=theirs.id)
    assert "belongs to another browser" in shared_link.session_state["_train"].notice
    own = shared.engine().run(query(shared_link)["run"], "a visitor")
    assert own.mine and own.wanted == RunConfig(k=7)

    looking = open_page(look=theirs.id)
    assert not looking.session_state["_train"].notice
    assert query(looking)["look"] == theirs.id and "run" not in query(looking)
    looking.slider(key="train_k").set_value(2).run()
    assert theirs.wanted.k == 7
    stage_says["rename"] = {"name": "Mine now"}
    pull(looking, "rename")
    assert about(looking)["name"] != "Mine now"
    assert "belongs to another browser session" in looking.session_state["_train"].notice
    stage_says["fork"] = {"step": 1}
    pull(looking, "fork")
    child = shared.engine().run(query(looking)["run"], "a visitor")
    assert child.mine and child.wanted == RunConfig(k=2) and "look" not in query(looking)


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
