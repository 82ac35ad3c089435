"""What follows from what a page sees, without Streamlit and without an engine: both are imitated by `World`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import config as settings
from playground.config import ConfigError, RunConfig, difference
from playground.ui.page_state import (
    GONE,
    THEIRS,
    ChangeRun,
    Effect,
    Found,
    PageState,
    PutWidgets,
    Seen,
    StartRun,
    WriteAddress,
    step,
)
from playground.ui.url import Query

START = RunConfig()
MOVES: dict[str, list[Any]] = {
    "k": [1, 3, 5],
    "lr_g": [0.001, 0.003],
    "instance_noise": [0.0, 0.5],
    "loss": ["non_saturating", "hinge"],
    "penalty": ["none", "r1"],
    "clip": [0.0, 0.1],
    "g_depth": [2, 4],
}
"""Live settings, some that need a restart, and two that can't be chosen together."""
moves = st.sampled_from(sorted(MOVES)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(MOVES[name])))


@dataclass
class World:
    """A browser's tab, the address in it, and the runs of the server."""

    state: PageState = field(default_factory=lambda: PageState(START, START))
    widgets: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, Found] = field(default_factory=dict)
    query: Query | None = field(default_factory=dict)
    rewound: str = ""
    missing: frozenset[str] = frozenset()
    room: bool = True

    def seen(self, **other: Any) -> Seen:
        def has_data(config: RunConfig) -> bool:
            return config.dataset not in self.missing

        seen = Seen(dict(self.widgets), dict(self.runs), self.rewound, has_data, query=self.query)
        return replace(seen, **other)

    def rerun(self, **other: Any) -> list[Effect]:
        """A script run; what it did."""
        done: list[Effect] = []
        query = other.get("query", self.query)
        while True:
            self.state, effects = step(self.state, self.seen(**other | {"query": query}))
            assert len(done) < 10, "it never comes to rest"
            for effect in effects:
                self.carry_out(effect)
                query = effect.query if isinstance(effect, WriteAddress) else query
            done += effects
            if not effects:
                return done

    def carry_out(self, effect: Effect) -> None:
        match effect:
            case PutWidgets(values):
                self.widgets.update(values)
            case StartRun(config):
                id = f"run{len(self.runs)}"
                self.runs[id] = Found(id, config, pristine=True)
                self.state = replace(self.state, run=id, look=False)
            case ChangeRun(id, config):
                self.runs[id] = changed(self.runs[id], config)
            case WriteAddress(query):
                self.query = query

    def begin(self) -> None:
        """The run is trained: what needs a restart waits from now on."""
        self.runs[self.state.run] = replace(self.run, pristine=False)

    @property
    def run(self) -> Found:
        return self.runs[self.state.run]


def changed(run: Found, config: RunConfig) -> Found:
    """As the engine does it."""
    return replace(run, wanted=config if run.pristine else run.wanted.replace(**difference(run.wanted, config).live))


def opened(begun: bool = False, **query: str) -> World:
    world = World(query=dict(query))
    world.rerun()
    if begun:
        world.begin()
    return world


def possible(values: Mapping[str, Any]) -> bool:
    try:
        START.replace(**values)
    except ConfigError:
        return False
    return True


def test_a_first_visit_puts_all_widgets_starts_a_run_and_writes_the_address() -> None:
    world = World(query={"k": "5", "speed": "10"})
    put, start, write = world.rerun()
    wanted = RunConfig(k=5)
    assert put == PutWidgets(wanted.model_dump()) and start == StartRun(wanted, "10")
    assert write == WriteAddress({"k": "5", "speed": "10", "run": "run0"}) and world.run.wanted == wanted


@given(st.lists(st.tuples(moves, st.booleans()), max_size=12), st.booleans())
def test_seen_again_nothing_is_done_and_no_move_of_a_widget_is_lost(
    visits: list[tuple[tuple[str, Any], bool]], begun: bool
) -> None:
    """Whatever is moved, alone or two at once, and whether or not the browser knows the newest address by then."""
    world = opened(begun)
    late = world.query
    for (name, value), knows in visits:
        world.widgets[name] = value
        late = world.query if knows else late
        world.rerun(query=late)
        assert world.rerun() == []
        stand = {name: world.widgets[name] for name in MOVES}
        assert stand[name] == value
        assert bool(world.state.conflict) != possible(stand)
        if possible(stand):
            assert world.state.wanted == START.replace(**stand)
            assert world.query == world.state.wanted.to_query() | {"run": "run0"}
            waiting = difference(world.run.wanted, world.state.wanted)
            assert not waiting.live and (begun or not waiting)
    assert list(world.runs) == ["run0"]


@given(st.lists(moves, min_size=1, max_size=6), st.data())
def test_an_address_of_before_counts_only_where_the_visitor_went_back(
    visited: list[tuple[str, Any]], data: st.DataObject
) -> None:
    world = opened()
    addresses, wishes = [world.query], [world.state.wanted]
    for name, value in visited:
        if possible(dict(world.widgets) | {name: value}):
            world.widgets[name] = value
            world.rerun()
            addresses.append(world.query)
            wishes.append(world.state.wanted)
    index = data.draw(st.integers(0, len(addresses) - 1))
    then, now, newest = addresses[index], world.state.wanted, world.query
    assert then is not None
    world.rerun(query=then)  # sent before the browser had heard of the newest
    assert (world.state.wanted, world.run.wanted, world.query) == (now, now, newest)
    world.query = then
    done = world.rerun(back=True)
    assert not any(isinstance(effect, WriteAddress | StartRun) for effect in done), "Forward stays possible"
    assert world.state.wanted == world.run.wanted == wishes[index]
    assert all(world.widgets[name] == getattr(wishes[index], name) for name in settings.SETTINGS)
    assert world.rerun(back=True) == world.rerun() == []


def test_an_address_that_was_emptied_between_two_pages_asks_for_nothing_and_is_written_again() -> None:
    world = opened(k="3")
    for back in (False, True):
        world.query, world.widgets = {}, {}  # Streamlit forgets the widgets of a page that was left
        done = world.rerun(back=back)
        assert done == [PutWidgets(RunConfig(k=3).model_dump()), WriteAddress({"k": "3", "run": "run0"})]


@pytest.mark.parametrize("others", [{}, {"k": 5}])
def test_an_impossible_combination_leaves_the_run_and_the_other_settings_alone(others: dict[str, Any]) -> None:
    world = opened(begun=True, penalty="r1")
    run, address = world.run, world.query
    world.widgets |= {"clip": 0.1, **others}
    assert world.rerun() == [] and world.widgets["clip"] == 0.1
    assert (world.run, world.query, world.state.wanted) == (run, address, RunConfig(penalty="r1"))
    assert world.state.conflict.startswith("“Weight clipping c” and “Penalty on D's slope” both bound D's slope")
    assert world.state.conflict.endswith(".") and "\n" not in world.state.conflict
    world.widgets["clip"] = 0.0
    world.rerun()
    assert world.state.conflict == "" and world.run.wanted == RunConfig(penalty="r1", **others)


@given(moves, moves)
def test_what_another_tab_changes_stands_here_too_except_where_this_one_has_moved_since(
    mine: tuple[str, Any], theirs: tuple[str, Any]
) -> None:
    world = opened()
    other = world.run.wanted
    if not possible(dict([theirs])) or not possible(dict([theirs, mine])):
        return
    world.runs["run0"] = replace(world.run, wanted=other.replace(**dict([theirs])))
    world.widgets[mine[0]] = mine[1]
    moved = mine[1] != getattr(START, mine[0])
    world.rerun()
    expected = dict([theirs]) | (dict([mine]) if moved else {})
    assert world.state.wanted == world.run.wanted == START.replace(**expected)
    assert world.rerun() == []


def test_settings_that_need_a_restart_wait_and_go_on_waiting() -> None:
    world = opened(begun=True)
    world.widgets |= {"g_depth": 4, "k": 3}
    assert [type(effect) for effect in world.rerun()] == [ChangeRun, WriteAddress]
    assert world.run.wanted == RunConfig(k=3) and world.state.wanted == RunConfig(k=3, g_depth=4)
    assert world.rerun() == []


def test_looking_back_settings_wait_for_a_fork_or_for_the_newest() -> None:
    world = opened(begun=True)
    world.rewound, world.widgets["k"] = "run0", 5
    assert [type(effect) for effect in world.rerun()] == [WriteAddress]
    assert world.run.wanted.k == 1
    world.rewound = ""
    assert world.rerun() == [ChangeRun("run0", RunConfig(k=5))]


def test_until_the_wanted_data_are_there_the_run_keeps_its_own() -> None:
    world = opened(begun=False)
    world.missing = frozenset(["moons"])
    world.widgets |= {"dataset": "moons", "k": 2}
    world.rerun()
    assert world.run.wanted == RunConfig(k=2) and world.state.wanted == RunConfig(k=2, dataset="moons")
    world.missing = frozenset()
    world.rerun()
    assert world.run.wanted == RunConfig(k=2, dataset="moons")


@pytest.mark.parametrize(
    ("query", "found", "wanted", "notice", "own"),
    [
        ({"run": "x"}, None, RunConfig(), GONE, True),
        ({"run": "x", "k": "2"}, Found("x", RunConfig(k=7, loss="hinge")), RunConfig(k=2, loss="hinge"), "", False),
        ({"run": "x"}, Found("x", RunConfig(k=7), mine=False), RunConfig(k=7), THEIRS, True),
        ({"look": "x"}, Found("x", RunConfig(k=7), mine=False), RunConfig(k=7), "", False),
        (
            {"run": "x"},
            Found("x", RunConfig(dataset="digits", network="lecture")),
            RunConfig(),
            "The run in the link is one on images: open it on the Images page.",
            True,
        ),
    ],
)
def test_a_link_opens_the_run_that_it_names_where_it_may(
    query: Query, found: Found | None, wanted: RunConfig, notice: str, own: bool
) -> None:
    world = World(query=query, runs={"x": found} if found else {})
    done = world.rerun()
    assert (world.state.wanted, world.state.notice) == (wanted, notice)
    assert any(isinstance(effect, StartRun) for effect in done) == own
    assert not found or found.mine or not any(isinstance(effect, ChangeRun) for effect in done)
    assert world.query == wanted.to_query() | {"look" if "look" in query else "run": world.state.run}


def test_back_to_the_other_pages_run_under_this_pages_path_keeps_this_page_as_it_is() -> None:
    """Streamlit leaves such an entry in the history when one goes from page to page."""
    world = opened(begun=True, k="3")
    own, address = world.state.run, world.query
    world.runs["images"] = Found("images", RunConfig(dataset="digits", network="lecture"))
    world.query = {"run": "images"}
    done = world.rerun(back=True)
    assert not any(isinstance(effect, StartRun) for effect in done)
    assert (world.state.run, world.state.wanted, world.state.notice) == (own, RunConfig(k=3), "")
    assert world.query == address


def test_a_notice_stands_until_another_setting_is_wanted() -> None:
    world = opened(k="99")
    assert world.state.notice.startswith("The link could not be followed in full: k must be")
    world.rerun()
    assert world.state.notice
    world.widgets["k"] = 2
    world.rerun()
    assert world.state.notice == ""


def test_without_the_address_a_page_starts_where_it_stands_and_writes_none() -> None:
    world = World(query=None)
    world.widgets["k"] = 4
    assert [type(effect) for effect in world.rerun()] == [PutWidgets, StartRun]
    world.widgets["k"] = 2
    assert world.rerun(back=True) == [ChangeRun("run0", RunConfig(k=2))]
