"""The drawing board: a canvas for mouse and finger whose strokes become a distribution."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

from playground.data.own_drawing import BRUSHES, MAX_PLACES, MAX_STROKES, PER_SIGMA, SPAN
from playground.feed.routes import assets
from playground.feed.scripts import scripts
from playground.ui.component import component

_board = component(Path(__file__).parent, "drawing")


def show(key: str, *, on_train: Callable[[], None]) -> BidiComponentResult:
    """Mount the board. Its trigger `train`, in the session's state under `key`, is a drawing for own_drawing.read."""
    data = {
        "brushes": BRUSHES,
        "span": SPAN,
        "perSigma": PER_SIGMA,
        "mostStrokes": MAX_STROKES,
        "mostPlaces": MAX_PLACES,
        **scripts("drawing/drawing.js"),
        **assets(st.get_option("server.baseUrlPath")),
    }
    return _board(key=key, data=data, height="content", on_train_change=on_train)
