"""A component of the page from its folder: the markup and styles there, the script by the entry that all share."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

from playground.ui import stage


def component(folder: Path, name: str) -> Callable[..., BidiComponentResult]:
    """Register NAME.html and NAME.css of a folder. To be called once, when the module is loaded.

    Styles are not isolated: Plotly puts its own into the document's head, and the stage's keys have to tell a button
    from the page.
    """
    return st.components.v2.component(
        f"gan_playground_{name}",
        html=(folder / f"{name}.html").read_text(encoding="utf-8"),
        css=(folder / f"{name}.css").read_text(encoding="utf-8"),
        js=stage.ENTRY,
        isolate_styles=False,
    )
