"""What a visitor does to a page's run beside changing settings. All are for callbacks, before any widget is drawn."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from playground.config import ConfigError, RunConfig, difference
from playground.data.own_points import OWN_POINTS
from playground.engine.server.engine import EngineError
from playground.engine.server.run import Run
from playground.engine.server.shared import engine
from playground.recipes import RECIPES, kept_by
from playground.ui.memory import owner, recall
from playground.ui.page_session import PageSession


def restart(page: PageSession, play: bool = False) -> None:
    """Start anew with the wanted settings; a playing run plays on."""
    wanted, run = page.take_widgets(), page.run
    if run is None:
        return  # the script run that follows starts one
    possible = page.possible(wanted, run)
    if possible == run.wanted != wanted:
        return  # nothing else is wanted
    _start_anew(page, run, possible, playing=play or (run.mine and run.status == "playing"))


def reset(page: PageSession) -> None:
    """Back to step 0 with the settings that the run has; restart-needing ones go on waiting."""
    if (run := page.run) is not None:
        _start_anew(page, run, run.wanted, playing=False)


def new_seed(page: PageSession) -> None:
    """Start anew with another seed, drawn at random."""
    _restart_with(page, page.take_widgets().replace(seed=secrets.randbelow(10_000)))


def follow_recipe(page: PageSession, name: str | None) -> None:
    """Start anew with this recipe; the seeds and the way of measuring stay, and the images."""
    if name in RECIPES:
        _restart_with(page, RECIPES[name].config.replace(**kept_by(RECIPES[name], page.take_widgets())))


def choose_method(page: PageSession) -> None:
    """Learn by the chosen method; what means nothing to it goes to its default."""
    try:
        page.want(page.state.wanted.by(recall(page.key("method"), page.state.wanted.method)))
    except ConfigError:
        return  # the data do not go with it: the page says so, and the menu stays where it is


def train_on(page: PageSession, points_id: str) -> None:
    """Start anew with points of the visitor's own, and play."""
    _restart_with(page, page.take_widgets().replace(dataset=OWN_POINTS, points_id=points_id), play=True)


def follow_suggestion(page: PageSession) -> None:
    """Change the settings as the reading of the run suggests; start anew where it says so or one of them needs it."""
    changes = _sent(page, "apply").get("changes")
    if not isinstance(changes, Mapping):
        return
    before = page.take_widgets()
    try:
        page.want(before.replace(**changes))
    except ConfigError as error:
        page.say(error.on_a_page)
        return
    if _sent(page, "apply").get("restarts") or difference(before, page.state.wanted).fixed:
        restart(page)


def fork(page: PageSession) -> None:
    """Go on from a recorded step of the page's run in a run of its own, with the wanted settings."""
    step = _sent(page, "fork").get("step")
    if isinstance(step, int):
        _branch(page, lambda source, config: engine().fork(owner(), source.id, step, config))


def same_start(page: PageSession) -> None:
    """Start another run at step 0, from the same seed, with the wanted settings; the page's run stays."""
    _branch(page, lambda source, config: engine().same_start(owner(), source.id, config))


def rename(page: PageSession) -> None:
    """Call the page's run what the visitor typed."""
    name, run = _sent(page, "rename").get("name"), page.run
    if run is None or not isinstance(name, str):
        return
    try:
        engine().rename(run.id, owner(), name)
    except EngineError as error:
        page.say(str(error))


def present(page: PageSession) -> None:
    """Let the address say whether the stage stands alone, in large type: so a reload and a copied link do as well."""
    page.keep(view=replace(page.state.view, present=_sent(page, "present").get("on") is True))


def show_all(page: PageSession) -> None:
    """Show the groups of settings that the link hides."""
    page.keep(view=replace(page.state.view, hidden=()))


def _restart_with(page: PageSession, config: RunConfig, play: bool = False) -> None:
    page.want(config)
    restart(page, play)


def _start_anew(page: PageSession, run: Run, config: RunConfig, playing: bool) -> None:
    """A recorded run is not lost: it stays as it is, and the new start is a run of its own."""
    try:
        if run.mine and not (run.begun and engine().store):
            run.folder = page.folder
            engine().restart(run, config, playing=playing)
            return
        if run.mine:
            engine().play(run, False)
        fresh = engine().run(engine().start(owner(), config, page.folder), owner())
        engine().limit(fresh, run.limit)
        if playing:
            engine().play(fresh, True)
    except EngineError as error:
        page.say(str(error))
        return
    page.keep(run=fresh.id, look=False)


def _branch(page: PageSession, begin: Callable[[Run, RunConfig], str]) -> None:
    """Begin a run from the page's run, and show it here."""
    wanted, source = page.take_widgets(), page.run
    if source is None:
        return
    try:
        child = engine().run(begin(source, page.possible(wanted, source)), owner())
    except (ConfigError, EngineError) as error:
        page.say(str(error))
        return
    page.keep(run=child.id, look=False)
    page.want(child.wanted)


def _sent(page: PageSession, trigger: str) -> Mapping[str, Any]:
    """What the stage has sent along with a trigger."""
    value = page.sent("stage", trigger)
    return value if isinstance(value, Mapping) else {}
