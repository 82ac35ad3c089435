"""One sweep on the page: how far it is, its pictures, a second one beside it, and a cell opened as a run."""

from functools import partial
from typing import Any

import streamlit as st

from playground.config import ConfigError
from playground.engine.server.engine import EngineError
from playground.engine.server.shared import engine
from playground.exports.links import query_of
from playground.sweeps import sheet
from playground.sweeps.axis import SweepError
from playground.sweeps.driver import Progress
from playground.sweeps.folder import parcel, remove
from playground.sweeps.outcomes import Results, steps
from playground.sweeps.processes import Processes
from playground.ui import sweeps
from playground.ui.escaping import plain
from playground.ui.link import RUN
from playground.ui.memory import forget, keep, owner, recall
from playground.ui.sweeps import address, files
from playground.ui.sweeps.design import seconds
from playground.ui.sweeps.library import Entry, data_of, name_of, settings_of

EVERY_S = 2.0
OPEN_WORDS = {
    False: (
        "Open this cell as a run",
        "Recorded, with a few pictures of its way: to be compared, exported, and forked from its end.",
    ),
    True: (
        "Train this cell",
        "Its film does not come with the playground: its settings are opened, to be trained anew; here it was "
        "{steps:,} steps.",
    ),
}
"""What opening a cell is called and does, by whether the sweep comes with the project."""
OPEN, TOLD = "sweeps_open", "sweeps_told"
"""The cell that this session asks for now; what is to be said at the next drawing of the page."""


@st.cache_resource
def processes() -> Processes:
    """Of this server: they end with it."""
    return Processes()


def show(entry: Entry, beside: Entry | None) -> None:
    """A sweep, watched while it is trained."""
    try:
        _open(entry, entry.results())
        busy = _busy(entry)
        st.fragment(_watched, run_every=EVERY_S if busy else None)(entry, beside, busy)
    except SweepError as error:
        st.error(plain(error))
        if entry.is_mine:
            _delete(entry)


def _watched(entry: Entry, beside: Entry | None, was_busy: bool) -> None:
    """What is made anew as cells end."""
    busy = _busy(entry)
    results = entry.results()
    if was_busy and not busy:
        st.rerun()
    if recall(OPEN, None) is not None:
        st.rerun()  # another page is not for a fragment, which comes again every moment, to go to
    _head(entry, results, beside, busy)
    if not results.ended:
        st.caption(
            "The first cells are being trained: the map appears with the first that ends."
            if busy
            else "No cell has ended yet."
        )
        return
    key = f"sweeps_map_{entry.name}"
    now = address.showing()
    if unknown := address.unknown(now.shown, results):
        st.warning(plain(f"The link says {unknown}, which this sweep does not have: the usual is shown instead."))
    data = _data(entry, results, beside) | {"shown": dict(now.shown), "turn": now.turn}
    sweeps.show(key, data, on_shown=partial(_shown, key), on_open=partial(_wanted, key))
    address.write()


def _data(entry: Entry, results: Results, beside: Entry | None) -> dict[str, Any]:
    """`SweepData` without addresses and without what is shown. Looks come with the first step that is asked for."""
    shown = dict(results.opens) | dict(address.showing().shown)
    known = list(results.measures)
    measure = shown["measure"] if shown.get("measure") in known else known[0]
    step = int(shown["step"]) if shown.get("step", "").isdecimal() else results.sweep.steps
    between = step in steps(results.sweep)[:-1]
    chosen = int(shown["cell"]) if shown.get("cell", "").isdecimal() else None
    told: dict[str, Any] = {"sheet": sheet.sheet(results, [measure] if between else [], measure, chosen)}
    told |= {"beside": None, "differences": {}}
    called, hint = OPEN_WORDS[entry.is_shipped]
    told |= {"open": called, "hint": hint.format(steps=results.sweep.steps)}
    told |= {"about": settings_of(results.sweep)}
    if beside is None:
        return told
    return told | sheet.beside(results, beside.results(), [measure], step if between else None)


def _busy(entry: Entry) -> bool:
    """Whether it is being trained, by whomever, or is about to be."""
    return not entry.is_shipped and (processes().runs(entry.path) or entry.reader.busy())


def _shown(key: str) -> None:
    event: Any = recall(key, None)
    if event is not None and isinstance(event.shown, dict):
        told = {name: str(event.shown[name])[: address.LONGEST] for name in address.SHOWN if name in event.shown}
        address.change(shown=told)


def _wanted(key: str) -> None:
    event: Any = recall(key, None)
    if event is not None and event.open is not None:
        keep(OPEN, int(event.open))


def _head(entry: Entry, results: Results, beside: Entry | None, busy: bool) -> None:
    """What it is, how far, and what can be done with it."""
    total, done = len(results.sweep.cells), len(results.ended)
    if entry.says:
        st.caption(plain(" ".join(entry.says)))
    state = "being trained" if busy else "complete" if done == total else "stopped"
    left = entry.reader.left(total, seconds(results.sweep, 1)) if busy else None
    far = "" if entry.is_shipped else f"{Progress(done, total, 0.0, left).told()}, {state} · "
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(f"{far}{data_of(results.sweep)}"), width="stretch")
        if entry.is_mine:
            _steer(entry, busy, done < total)
        with st.popover("Settings", icon=":material/tune:"):
            st.caption(plain(f"In all cells: {settings_of(results.sweep)}."))
        if done:
            files.menu(
                results, beside.results() if beside is not None else None, address.showing().shown, entry.is_shipped
            )
        if entry.is_mine and not busy:
            _delete(entry)
    if busy:
        st.progress(done / max(1, total))
    failed = [cell for cell in results.cells if "failed" in cell]
    if failed:
        st.warning(plain(f"{len(failed):,} of {total:,} cells could not be trained. {failed[0]['failed']}"))


def _steer(entry: Entry, busy: bool, lacking: bool) -> None:
    if busy and processes().runs(entry.path):
        if st.button("Stop", icon=":material/stop:", key="sweeps_stop", help="What has ended stays; it can go on."):
            processes().stop(entry.path)
            st.rerun()
    elif not busy and lacking and st.button("Go on", icon=":material/play_arrow:", key="sweeps_go_on"):
        try:
            processes().go_on(entry.path)
        except SweepError as error:
            st.error(plain(error))
        st.rerun()


def _delete(entry: Entry) -> None:
    with st.popover("Delete", icon=":material/delete:", key=f"sweeps_delete_menu_{entry.name}"):
        st.markdown("Delete this sweep? This can't be undone. Cells that were opened as runs stay in *Runs*.")
        if st.button("Delete this sweep", type="primary", key="sweeps_delete"):
            title = entry.title
            try:
                remove(entry.path)
            except SweepError as error:
                st.error(plain(error))
                return
            keep(TOLD, f"Deleted: {title}.")
            address.change(sweep="")
            st.rerun()


def _open(entry: Entry, results: Results) -> None:
    """Go to the page of the cell that was asked for."""
    index = recall(OPEN, None)
    keep(OPEN, None)
    if index not in results.ended:
        return
    config = next(cell for cell in results.sweep.cells if cell.index == index).config
    try:
        id = engine().start(owner(), config) if entry.is_shipped else _recorded(entry, results, index)
    except (ConfigError, EngineError) as error:
        st.error(plain(error))
        return
    page = "images" if config.on_images else "train"
    forget(page)
    # The address as that page will write it: else Back would lead to this one first.
    st.switch_page(f"{page}.py", query_params=query_of(config) | {RUN: id})


def _recorded(entry: Entry, results: Results, index: int) -> str:
    """The recorded run that this browser has of the cell, taken in where it has none; its id."""
    name = name_of(results, index)
    config = next(cell.config for cell in results.sweep.cells if cell.index == index)
    store = engine().store
    there = store.records(owner=owner()) if store is not None else []
    for record in there:
        if record.name == name and record.config == config:
            return record.id
    id = engine().take_in(parcel(entry.path, index), owner())
    engine().rename(id, owner(), name)
    return id
