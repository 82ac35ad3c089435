"""One visitor's session: wanted settings, the run they act on, and the URL that carries both.

The only user of st.session_state, st.query_params and st.context.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.data import images
from playground.engine.engine import EngineError
from playground.engine.run import Run
from playground.engine.shared import engine
from playground.feed.session import COOKIE
from playground.recipes import RECIPES, kept_by, named

RUN = "run"
"""The URL parameter that names the tab's run. It opens that run for the browser that started it, and nothing else."""

Value = TypeVar("Value")


class PageSession:
    """What one page remembers of one visitor. Pages share nothing: each has its settings and its run.

    start: where the page's settings stand on the first visit; the URL carries what differs from it.
    """

    def __init__(self, page: str, start: RunConfig) -> None:
        self.page = page
        self.start = start
        query = st.query_params.to_dict()
        if not query and self._recall("query", None):
            return  # back from another page: Streamlit has emptied the URL
        if query != self._recall("query", None):  # the first visit, Back, or edited by hand
            self._keep("query", query)
            wanted, notice = self._read_query({name: value for name, value in query.items() if name != RUN})
            self.want(wanted)
            self.say(notice)
            self._keep("run", query.get(RUN, ""))

    def wanted(self) -> RunConfig:
        """The settings that the widgets stand at, or stood at before the last impossible combination."""
        config: RunConfig = self._recall("wanted", self.start)
        keys = {name: self.key(name) for name in settings.SETTINGS}
        values = {name: st.session_state[key] for name, key in keys.items() if key in st.session_state}
        self._keep("conflict", "")
        try:
            changed = config.replace(**values)
        except ConfigError as error:
            self._keep("conflict", str(error))
            return config
        if changed != config:
            self._keep("wanted", changed)
            self.say("")
        return changed

    def want(self, config: RunConfig) -> None:
        """Put every widget to these settings. To be called before the widgets are drawn, as in a callback."""
        self._keep("wanted", config)
        for name, value in config.model_dump().items():
            st.session_state[self.key(name)] = value

    def key(self, name: str) -> str:
        """The key of a widget of this page."""
        return f"{self.page}_{name}"

    def prepare_widget(self, name: str) -> str:
        """The key of a setting's widget, which stands at the wanted value: Streamlit forgets what was hidden."""
        key = self.key(name)
        if key not in st.session_state:
            st.session_state[key] = getattr(self._recall("wanted", self.start), name)
        return key

    def stand_at(self, name: str, value: Value) -> Value:
        """The present value of a widget."""
        present: Value = st.session_state.get(self.key(name), value)
        return present

    def run(self, config: RunConfig) -> Run | None:
        """This tab's run, brought to the settings as far as that disturbs nothing; None if the server has no room."""
        found = self._own_run()
        possible = self._with_data(config, found)
        if found is None:
            try:
                found = engine().run(engine().start(owner(), possible, self.folder), owner())
            except EngineError as error:
                self.say(str(error))
                return None
            self._keep("run", found.id)
        try:
            engine().change(found, possible)
        except ConfigError as error:
            self.say(str(error))
        self._write_query(config.to_query(self.start) | {RUN: found.id})
        return found

    def restart(self) -> None:
        """Start this tab's run anew with the wanted settings; a playing run plays on."""
        found = self._own_run()
        if found is not None:  # else the next script run starts one
            found.folder = self.folder
            engine().restart(found, self._with_data(self.wanted(), found), playing=found.status == "playing")

    def new_seed(self) -> None:
        """Start anew with another seed, drawn by lot."""
        self.want(self.wanted().replace(seed=secrets.randbelow(10_000)))
        self.restart()

    def recipe_key(self, config: RunConfig) -> str:
        """The key of the recipe menu, which stands at the recipe that the settings follow, if any."""
        key = self.key("recipe")
        st.session_state[key] = named(config)
        return key

    def follow_recipe(self) -> None:
        """Start anew with the chosen recipe; the seeds and the way of measuring stay, and the images."""
        name = st.session_state[self.key("recipe")]
        if name is None:
            return
        self.want(RECIPES[name].config.replace(**kept_by(RECIPES[name], self.wanted())))
        self.restart()

    @property
    def folder(self) -> Path | None:
        """The folder that the visitor named for image files, if any."""
        named_folder = self.stand_at("folder", "")
        return Path(named_folder) if named_folder else None

    def missing_data(self, config: RunConfig) -> bool:
        """Whether the wanted images are not on this machine."""
        return config.on_images and not images.available(config.dataset, self.folder)

    def notice(self) -> str:
        """What went wrong with the last wish, in one sentence, or ""."""
        conflict: str = self._recall("conflict", "")
        return conflict or self._recall("notice", "")

    def say(self, text: str) -> None:
        """What `notice` tells from now on."""
        self._keep("notice", text)

    def _own_run(self) -> Run | None:
        try:
            return engine().run(self._recall("run", ""), owner())
        except EngineError:
            return None

    def _with_data(self, config: RunConfig, run: Run | None) -> RunConfig:
        """The settings, on the data that is there: the run's own as long as the wanted ones are missing."""
        if not self.missing_data(config):
            return config
        return config.replace(dataset=run.asked.dataset if run else self.start.dataset)

    def _read_query(self, query: Mapping[str, str]) -> tuple[RunConfig, str]:
        """The settings in a URL, and one sentence about what in it can't be. What is left of it still counts."""
        rest: dict[str, Any] = dict(query)
        problem = ""
        while True:
            try:
                config = settings.read_text(rest, self.start)
                if config.on_images != self.start.on_images:
                    raise ConfigError(f"dataset={config.dataset} belongs to another page.", "dataset")
                return config, problem
            except ConfigError as error:
                problem = problem or f"The link could not be followed in full: {error}"
                if error.field not in rest:
                    return self.start, problem
                del rest[error.field]

    def _write_query(self, query: dict[str, str]) -> None:
        if query != self._recall("query", None) or query != st.query_params.to_dict():
            self._keep("query", query)
            st.query_params.from_dict(query)

    def _recall(self, name: str, missing: Any) -> Any:
        return st.session_state.get(f"_{self.page}_{name}", missing)

    def _keep(self, name: str, value: Any) -> None:
        st.session_state[f"_{self.page}_{name}"] = value


def owner() -> str:
    """The name that this browser's runs belong to."""
    cookie: str | None = st.context.cookies.get(COOKIE)
    if cookie:
        return cookie
    owner: str = st.session_state.setdefault("_owner", secrets.token_urlsafe(32))  # a browser without cookies
    return owner
