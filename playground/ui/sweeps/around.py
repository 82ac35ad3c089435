"""From a run to the design of a sweep around its settings."""

import streamlit as st

from playground.config import RunConfig
from playground.engine.server.limits import is_room
from playground.ui.memory import forget
from playground.ui.sweeps.address import AROUND

LABEL, ICON = "Sweep around here", ":material/grid_on:"
HELP = "Which settings near these work, and which collapse: a sweep is designed with them in its middle."


def button(key: str, config: RunConfig | None, label: str = LABEL) -> None:
    """Goes there. Without settings it can't be pressed; where strangers share a machine, nobody begins a sweep."""
    if is_room():
        return
    if st.button(label, key=key, icon=ICON, help=HELP, disabled=config is None, width="stretch") and config is not None:
        forget("sweeps")
        st.switch_page("sweeps.py", query_params={AROUND: "yes", **config.to_query()})
