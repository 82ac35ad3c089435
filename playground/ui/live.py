"""What the stage of a page is given: where its feed is, what is wanted, and which charts to draw."""

from typing import Any

import streamlit as st

from playground.config import SETTINGS, RunConfig
from playground.engine.run import Run
from playground.feed.routes import addresses
from playground.figures import live
from playground.ui import stage
from playground.ui.session import PageSession

ALWAYS_SHOWN = {"dataset", "loss", "k", "lr_g", "lr_d"}
"""The settings that the line under the bar tells even where they stand at their defaults."""


def labels() -> dict[str, dict[str, Any]]:
    """How the stage speaks of each setting."""
    defaults = RunConfig()
    return {
        name: {
            "label": row.symbol or row.label,
            "live": row.live,
            "unit": row.unit,
            "names": row.labels,
            "default": getattr(defaults, name),
            "key": name in ALWAYS_SHOWN,
        }
        for name, row in SETTINGS.items()
    }


def show(page: PageSession, run: Run | None, wanted: RunConfig) -> None:
    """The stage with a run on it; without a run only the sentence that says why."""
    if run is None:
        st.error(page.notice())
        return
    contents: dict[str, Any] = {
        **addresses(st.get_option("server.baseUrlPath"), run.id),
        "wanted": wanted.model_dump(),
        "labels": labels(),
        "charts": live.described(run.asked),
        "notice": page.notice(),
    }
    stage.show(contents, on_new_seed=page.new_seed, on_restart=page.restart)
