"""Two stages on one page, as a lesson shows them: each with its settings and its run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.config import RunConfig
from playground.engine.server import shared
from playground.engine.server.run import Run
from playground.ui import page_session, run_actions
from playground.ui.page_state import PageState

OWNER = "a browser"


def lesson() -> None:
    """The page's script."""
    import streamlit as st

    from playground.config import RunConfig
    from playground.ui import controls, live, run_actions
    from playground.ui.page_session import PageSession

    for page in (PageSession("left", RunConfig()), PageSession("right", RunConfig(loss="hinge"), in_address=False)):
        controls.recipes(page, page.state.wanted)
        controls.edit(page, page.state.wanted)
        st.button("Restart", key=page.key("again"), on_click=run_actions.restart, args=(page,))
        live.show(page)


@pytest.fixture(autouse=True)
def _engine_of_its_own(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "runs"))
    for module in (page_session, run_actions):
        monkeypatch.setattr(module, "owner", lambda: OWNER)
    yield
    shared.close()


def state(page: AppTest, name: str) -> PageState:
    found: PageState = page.session_state[f"_{name}"]
    return found


def run_of(page: AppTest, name: str) -> Run:
    return shared.engine().run(state(page, name).run, OWNER)


def test_each_stage_keeps_its_settings_and_its_run() -> None:
    page = AppTest.from_function(lesson, default_timeout=120)
    page.query_params["k"] = "3"
    page.run()
    assert not page.exception
    left, right = run_of(page, "left"), run_of(page, "right")
    assert left is not right
    assert left.wanted == RunConfig(k=3) and right.wanted == RunConfig(loss="hinge"), "the address is the left one's"
    assert page.query_params["run"] == left.id and page.query_params["k"] == "3"

    page.slider(key="right_k").set_value(5).run()
    assert right.wanted == RunConfig(k=5, loss="hinge") and left.wanted == RunConfig(k=3)
    assert page.slider(key="left_k").value == 3 and page.query_params["k"] == "3"

    page.select_slider(key="left_clip").set_value(0.1)
    page.selectbox(key="left_penalty").set_value("r1").run()
    assert state(page, "left").conflict and not state(page, "right").conflict
    assert left.wanted == RunConfig(k=3) and right.wanted == RunConfig(k=5, loss="hinge")

    page.selectbox(key="right_recipe_").set_value("wgan_gp").run()
    page.button(key="right_again").click().run()
    assert not page.exception
    assert run_of(page, "right").wanted.loss == "wasserstein" and page.slider(key="left_k").value == 3
    for _ in range(3):
        page.run()
    assert run_of(page, "left") is left and run_of(page, "right") is right


def test_each_stage_has_its_own_component() -> None:
    page = AppTest.from_function(lesson, default_timeout=120).run()
    mounted = [json_of(element) for element in page.get("bidi_component")]
    assert [stage["about"]["run"] for stage in mounted] == [run_of(page, name).id for name in ("left", "right")]


def json_of(element: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(element.proto.json)
    return told
