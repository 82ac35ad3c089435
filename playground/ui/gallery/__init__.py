"""The gallery: recipes by what they show, each with a small picture of its outcome, found by typing."""

from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component import BidiComponentResult

from playground.feed.routes import assets
from playground.feed.scripts import scripts
from playground.recipes.gallery import picture_of, shelves
from playground.ui.component import component

_gallery = component(Path(__file__).parent, "gallery")


def show(key: str, on_images: bool, chosen: str | None, *, on_choose: Callable[[], None]) -> BidiComponentResult:
    """Mount the gallery of a page's recipes. Its trigger `choose`, in the session's state under `key`, is a name."""
    data = {
        "shelves": _described(on_images),
        "chosen": chosen,
        **scripts("gallery/gallery.js"),
        **assets(st.get_option("server.baseUrlPath")),
    }
    return _gallery(key=key, data=data, height="content", on_choose_change=on_choose)


@lru_cache
def _described(on_images: bool) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "cards": [
                {
                    "name": name,
                    "seen": seen,
                    "label": recipe.label,
                    "source": recipe.source,
                    "expect": recipe.expect,
                    "picture": _picture(name),
                }
                for name, seen, recipe in row
            ],
        }
        for title, row in shelves(on_images)
    ]


def _picture(name: str) -> str:
    """As a data address; "" where nobody has drawn it yet."""
    file = picture_of(name)
    return f"data:image/webp;base64,{b64encode(file.read_bytes()).decode()}" if file.exists() else ""
