"""The page: a new sweep, the list, those that come with the project, and one sweep, perhaps with a second beside it."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

import streamlit as st

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.engine.server.limits import is_room
from playground.runs.place import sweeps_folder
from playground.sweeps.axis import SweepError, told
from playground.sweeps.sheet import card
from playground.ui import sweeps
from playground.ui.escaping import plain
from playground.ui.memory import keep, recall
from playground.ui.sweeps import address, design, one
from playground.ui.sweeps.library import Entry, entries, sign, titles_of

ASK_FROM = 1000
"""Cells from which on one is asked back whether so many are meant."""
PICK, BESIDE, CARDS, ASKED, CLOSE = "sweeps_pick", "sweeps_beside", "sweeps_cards", "sweeps_around", "sweeps_close"
MENU, NEW, GALLERY = "sweeps_menu", "New sweep", "Gallery"


def show() -> None:
    """The whole page."""
    around = address.follow()
    if recall(one.TOLD, ""):
        st.info(plain(recall(one.TOLD, "")))
        keep(one.TOLD, "")
    now = address.showing()
    found = entries([now.sweep, now.beside])
    own = [entry for entry in found.values() if entry.is_mine]
    if not now.sweep and own:
        address.change(sweep=own[0].name)
        now = address.showing()
    if now.sweep not in found:
        st.markdown(
            "**One run is luck.** A sweep trains the same game over several settings, with several seeds each, and "
            "shows where it works and where it collapses."
        )
        if now.sweep:
            st.warning("The sweep of this link is not on this machine.")
    if around is not None:
        _begin_around(around)
    menu, lists = st.columns([3, 8], vertical_alignment="bottom") if found else (st.container(), st.container())
    with menu:
        part = _menu(found, now.sweep)
    with lists:
        if found:
            _lists(found)
    if part == NEW:
        _design()
    else:
        design.remember()
    if part == GALLERY:
        shown = [card(entry.name, entry.says, entry.results()) for entry in found.values() if entry.is_shipped]
        sweeps.cards(CARDS, shown, now.sweep, on_choose=_chosen)
    if part is None and now.sweep in found:
        one.show(found[now.sweep], found.get(now.beside))
    elif not found:
        st.info("There are no sweeps yet.")
    address.write()


def _menu(found: Mapping[str, Entry], shown: str) -> str | None:
    """What is open in place of the sweep: the form of a new one, those that come with the project, or nothing."""
    comes = any(entry.is_shipped for entry in found.values())
    parts = [*([] if is_room() else [NEW]), *([GALLERY] if comes else [])]
    if recall(CLOSE, False):  # a widget's value can't be put once it is drawn
        keep(MENU, None)
        keep(CLOSE, False)
    elif MENU not in st.session_state:
        keep(MENU, None if shown in found else GALLERY if comes else NEW if not is_room() else None)
    if not parts:
        return None
    return st.segmented_control("Open", parts, key=MENU, label_visibility="collapsed")


def _lists(found: Mapping[str, Entry]) -> None:
    """Which sweep is shown, and which one beside it."""
    now, names, titles = address.showing(), list(found), titles_of(found)
    left, right = st.columns(2)
    keep(PICK, now.sweep if now.sweep in found else None)  # names come and go: for Streamlit it is another menu then
    keep(BESIDE, now.beside if now.beside in found else None)

    def title(name: str) -> str:
        return titles.get(name, "")

    with left:
        st.selectbox(
            "Sweep",
            names,
            key=PICK,
            format_func=title,
            on_change=_picked,
            placeholder="Choose a sweep",
            label_visibility="collapsed",
        )
    with right:
        axes = found[now.sweep].axes if now.sweep in found else None
        others = [name for name in names if name != now.sweep and (found[name].axes == axes or name == now.beside)]
        st.selectbox(
            "Beside it",
            others,
            key=BESIDE,
            format_func=title,
            on_change=_picked_beside,
            placeholder="Beside it: a second sweep over the same axes",
            label_visibility="collapsed",
        )


def _picked() -> None:
    address.change(sweep=recall(PICK, None) or "")
    keep(CLOSE, True)


def _picked_beside() -> None:
    address.change(beside=recall(BESIDE, None) or "")
    keep(CLOSE, True)


def _chosen() -> None:
    event: Any = recall(CARDS, None)
    if event is not None and event.choose is not None:
        address.change(sweep=str(event.choose))
        keep(CLOSE, True)


def _begin_around(around: Mapping[str, str]) -> None:
    """The form stands at the settings of a run, and is open."""
    try:
        config, problem = settings.read_text(around), ""
    except ConfigError as error:
        config, problem = RunConfig(), f"The link could not be followed: {error}"
    design.begin_around(config)
    keep(ASKED, problem)
    if not is_room():
        keep(MENU, NEW)


def _design() -> None:
    """The form of a new sweep, what it costs, and its Start."""
    if recall(ASKED, ""):
        st.warning(plain(recall(ASKED, "")))
    try:
        sweep = design.form()
    except (SweepError, ConfigError) as error:
        st.error(plain(error))
        return
    if sweep.impossible:
        index, reason = next(iter(sweep.impossible.items()))
        place = ", ".join(f"{name}={told(value)}" for name, value in sweep.places[index].items())
        st.caption(
            plain(f"{len(sweep.impossible):,} of {sweep.size:,} cells are impossible and left out. {place}: {reason}")
        )
    st.caption(plain(design.cost(sweep)))
    many = len(sweep.cells) > ASK_FROM
    meant = not many or st.checkbox(f"Yes, train {len(sweep.cells):,} cells", key="sweeps_meant")
    can = bool(sweep.cells) and meant
    if st.button("Start", type="primary", icon=":material/play_arrow:", disabled=not can, key="sweeps_start"):
        folder = sweeps_folder() / f"{datetime.now():%Y%m%d-%H%M%S}-{token_hex(6)}"
        try:
            one.processes().begin(folder, sweep)
            sign(folder)
        except (SweepError, OSError) as error:
            st.error(plain(error))
            return
        keep(ASKED, "")
        keep(CLOSE, True)
        address.change(sweep=folder.name)
        st.rerun()
