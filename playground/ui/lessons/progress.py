"""Which claims somebody has seen come true: kept in the browser, and nowhere else."""

from pathlib import Path

import streamlit as st

from playground.feed.routes import assets
from playground.feed.scripts import scripts
from playground.ui import stage
from playground.ui.memory import keep, recall

FOLDER = Path(__file__).parent
PROGRESS, STAGE = "lessons/progress.js", "stage/stage.js"
"""The stage's scripts are fetched while somebody reads: an experiment starts at its button."""
SEEN = "_claims_seen"
"""What this session has seen so far, beside what the browser remembers."""

_store = st.components.v2.component(
    "gan_playground_progress", html='<div class="gpp"><span class="gp-message"></span></div>', css="", js=stage.ENTRY
)


def seen(lesson: str) -> frozenset[str]:
    """The claims that were seen in this browser. To be called once in a script run, first of all.

    lesson: that is shown; another one than before is shown from its beginning.
    """
    fresh: frozenset[str] = recall(SEEN, frozenset())
    data = {
        **assets(st.get_option("server.baseUrlPath")),
        "script": PROGRESS,
        "modules": [*scripts(PROGRESS)["modules"], *scripts(STAGE)["modules"]],
        "fresh": sorted(fresh),
        "lesson": lesson,
    }
    found = _store(key="progress", data=data, height=1, on_seen_change=lambda: None)
    known = found.get("seen") or []
    return fresh | {claim for claim in known if isinstance(claim, str)}


def remember(claim: str) -> bool:
    """From now on this claim has been seen. Whether that is new: then the browser has to be told by a script run."""
    known: frozenset[str] = recall(SEEN, frozenset())
    keep(SEEN, known | {claim})
    return claim not in known
