"""The stage: transport bar, live canvas and charts of the Train page, a component that reads the feed by itself."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

FOLDER = Path(__file__).parent
STYLES = "".join(path.read_text(encoding="utf-8") for path in [FOLDER / "stage.css", *sorted(FOLDER.glob("*/*.css"))])
"""What all parts share, and then each part's own."""

_stage = st.components.v2.component(
    "gan_playground_stage",
    html=(FOLDER / "stage.html").read_text(encoding="utf-8"),
    css=STYLES,
    js=(FOLDER / "entry.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly puts its style sheet into the document's head
)


def show(
    data: Mapping[str, Any],
    *,
    on_new_seed: Callable[[], None],
    on_restart: Callable[[], None],
    on_reset: Callable[[], None],
    on_fork: Callable[[], None],
    on_same_start: Callable[[], None],
    on_rename: Callable[[], None],
    on_apply: Callable[[], None],
) -> BidiComponentResult:
    """Mount the stage, or hand it new data; returns its triggers and states.

    Triggers: `new_seed`, `restart`, `reset` (a time in ms), `fork` ({step}), `same_start`, `rename` ({name}), `apply`
    ({changes}: settings that a reading suggests), `follow` (a time: another tab changed the run); None where they were
    not pulled. State: `rewound`, the id of the run
    whose recorded past is looked at, or "".
    `data` names the feed, the assets, the wanted settings in words and the charts, as `ui/live.py` puts them together.
    """
    return _stage(
        key="stage",
        data=dict(data),
        height="content",
        on_new_seed_change=on_new_seed,
        on_restart_change=on_restart,
        on_reset_change=on_reset,
        on_fork_change=on_fork,
        on_same_start_change=on_same_start,
        on_rename_change=on_rename,
        on_apply_change=on_apply,
        on_follow_change=lambda: None,  # the rerun itself takes up what another tab has changed
        on_rewound_change=lambda: None,  # the rerun itself brings the settings that waited
    )
