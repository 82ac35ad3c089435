"""One visitor's session: wanted settings, the run they act on, and the URL that carries both.

The only user of st.session_state, st.query_params and st.context.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.engine.engine import EngineError, Run
from playground.engine.shared import engine
from playground.feed.session import COOKIE
from playground.recipes import RECIPES, named

RUN = "run"
"""The URL parameter that names the tab's run. It opens that run for the browser that started it, and nothing else."""


def begin() -> None:
    """Read the URL, when it is new to this session: on the first visit, after Back, or edited by hand."""
    query = st.query_params.to_dict()
    if query != st.session_state.get("_query"):
        st.session_state["_query"] = query
        wanted, notice = _read_query({name: value for name, value in query.items() if name != RUN})
        want(wanted)
        _say(notice)
        st.session_state["_run"] = query.get(RUN, "")


def wanted() -> RunConfig:
    """The settings that the widgets stand at, or stood at before the last impossible combination."""
    config: RunConfig = st.session_state["_wanted"]
    values = {
        name: st.session_state[key] for name in settings.SETTINGS if (key := widget_key(name)) in st.session_state
    }
    st.session_state["_conflict"] = ""
    try:
        changed = config.replace(**values)
    except ConfigError as error:
        st.session_state["_conflict"] = str(error)
        return config
    if changed != config:
        st.session_state["_wanted"] = changed
        _say("")
    return changed


def want(config: RunConfig) -> None:
    """Put every widget to these settings. To be called before the widgets are drawn, as in a callback."""
    st.session_state["_wanted"] = config
    for name, value in config.model_dump().items():
        st.session_state[widget_key(name)] = value


def widget_key(name: str) -> str:
    return f"setting_{name}"


def prepare_widget(name: str) -> str:
    """The key of a setting's widget, which stands at the wanted value (Streamlit forgets widgets that were hidden)."""
    key = widget_key(name)
    if key not in st.session_state:
        st.session_state[key] = getattr(st.session_state["_wanted"], name)
    return key


def run(config: RunConfig) -> Run | None:
    """This tab's run, brought to the settings as far as that disturbs nothing; None if the server has no room."""
    try:
        found = engine().run(st.session_state["_run"], owner())
    except EngineError:
        try:
            found = engine().run(engine().start(owner(), config), owner())
        except EngineError as error:
            _say(str(error))
            return None
        st.session_state["_run"] = found.id
    try:
        engine().change(found, config)
    except ConfigError as error:
        _say(str(error))
    _write_query(config.to_query() | {RUN: found.id})
    return found


def restart() -> None:
    """Start this tab's run anew with the wanted settings; a playing run plays on."""
    config = wanted()
    try:
        found = engine().run(st.session_state["_run"], owner())
    except EngineError:
        return  # the next script run starts one
    engine().restart(found, config, playing=found.status == "playing")


def new_seed() -> None:
    """Start anew with another seed, drawn by lot."""
    want(wanted().replace(seed=secrets.randbelow(10_000)))
    restart()


def recipe_key(config: RunConfig) -> str:
    """The key of the recipe menu, which stands at the recipe that the settings follow, if any."""
    st.session_state["recipe"] = named(config)
    return "recipe"


def follow_recipe() -> None:
    """Start anew with the chosen recipe; the seeds and the way of measuring stay."""
    name = st.session_state["recipe"]
    if name is None:
        return
    before = wanted()
    kept = {key: getattr(before, key) for key, row in settings.SETTINGS.items() if row.group == "Measuring"}
    want(RECIPES[name].config.replace(**kept))
    restart()


def notice() -> str:
    """What went wrong with the last wish, in one sentence, or ""."""
    text: str = st.session_state.get("_conflict") or st.session_state.get("_notice", "")
    return text


def owner() -> str:
    """The name that this browser's runs belong to."""
    cookie: str | None = st.context.cookies.get(COOKIE)
    if cookie:
        return cookie
    owner: str = st.session_state.setdefault("_owner", secrets.token_urlsafe(32))  # a browser without cookies
    return owner


def _say(text: str) -> None:
    st.session_state["_notice"] = text


def _read_query(query: Mapping[str, str]) -> tuple[RunConfig, str]:
    """The settings in a URL, and one sentence about what in it can't be. What is left of it still counts."""
    rest: dict[str, Any] = dict(query)
    problem = ""
    while True:
        try:
            return settings.read_text(rest), problem
        except ConfigError as error:
            problem = problem or f"The link could not be followed in full: {error}"
            if error.field is None:
                return RunConfig(), problem
            del rest[error.field]


def _write_query(query: dict[str, str]) -> None:
    if query != st.session_state.get("_query"):
        st.session_state["_query"] = query
        st.query_params.from_dict(query)
