"""A figure to touch in a page: the component around what `figures/lessons` describes."""

from pathlib import Path

import streamlit as st

from playground.feed.routes import assets, touch_address
from playground.feed.scripts import scripts
from playground.ui.component import component

_figure = component(Path(__file__).parent, "touch")


def show(lesson: str, key: str) -> None:
    """Mount the figure of a lesson's part."""
    base = st.get_option("server.baseUrlPath")
    data = {**assets(base), **scripts("lessons/touch.js"), "address": touch_address(base, lesson, key)}
    _figure(key=f"touch_{lesson}_{key}", data=data, height="content")
