"""A sweep to take home: its numbers as tables, and the page itself as one file."""

import re
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from playground.feed import replay
from playground.feed.scripts import UI
from playground.sweeps import sheet, tables
from playground.sweeps.outcomes import Results
from playground.ui.sweeps.library import settings_of


def menu(results: Results, beside: Results | None, shown: Mapping[str, str], brief: bool) -> None:
    """What can be downloaded; each is made when it is asked for. brief: it comes with the project, shortened."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", results.name).strip("-").lower()[:60] or "sweep"
    kinds = {
        "CSV": ("csv", "text/csv", partial(tables.as_csv, results), "A row for each cell, seed and measured step."),
        "Parquet": (
            "parquet",
            "application/vnd.apache.parquet",
            partial(tables.as_parquet, results),
            "The same table.",
        ),
        "HTML": (
            "html",
            "text/html",
            partial(page, results, beside, shown),
            "These pictures as one file: no server, no network.",
        ),
    }
    with st.popover("Export", icon=":material/download:"):
        for label, (ending, media_type, made, told) in kinds.items():
            st.download_button(
                label, made, f"{name}.{ending}", media_type, key=f"sweeps_{ending}", help=told, on_click="ignore"
            )
        st.caption("As a picture: PNG, above the map." + (" Its numbers have three digits." if brief else ""))


def page(results: Results, beside: Results | None, shown: Mapping[str, str]) -> bytes:
    """The file: what is on the page, with every measure at every step, and its scripts."""
    names = list(results.measures)
    told: dict[str, Any] = {"sheet": sheet.sheet(results, names), "beside": None, "differences": {}}
    if beside is not None:
        told |= sheet.beside(results, beside, names, None) | {"beside": sheet.sheet(beside, names)}
    return replay.page(
        replay.SWEPT,
        results.name,
        stage=f"<h1>{escape(results.name)}</h1>" + (UI / "sweeps" / "sweeps.html").read_text("utf-8"),
        about=f"<p>{escape(results.says)}</p><p>{escape(settings_of(results.sweep))}</p>",
        told={
            "sweep": told
            | {"shown": dict(shown), "turn": 0, "open": "", "hint": "", "about": settings_of(results.sweep)}
        },
        frames=(),
    )
