"""The Sweeps page: designed, watched, read, and each cell opened as a recorded run."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

from playground.feed.routes import assets
from playground.feed.scripts import scripts
from playground.ui.component import component

_maps = component(Path(__file__).parent, "sweeps")
_cards = component(Path(__file__).parent, "cards")


def show(
    key: str, data: Mapping[str, Any], *, on_shown: Callable[[], None], on_open: Callable[[], None]
) -> BidiComponentResult:
    """Mount the pictures of a sweep, `SweepData` without addresses. Its state `shown`, in the session's state under
    `key`, is what the address says of the view; its trigger `open` a cell's index."""
    addresses = {**scripts("sweeps/sweeps.js"), **assets(st.get_option("server.baseUrlPath"))}
    return _maps(
        key=key, data={**data, **addresses}, height="content", on_shown_change=on_shown, on_open_change=on_open
    )


def cards(
    key: str, shown: Sequence[Mapping[str, Any]], chosen: str, *, on_choose: Callable[[], None]
) -> BidiComponentResult:
    """Mount the sweeps that come with the project as cards. Their trigger `choose` is a name."""
    addresses = {**scripts("sweeps/cards.js"), **assets(st.get_option("server.baseUrlPath"))}
    data = {"cards": list(shown), "chosen": chosen, **addresses}
    return _cards(key=key, data=data, height="content", on_choose_change=on_choose)
