"""The stage: transport bar, live canvas and charts of the Train page, a component that reads the feed by itself."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

from playground.feed.scripts import scripts, stage_styles

Trigger = Literal["new_seed", "restart", "reset", "fork", "same_start", "rename", "apply", "present"]

FOLDER = Path(__file__).parent
STYLES = stage_styles()
ENTRY = (FOLDER / "common" / "entry.js").read_text(encoding="utf-8")
"""Loads a component's own script, the `script` in its data, below its `assets`."""

_stage = st.components.v2.component(
    "gan_playground_stage",
    html=(FOLDER / "stage.html").read_text(encoding="utf-8"),
    css=STYLES,
    js=ENTRY,
    isolate_styles=False,  # Plotly puts its style sheet into the document's head
)


def show(key: str, data: Mapping[str, Any], on: Mapping[Trigger, Callable[[], None]]) -> BidiComponentResult:
    """Mount the stage, or hand it new data; returns its triggers and states, which the session keeps under the key.

    on: what each trigger does. `fork` sends {step}, `rename` {name}, `apply` {changes: settings that a reading
    suggests}, `present` {on}, the others a time in ms. Beside them there is the trigger `follow` (another tab changed
    the run) and the state `rewound`, the id of the run whose recorded past is looked at, or "": the script run that
    follows sees both.
    data: where the feed and the scripts are, the wanted settings in words, the charts: `StageData` in common/page.d.ts.
    """
    quiet: dict[str, Any] = {f"on_{name}_change": lambda: None for name in ("follow", "rewound")}
    calls: dict[str, Any] = {f"on_{trigger}_change": call for trigger, call in on.items()}
    return _stage(key=key, data={**data, **scripts("stage/stage.js")}, height="content", **calls, **quiet)
