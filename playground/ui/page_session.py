"""One visitor's session: wanted settings, the run they act on, and the URL that carries both."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.data import image_data, own_points
from playground.data.own_points import OWN_POINTS
from playground.engine.server.engine import EngineError
from playground.engine.server.run import Run
from playground.engine.server.shared import engine, store_problem
from playground.feed.commands import SPEEDS
from playground.recipes import RECIPES, kept_by, named
from playground.ui import memory
from playground.ui.link import LOOK, RUN, Link, read_link
from playground.ui.memory import owner
from playground.ui.url import PageUrl
from playground.ui.view import View

Value = TypeVar("Value")


class PageSession:
    """What one page remembers of one visitor. Pages share nothing: each has its settings and its run.

    start: where the page's settings stand on the first visit; the URL carries what differs from it.
    """

    def __init__(self, page: str, start: RunConfig) -> None:
        self.page = page
        self.start = start
        self._url = PageUrl(page)
        self._follow_other_tabs()
        query = self._url.news(self._moved())
        if query is not None:
            self._follow_link(read_link(query))

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
            if self.view.speed:
                engine().limit(found, None if self.view.speed == "max" else float(self.view.speed))
            self._keep("run", found.id)
        if found.mine and not self._rewound(found):
            try:
                engine().change(found, possible)
            except (ConfigError, EngineError) as error:
                self.say(str(error))
        self._keep("asked", (found.id, found.wanted))
        self._url.write(config.to_query(self.start) | self.view.to_query() | {RUN if found.mine else LOOK: found.id})
        return found

    def asked(self) -> RunConfig | None:
        """The settings that this tab's run was asked for last, if it has a run."""
        found = self._own_run()
        return found.wanted if found else None

    def restart(self, play: bool = False) -> None:
        """Start anew with the wanted settings; a playing run plays on."""
        found, wanted = self._own_run(), self.wanted()
        if found is None:
            return  # the next script run starts one
        possible = self._with_data(wanted, found)
        if possible != wanted:
            self.say("The wanted data are not on this machine yet: the group Data on the left says how to get them.")
        if possible == found.wanted != wanted:
            return  # nothing else is wanted
        playing = play or (found.mine and found.status == "playing")
        self._start_anew(found, possible, playing)

    def reset(self) -> None:
        """Back to step 0 with the settings that the run has; restart-needing ones go on waiting."""
        found = self._own_run()
        if found is not None:
            self._start_anew(found, found.wanted, playing=False)

    def _start_anew(self, found: Run, config: RunConfig, playing: bool) -> None:
        """A recorded run is not lost: it stays as it is, and the new start is a run of its own."""
        if found.mine and not (found.begun and engine().store):
            found.folder = self.folder
            engine().restart(found, config, playing=playing)
            return
        try:
            if found.mine:
                engine().play(found, False)
            fresh = engine().run(engine().start(owner(), config, self.folder), owner())
            engine().limit(fresh, found.limit)
            if playing:
                engine().play(fresh, True)
        except EngineError as error:
            self.say(str(error))
            return
        self._show(fresh)

    def fork(self) -> None:
        """Go on from a recorded step of this tab's run in a run of its own, with the wanted settings."""
        step = self._trigger("fork").get("step")
        if isinstance(step, int):
            self._branch(lambda source, config: engine().fork(owner(), source.id, step, config))

    def same_start(self) -> None:
        """Start another run at step 0, from the same seed, with the wanted settings; this tab's run stays."""
        self._branch(lambda source, config: engine().same_start(owner(), source.id, config))

    def rename(self) -> None:
        """Call this tab's run what the visitor typed."""
        name, found = self._trigger("rename").get("name"), self._own_run()
        if found is None or not isinstance(name, str):
            return
        try:
            engine().rename(found.id, owner(), name)
        except EngineError as error:
            self.say(str(error))

    def follow_suggestion(self) -> None:
        """Change the settings as the reading of the run suggests; start anew where one of them needs it."""
        changes = self._trigger("apply").get("changes")
        if not isinstance(changes, Mapping):
            return
        before = self.wanted()
        try:
            self.want(before.replace(**changes))
        except ConfigError as error:
            self.say(str(error))
            return
        if settings.difference(before, self.wanted()).fixed:
            self.restart()

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
    def view(self) -> View:
        """How the link asks the page to be shown."""
        view: View = self._recall("view", View())
        return view

    @property
    def speed(self) -> str:
        """Steps per second that this tab's run is held to, as the bar offers them; "" where it is not."""
        found = self._own_run()
        speed = f"{found.limit:g}" if found and found.limit else ""
        return speed if speed in SPEEDS else ""

    def show_all(self) -> None:
        """Show the groups of settings that the link hides."""
        self._keep("view", replace(self.view, hidden=()))

    @property
    def address(self) -> str:
        """The page's own address, without what the visitor did there."""
        return st.context.url or ""

    @property
    def folder(self) -> Path | None:
        """The folder that the visitor named for image files, if any."""
        named_folder = self.stand_at("folder", "")
        return Path(named_folder) if named_folder else None

    def train_on(self, points_id: str) -> None:
        """Start anew with points of the visitor's own, and play. For callbacks."""
        self.want(self.wanted().replace(dataset=OWN_POINTS, points_id=points_id))
        self.restart(play=True)

    def drawing(self) -> Any:
        """What the drawing board has just sent, or None."""
        state = st.session_state.get(self.key("drawing"))
        return state.get("train") if isinstance(state, Mapping) else None

    def missing_data(self, config: RunConfig) -> bool:
        """Whether the wanted images, or the visitor's own points, are not on this machine."""
        if config.dataset == OWN_POINTS:
            return not own_points.available(config.points_id)
        return config.on_images and not image_data.available(config.dataset, self.folder, config.images_id)

    def notice(self) -> str:
        """What went wrong with the last wish, in one sentence, or ""."""
        conflict: str = self._recall("conflict", "")
        return conflict or self._recall("notice", "") or store_problem()

    def say(self, text: str) -> None:
        """What `notice` tells from now on."""
        self._keep("notice", text)

    def _follow_link(self, link: Link) -> None:
        """Put the page to what its URL asks for."""
        before = self._recall("run", "")
        for name, value in (("run", link.run), ("look", link.look), ("view", link.view)):
            self._keep(name, value)
        base, elsewhere = (self.start, "") if before and before == link.run else self._named_run()
        wanted, problem = link.config(base, self.start.on_images)
        self.want(wanted)
        self.say(elsewhere or problem or link.problem)

    def _moved(self) -> bool:
        """Whether a widget stands elsewhere than at the end of the last script run."""
        wanted: RunConfig = self._recall("wanted", self.start)
        return any(self.stand_at(name, value) != value for name, value in wanted.model_dump().items())

    def _follow_other_tabs(self) -> None:
        """What another tab has changed in this run since the last script run stands in the widgets too, except where
        this one has just changed the same setting."""
        found, (id, asked) = self._own_run(), self._recall("asked", ("", None))
        if found is None or found.id != id or found.wanted == asked:
            return
        before: RunConfig = self._recall("wanted", self.start)
        mine = self.wanted()
        theirs = settings.difference(asked, found.wanted).values
        taken = {name: value for name, value in theirs.items() if getattr(mine, name) == getattr(before, name)}
        with suppress(ConfigError):  # together they may be impossible: then this tab's settings stand
            self.want(mine.replace(**taken))

    def _branch(self, begin: Callable[[Run, RunConfig], str]) -> None:
        """Begin a run from this tab's run, and show it here."""
        source = self._own_run()
        if source is None:
            return
        try:
            child = engine().run(begin(source, self._with_data(self.wanted(), source)), owner())
        except (ConfigError, EngineError) as error:
            self.say(str(error))
            return
        self._show(child)
        self.want(child.wanted)

    def _show(self, run: Run) -> None:
        """This tab's run is another one from now on."""
        self._keep("run", run.id)
        self._keep("look", False)

    def _rewound(self, run: Run) -> bool:
        """Whether the stage shows a recorded moment of this run: settings then wait for a fork."""
        return bool(self._stage().get("rewound") == run.id)

    def _trigger(self, name: str) -> Mapping[str, Any]:
        """What the stage sent along with a trigger."""
        value = self._stage().get(name)
        return value if isinstance(value, Mapping) else {}

    def _stage(self) -> Mapping[str, Any]:
        state = st.session_state.get("stage")
        return state if isinstance(state, Mapping) else {}

    def _named_run(self) -> tuple[RunConfig, str]:
        """Where the settings of a link start from: the named run's, else the page's; and why it is not opened here."""
        found = self._find()
        if found is None:
            gone = "The run in the link is not here (any more): this is a new one."
            return self.start, gone if self._recall("run", "") else ""
        if found.wanted.on_images == self.start.on_images:
            theirs = "The run in the link belongs to another browser: this is a new one with its settings."
            return found.wanted, "" if found.mine or self._recall("look", False) else theirs
        self._keep("run", "")
        kind = "images: open it on the Images page" if found.wanted.on_images else "points: open it on the Points page"
        return self.start, f"The run in the link is one on {kind}."

    def _own_run(self) -> Run | None:
        """This tab's run. Somebody else's is shown only where the link says so."""
        found = self._find()
        return found if found is None or found.mine or self._recall("look", False) else None

    def _find(self) -> Run | None:
        name = self._recall("run", "")
        try:
            return engine().run(name, owner()) if name else None
        except EngineError:
            return None

    def _with_data(self, config: RunConfig, run: Run | None) -> RunConfig:
        """The settings, on the data that is there: the run's own as long as the wanted ones are missing."""
        if not self.missing_data(config):
            return config
        there = run.wanted if run else self.start
        return config.replace(dataset=there.dataset, points_id=there.points_id, images_id=there.images_id)

    def _recall(self, name: str, missing: Any) -> Any:
        return memory.recall(memory.of_page(self.page, name), missing)

    def _keep(self, name: str, value: Any) -> None:
        memory.keep(memory.of_page(self.page, name), value)
