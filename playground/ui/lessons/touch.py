"""A figure to touch in a page: the component around what `figures/lessons` describes."""

from pathlib import Path

import streamlit as st

from playground.feed.routes import assets, touch_address
from playground.feed.scripts import scripts
from playground.ui import stage

FOLDER = Path(__file__).parent

_figure = st.components.v2.component(
    "gan_playground_touch",
    html=(FOLDER / "touch.html").read_text(encoding="utf-8"),
    css=(FOLDER / "touch.css").read_text(encoding="utf-8"),
    js=stage.ENTRY,
    isolate_styles=False,  # Plotly puts its style sheet into the document's head
)


def show(lesson: str, key: str) -> None:
    """Mount the figure of a lesson's part."""
    base = st.get_option("server.baseUrlPath")
    data = {**assets(base), **scripts("lessons/touch.js"), "address": touch_address(base, lesson, key)}
    _figure(key=f"touch_{lesson}_{key}", data=data, height="content")
