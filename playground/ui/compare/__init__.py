"""The comparison: some runs beside each other under one slider, a component that reads their feeds by itself."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

from playground.feed.scripts import scripts
from playground.ui import stage

FOLDER = Path(__file__).parent


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


_comparison = st.components.v2.component(
    "gan_playground_comparison",
    html=_text(FOLDER / "compare.html"),
    css=stage.STYLES + _text(FOLDER / "compare.css"),
    js=stage.ENTRY,
    isolate_styles=False,  # Plotly puts its style sheet into the document's head
)


def show(data: Mapping[str, Any], *, on_present: Callable[[], None]) -> BidiComponentResult:
    """Mount the comparison, or hand it new data.

    `data`: `runs` (id, name and the tail of it that is never cut, colour on white and on black, feed, address of its
    page, whether it is this browser's), `charts`, `labels` of the settings, `seeds` (whether any run has several),
    `notice`, `start` (plays by itself once for each new value), `present` (it stands alone, in large type), and where
    the scripts are. Its trigger `present`, in the session's state under "comparison", sends {on}.
    """
    whole = {**data, **scripts("compare/compare.js")}
    return _comparison(key="comparison", data=whole, height="content", on_present_change=on_present)
