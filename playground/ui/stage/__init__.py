"""The stage: transport bar, live canvas and charts of the Train page, a component that reads the feed by itself."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

FOLDER = Path(__file__).parent

_stage = st.components.v2.component(
    "gan_playground_stage",
    html=(FOLDER / "stage.html").read_text(encoding="utf-8"),
    css=(FOLDER / "stage.css").read_text(encoding="utf-8"),
    js=(FOLDER / "entry.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly puts its style sheet into the document's head
)


def show(
    data: Mapping[str, Any], *, on_new_seed: Callable[[], None], on_restart: Callable[[], None]
) -> BidiComponentResult:
    """Mount the stage, or hand it new data; returns its triggers `new_seed` and `restart` (a time in ms, or None).

    `data` names the feed, the assets, the wanted settings and the charts; its exact shape is in docs/architecture.md.
    """
    return _stage(
        key="stage",
        data=dict(data),
        height="content",
        on_new_seed_change=on_new_seed,
        on_restart_change=on_restart,
    )
