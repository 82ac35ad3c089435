"""A page's state between Streamlit and the engine: what a script run sees, and how effects are carried out."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.data import image_data, own_points
from playground.data.errors import DataError
from playground.data.own_points import OWN_POINTS
from playground.engine.server.engine import EngineError
from playground.engine.server.run import Run
from playground.engine.server.shared import engine, store_problem
from playground.feed.commands import SPEEDS
from playground.ui import page_state, url
from playground.ui.link import read_link
from playground.ui.memory import keep, of_page, owner, recall
from playground.ui.page_state import ChangeRun, Effect, Found, PageState, PutWidgets, Seen, StartRun, WriteAddress, step

MISSING = "The wanted data are not on this machine yet: the group Data among the settings says how to get them."
NO_POINTS = "There are no points of yours yet: draw some or give a file, in the group Data among the settings."


class PageSession:
    """One stage with its settings and its run, for one visitor. Sessions of different names share nothing.

    To be made at every script run before its widgets are drawn. start: the settings on the first visit.
    in_address: whether the page's address carries the settings and the run; of the sessions on one page, one may.
    """

    def __init__(self, name: str, start: RunConfig, *, in_address: bool = True) -> None:
        self.name = name
        self.start = start
        self._in_address = in_address
        self._settle()

    @property
    def state(self) -> PageState:
        """What this session remembers."""
        state: PageState = recall(of_page(self.name), PageState(self.start, self.start))
        return state

    def keep(self, **changes: Any) -> None:
        """Remember other values of fields of the state."""
        keep(of_page(self.name), replace(self.state, **changes))

    def key(self, name: str) -> str:
        """The key of a widget of this session."""
        return f"{self.name}_{name}"

    @property
    def run(self) -> Run | None:
        """The run that this session shows; None where the server has no room for one."""
        run = self._find(self.state.run)
        return run if run is not None and (run.mine or self.state.look) else None

    def say(self, text: str) -> None:
        """What `notice` tells until another setting is wanted."""
        self.keep(notice=text)

    @property
    def notice(self) -> str:
        """What went wrong with the last wish, in one sentence, or ""."""
        return self.state.conflict or self.state.notice or self.missing or store_problem()

    @property
    def missing(self) -> str:
        """That the wanted data are not on this machine, in one sentence, or ""."""
        wanted = self.state.wanted
        if self.has_data(wanted):
            return ""
        return NO_POINTS if wanted.dataset == OWN_POINTS and not wanted.points_id else MISSING

    def want(self, config: RunConfig) -> None:
        """Put every widget to these settings. To be called before the widgets are drawn, as in a callback."""
        self.keep(wanted=config, notice="")
        self._put(config.model_dump())

    def take_widgets(self) -> RunConfig:
        """Remember the settings that the widgets stand at, and return them. Callbacks come before a step does."""
        keep(of_page(self.name), page_state.with_widgets(self.state, self._widgets()))
        return self.state.wanted

    def possible(self, config: RunConfig, run: Run) -> RunConfig:
        """The settings, on the run's data as long as the wanted ones are not on this machine."""
        return page_state.with_data(config, run.wanted, self.has_data)

    def has_data(self, config: RunConfig) -> bool:
        """Whether the wanted images, or the visitor's own points, are on this machine."""
        if config.dataset == OWN_POINTS:
            return own_points.available(config.points_id)
        return not config.on_images or image_data.available(config.dataset, self.folder, config.images_id)

    @property
    def folder(self) -> Path | None:
        """The folder that the visitor named for image files, if any."""
        named_folder = recall(self.key("folder"), "")
        return Path(named_folder) if named_folder else None

    def sent(self, component: str, name: str) -> Any:
        """What a component of this session has sent along with a trigger, or the value of a state; None if nothing."""
        state = recall(self.key(component), None)
        return state.get(name) if isinstance(state, Mapping) else None

    @property
    def speed(self) -> str:
        """Steps per second that the run is held to, as the bar offers them; "" where it is not."""
        run = self.run
        speed = f"{run.limit:g}" if run and run.limit else ""
        return speed if speed in SPEEDS else ""

    def _settle(self) -> None:
        """See, step and carry out until nothing is left to be done, or something could not be done."""
        while True:
            state, effects = step(self.state, self._see())
            keep(of_page(self.name), state)
            if not effects or not all([self._carry_out(effect) for effect in effects]):
                return

    def _see(self) -> Seen:
        query = url.query() if self._in_address else None
        runs = [self._find(id) for id in {self.state.run, read_link(query or {}).run}]
        return Seen(
            self._widgets(),
            {run.id: Found(run.id, run.wanted, run.mine, not run.begun and not run.changes) for run in runs if run},
            self.sent("stage", "rewound") or "",
            self.has_data,
            self._own_images,
            query,
            url.went_back(),
        )

    def _own_images(self) -> str:
        try:
            return image_data.own_images_id(self.folder)
        except DataError:  # the group Data says so
            return ""

    def _carry_out(self, effect: Effect) -> bool:
        """Whether it could be done; if not, the notice says why."""
        try:
            match effect:
                case PutWidgets(values):
                    self._put(values)
                case StartRun(config, speed):
                    run = engine().run(engine().start(owner(), config, self.folder), owner())
                    if speed:
                        engine().limit(run, None if speed == "max" else float(speed))
                    self.keep(run=run.id, look=False)
                case ChangeRun(id, config):
                    engine().change(engine().run(id, owner()), config)
                case WriteAddress(query):
                    url.write(query)
        except (ConfigError, EngineError) as error:
            self.say(str(error))
            return False
        return True

    def _find(self, id: str) -> Run | None:
        try:
            return engine().run(id, owner()) if id else None
        except EngineError:
            return None

    def _widgets(self) -> dict[str, Any]:
        keys = {name: self.key(name) for name in settings.SETTINGS}
        return {name: st.session_state[key] for name, key in keys.items() if key in st.session_state}

    def _put(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            st.session_state[self.key(name)] = value
