"""What a page remembers of one visitor, and what follows from what a script run of it sees. Streamlit is not needed.

A script run looks around (`Seen`), asks `step` for the next state and its effects, carries these out, and begins again
until there are none. What has been carried out is seen the next time round, so nothing is done twice.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from playground.config import ConfigError, RunConfig, difference
from playground.data.own_images import OWN_IMAGES
from playground.ui.link import LOOK, RUN, Link, read_link
from playground.ui.url import Query, is_news, is_unwritten
from playground.ui.view import View

GONE = "The run in the link is not here (any more): this is a new one."
THEIRS = "The run in the link belongs to another browser: this is a new one with its settings."


@dataclass(frozen=True)
class Found:
    """A run as it stands.

    wanted: the settings that it was asked for last. mine: whether it is this browser's. pristine: nothing of it has
    been trained or changed, so that every setting may change and nothing is lost.
    """

    id: str
    wanted: RunConfig
    mine: bool = True
    pristine: bool = False


@dataclass(frozen=True)
class PageState:
    """One page for one visitor.

    start: where the settings stand on the first visit; the address carries what differs from it.
    wanted: the settings that the visitor asked for last, which can train. run: the id of the page's run, or "".
    look: whether somebody else's run may be shown. known: the address that this page followed or wrote last.
    stood: the page's run and its settings as they were last seen, to tell what other tabs have changed since.
    conflict: why the widgets stand at settings that can't train. notice: what went wrong with the last wish.
    """

    start: RunConfig
    wanted: RunConfig
    run: str = ""
    look: bool = False
    view: View = View()
    known: Query | None = None
    stood: tuple[str, RunConfig] | None = None
    conflict: str = ""
    notice: str = ""


@dataclass(frozen=True)
class Seen:
    """What a script run sees.

    widgets: values of the settings' widgets, of those that Streamlit has not forgotten. runs: by id, those that are
    there of the page's and the address's. rewound: the id of the run whose recorded past the stage shows, or "".
    has_data: whether the data that a config trains on are on this machine. own_images: the id of the
    images that somebody has put into the folder as a file, or "". query: the parameters in the address; None
    where the address is not this page's. back: whether the visitor came to the address by Back or Forward.
    """

    widgets: Mapping[str, Any] = field(default_factory=dict)
    runs: Mapping[str, Found] = field(default_factory=dict)
    rewound: str = ""
    has_data: Callable[[RunConfig], bool] = lambda _: True
    own_images: Callable[[], str] = str
    query: Query | None = None
    back: bool = False


@dataclass(frozen=True)
class PutWidgets:
    """Let the widgets of these settings stand at these values."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class StartRun:
    """Begin the page's run, held to a speed of the link's (see View)."""

    config: RunConfig
    speed: str


@dataclass(frozen=True)
class ChangeRun:
    """Bring a run to these settings as far as that disturbs nothing."""

    run: str
    config: RunConfig


@dataclass(frozen=True)
class WriteAddress:
    """Put these parameters into the address."""

    query: Query


Effect = PutWidgets | StartRun | ChangeRun | WriteAddress


def step(before: PageState, seen: Seen) -> tuple[PageState, list[Effect]]:
    """What the page remembers after it has seen this, and what is to be done. Seen again after that: no effects."""
    moved = with_widgets(before, seen.widgets)
    state = _with_other_tabs(before, moved, seen.runs)
    followed = seen.query is not None and is_news(seen.query, before.known, seen.back)
    if followed and before.known is not None and _is_of_the_other_page(state, read_link(seen.query or {}), seen.runs):
        followed = False
    if seen.query is not None and followed:
        state = _with_link(state, seen.query, seen.runs)
    found = run_of(state, seen.runs.get(state.run))
    state = _with_named_images(state, found, seen.own_images)
    effects: list[Effect] = []
    if put := _to_put(state, seen.widgets, anew=followed or state.wanted != moved.wanted):
        effects.append(PutWidgets(put))
    possible = with_data(state.wanted, found.wanted if found else state.start, seen.has_data)
    if found is None:
        return state, [*effects, StartRun(possible, state.view.speed)]
    if found.mine and seen.rewound != found.id and _may_change(found, possible):
        effects.append(ChangeRun(found.id, possible))
    state = replace(state, stood=(found.id, found.wanted))
    if seen.query is not None:
        query = state.wanted.to_query(state.start) | state.view.to_query() | {RUN if found.mine else LOOK: found.id}
        if is_unwritten(query, state.known, seen.query):
            effects.append(WriteAddress(query))
        state = replace(state, known=query)
    return state, effects


def with_widgets(state: PageState, widgets: Mapping[str, Any]) -> PageState:
    """The settings that the widgets stand at, or the last possible ones with the sentence that says why."""
    try:
        wanted = state.wanted.replace(**widgets)
    except ConfigError as error:
        return replace(state, conflict=error.on_a_page)
    notice = state.notice if wanted == state.wanted else ""
    return replace(state, wanted=wanted, conflict="", notice=notice)


def run_of(state: PageState, named: Found | None) -> Found | None:
    """The page's run, if it is the one with its id: somebody else's is shown only where the link says so."""
    return named if named and (named.mine or state.look) else None


def with_data(config: RunConfig, there: RunConfig, has_data: Callable[[RunConfig], bool]) -> RunConfig:
    """The settings, on data that are there: those of the other settings as long as the wanted ones are missing."""
    if has_data(config):
        return config
    return config.replace(dataset=there.dataset, points_id=there.points_id, images_id=there.images_id)


def _with_other_tabs(before: PageState, moved: PageState, runs: Mapping[str, Found]) -> PageState:
    """What another tab has changed in this run stands here too, except where a widget has moved since."""
    found = run_of(moved, runs.get(moved.run))
    if found is None or before.stood is None or before.stood[0] != found.id:
        return moved
    theirs = difference(before.stood[1], found.wanted).values
    mine = difference(before.wanted, moved.wanted).values
    with suppress(ConfigError):  # together they may be impossible: then this tab's settings stand
        return replace(moved, wanted=moved.wanted.replace(**{name: theirs[name] for name in theirs.keys() - mine}))
    return moved


def _is_of_the_other_page(state: PageState, link: Link, runs: Mapping[str, Found]) -> bool:
    """Whether an address names a run that this page can't show. On the way from one page to another Streamlit leaves an
    entry in the history with the path of the one and the parameters of the other: Back to it asks for this page as it
    is."""
    found = runs.get(link.run)
    return found is not None and found.wanted.on_images != state.start.on_images


def _with_link(state: PageState, query: Query, runs: Mapping[str, Found]) -> PageState:
    """The page put to what its address asks for; what in it is impossible is told, and the rest counts."""
    link = read_link(query)
    run, base, elsewhere = link.run, state.start, ""
    if not run or run != state.run:  # else the address says all that the page wants of its run
        found = runs.get(run)
        if found is None:
            elsewhere = GONE if run else ""
        elif _is_of_the_other_page(state, link, runs):
            kind = "images: open it on the Images" if found.wanted.on_images else "points: open it on the Points"
            run, elsewhere = "", f"The run in the link is one on {kind} page."
        else:
            base, elsewhere = found.wanted, "" if found.mine or link.look else THEIRS
    wanted, problem = link.config(base, state.start.on_images)
    notice = elsewhere or problem or link.problem
    return replace(state, wanted=wanted, run=run, look=link.look, view=link.view, known=query, notice=notice)


def _with_named_images(state: PageState, found: Found | None, own_images: Callable[[], str]) -> PageState:
    """Own images that are wanted without an id get that of the file in the folder: by it they stay the same.

    A run from before images had ids goes on with that file.
    """
    wanted = state.wanted
    if wanted.dataset != OWN_IMAGES or wanted.images_id:
        return state
    if found is not None and found.wanted.dataset == OWN_IMAGES and not found.wanted.images_id:
        return state
    return replace(state, wanted=wanted.replace(images_id=own_images()))


def _to_put(state: PageState, widgets: Mapping[str, Any], anew: bool) -> dict[str, Any]:
    """The values of the widgets that Streamlit forgot while they were hidden, and of all that differ if put anew."""
    wanted = state.wanted.model_dump()
    return {
        name: value for name, value in wanted.items() if (widgets.get(name) != value if anew else name not in widgets)
    }


def _may_change(found: Found, wanted: RunConfig) -> bool:
    """Whether any of the settings can be brought to the run without a restart that would lose something."""
    changed = difference(found.wanted, wanted)
    return bool(changed.values if found.pristine else changed.live)
